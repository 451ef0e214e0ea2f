"""What the box finds of each screen: its records by number or by words, the nearest first."""

from dataclasses import dataclass

from flask import g, url_for
from sqlalchemy import Boolean, inspect, select
from sqlalchemy.orm import selectinload

import policies
from admin_views.core import reads
from admin_views.core.words import column_of, label_of, say
from models import db
from models.queries import finding

SHOWN = 8         # of each kind, on the page
SHOWN_LIVE = 5    # of each kind, while one types
NOTED = 3         # columns beside the name
SHOWN_APART = ("state", "status")


@dataclass(frozen=True)
class Hit:
    """One thing found and where it is."""

    label: str
    url: str
    note: str = ""
    state: object = None


@dataclass(frozen=True)
class Group:
    """What was found of one kind; `more` is the list `where` all of it is, when this is not all."""

    title: str
    hits: list
    where: str = ""
    more: str = ""


class Findable:
    """The part of a PolicyView that answers the box. An entity joins by its `search_in`."""

    findable = True
    search_orders = False   # True: its search puts what it finds in order
    numbered_by = ()        # of search_in, its official numbers: whole, they open its page
    numbers_of_parts = ()   # (model, its number, the relationship that leads to this record)

    def search(self, query, words):
        """The rows of the list that what was typed names."""
        numbers, texts = self.searched()
        if not numbers and not texts:
            return query
        return finding.found_first(query, inspect(self.model).primary_key[0], finding.matches(numbers, texts, words))

    def searched(self):
        """(columns of numbers, columns of words) that this office may search."""
        names = self.readable(self.search_in)
        return ([column_of(self.model, name) for name in names if name in self.numbered_by],
                [column_of(self.model, name) for name in names if name not in self.numbered_by])

    def exactly(self, words):
        """SELECTs of the key of the record whose official number is just this."""
        key = inspect(self.model).primary_key[0]
        yield from (select(key).where(column == words.upper()) for column in self.searched()[0])
        for model, number, way in self.seen_parts():
            yield select(column_of(model, way)).where(column_of(model, number) == words.upper())

    def nearest(self, words):
        """SELECTs of what the words name, the nearest first; run until there is enough."""
        numbers, texts = self.searched()
        rows = self.scope(select(self.model))
        if finding.has_digit(words):
            yield from (rows.where(finding.begins(column, words)).order_by(column)
                        for column in numbers)
        if texts:
            yield rows.where(finding.worded(texts, words)).order_by(
                finding.whole(texts[0], words).desc(), texts[0])

    def seen_parts(self):
        return [part for part in self.numbers_of_parts
                if policies.allows(g.actor, "view", part[0])]

    def hit(self, record):
        """How the box says one record: its name, and a few columns beside it."""
        first, *others = self.readable(self.column_list)
        label, notes = self.cell(record, first), [
            self.cell(record, name) for name in others if name not in SHOWN_APART
            and not isinstance(column_of(self.model, name).type, Boolean)]
        return Hit(label if label != "—" else str(record), self.page(record.id),
                   " · ".join(note for note in notes[:NOTED] if note != "—"), standing(record))

    def page(self, key):
        return url_for(f"{self.endpoint}.details_view", key=key)


def standing(record):
    """The state that a record is in, if it has any."""
    return next((getattr(record, name) for name in SHOWN_APART if hasattr(record, name)), None)


def page_of_number(views, words):
    """The address of the one record that has exactly this official number, or None."""
    for view in views if finding.has_digit(words) else ():
        for query in view.exactly(words):
            if (key := db.session.scalar(query.limit(1))) is not None:
                return view.page(key)
    return None


def found(view, words, most):
    """The groups of what this screen finds: its records, then its parts that lead to them."""
    rows = first_rows((query.options(*view.loading()) for query in view.nearest(words)), most)
    reads.not_shown(rows[most:])
    everything = url_for(f"{view.endpoint}.index_view", q=words)
    yield Group(view.name, [view.hit(row) for row in rows[:most]], view.name,
                everything if len(rows) > most else "")
    for model, number, way in view.seen_parts() if finding.has_digit(words) else ():
        column, relation = column_of(model, number), getattr(model, way)
        parts = first_rows([select(model).where(finding.begins(column, words)).order_by(column)
                            .options(selectinload(relation))], most)
        yield Group(model.__title__.many, [
            Hit(str(part), view.page(getattr(part, way).id),
                f"{label_of(model, way)} {say(getattr(part, way))}",
                standing(part)) for part in parts[:most]], view.name,
            everything if len(parts) > most else "")


def first_rows(queries, most):
    """One row more than will be shown, without repeating any: that one tells that there are more."""
    rows = {}
    for query in queries:
        rows |= {row.id: row for row in db.session.scalars(query.limit(most + 1))}
        if len(rows) > most:
            break
    return list(rows.values())
