"""Who saw whose personal data: every record whose personal columns a page loads, kept once for the page.

Personal columns load only where they are asked for, so what loads is what is shown: in a record, a list,
the box, a picker, a glance or an answer in JSON alike. A list that leaves a page counts its own rows.
"""

from functools import cache
from urllib.parse import parse_qsl, urlencode

from flask import g, has_request_context, request
from sqlalchemy import event, inspect

from admin_views.door.gate import keep, keep_rows, storable, who
from models.base.access import ReadEntry
from policies.core.rules import RULES, reads_personal

MOST_KEYS = 500     # keys that one entry names; beyond them it says how many
TYPED, HIDDEN = "q", "***"     # the words of a search, and what the entry says in their place


@cache
def personal_names(model) -> frozenset:
    """The attributes of a model that hold somebody's data."""
    return frozenset(column.key for column in inspect(model).columns if column.info.get("personal"))


def install(app):
    for model in RULES:
        if personal_names(model):
            event.listen(model, "load", loaded, raw=True)
            event.listen(model, "refresh", loaded, raw=True)


def loaded(state, *_) -> None:
    """Something of a record was read; what PostgreSQL was not asked for is not in `dict`."""
    if not personal_names(state.class_).isdisjoint(state.dict) and has_request_context() and g.get("actor"):
        note(state.class_.__tablename__, state.key[1][0])


def shown(record) -> None:
    """A person sees personal data of this record, or a file that may hold some."""
    note(record.__tablename__, inspect(record).identity[0])


def note(table: str, key: int) -> None:
    g.setdefault("shown", {}).setdefault(table, {})[key] = True


def not_shown(records) -> None:
    """These were loaded, and are no part of the page."""
    for record in records:
        g.get("shown", {}).get(record.__tablename__, {}).pop(inspect(record).identity[0], None)


def keep_reads(status: int) -> None:
    """One entry for each table that the answer showed; one that leads elsewhere, or says that it failed, shows none."""
    seen = [facts(table, len(keys), sorted(keys)[:MOST_KEYS]) for table, keys in g.pop("shown", {}).items() if keys]
    if seen and not (300 <= status < 400 or status >= 500):
        keep_rows(ReadEntry, seen)


def keep_export(model, rows: int) -> None:
    """A list with personal columns left as a file: how many rows, in place of what loaded to make it."""
    if read := export_entry(model, rows):
        keep(read)


def export_entry(model, rows: int = 0, query: str | None = None) -> ReadEntry | None:
    """The entry of a list with personal columns that leaves as a file; None when this office reads none."""
    g.pop("shown", None)
    if personal_names(model) and g.get("actor") and reads_personal(g.actor, model):
        return ReadEntry(**facts(model.__tablename__, rows, [], query))
    return None


def facts(table, rows, keys, query=None) -> dict:
    """What an entry says."""
    asked = request.query_string.decode(errors="replace") if query is None else query
    return {**who(), "table_name": table, "place": storable(request.path)[:500], "filters": conditions(asked),
            "rows": rows, "row_id": keys[0] if rows == 1 and keys else None, "keys": keys}


def conditions(query: str) -> str:
    """What an address asked, without the names that a person typed: an auditor reads none."""
    names = {TYPED, *(name for model in RULES for name in personal_names(model))}
    pairs = parse_qsl(query)
    return storable(urlencode([(name, HIDDEN if name.split(":")[-1].split(".")[0] in names else value)
                               for name, value in pairs], safe="*:,"))[:500]
