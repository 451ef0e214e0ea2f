"""A list of records: which rows, in which order, which page; from an address that may say anything."""

from dataclasses import dataclass, field

from flask import request
from sqlalchemy import Boolean, Enum, inspect, select
from sqlalchemy.orm import selectinload, undefer_group

from admin_views.words import column_of, label_of

MOST_PAGES = 400
LONGEST_SEARCH = 200


@dataclass
class Choice:
    """One filter above the list: a column and the values to choose from."""

    name: str
    label: str
    options: list
    chosen: str = ""


@dataclass
class Page:
    """What the list shows, and how to ask for the rest."""

    rows: list
    number: int
    more: bool
    search: str
    sort: str
    filters: list = field(default_factory=list)
    lost: list = field(default_factory=list)


def asked_page():
    """The page number of the address, from 1; whatever is no such number is the first."""
    text = request.args.get("pagina", "")
    return min(max(int(text), 1), MOST_PAGES) if text.isascii() and text.isdigit() and len(
        text) < 9 else 1


def asked_search():
    return request.args.get("q", "").replace("\x00", "")[:LONGEST_SEARCH].strip()


def page_of(view, session):
    """Run the list that the address asks for: one row more than shown tells if there is more."""
    query, filters, lost = chosen_rows(view)
    number, size = asked_page(), view.page_size
    rows = session.scalars(query.limit(size + 1).offset((number - 1) * size)).all()
    return Page(rows[:size], number, len(rows) > size, asked_search(), asked_sort(view),
                filters, lost)


def chosen_rows(view):
    """(query, filters, sentences about what the address asked in vain) of this list."""
    query = view.scope(select(view.model)).options(*view.loading())
    filters, lost = choices(view), []
    for item in filters:
        query = narrowed(view, query, item, lost)
    if words := asked_search():
        query = view.search(query, words)
    return in_order(view, query), filters, lost


def narrowed(view, query, item, lost):
    item.chosen = request.args.get(item.name, "").replace("\x00", "")[:LONGEST_SEARCH]
    if not item.chosen:
        return query
    if item.chosen not in {value for value, _ in item.options}:
        lost.append(f"El filtro «{item.label}» de esa dirección ya no existe; se muestra sin él.")
        item.chosen = ""
        return query
    column = column_of(view.model, item.name)
    value = item.chosen == "true" if isinstance(column.type, Boolean) else item.chosen
    return query.where(column == value)


def choices(view):
    return [Choice(name, label_of(view.model, name), options(view.model, name))
            for name in view.filters_by]


def options(model, name):
    kind = column_of(model, name).type
    if isinstance(kind, Enum):
        return [(word.value, word.label) for word in kind.enum_class]
    assert isinstance(kind, Boolean), f"{name}: only vocabularies and yes/no filter so far"
    return [("true", "Sí"), ("false", "No")]


def asked_sort(view):
    """A sortable column of the list, «-» before it for descending; else the view's own order."""
    asked = request.args.get("orden", "")
    return asked if asked.removeprefix("-") in view.sortable() else ""


def in_order(view, query):
    """Always ended by the key, so that pages never share or lose a row."""
    asked, key = asked_sort(view), inspect(view.model).primary_key[0]
    if asked:
        column = column_of(view.model, asked.removeprefix("-"))
        query = query.order_by(None).order_by(
            column.desc().nulls_last() if asked[0] == "-" else column.asc().nulls_last())
    elif view.column_default_sort:
        name, descending = view.column_default_sort
        column = column_of(view.model, name)
        query = query.order_by(column.desc() if descending else column.asc())
    return query.order_by(key.desc())


def related(model, names):
    """Load each relationship that the list shows in one query, not one per row."""
    known = inspect(model).relationships
    return [selectinload(getattr(model, name)) for name in names if name in known]


def personal_loading(may_read):
    return [undefer_group("personal")] if may_read else []

