"""How many wait: every count of a page in one statement, none of them beyond what a badge can say."""

from datetime import date
from functools import lru_cache

from flask import g
from sqlalchemy import ScalarSelect, Select, func, select

from admin_views.door.offices import today
from models import db
from models.base.roles import Role
from policies.core.rules import Actor
from policies.core.trays import Reader, trays_of

MOST = 999   # beyond it the badge says «999+», and PostgreSQL stops counting


def count_each(queries: dict[str, Select]) -> dict[str, int]:
    """{name: how many} of the named SELECTs, in one statement; MOST + 1 stands for more."""
    return dict(zip(queries, db.session.execute(counting(queries)).one())) if queries else {}


def counting(queries: dict) -> Select:
    """The statement that counts the rows of each query, MOST + 1 at most."""
    return select(*(select(func.count()).select_from(query.limit(MOST + 1).subquery()).scalar_subquery()
                    for query in queries.values()))


@lru_cache(maxsize=64)
def asked_of(role: Role, day: date, whole: bool) -> tuple:
    """(trays, the statement that counts each): put together once for each office and day."""
    reader = Reader(role, day)
    return prepared({tray: (tray.where(reader),) for tray in trays_of(role) if whole or tray.counted})


@lru_cache(maxsize=64)
def late_of(role: Role, day: date) -> tuple:
    """(trays in which time runs, the statement that counts what is late in each)."""
    reader = Reader(role, day)
    return prepared({tray: (tray.where(reader), tray.late(reader)) for tray in trays_of(role) if tray.late})


def prepared(conditions: dict) -> tuple[tuple, Select | None]:
    """(trays, the statement that counts the rows of each under its conditions; None without trays)."""
    queries = {tray: select(tray.model.id).where(*asked) for tray, asked in conditions.items()}
    return tuple(queries), counting(queries) if queries else None


@lru_cache(maxsize=1024)
def asked_with(role: Role, day: date, others: tuple) -> tuple:
    """(trays of the menu, the statement that counts each and says what else a page asks)."""
    trays, statement = asked_of(role, day, False)
    return trays, statement.add_columns(*others) if trays else select(*others)


def ask_with(others: tuple[ScalarSelect, ...]) -> tuple:
    """What each of these gives, in one statement with what waits, for every page says that in its menu."""
    trays, statement = asked_with(g.actor.role, today(), others)
    row = db.session.execute(statement, {"person_id": g.actor.id}).one()
    remember(dict(zip(trays, row, strict=False)))
    return tuple(row[len(trays):])


def counts_of(trays: tuple, statement: Select | None, person_id: int) -> dict:
    """{tray: how many rows} of a prepared statement, for one person."""
    return dict(zip(trays, db.session.execute(statement, {"person_id": person_id}).one())) if trays else {}


def counted_for(actor: Actor, day: date) -> tuple[dict, dict]:
    """({tray: how many rows}, {tray: how many of them late}) of every tray of that person in that office."""
    return (counts_of(*asked_of(actor.role, day, True), actor.id), counts_of(*late_of(actor.role, day), actor.id))


def tray_counts(whole: bool = False) -> dict:
    """{tray: how many rows}: of the trays that the menu counts, or of every tray of this office."""
    return counts_of(*asked_of(g.actor.role, today(), whole), g.actor.id)


def waiting_counts() -> dict:
    """{table: how many of its rows wait for this office}, asked once in a request."""
    if "waiting" not in g:
        remember(tray_counts())
    return g.waiting


def remember(counts: dict) -> None:
    """Keep for the rest of the request what a page has counted already."""
    g.waiting = {}
    for tray, count in counts.items():
        if tray.counted:
            g.waiting[tray.model] = g.waiting.get(tray.model, 0) + count


def figure(count: int) -> str:
    """«999+» where there are more than a badge says."""
    return f"{MOST}+" if count > MOST else str(count)


def pending(count: int) -> str:
    """«Sin pendientes», «1 pendiente», «3 pendientes»."""
    return "Sin pendientes" if not count else "1 pendiente" if count == 1 else f"{figure(count)} pendientes"
