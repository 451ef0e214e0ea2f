"""Who is speaking to PostgreSQL: stamped once on every transaction of every engine."""

from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

from sqlalchemy import event

from models.people import Role

TIERS = {role: "directors" for role in Role} | {
    Role.STAFF: "staff", Role.AUDITOR: "auditor", Role.ADMINISTRATOR: "systems"}


class Speaker(NamedTuple):
    """A transaction's author; without one PostgreSQL permits nothing."""

    person_id: int | None = None
    role: str | None = None
    request_id: str = ""
    read_only: bool = False


NOBODY = Speaker()
speaking = ContextVar("speaking", default=NOBODY)

STAMP = ("SELECT set_config('role', %s, true), set_config('app.actor', %s, true),"
         " set_config('app.request_id', %s, true), set_config('app.act', '', true),"
         " set_config('transaction_read_only', %s, true)")


def stamp(connection):
    """Dress the transaction: SET LOCAL ends with it, so the pool carries no office over."""
    who = speaking.get()
    connection.exec_driver_sql(STAMP, (
        f"console_{who.role}" if who.role else "none", str(who.person_id or ""),
        who.request_id, "on" if who.read_only else "off"))


def stamp_request_only(connection):
    """The gate writes logs and sessions under its own login, whoever asks."""
    who = speaking.get()
    connection.exec_driver_sql(
        "SELECT set_config('app.actor', %s, true), set_config('app.request_id', %s, true)",
        (str(who.person_id or ""), who.request_id))


def dress(engines):
    """Attach the stamp to every engine; the engine's event also catches Core connections."""
    for name, engine in engines.items():
        event.listen(engine, "begin", stamp_request_only if name == "gate" else stamp)


@contextmanager
def speaks(session, actor, request_id="", read_only=False):
    """Tie a session to one person for a while, and PostgreSQL with it."""
    before = speaking.get()
    bind(session, actor, request_id, read_only)
    try:
        yield session
    finally:
        session.rollback()
        speaking.set(before)
        session.info.pop("actor", None)
        session.info.pop("tier", None)


def bind(session, actor, request_id, read_only):
    """From here on this session speaks as that person in that office."""
    session.info["actor"], session.info["tier"] = actor, TIERS[actor.role]
    speaking.set(Speaker(actor.id, actor.role.value, request_id, read_only))


def forget():
    """The request is over: nobody speaks on this thread until somebody is known again."""
    speaking.set(NOBODY)
