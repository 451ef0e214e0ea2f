"""How many wait: every count of a page in one statement, none of them beyond what a badge can say."""

from flask import g
from sqlalchemy import func, select

from admin_views.offices import today
from models import db
from policies.waiting import waiting

MOST = 999   # beyond it the badge says «999+», and PostgreSQL stops counting


def counted(queries):
    """{name: how many} of the named SELECTs, in one statement; MOST + 1 stands for more."""
    if not queries:
        return {}
    columns = [select(func.count()).select_from(query.limit(MOST + 1).subquery()).scalar_subquery()
               for query in queries.values()]
    return dict(zip(queries, db.session.execute(select(*columns)).one()))


def said(count):
    """«999+» where there are more than a badge says."""
    return f"{MOST}+" if count > MOST else str(count)


def waiting_counts():
    """{table: how many of its rows wait for this office}, asked once in a request."""
    if "waiting" not in g:
        g.waiting = counted(waiting(g.actor.role, today()))
    return g.waiting
