"""Amount bands and the days in which an account adds up: the administrator drafts, the commercial director decides."""

from sqlalchemy import Date, Numeric
from sqlalchemy.orm import object_session

from models.bands import ApprovalBand, ApprovalSlot, ApprovalWindow
from models.base.drafts import DraftState
from models.queries import bands as find
from models.queries.accumulated import window_start
from policies.core.offices import ADMINISTRATOR, AUDITOR, CASE_READERS, COMMERCIAL, EVERYONE, SIGNERS
from policies.core.rules import Actor, Rule, act, declare
from policies.core.sql.readings import reading

COLUMNS = ("name", "from_amount", "to_amount", "valid_from", "valid_to")
WINDOW = ("length", "unit", "valid_from", "valid_to")
SEEN = dict(view=CASE_READERS | ADMINISTRATOR, export=ADMINISTRATOR | AUDITOR,
            create=ADMINISTRATOR, edit=ADMINISTRATOR)

declare(
    Rule(ApprovalBand, **SEEN, edits=COLUMNS, content=COLUMNS,
         edit_while=frozenset({DraftState.DRAFT}), born=DraftState.DRAFT),
    Rule(ApprovalSlot, **SEEN, delete=ADMINISTRATOR, edits=("band_id", "position", "role"),
         part_of=("band_id", ApprovalBand)),
    Rule(ApprovalWindow, **SEEN, edits=WINDOW, content=WINDOW,
         edit_while=frozenset({DraftState.DRAFT}), born=DraftState.DRAFT),
)
reading("required_slots", find.required_slots, by=EVERYONE, amount=Numeric, on_day=Date)
reading("window_start", window_start, by=EVERYONE, on_day=Date)


def cannot_rule(band: ApprovalBand, actor: Actor) -> str | None:
    """Why the level is not authorised, or None: it must ask for offices that sign, and be alone on its amounts and
    days.
    """
    if not band.slots:
        return "El nivel no tiene firmas; pida a Informática que las agregue antes de autorizar."
    if any(slot.role not in SIGNERS for slot in band.slots):
        return "Una de las firmas es de un cargo que no firma correcciones; pida que se cambie."
    other = object_session(band).scalar(find.overlapping(band))
    if other is not None:
        return (f"Ya rige «{other}» sobre parte de esos importes y fechas; retírelo antes de "
                "autorizar este.")
    return None


@act("Autorizar nivel de firma", ApprovalBand, {DraftState.DRAFT: {DraftState.IN_FORCE}},
     by=COMMERCIAL, proof=True, hinders=cannot_rule)
def authorize_band(band: ApprovalBand, actor: Actor, method: str) -> None:
    """Corrections submitted from its first day on ask for these signatures."""


@act("Retirar nivel de firma", ApprovalBand, {DraftState.IN_FORCE: {DraftState.RETIRED}},
     by=COMMERCIAL, proof=True, grave=True)
def retire_band(band: ApprovalBand, actor: Actor, method: str) -> None:
    """New corrections no longer ask for it; open ones keep what they were submitted with."""


def another_window_rules(window: ApprovalWindow, actor: Actor) -> str | None:
    """Why this window is not authorised, or None: on each day only one rules."""
    other = object_session(window).scalar(find.overlapping_window(window))
    if other is not None:
        return f"Ya rige una ventana de {other} en parte de esas fechas; retírela antes de autorizar esta."
    return None


@act("Autorizar ventana", ApprovalWindow, {DraftState.DRAFT: {DraftState.IN_FORCE}},
     by=COMMERCIAL, proof=True, hinders=another_window_rules)
def authorize_window(window: ApprovalWindow, actor: Actor, method: str) -> None:
    """Corrections that are sent on its days are signed for what their account adds up within it."""


@act("Retirar ventana", ApprovalWindow, {DraftState.IN_FORCE: {DraftState.RETIRED}},
     by=COMMERCIAL, proof=True, grave=True)
def retire_window(window: ApprovalWindow, actor: Actor, method: str) -> None:
    """Until another rules, everything that was ever sent of an account is added up."""
