"""How many wait: every count of a page in one statement, none of them beyond what a badge can say."""

from functools import lru_cache

from flask import g
from sqlalchemy import func, select

from admin_views.door.offices import today
from models import db
from policies.core.waiting import waiting

MOST = 999   # beyond it the badge says «999+», and PostgreSQL stops counting


def counted(queries):
    """{name: how many} of the named SELECTs, in one statement; MOST + 1 stands for more."""
    return dict(zip(queries, db.session.execute(counting(queries)).one())) if queries else {}


def counting(queries):
    return select(*(select(func.count()).select_from(query.limit(MOST + 1).subquery()).scalar_subquery()
                    for query in queries.values()))


@lru_cache(maxsize=32)
def asked_of(role, day):
    """(tables, the statement that counts what waits in each): put together once for each office and day."""
    queries = waiting(role, day)
    return tuple(queries), counting(queries) if queries else None


def said(count):
    """«999+» where there are more than a badge says."""
    return f"{MOST}+" if count > MOST else str(count)


def waiting_counts():
    """{table: how many of its rows wait for this office}, asked once in a request."""
    if "waiting" not in g:
        tables, statement = asked_of(g.actor.role, today())
        g.waiting = dict(zip(tables, db.session.execute(statement).one())) if tables else {}
    return g.waiting
