"""What a list may show, narrow by and sort by: the readable columns of a table, each of one kind."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import g
from flask_admin.contrib.sqla import ModelView
from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Date,
    DateTime,
    Enum,
    Integer,
    Numeric,
    String,
    case,
    func,
    inspect,
)

import policies
from admin_views.core.screens import once_an_office
from admin_views.core.words import column_of, label_of, links_of, target_of
from policies.core.grants import SECRETS

# In this order: an Enum is also a String.
KINDS = ((Enum, "words"), (Boolean, "yes_no"), (DateTime, "instant"), (Date, "day"),
         (Numeric, "number"), (Integer, "number"), (String, "text"))
NO_FACT = SECRETS | {"version"}


@dataclass(frozen=True)
class Filter:
    """A column that a list may narrow by; `target` is the table that a relation points to."""

    name: str
    label: str
    kind: str               # words, yes_no, instant, day, number, text, relation
    column: object
    target: type | None = None
    listed: tuple = ()      # (value, words) pairs, where the view or the column lists them


@once_an_office
def filters_of(view: ModelView) -> dict[str, Filter]:
    """name → Filter: what this list declares and this office may read."""
    filters = (filter_of(view, name) for name in view.readable(view.filters_by))
    return {item.name: item for item in filters
            if item.target is None or policies.allows(g.actor, "view", item.target)}


def filter_of(view: ModelView, name: str) -> Filter:
    """The filter by a column or a relationship of that list; fails where the column is of no kind to narrow by."""
    model, column = view.model, column_of(view.model, name)
    said = view.vocabularies.get(name, ())
    target = said if isinstance(said, type) else target_of(model, name)
    if target is not None:
        return Filter(name, label_of(model, name), "relation", column, target)
    kind = "words" if said else kind_of(column)
    assert kind, f"{view.endpoint}.{name}: a list cannot narrow by this column"
    if kind == "words" and not said:
        said = tuple((word.value, word.label) for word in column.type.enum_class)
    return Filter(name, label_of(model, name), kind, column, None, tuple(said))


def kind_of(column: Column) -> str | None:
    """What the column holds, in the words of the filters; None for documents and bytes."""
    return next((kind for known, kind in KINDS if isinstance(column.type, known)), None)


# ---- what may be shown

@once_an_office
def offered(view: ModelView) -> list[str]:
    """The columns a person may choose: the screen's own first, then the table's other facts."""
    names = dict.fromkeys([*view.column_list, *others(view.model)])
    return view.readable(names)


def others(model: type) -> Iterator[str]:
    """The facts of a table by the names that a list shows them: a relationship stands for its foreign key."""
    links = links_of(model)
    for name, column in inspect(model).columns.items():
        if column.primary_key or column.computed is not None or name in NO_FACT:
            continue
        if column.key in links:
            yield links[column.key].key
        elif not column.foreign_keys and kind_of(column):
            yield name


def viewable(model: type, name: str) -> bool:
    """A related record is named only to an office that may open it."""
    target = target_of(model, name)
    return target is None or policies.allows(g.actor, "view", target)


@once_an_office
def sortable(view: ModelView) -> list[str]:
    """A list sorts by any column it may show that is the table's own."""
    known = inspect(view.model).columns
    return [name for name in offered(view) if name in known]


# ---- how rows come

def in_spanish(column: Column) -> ColumnElement:
    """What to order by: words as a Spanish dictionary does, official numbers as they are.

    PostgreSQL may come without ICU, so accents and case are taken off by the house's own function,
    and «ñ» is set after every «n». A column that keeps its words ready for it names that one.
    """
    if kept := column.info.get("sorts_as"):
        return column.table.columns[kept]
    if isinstance(column.type, Enum):
        return case({word.value: place for place, word in enumerate(column.type.enum_class)},
                    value=column)
    if not isinstance(column.type, String) or column.info.get("coded"):
        return column
    return func.console.normalise(
        func.replace(func.replace(column, "ñ", "n~"), "Ñ", "N~"))


def ordered(column: Column, descending: bool) -> ColumnElement:
    """The term of an ORDER BY; empty values come last."""
    words = in_spanish(column)
    words = words.desc() if descending else words.asc()
    return words.nulls_last() if column.nullable else words
