"""A list of records: which rows, in which order, which page; from an address that may say anything."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import islice

from flask import g, request
from flask_admin.contrib.sqla import ModelView
from markupsafe import Markup
from sqlalchemy import Integer, Select, bindparam, func, inspect, literal_column, select
from sqlalchemy.orm import Load, Session, joinedload, lazyload, selectinload, undefer_group
from werkzeug.datastructures import MultiDict

import policies
from admin_views.core import reads
from admin_views.core.screens import once_an_office
from admin_views.core.words import column_of, label_of, links_of
from admin_views.door.offices import today
from admin_views.forms.inputs import tidy
from admin_views.lists import controls, narrowing, preferences
from admin_views.lists.asked import Asked
from admin_views.lists.clauses import matching
from admin_views.lists.columns import filters_of, offered, ordered, viewable
from admin_views.lists.controls import ROW
from admin_views.lists.filters import COMPARISONS, MOST_ASKED, MOST_GROUPS, Condition, understood
from admin_views.lists.lines import lines_of
from models.base.preferences import ListSetting
from policies.core.trays import Reader, Tray, tray_called

MOST_PAGES = 400
LONGEST_SEARCH = 200
OWN = {"q", "bandeja", "orden", "pagina", "columnas", "densidad", "vista", *ROW}   # what is no filter
PLAIN = [("vista", "ninguna")]   # the list itself, where a saved view would open instead
NO_COLUMN = "La dirección pide una columna que esta lista no tiene; se muestra sin ella."
NO_ORDER = "La lista no se ordena por lo que pide la dirección; se muestra en su orden de siempre."
NO_TRAY = "Su cargo no tiene esa bandeja en esta lista; se muestra la lista entera."
UNREAD = "Una parte de la dirección no se entendió; la lista se muestra sin ella."


@dataclass(frozen=True)
class Page:
    """What the list shows, and how to ask for the rest."""

    comparisons = tuple(COMPARISONS.items())

    rows: list
    number: int
    more: bool
    asked: Asked
    columns: list
    dense: bool
    offered: list
    views: list = field(default_factory=list)
    drawn: dict = field(default_factory=dict)   # filter → its control
    bar: list = field(default_factory=list)     # the controls in sight
    kept: list = field(default_factory=list)    # what the bar's form carries along

    @property
    def search(self) -> str:
        """The words that are searched for."""
        return self.asked.search

    @property
    def sort(self) -> str:
        """The column that orders the list, with «-» where it goes backwards."""
        return self.asked.sort

    @property
    def filtered(self) -> bool:
        """Whether anything narrows the list."""
        return bool(self.search or self.asked.tray or self.asked.groups)

    def pairs(self, terms: dict | tuple = ()) -> list[tuple[str, str]]:
        """What the list's address says, with some words of it replaced."""
        return self.plainly(self.asked.pairs(terms))

    def without(self, condition: Condition, place: int) -> list[tuple[str, str]]:
        """What the address says without one condition of a group."""
        return self.plainly(self.asked.without(condition, place).pairs())

    def plainly(self, pairs: list) -> list:
        """An address that asks nothing still means the list, not the view that opens by itself."""
        return pairs or (list(PLAIN) if preferences.opening(self.views) else [])

    def listed(self, with_search: bool = False) -> list[tuple[str, str]]:
        """What a form of filters carries along besides them: order, columns, density."""
        return replace(self.asked, groups=()).pairs({} if with_search else {"q": ""})

    def lines(self, view: ModelView) -> Markup:
        """The rows as the page draws them."""
        return lines_of(view, self.rows, self.columns)

    @property
    def controls(self) -> tuple[controls.Control, ...]:
        """What each filter of the list is filled in with."""
        return tuple(self.drawn.values())

    def choices(self, model: type) -> tuple[tuple[str, str, bool], ...]:
        """(column, its label, whether it is shown) of what the list may show, first what it shows in its order."""
        names = dict.fromkeys([*self.columns, *self.offered])
        return tuple((name, label_of(model, name), name in self.columns) for name in names)

    def own(self) -> list:
        """This person's saved views of the list."""
        return preferences.own(self.views)

    def groups(self) -> list:
        """The rows of «Más filtros»: those of each group, and of one more to fill in."""
        groups = [controls.rows_of(self.drawn, group) for group in self.asked.groups]
        return [*groups, []][:MOST_GROUPS] if groups else [[], []]


# ---- what the address asks

def asked_of(view: ModelView, args: MultiDict) -> Asked:
    """What the words of an address ask of this list."""
    filters = filters_of(view)
    pairs = [pair for pair in islice(args.items(multi=True), 2 * MOST_ASKED) if pair[0] not in OWN]
    rows, nobody = controls.typed(filters, args)
    groups, lost = understood(filters, [*pairs, *rows])
    columns, strange = asked_columns(view, args)
    sort, tray = asked_sort(view, args), asked_tray(view, args)
    sentences = [*nobody, *lost, *strange]
    if args.get("bandeja") and tray is None:
        sentences.append(NO_TRAY)
    if args.get("orden") and not sort:
        sentences.append(NO_ORDER)
    if args.get("densidad", "junta") != "junta" or args.get("vista", "ninguna") != "ninguna":
        sentences.append(UNREAD)
    asked = Asked(asked_search(args), sort, tray, groups, columns, args.get("densidad") == "junta",
                  tuple(dict.fromkeys(sentences)))
    return narrowing.narrowed(view, asked, filters)


def asked_search(args: MultiDict) -> str:
    """The words that an address searches for, without idle blanks."""
    return (tidy(args.get("q", "")) or "")[:LONGEST_SEARCH].strip()


def asked_page() -> int:
    """The page number of the address, from 1; whatever is no such number is the first."""
    text = request.args.get("pagina", "")
    return min(max(int(text), 1), MOST_PAGES) if text.isascii() and text.isdigit() and len(
        text) < 9 else 1


def asked_sort(view: ModelView, args: MultiDict) -> str:
    """A sortable column of the list, «-» before it for descending; else the view's own order."""
    asked = args.get("orden", "")
    return asked if asked.removeprefix("-") in view.sortable() else ""


def asked_tray(view: ModelView, args: MultiDict) -> Tray | None:
    """The tray of this office that the address names, if it is one of this list's."""
    return tray_called(g.actor.role, view.model, args.get("bandeja", "")) if args.get("bandeja") else None


def asked_columns(view: ModelView, args: MultiDict) -> tuple[tuple, list[str]]:
    """(the columns that an address asks for, a sentence about those that the list does not have)."""
    asked = [name for name in args.get("columnas", "").split(",")[:MOST_ASKED] if name]
    known = offered(view)
    columns = tuple(dict.fromkeys(name for name in asked if name in known))
    return columns, [NO_COLUMN] if set(asked) - set(known) else []


# ---- what it shows

def page_of(view: ModelView, session: Session) -> Page:
    """Run the list that the address asks for: one row more than shown tells if there is more."""
    asked, setting = asked_of(view, request.args), preferences.setting(view.endpoint)
    columns = columns_of(view, asked, setting)
    number, size = asked_page(), view.page_size
    limits = {"most": size + 1, "skipped": (number - 1) * size}
    rows = session.scalars(statement_of(view, asked, columns, number), limits).all()
    drawn = controls.controls(filters_of(view))
    shown, kept = controls.bar(drawn, asked.groups)
    reads.not_shown(rows[size:])
    return Page(rows[:size], number, len(rows) > size, asked, columns,
                asked.dense or setting.dense, offered(view),
                preferences.views(view.endpoint), drawn, shown, kept)


def chosen_rows(view: ModelView, args: MultiDict | None = None) -> tuple[Select, list[str]]:
    """(query, columns) of this list, as an address asks for it: what a bulk act takes."""
    asked = asked_of(view, request.args if args is None else args)
    columns = columns_of(view, asked, preferences.setting(view.endpoint))
    return rows_of(view, asked, columns), columns


def columns_of(view: ModelView, asked: Asked, setting: ListSetting) -> list[str]:
    """Those of the address, else this person's, else the screen's; only what they may read."""
    known = offered(view)
    return (list(asked.columns) or [name for name in setting.columns if name in known]
            or view.readable(view.column_list))


def statement_of(view: ModelView, asked: Asked, columns: list[str], number: int) -> Select:
    """The rows of a page, `most` of them after those `skipped`, in one statement."""
    if asked.tray or asked.groups or asked.search:
        return joined(view, columns, limited(narrowed(view, asked)))
    return whole_list(view, asked.sort, tuple(columns), number == 1)


@once_an_office
def whole_list(view: ModelView, sort: str, columns: tuple, first: bool) -> Select:
    """The statement of a list that nothing narrows: put together once for each office, order and choice of columns.

    That of the first page says how many rows in figures, and PostgreSQL keeps its plan; without knowing how few are
    wanted, it would plan again for each page.
    """
    rows = narrowed(view, Asked(sort=sort))
    return joined(view, columns, rows.limit(literal_column(str(view.page_size + 1))) if first else limited(rows))


def limited(rows: Select) -> Select:
    """`most` of the rows, after those `skipped`."""
    return rows.limit(bindparam("most", type_=Integer)).offset(bindparam("skipped", type_=Integer))


def joined(view: ModelView, columns: list | tuple, page: Select) -> Select:
    """The keys of the rows are found and put in order first, and what the rows name is joined to those few."""
    key = inspect(view.model).primary_key[0]
    place = func.unnest(func.array(page.with_only_columns(key).scalar_subquery())).table_valued(
        "key", with_ordinality="place").render_derived("page")
    return (view.scope(select(view.model)).join(place, place.c.key == key).order_by(place.c.place)
            .options(*view.loading(columns, joinedload)))


def rows_of(view: ModelView, asked: Asked, columns: list[str]) -> Select:
    """All the rows that are asked for, with what their columns name."""
    return narrowed(view, asked).options(*view.loading(columns))


def narrowed(view: ModelView, asked: Asked) -> Select:
    """The rows of the view's scope that are asked for, in their order."""
    query = view.scope(select(view.model))
    if asked.tray:
        query = query.where(asked.tray.where(Reader(g.actor.role, today()))).params(person_id=g.actor.id)
    if asked.groups:
        query = query.where(matching(asked.groups))
    if asked.search:
        query = view.search(query, asked.search)
        if view.search_orders and not asked.sort:
            return query
    return in_order(view, query, asked.sort)


def in_order(view: ModelView, query: Select, asked: str) -> Select:
    """Always ended by the key, so that pages never share or lose a row."""
    key = inspect(view.model).primary_key[0]
    if asked:
        column, backwards = column_of(view.model, asked.removeprefix("-")), asked.startswith("-")
        # The key goes the way of the order, as an index on both is read.
        return query.order_by(None).order_by(ordered(column, backwards), key.desc() if backwards else key)
    if view.column_default_sort:
        name, descending = view.column_default_sort
        query = query.order_by(ordered(column_of(view.model, name), descending))
    return query.order_by(key.desc())


def related(model: type, names: list[str], load: Callable = selectinload) -> list[Load]:
    """Load each relationship that the list shows in one query, not one per row."""
    known = inspect(model).relationships
    return [load(getattr(model, name)).options(*hidden(known[name].mapper.class_))
            for name in names if name in known]


def hidden(model: type) -> list[Load]:
    """Leave out each related record that is always loaded, where this office may not see its table."""
    return [lazyload(getattr(model, relation.key)) for relation in links_of(model).values()
            if relation.lazy == "joined" and not viewable(model, relation.key)]


def named_by(model: type, facts: tuple) -> list[str]:
    """The records that the facts of a page name: those that its foreign keys point to, if the office may see them."""
    links = {relation.key: relation.mapper.class_ for relation in links_of(model).values()}
    return [name for _, names in facts for name in names
            if name in links and policies.allows(g.actor, "view", links[name])]


def personal_loading(may_read: bool) -> list[Load]:
    """How to load personal columns: only for who may read them."""
    return [undefer_group("personal")] if may_read else []
