"""Records on another record's page: an area says that its own stand there, and the page names no area.

A page lists what areas declared for it, in the order of their declaration; where none did, it lists whatever refers to
its record. Grants and row scope decide what of it an office sees.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_

from policies.core.declarations import Misdeclared
from policies.core.parts import references
from policies.core.rules import RULES

BESIDE: dict[type, list["Beside"]] = {}     # whole → what stands on the page of its records


@dataclass(frozen=True)
class Beside:
    """The records of `model` stand on the page of the record of `whole` to which they refer."""

    whole: type
    model: type
    where: Callable[[object], ColumnElement] | None = None      # key of the whole → condition; none: its foreign keys
    told: bool = False      # whether what happens to them belongs to the story of the whole
    place: int = 0          # those of a higher place come after; in one place, as they were declared

    def of(self, key: object) -> ColumnElement:
        """The condition of the records that stand beside the whole with that key."""
        if self.where is not None:
            return self.where(key)
        if not references(self.model, self.whole):      # a letter, which names records of any kind
            return self.model.of(self.whole, key)
        return or_(*(getattr(self.model, name) == key for name in references(self.model, self.whole)))


def beside(*declared: Beside) -> None:
    """Declare them; the start refuses one that could show nothing, or the same twice."""
    for one in declared:
        check(one)
        standing = BESIDE.setdefault(one.whole, [])
        standing.append(one)
        standing.sort(key=lambda other: other.place)


def check(one: Beside) -> None:
    """Refuse records of a table without rule, that do not refer to the whole, or that stand there already."""
    where = f"{one.model.__name__} beside {one.whole.__name__}"
    if one.model not in RULES:
        raise Misdeclared(f"{where} has no rule, so no office sees it; declare its Rule before")
    if one.where is None and not references(one.model, one.whole):
        raise Misdeclared(f"{where} has no foreign key to it; add `where`, which says how they are found")
    if one.told and not references(one.model, one.whole):
        raise Misdeclared(f"{where} is told in its story, which follows a foreign key that it does not have")
    if any(other.model is one.model for other in BESIDE.get(one.whole, ())):
        raise Misdeclared(f"{where} is declared twice; say it once")


def of_page(whole: type) -> list[Beside]:
    """What areas declared for the page of a record, in order; empty where none did."""
    return BESIDE.get(whole, [])
