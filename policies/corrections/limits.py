"""What keeps a correction from being sent or applied, whatever its procedure computes.

The limits are PostgreSQL's (migrations/sql/corrections/limits.sql), which refuses them to any program; here the
same function is asked first, so that a person is told before pressing.
"""

from sqlalchemy import func, select
from sqlalchemy.orm import object_session

from models.billing import Bill
from models.corrections import Correction, CorrectionState
from models.tariffs import Service
from policies.core.rules import Actor
from policies.corrections import outdated
from policies.corrections.glance import fact_of

OFTEN, AGAINST, BEYOND, OUTDATED = "AG021", "AG022", "AG023", "AG027"
OUT_OF_BOUNDS = ("El periodo de este recibo no se corrige: debe haber terminado ya, hace cinco ejercicios fiscales "
                 "como máximo, y durar 366 días o menos.")


def out_of_bounds(bill: Bill) -> str | None:
    """Why no correction starts on a bill of that period, or None."""
    return OUT_OF_BOUNDS if object_session(bill).scalar(
        select(func.console.out_of_bounds(bill.id))) else None


def not_applicable(correction: Correction, actor: Actor) -> str | None:
    """Why the correction is neither sent nor applied as it is, or None."""
    return drifted(correction) or passed(correction)


def passed(correction: Correction) -> str | None:
    """The sentence of the first limit that the correction exceeds now, or None; one that is signed already obeys the
    limits of its own content.
    """
    found = fact_of(correction, "broken")
    for code, cap in found:
        if code == OFTEN:
            return (f"El tope «{cap}» del procedimiento ya se usó en esta cuenta; no procede otra corrección "
                    "dentro de ese plazo.")
        if correction.state == CorrectionState.DRAFT and code != OUTDATED:
            return OUT_OF_BOUNDS if code == BEYOND else against(cap)
    return outdated.why(correction, {cap for code, cap in found if code == OUTDATED})


def against(service: str) -> str:
    """The sentence that a line moves against the correction."""
    return (f"El renglón «{Service(service).label}» se mueve en sentido contrario al de la corrección; corríjalo "
            "aparte, con otro procedimiento.")


def drifted(correction: Correction) -> str | None:
    """The sentence that the bill is no longer what the correction was computed from, or None."""
    if not fact_of(correction, "drifted"):
        return None
    return "El recibo cambió desde que se calculó esta corrección; devuélvala o calcule de nuevo."
