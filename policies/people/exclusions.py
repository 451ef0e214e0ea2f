"""Offices that exclude one another: the administrator drafts them, a director decides them."""

from sqlalchemy.orm import object_session

from models.base.drafts import DraftState
from models.exclusions import ExclusiveOffices
from models.queries import offices as find
from policies.core.offices import ADMINISTRATOR, AUDITOR, COMMERCIAL, EVERYONE, UNIT_HEAD
from policies.core.refusals import refuses
from policies.core.rules import Actor, Rule, act, declare
from policies.core.sql.readings import reading

COLUMNS = ("first_role", "second_role", "reason", "valid_from", "valid_to")

refuses(
    offices_exclude="Esa persona tendría el mismo día dos cargos que no se reúnen en una sola; consulte «Cargos "
                    "incompatibles» y termine antes el otro, o elija otras fechas u otra persona.",
    pair_held="Alguien tiene los dos cargos en esas fechas; Informática debe terminar uno de ellos antes de "
              "autorizar.",
    offices_isolation="Un programa da cargos y autoriza incompatibilidades solo con aislamiento READ COMMITTED; "
                      "repítalo así.")

declare(Rule(ExclusiveOffices, view=EVERYONE, create=ADMINISTRATOR, edit=ADMINISTRATOR,
             export=ADMINISTRATOR | AUDITOR, edits=COLUMNS, content=COLUMNS,
             edit_while=frozenset({DraftState.DRAFT}), born=DraftState.DRAFT))
# Who holds what is everybody's to see; a page also asks why another office may not decide.
reading("given_offices", find.given_offices, by=EVERYONE)
reading("incompatible", find.incompatible, by=AUDITOR)


def somebody_holds_both(pair: ExclusiveOffices, actor: Actor) -> str | None:
    """Why the pair is not put in force now: somebody holds both offices on its dates; None where nobody does."""
    who = object_session(pair).scalar(find.holding_both(pair))
    if who is None:
        return None
    return f"{who} tiene los dos cargos en esas fechas; Informática debe terminar uno de ellos antes de autorizar."


@act("Autorizar incompatibilidad", ExclusiveOffices, {DraftState.DRAFT: {DraftState.IN_FORCE}},
     by=UNIT_HEAD | COMMERCIAL, proof=True, hinders=somebody_holds_both)
def authorize_exclusion(pair: ExclusiveOffices, actor: Actor, method: str) -> None:
    """From its first day on nobody receives one of these offices while holding the other."""


@act("Retirar incompatibilidad", ExclusiveOffices, {DraftState.IN_FORCE: {DraftState.RETIRED}},
     by=UNIT_HEAD | COMMERCIAL, proof=True, grave=True)
def retire_exclusion(pair: ExclusiveOffices, actor: Actor, method: str) -> None:
    """The two offices may meet in one person again; what was refused meanwhile stays refused."""
