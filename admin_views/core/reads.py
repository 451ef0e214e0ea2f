"""Who saw whose personal data: every record whose personal columns a page loads, kept once for the page.

Personal columns load only where they are asked for, so what loads is what is shown: in a record, a list,
the box, a picker, a glance or an answer in JSON alike. A list that leaves a page counts its own rows.
"""

from collections.abc import Iterable
from functools import cache
from urllib.parse import parse_qsl, urlencode

from flask import Flask, g, has_request_context, request
from sqlalchemy import event, inspect
from sqlalchemy.orm import InstanceState

from admin_views.door.gate import keep, keep_rows, storable, who
from models.base.access import ReadEntry
from models.base.columns import Named
from policies.core.rules import RULES, reads_personal

MOST_KEYS = 500     # keys that one entry names; beyond them it says how many
TYPED, HIDDEN = "q", "***"     # the words of a search, and what the entry says in their place


@cache
def personal_names(model: type[Named]) -> frozenset[str]:
    """The attributes of a model that hold somebody's data."""
    return frozenset(column.key for column in inspect(model).columns if column.info.get("personal"))


def install(app: Flask) -> None:
    """Listen to every load of a record with personal columns."""
    for model in RULES:
        if personal_names(model):
            event.listen(model, "load", loaded, raw=True)
            event.listen(model, "refresh", loaded, raw=True)


def loaded(state: InstanceState, *_) -> None:
    """Listener of SQLAlchemy's «load» and «refresh»: note the record if a request read personal columns of it. What
    PostgreSQL was not asked for is not in `dict`.
    """
    if not personal_names(state.class_).isdisjoint(state.dict) and has_request_context() and g.get("actor"):
        note(state.class_.__tablename__, state.key[1][0])


def note_shown(record: Named) -> None:
    """Note that a person sees personal data of this record, or a file that may hold some."""
    note(record.__tablename__, inspect(record).identity[0])


def note(table: str, key: int) -> None:
    """Note that this request shows personal data of the row with that key."""
    g.setdefault("shown", {}).setdefault(table, {})[key] = True


def not_shown(records: Iterable[Named]) -> None:
    """Take back the note of records that were loaded and are no part of the page."""
    for record in records:
        g.get("shown", {}).get(record.__tablename__, {}).pop(inspect(record).identity[0], None)


def keep_reads(status: int) -> None:
    """Write one entry to the log of reads for each table that the answer showed; a redirection and a failure show none.
    """
    seen = [facts(table, len(keys), sorted(keys)[:MOST_KEYS]) for table, keys in g.pop("shown", {}).items() if keys]
    if seen and not (300 <= status < 400 or status >= 500):
        keep_rows(ReadEntry, seen)


def keep_export(model: type[Named], rows: int) -> None:
    """Write to the log of reads that a list with personal columns left as a file, with how many rows."""
    if read := export_entry(model, rows):
        keep(read)


def export_entry(model: type[Named], rows: int = 0, query: str | None = None) -> ReadEntry | None:
    """The entry of the log for a list with personal columns that leaves as a file, in place of what loaded to make it;
    None where this office reads none. `query` is its address, that of the request without it.
    """
    g.pop("shown", None)
    if personal_names(model) and g.get("actor") and reads_personal(g.actor, model):
        return ReadEntry(**facts(model.__tablename__, rows, [], query))
    return None


def facts(table: str, rows: int, keys: list[int], query: str | None = None) -> dict:
    """The columns of an entry of the log of reads: who, where, by which conditions, how many rows of which table and,
    for some, which.
    """
    asked = request.query_string.decode(errors="replace") if query is None else query
    return {**who(), "table_name": table, "place": storable(request.path)[:500], "filters": conditions(asked),
            "rows": rows, "row_id": keys[0] if rows == 1 and keys else None, "keys": keys}


def conditions(query: str) -> str:
    """The query string without the values that a person typed or that are personal, because an auditor reads the log
    and no names.
    """
    names = {TYPED, *(name for model in RULES for name in personal_names(model))}
    pairs = parse_qsl(query)
    return storable(urlencode([(name, HIDDEN if name.split(":")[-1].split(".")[0] in names else value)
                               for name, value in pairs], safe="*:,"))[:500]
