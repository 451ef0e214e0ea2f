"""Where open corrections wait: the desk of the Unit and the signers."""

from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_
from sqlalchemy.orm import Session

from models.corrections import OPEN, Correction
from models.corrections import CorrectionState as S
from models.queries.calendar import rested_since, rule_on
from models.queries.corrections import waiting_for
from models.queries.trays import RETURNED, waiting_since
from policies.core.offices import SIGNERS, STAFF
from policies.core.terms import TRAY_REST
from policies.core.trays import Condition, Reader, Tray, declare_trays

DRAFT = and_(Correction.state == S.DRAFT, Correction.revision == 1)
ORDER = "primero las que llevan más días hábiles sin moverse; entre iguales, la de mayor importe"


def late(reader: Reader) -> ColumnElement:
    """Condition: it has rested in its tray for longer than the target of that day."""
    return func.coalesce(waiting_since() <= rested_since(TRAY_REST, reader.day), False)


def own_first(reader: Reader) -> ColumnElement:
    """Order: the reader's own before those of others."""
    return (Correction.drafted_by_id == reader.person).desc()


def oldest(reader: Reader) -> ColumnElement:
    """Order: those that wait longest first."""
    return waiting_since()


def dearest(reader: Reader) -> ColumnElement:
    """Order: those that move the most money first."""
    return func.abs(Correction.amount).desc()


def worth() -> ColumnElement:
    """MXN that a correction moves, whatever the direction."""
    return func.abs(Correction.amount)


def in_time(condition: Condition) -> Condition:
    """The condition, of those that are not late."""
    return lambda reader: and_(condition(reader), ~late(reader))


def late_ones(reader: Reader) -> ColumnElement:
    """Condition: open and late."""
    return and_(Correction.state.in_(OPEN), late(reader))


def returned(reader: Reader) -> ColumnElement:
    """Condition: returned to be corrected."""
    return RETURNED


def to_apply(reader: Reader) -> ColumnElement:
    """Condition: signed, so that it can be applied."""
    return Correction.state == S.SIGNED


def own_drafts(reader: Reader) -> ColumnElement:
    """Condition: a draft of the reader."""
    return and_(DRAFT, Correction.drafted_by_id == reader.person)


def drafts_of_others(reader: Reader) -> ColumnElement:
    """Condition: a draft of somebody else."""
    return and_(DRAFT, Correction.drafted_by_id != reader.person)


def in_sign(reader: Reader) -> ColumnElement:
    """Condition: sent to be signed."""
    return Correction.state == S.SUBMITTED


def signs_next(reader: Reader) -> ColumnElement:
    """Condition: the first signature that it lacks is this office's to give."""
    return Correction.id.in_(waiting_for(reader.role).order_by(None).with_only_columns(Correction.id))


def target_said(session: Session, day: date) -> str:
    """The sentence that says when something is late on that day."""
    target = session.scalar(rule_on(TRAY_REST, day))
    if target is None:
        return "Hoy no rige ningún plazo para las bandejas, así que nada se marca como vencido."
    return f"Vencida: más de {target.length} en la misma bandeja ({target.standing})."


DESK = {"since": waiting_since, "late": late, "order": (own_first, oldest, dearest), "counted": False}

LATE = Tray(Correction, "Vencidas", STAFF, late_ones, help=target_said, **DESK)
OWN_DRAFTS = Tray(Correction, "Mis borradores", STAFF, in_time(own_drafts), **DESK)

declare_trays(
    # What the menu counts: returned or to apply, late or not. Each is in one of the trays that follow.
    Tray(Correction, "Por atender", STAFF, lambda reader: or_(returned(reader), to_apply(reader)), listed=False),
    LATE,
    Tray(Correction, "Devueltas para corregir", STAFF, in_time(returned), **DESK),
    Tray(Correction, "Firmadas, por aplicar", STAFF, in_time(to_apply), **DESK),
    OWN_DRAFTS,
    Tray(Correction, "En firma", STAFF, in_time(in_sign), **DESK),
    Tray(Correction, "Borradores de la oficina", STAFF, in_time(drafts_of_others), **DESK),
    Tray(Correction, "Esperan su firma", SIGNERS, signs_next, since=waiting_since, late=late, worth=worth, shown=25,
         order=(oldest, dearest), help=lambda session, day: f"En este orden: {ORDER}. {target_said(session, day)}"),
)
