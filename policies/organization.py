"""Catalogues of the ground and the calendar: drafted by one office, signed by another."""

from models.base.calendar import Holiday
from models.base.drafts import DraftState
from models.base.folios import FolioCounter
from models.organization import Municipality, Neighborhood, SupplyZone
from policies.core.offices import ADMINISTRATOR, AUDITOR, EVERYONE, UNIT_HEAD
from policies.core.rules import Actor, Rule, act, declare

CATALOGUE = dict(view=EVERYONE, create=ADMINISTRATOR, edit=ADMINISTRATOR,
                 export=ADMINISTRATOR | AUDITOR, imports=True)

declare(
    Rule(Municipality, **CATALOGUE, edits=("name", "valid_from", "valid_to")),
    Rule(SupplyZone, **CATALOGUE, edits=("code", "name", "source", "municipality_id")),
    Rule(Neighborhood, **CATALOGUE, edits=("name", "municipality_id")),
    Rule(Holiday, **CATALOGUE, edits=("day", "reason"), content=("day", "reason"),
         edit_while=frozenset({DraftState.DRAFT}), born=DraftState.DRAFT),
    Rule(FolioCounter),
)


@act("Autorizar día inhábil", Holiday, {DraftState.DRAFT: {DraftState.IN_FORCE}}, by=UNIT_HEAD,
     together=True)
def authorize_holiday(holiday: Holiday, actor: Actor) -> None:
    """From here on the day does not count in any term."""


@act("Retirar día inhábil", Holiday, {DraftState.IN_FORCE: {DraftState.RETIRED}}, by=UNIT_HEAD,
     grave=True, together=True)
def retire_holiday(holiday: Holiday, actor: Actor) -> None:
    """The day counts again; what was decided with it stays as it was."""
