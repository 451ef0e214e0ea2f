"""What refers to a record: short lists on its page, each with a page of its own; and names as links."""

from dataclasses import dataclass

from flask import abort, g, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_admin.contrib.sqla import ModelView
from sqlalchemy import Select, inspect, select
from sqlalchemy.orm import joinedload

import policies
from admin_views.core import screens
from admin_views.core.badges import drawn_value
from admin_views.core.words import (
    column_of,
    is_numeric,
    is_personal,
    label_of,
    links_of,
    say,
    target_of,
)
from admin_views.lists import lists
from admin_views.lists.columns import viewable
from models import db
from models.base.columns import Named
from policies.core.beside import Beside, of_page
from policies.core.grants import GROWING
from policies.core.letters import letters_of
from policies.core.parts import references

SHOWN, ALL, WIDTH = 5, 500, 5


@dataclass
class Relation:
    """A short list: some rows that refer to the record, and whether there are more."""

    model: type
    title: str
    columns: list
    rows: list
    more: bool
    screen: object      # the view that opens one of them, or None

    def label(self, name: str) -> str:
        """The Spanish label of a column."""
        return label_of(self.model, name)

    def numeric(self, name: str) -> bool:
        """Whether a column holds figures."""
        return is_numeric(self.model, name)

    def cell(self, row: Named, name: str) -> str:
        """The words of one cell."""
        if self.screen:
            return self.screen.cell(row, name)
        return say(getattr(row, name), column_of(self.model, name))

    def value(self, row: Named, name: str) -> object:
        """The same as the page draws it: a state is a badge."""
        return drawn_value(row, name, self.cell)

    def address(self, row: Named) -> str | None:
        """The address of a row's page, if it has a screen."""
        if self.screen is None:
            return None
        return url_for(f"{self.screen.endpoint}.details_view", key=inspect(row).identity[0])


class Related:
    """The part of a PolicyView that lists what refers to a record."""

    beside_others = True    # False: its rows are not listed on the pages of what they refer to
    lists_related = True    # False: its page shows in its own way what refers to it and was not declared

    def relations(self, record: Named) -> list[Relation]:
        """The short lists of the record page; an empty one is left out."""
        found = [self.relation(record, one, SHOWN) for one in self.referring()]
        return [relation for relation in found if relation.rows]

    @expose("/<int:key>/relacionados/<table>/")
    def related_view(self, key: int, table: str) -> ResponseReturnValue:
        """The page with all the rows of one table that refer to the record."""
        record = self.get_one(key)
        one = next((one for one in self.referring() if one.model.__tablename__ == table), None) or abort(404)
        return self.show("related.html", record=record, relation=self.relation(record, one, ALL),
                         most=ALL)

    def referring(self) -> list[Beside]:
        """What stands on this page and this office may see: what areas declared, else all that refers to it."""
        declared = of_page(self.model)
        if not declared and self.lists_related:
            parts = {several.mapper.class_ for several in inspect(self.model).relationships if several.uselist}
            letters = letters_of(self.model)
            declared = [Beside(self.model, model) for model in policies.RULES
                        if (references(model, self.model) or model in letters) and model not in GROWING
                        and (model in parts or (screen := self.screen_of(model)) and screen.beside_others)]
        return [one for one in declared if policies.allows(g.actor, "view", one.model)]

    def relation(self, record: Named, one: Beside, most: int) -> Relation:
        """The rows that stand beside the record, `most` of them, within the row scope of the office."""
        model = one.model
        screen, within = self.screen_of(model), policies.scope(model, g.actor.role)
        names = columns_of(model, screen, self.model)
        query = select(model).where(one.of(self.key_of(record)))
        if screen:
            query = screen.scope(query)
        elif within is not None:
            query = query.where(within)
        loading = [*lists.related(model, names, joinedload),
                   *lists.personal_loading(screen is not None and screen.shows_personal(names))]
        rows = db.session.scalars(in_order(query, model, screen).options(
            *loading).limit(most + 1)).all()
        g.setdefault("held", []).extend(rows)     # kept alive, so that the story finds them in the session
        return Relation(model, screen.name if screen else model.__title__.many, names,
                        rows[:most], len(rows) > most, screen)

    # ---- names as links

    def key_of(self, record: Named) -> int:
        """The key of a record, whatever its column is called."""
        return inspect(record).identity[0]

    def screen_of(self, model: type[Named]) -> ModelView | None:
        """The screen of a model, if this office may open it."""
        view = screens.screen_of(model)
        return view if view is not None and view.may("view") else None

    def address_of(self, record: Named, name: str) -> str | None:
        """The address of a related record, or None."""
        column = column_of(self.model, name)
        target = target_of(self.model, name)
        key = getattr(record, column.key) if target is not None else None
        screen = self.screen_of(target) if key is not None else None
        return url_for(f"{screen.endpoint}.details_view", key=key) if screen else None


def columns_of(model: type[Named], screen: ModelView | None, whole: type[Named]) -> list[str]:
    """The columns that a short list shows: the first of the screen's own, or of the table's."""
    if screen:
        names = screen.readable(screen.column_list)
    else:
        links = links_of(model)
        names = [links[c.key].key if c.key in links else c.key for c in inspect(model).columns
                 if not c.primary_key and c.key not in ("version", "position")
                 and not is_personal(model, c.key)]
        names = [name for name in names if viewable(model, name)]
    back = set(references(model, whole))
    first, *rest = [name for name in names
                    if getattr(column_of(model, name), "name", None) not in back] or names
    return [first, *rest[:WIDTH - 1]]


def in_order(query: Select, model: type[Named], screen: ModelView | None) -> Select:
    """The order of its own list; otherwise by position in the parent; otherwise newest first."""
    if screen and screen.column_default_sort:
        name, descending = screen.column_default_sort
        column = column_of(model, name)
        query = query.order_by(column.desc() if descending else column)
    elif "position" in inspect(model).columns:
        query = query.order_by(model.position)
    return query.order_by(inspect(model).primary_key[0].desc())
