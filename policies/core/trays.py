"""What waits for each office, declared once by the areas: the first page, the counts of the menu, the lists and
whoever else tells it read the same conditions.

An area declares a Tray beside its rules. The drafts that one office types and another puts in force need none:
they are found in the rules and the acts.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, Integer, Select, bindparam, or_, select
from sqlalchemy.orm import Session

from models.base.proposals import ProposalState
from models.base.records import AboutAnyRecord
from models.base.roles import Role
from policies.core.declarations import Misdeclared
from policies.core.rules import ACTS, RULES
from policies.core.typed_words import unaccented

TRAYS: list["Tray"] = []
WAITING = "pendientes"      # what an address calls all that waits for the office in a list


class Reader(NamedTuple):
    """Who looks into a tray: somebody in an office, on a civil day of the console."""

    role: Role
    day: date

    # Bound when the statement runs (`person_id`), so that one statement serves everybody in the office.
    person = bindparam("person_id", type_=Integer)


Condition = Callable[[Reader], ColumnElement]


@dataclass(frozen=True)
class Tray:
    """The rows of one table that wait for some offices; `where` says which, as SQL."""

    model: type
    title: str
    for_: frozenset
    where: Condition
    counted: bool = True    # whether the menu counts its rows: they wait for this office to act, and for no other
    listed: bool = True     # whether the first page shows its rows; if not, other trays do
    since: Callable[[], ColumnElement] | None = None    # the civil day since which a row waits
    late: Condition | None = None       # when a row waits for too long
    order: tuple = ()                   # functions of the reader; the key comes last
    worth: Callable[[], ColumnElement] | None = None    # MXN that are added up
    help: Callable[[Session, date], str] | None = None     # a sentence in Spanish about its rows
    shown: int = 8                      # rows that the first page shows

    called: str = ""                    # what an address calls it, where that is not its title

    @property
    def key(self) -> str:
        """What an address calls it: its title in small letters without accents."""
        return self.called or re.sub(r"[^a-z0-9]+", "-", unaccented(self.title)).strip("-")


def declare_trays(*trays: Tray) -> None:
    """Add trays; a fault in one stops the start. The rule of its table is declared before."""
    for tray in trays:
        check(tray)
        TRAYS.append(tray)


def check(tray: Tray) -> None:
    """Refuse a tray that its offices could not open, or whose name is taken."""
    where = f"the tray «{tray.title}» of {tray.model.__name__}"
    if tray.model not in RULES:
        raise Misdeclared(f"{where} is of a table without rule; declare its Rule before")
    if not tray.for_:
        raise Misdeclared(f"{where} is for no office; name those that take up its rows")
    if not issubclass(tray.model, AboutAnyRecord):      # its readers are known once every area has declared
        check_seen(tray)
    taken = {WAITING, *(other.key for other in TRAYS if other.model is tray.model and other.for_ & tray.for_)}
    if tray.key in taken:
        raise Misdeclared(f"{where} has the name of another one ({tray.key}); give it a title of its own")


def check_seen(tray: Tray) -> None:
    """Refuse a tray for an office that may not see its table."""
    if unseen := tray.for_ - RULES[tray.model].view:
        raise Misdeclared(f"the tray «{tray.title}» of {tray.model.__name__} is for "
                          f"{sorted(role.value for role in unseen)}, who may not see the table; add them to the rule's "
                          "view or take them out of the tray")


# ---- what waits for an office

def trays_of(role: Role, model: type | None = None) -> list[Tray]:
    """The trays of an office as they were declared: first those in which time runs, last the drafts that it decides."""
    found = [*(tray for tray in TRAYS if role in tray.for_), *drafts_of(role)]
    return sorted((tray for tray in found if model in (None, tray.model)), key=lambda tray: tray.late is None)


def decides(role: Role) -> dict:
    """{table: state} of the drafts that this office puts in force and another office types."""
    return {step.model: RULES[step.model].born for step in ACTS.values()
            if role in step.by and RULES[step.model].create
            and role not in RULES[step.model].create and RULES[step.model].born in step.moves}


def drafts_of(role: Role) -> list[Tray]:
    """The trays of the drafts that this office decides."""
    return [draft_tray(model, state, frozenset({role})) for model, state in decides(role).items()]


def draft_tray(model: type, state: object, offices: frozenset) -> Tray:
    """The rows of a table that rest in the state in which somebody else leaves them."""
    wanted = "confirmar" if isinstance(state, ProposalState) else "autorizar"
    return Tray(model, f"{model.__title__.many} por {wanted}", offices, lambda reader: model.state == state)


def tray_called(role: Role, model: type, key: str) -> Tray | None:
    """The tray of that name; under WAITING, all the rows of the table that wait for the office to act."""
    trays = trays_of(role, model)
    counted = [tray for tray in trays if tray.counted]
    if key == WAITING and counted:
        return Tray(model, "Lo que le espera", frozenset({role}),
                    lambda reader: or_(*(tray.where(reader) for tray in counted)), called=WAITING)
    return next((tray for tray in trays if tray.key == key), None)


def waiting(role: Role, day: date) -> dict[type, Select]:
    """{table: SELECT of the keys} of everything that waits for this office to act on that day."""
    reader, found = Reader(role, day), {}
    for tray in trays_of(role):
        if tray.counted:
            found.setdefault(tray.model, []).append(tray.where(reader))
    return {model: select(model.id).where(or_(*conditions)) for model, conditions in found.items()}
