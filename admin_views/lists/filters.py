"""The grammar of a list's address: what its filters ask, and what they ask in vain.

`col=value`, repeated: any of them. `col.min=`, `col.max=`: from and to, both included.
`col.begins=`, `col.empty=1`. Different conditions must all hold. `2:col=value` belongs to a second
group, up to the fifth: a row is in the list if it satisfies every condition of one group.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from admin_views.core import words
from admin_views.forms.inputs import tidy
from admin_views.lists.columns import Filter
from models import db
from models.base.columns import Balance, Money
from policies.core.typed_figures import MOST_DECIMALS, NoFigure, figure
from policies.core.typed_words import yes_or_no

NAME = re.compile(r"(?:([0-9]{1,3}):)?([a-z][a-z0-9_]{0,59})(?:\.(min|max|begins|empty))?")
DAY = re.compile(r"(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}")
COMPARED_WITH = (MOST_DECIMALS, -Decimal(10) ** 15, Decimal(10) ** 15)    # nothing of it is kept
MOST_GROUPS, MOST_ASKED, LONGEST = 5, 200, 200
TESTS = {"words": ("is", "empty"), "yes_no": ("is", "empty"), "relation": ("is", "empty"),
         "day": ("min", "max", "is", "empty"), "instant": ("min", "max", "is", "empty"),
         "number": ("min", "max", "is", "empty"), "text": ("begins", "is", "empty")}
COMPARISONS = {"is": "es", "min": "desde", "max": "hasta", "begins": "empieza con",
               "empty": "está vacío"}
UNKNOWN = "La dirección pide un filtro que esta lista no tiene; se muestra sin él."
TOO_MANY = "La dirección pide demasiados filtros; se aplican los primeros."
FIGURE = "En «{}», {} Se muestra sin ese filtro."
FULL_DAY = "Escriba una fecha completa en «{}», por ejemplo 31/12/2026; se muestra sin ese filtro."
COMPARED = "«{}» no se compara de esa manera; se muestra sin ese filtro."
GONE = "El filtro «{}» de esa dirección ya no existe; se muestra sin él."


@dataclass(frozen=True)
class Condition:
    """One thing that a list is asked: a column, a comparison and what it is compared with."""

    filter: Filter
    test: str          # is, min, max, begins, empty
    values: tuple      # as the column holds them
    texts: tuple       # as the address says them
    said: tuple        # as a person reads them

    @property
    def name(self) -> str:
        """What the address calls it: «state», «amount.min»."""
        return self.filter.name if self.test == "is" else f"{self.filter.name}.{self.test}"

    def __str__(self):
        label = self.filter.label
        if self.test == "empty":
            return f"{label}: sin dato"
        if self.test == "begins":
            return f"{label} empieza con «{self.said[0]}»"
        if self.test in ("min", "max"):
            return f"{label} {COMPARISONS[self.test]} {self.said[0]}"
        return f"{label}: {either(self.said)}"


def either(said: tuple[str, ...]) -> str:
    """«Borrador, En firma o Firmada»."""
    if len(said) == 1:
        return said[0]
    joint = "u" if said[-1].lower().startswith(("o", "ho", "ó")) else "o"
    return f"{', '.join(said[:-1])} {joint} {said[-1]}"


def understood(filters: dict[str, Filter], pairs: list) -> tuple[tuple, list[str]]:
    """(groups of conditions, sentences about what was asked in vain) of an address's pairs."""
    groups, lost = {}, []
    if len(pairs) > MOST_ASKED:
        lost.append(TOO_MANY)
    for name, text in pairs[:MOST_ASKED]:
        text = (tidy(text) or "")[:LONGEST]
        if not text and NAME.fullmatch(name):
            continue   # a form's field left blank
        parts = NAME.fullmatch(name)
        place = int(parts[1] or 1) if parts else 0
        if not parts or parts[2] not in filters or not 1 <= place <= MOST_GROUPS:
            lost.append(UNKNOWN)
            continue
        try:
            condition = read(filters[parts[2]], parts[3] or "is", text)
        except ValueError as why:
            lost.append(str(why))
            continue
        add(groups.setdefault(place, []), condition)
    return tuple(tuple(groups[place]) for place in sorted(groups)), list(dict.fromkeys(lost))


def add(group: list[Condition], condition: Condition) -> None:
    """Repeating «is» widens it; repeating anything else adds one more condition."""
    for place, other in enumerate(group):
        if other.name == condition.name and set(condition.texts) <= set(other.texts):
            return
        if other.name == condition.name and condition.test == "is":
            group[place] = replace(other, values=other.values + condition.values,
                                   texts=other.texts + condition.texts,
                                   said=other.said + condition.said)
            return
    group.append(condition)


def pairs_of(groups: Iterable[Iterable[Condition]]) -> list[tuple[str, str]]:
    """The same conditions as (name, text) pairs of an address."""
    return [(condition.name if place == 1 else f"{place}:{condition.name}", text)
            for place, group in enumerate(groups, start=1)
            for condition in group for text in condition.texts]


# ---- one value, as an address or a person writes it

def read(item: Filter, test: str, text: str) -> Condition:
    """The condition that a text asks of a column; ValueError says in Spanish what is wrong."""
    if test not in TESTS[item.kind]:
        raise ValueError(COMPARED.format(item.label))
    if test == "empty":
        if text != "1":
            raise ValueError(COMPARED.format(item.label))
        return Condition(item, test, (), ("1",), ())
    value, plain, said = READERS[item.kind](item, text)
    return Condition(item, test, (value,), (plain,), (said,))


Reading = tuple[object, str, str]     # (as the column holds it, as the address says it, as a person reads it)


def read_word(item: Filter, text: str) -> Reading:
    """A word of the column's vocabulary."""
    said = dict(item.listed).get(text)
    if said is None:
        raise ValueError(GONE.format(item.label))
    kinds = getattr(item.column.type, "enum_class", None)
    return kinds(text) if kinds else text, text, said


def read_yes_no(item: Filter, text: str) -> Reading:
    """«true» or «false», however a person writes them."""
    try:
        value = yes_or_no(text)
    except ValueError as why:
        raise ValueError(GONE.format(item.label)) from why
    return value, "true" if value else "false", "Sí" if value else "No"


def read_day(item: Filter, text: str) -> Reading:
    """A civil day, YYYY-MM-DD."""
    try:
        value = date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:
        value = None
    if value is None:
        raise ValueError(FULL_DAY.format(item.label))
    return value, text, words.day(value)


def read_number(item: Filter, text: str) -> Reading:
    """A figure as people type it; money is told as money."""
    try:
        value = figure(text, *COMPARED_WITH)
    except NoFigure as why:
        raise ValueError(FIGURE.format(item.label, why)) from why
    return value, f"{value:f}", words.money(value) if item.column.type in (Balance, Money) else words.number(value)


def read_text(item: Filter, text: str) -> Reading:
    """The words as they were typed."""
    return text, text, text


def read_key(item: Filter, text: str) -> Reading:
    """A row of the table that the filter points to, by its key."""
    row = (db.session.get(item.target, int(text))
           if text.isascii() and text.isdigit() and len(text) < 10 and int(text) < 2**31 else None)
    if row is None:
        raise ValueError(GONE.format(item.label))
    return row.id, str(row.id), str(row)


READERS = {"words": read_word, "yes_no": read_yes_no, "day": read_day, "instant": read_day,
           "number": read_number, "text": read_text, "relation": read_key}
