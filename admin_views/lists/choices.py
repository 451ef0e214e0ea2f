"""What a filter that points to another table offers: its rows by name, where they are few enough to choose from.

Names change seldom, so a process keeps those of short tables. One statement for all the tables of a list says whether
they still stand: how many rows each has, its last key and the sum of its versions, which every change moves.
"""

from functools import cache

from flask import current_app, g
from sqlalchemy import ScalarSelect, Text, cast, func, inspect, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from admin_views.forms.inputs import MOST_CHOICES
from admin_views.lists import counts
from models import db
from policies.core.typed_words import unaccented

NAMING = ("number", "folio", "serial", "name")


def few(target: type) -> list | None:
    """The related rows in alphabetical order; None where they are too many to choose from."""
    rows = db.session.scalars(select(target).limit(MOST_CHOICES + 1)).all()
    return None if len(rows) > MOST_CHOICES else sorted(rows, key=lambda row: unaccented(str(row)))


def choices_of(targets: set) -> dict:
    """{table: its (key, name) pairs in alphabetical order; None where they are too many to choose from}."""
    tables = list(dict.fromkeys(table for target in sorted(targets, key=lambda target: target.__tablename__)
                                for table in named_with(target)))
    if not tables:
        return {}
    marks = dict(zip(tables, counts.ask_with(tuple(map(mark_of, tables))), strict=True))
    return {target: choices(target, [marks[table] for table in named_with(target)]) for target in targets}


@cache
def named_with(target: type) -> list:
    """The table, and those of the records that its names are made of."""
    return [target, *(relation.mapper.class_ for relation in inspect(target).relationships
                      if relation.lazy == "joined" and relation.direction.name == "MANYTOONE")]


@cache
def mark_of(table: type) -> ScalarSelect:
    """What moves when a row of a short table does; a table without versions is read by its numbers and names."""
    columns = [table.version] if hasattr(table, "version") else [
        getattr(table, name) for name in NAMING if name in inspect(table).columns]
    rows = select(table.id, *columns).limit(MOST_CHOICES + 1).subquery()
    key, *rest = rows.c
    moved = func.sum(rest[0]) if hasattr(table, "version") else func.md5(func.string_agg(
        cast(func.concat_ws(" ", key, *rest), Text), aggregate_order_by(" ", key)))
    return select(func.concat_ws(" ", func.count(), func.max(key), moved)).scalar_subquery()


def choices(target: type, marks: list) -> tuple | None:
    """The rows of a table by name; read again where one of the marks is not the one they were read with."""
    if too_many(marks[0]):
        return None
    kept = current_app.extensions.setdefault("choices", {})
    known = kept.get((g.actor.role, target))
    if known is None or known[0] != marks or any(map(too_many, marks)):
        known = kept[g.actor.role, target] = marks, tuple((str(row.id), str(row)) for row in few(target))
    return known[1]


def too_many(mark: str) -> bool:
    """Whether a mark counts more rows than a person chooses from."""
    return int(mark.split()[0]) > MOST_CHOICES
