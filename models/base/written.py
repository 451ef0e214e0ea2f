"""Columns that PostgreSQL writes, whatever the program says: folios, authors, offices, instants, running counts.

Each is a mark in the column's `info`; the guard of a table (policies/core/sql/guards.py) is generated from them.
A column that may not be empty is written when the row is born. One that may be empty is written by the acts that
name it in their `stamps`, and so is a required one that such an act writes again. A program that sends one is not
believed; `sent` says that some rows arrive with it, which a trigger of the area judges (Rule.arrives).
"""

from sqlalchemy import CheckConstraint, FetchedValue, ForeignKey, MetaData, text
from sqlalchemy.dialects.postgresql import ARRAY, ExcludeConstraint
from sqlalchemy.orm import MappedColumn
from sqlalchemy.types import Text

from models.base.columns import coded, field


def by_database(label: str, *args, sent: bool = False, **options) -> MappedColumn:
    """A column that a trigger writes when the row arrives: no statement sends it, unless some rows arrive with it."""
    if sent:
        return field(label, *args, **{**options, "info": {**options["info"], "sent": True}})
    return field(label, *args, server_default=FetchedValue(), **options)


def numbered(series: str, label: str = "Folio", on: str | None = None) -> MappedColumn:
    """A folio of its own series, without gaps (UAS-PET-2026-000001): written when the row arrives, or by the act named
    `on`.
    """
    return coded(label, unique=True, nullable=on is not None, server_default=FetchedValue(),
                 info={"numbered": (series, on), "series": (series,)})


def author(label: str, at_birth: bool = False, **options) -> MappedColumn:
    """The person of the transaction. An act may set it too, and then only to whoever takes the act.

    `at_birth` is said where older rows have none.
    """
    mark = {"written": "author", "at_birth": at_birth}
    return by_database(label, ForeignKey("console.people.id"), info=mark, **options)


def author_office(label: str, *args, **options) -> MappedColumn:
    """The office in which that person acts."""
    return by_database(label, *args, info={"written": "office"}, **options)


def instant(label: str, **options) -> MappedColumn:
    """When it happened, by PostgreSQL's own clock."""
    return by_database(label, info={"written": "instant"}, **options)


def printed_code(label: str) -> MappedColumn:
    """What a printed document is verified by: 32 hexadecimal digits at random, which nobody chooses."""
    return coded(label, unique=True, server_default=text("replace(gen_random_uuid()::text, '-', '')"),
                 info={"written": "code"})


def derived(label: str, *args, by: str = "", **options) -> MappedColumn:
    """A column that no program writes: a trigger of the area does after the guard or, as the row is born, the SQL
    expression `by`, in which NEW is the row."""
    return field(label, *args, info={**options.pop("info", {}), "derived": by}, **options)


def request(label: str) -> MappedColumn:
    """The request in which the row was born, as the console's logs name it."""
    return coded(label, default="", server_default="", info={"written": "request"})


def may_bring(label: str, *args, **options) -> MappedColumn:
    """A column that acts write and that a new row may have already when it arrives."""
    return field(label, *args, info={"brought": True}, **options)


def rising(label: str) -> MappedColumn:
    """A count of what is done, from 0, that never falls: the progress of long work."""
    return field(label, default=0, server_default="0", info={"rises": True})


def cursor(label: str) -> MappedColumn:
    """The last key that was done, from the one with which the row is born; it never falls."""
    return field(label, info={"rises": True})


def gathered(label: str) -> MappedColumn:
    """The values that one column of the record's parts takes, kept on the record so that row policies stay cheap."""
    return field(label, ARRAY(Text), server_default=text("'{}'"), info={"gathered": True})


def checked(rule: str, name: str, says: str) -> CheckConstraint:
    """A CHECK with the Spanish sentence of its refusal.

    An Index or a UniqueConstraint takes info={"says": …} itself, and a column that is unique, info={"taken": …}.
    """
    return CheckConstraint(rule, name=name, info={"says": says})


def in_order(rule: str = "valid_to IS NULL OR valid_to >= valid_from") -> CheckConstraint:
    """The CHECK that a row's last day is not before its first."""
    return checked(rule, "dates_in_order", "La fecha «hasta» debe ser igual o posterior a «desde».")


def excluded(*ranges: str, where: str, name: str, says: str) -> ExcludeConstraint:
    """Of the rows of `where`, no two meet in all of those ranges; `says` is the Spanish sentence of its refusal."""
    constraint = ExcludeConstraint(*((text(one), "&&") for one in ranges), where=text(where), using="gist", name=name)
    constraint.info["says"] = says
    return constraint


def sentences(metadata: MetaData) -> dict[str, str]:
    """The sentence of each constraint and index that declares one, by the name that PostgreSQL reports."""
    said = {str(one.name): one.info["says"] for table in metadata.tables.values()
            for one in (*table.constraints, *table.indexes) if one.info.get("says")}
    return said | {f"uq_{table.name}_{column.name}": column.info["taken"] for table in metadata.tables.values()
                   for column in table.columns if column.info.get("taken")}
