"""What the box finds in each screen: its records by number or by words, the nearest first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flask import g, url_for
from flask_admin.contrib.sqla import ModelView
from sqlalchemy import Boolean, ColumnElement, Select, inspect, select
from sqlalchemy.orm import selectinload

import policies
from admin_views.core import reads
from admin_views.core.badges import STATES
from admin_views.core.words import column_of, label_of, say
from models import db
from models.base.columns import Named, Words
from models.queries import finding

SHOWN = 8         # of each kind, on the page
SHOWN_LIVE = 5    # of each kind, while one types
NOTED = 3         # columns beside the name


@dataclass(frozen=True)
class Hit:
    """One result and its address."""

    label: str
    url: str
    note: str = ""
    state: object = None


@dataclass(frozen=True)
class Group:
    """The results of one kind; `more` is the address of the list with all of them, when these are not all."""

    title: str
    hits: list
    where: str = ""
    more: str = ""


class Findable:
    """The part of a PolicyView that answers the box. A screen takes part with its `search_in`."""

    findable = True
    search_orders = False   # True: its search also orders the rows
    numbered_by = ()        # the official numbers among search_in: a whole number opens its page
    found_without_names = ""    # by what an office that reads no personal columns finds its records, in Spanish
    numbers_of_parts = ()   # (model, its number, the relationship that leads to this record)

    def search(self, query: Select, words: str) -> Select:
        """The rows of the list that match what was typed."""
        numbers, texts = self.search_columns()
        if not numbers and not texts:
            return query
        return finding.found_first(query, inspect(self.model).primary_key[0], finding.matches(numbers, texts, words))

    def search_columns(self) -> tuple[list[ColumnElement], list[ColumnElement]]:
        """(columns of numbers, columns of words) that this office may search."""
        names = self.readable(self.search_in)
        return ([column_of(self.model, name) for name in names if name in self.numbered_by],
                [column_of(self.model, name) for name in names if name not in self.numbered_by])

    def exactly(self, words: str) -> Iterator[Select]:
        """SELECTs of the key of the record with exactly this official number."""
        key = inspect(self.model).primary_key[0]
        yield from (select(key).where(column == words.upper()) for column in self.search_columns()[0])
        for model, number, way in self.visible_parts():
            yield select(column_of(model, way)).where(column_of(model, number) == words.upper())

    def nearest(self, words: str) -> Iterator[Select]:
        """SELECTs of the rows that match the words, the nearest first; they are run until there is enough."""
        numbers, texts = self.search_columns()
        rows = self.scope(select(self.model))
        if finding.has_digit(words):
            yield from (rows.where(finding.begins(column, words)).order_by(column)
                        for column in numbers)
        if texts:
            yield rows.where(finding.has_words(texts, words)).order_by(
                finding.whole(texts[0], words).desc(), texts[0])

    def visible_parts(self) -> list[tuple]:
        """The parts whose numbers lead to this record and that this office may see."""
        return [part for part in self.numbers_of_parts
                if policies.allows(g.actor, "view", part[0])]

    def hit(self, record: Named) -> Hit:
        """One record as a result of the box: its name, and a few columns beside it."""
        first, *others = self.readable(self.column_list)
        label, notes = self.cell(record, first), [
            self.cell(record, name) for name in others if name not in STATES
            and not isinstance(column_of(self.model, name).type, Boolean)]
        return Hit(label if label != "—" else str(record), self.page(record.id),
                   " · ".join(note for note in notes[:NOTED] if note != "—"), state_of(record))

    def page(self, key: int) -> str:
        """The address of the record with that key."""
        return f"{self.url}/{key}/"


def state_of(record: Named) -> Words | None:
    """The state of a record, if it has one."""
    return next((getattr(record, name) for name in STATES if hasattr(record, name)), None)


def page_of_number(views: Iterable[ModelView], words: str) -> str | None:
    """The address of the one record that has exactly this official number, or None."""
    for view in views if finding.has_digit(words) else ():
        for query in view.exactly(words):
            if (key := db.session.scalar(query.limit(1))) is not None:
                return view.page(key)
    return None


def groups_of(view: ModelView, words: str, most: int) -> Iterator[Group]:
    """The groups of results of one screen: its records, then the parts that lead to them."""
    rows = first_rows((query.options(*view.loading()) for query in view.nearest(words)), most)
    reads.not_shown(rows[most:])
    everything = url_for(f"{view.endpoint}.index_view", q=words)
    yield Group(view.name, [view.hit(row) for row in rows[:most]], view.name,
                everything if len(rows) > most else "")
    for model, number, way in view.visible_parts() if finding.has_digit(words) else ():
        column, relation = column_of(model, number), getattr(model, way)
        parts = first_rows([select(model).where(finding.begins(column, words)).order_by(column)
                            .options(selectinload(relation))], most)
        yield Group(model.__title__.many, [
            Hit(str(part), view.page(getattr(part, way).id),
                f"{label_of(model, way)} {say(getattr(part, way))}",
                state_of(part)) for part in parts[:most]], view.name,
            everything if len(parts) > most else "")


def first_rows(queries: Iterable[Select], most: int) -> list[Named]:
    """The first rows of the SELECTs, none twice: one more than will be shown, to know whether there are more."""
    rows = {}
    for query in queries:
        rows |= {row.id: row for row in db.session.scalars(query.limit(most + 1))}
        if len(rows) > most:
            break
    return list(rows.values())
