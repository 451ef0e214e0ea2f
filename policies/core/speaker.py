"""Who is speaking to PostgreSQL: stamped once on every transaction of every engine.

The name alone is not believed: with it goes a token that only the gate's login may store (console.speaker).
"""

import hashlib
import secrets
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import event, insert, update

from models import db
from models.base.access import SpeakerToken
from models.base.columns import now
from models.base.people import Role

A_WHILE = timedelta(minutes=30)     # how long a program's token is good for, if nobody ends it before

TIERS = {role: "directors" for role in Role} | {
    Role.STAFF: "staff", Role.AUDITOR: "auditor", Role.ADMINISTRATOR: "systems"}


class Speaker(NamedTuple):
    """A transaction's author; without one PostgreSQL permits nothing."""

    person_id: int | None = None
    role: str | None = None
    request_id: str = ""
    read_only: bool = False
    token: str = ""


NOBODY = Speaker()
speaking = ContextVar("speaking", default=NOBODY)

# Bound values: what PostgreSQL shows of a running statement holds no token.
STAMP = ("SELECT set_config('role', %s, true), set_config('app.actor', %s, true), set_config('app.token', %s, true),"
         " set_config('app.request_id', %s, true), set_config('app.act', '', true),"
         " set_config('transaction_read_only', %s, true)")


def stamp(connection):
    """Dress the transaction: SET LOCAL ends with it, so the pool carries no office over."""
    who = speaking.get()
    connection.exec_driver_sql(STAMP, (
        f"console_{who.role}" if who.role else "none", str(who.person_id or ""), who.token,
        who.request_id, "on" if who.read_only else "off"))


def stamp_request_only(connection):
    """The gate writes logs and sessions under its own login, whoever asks; a statement outside of a transaction writes
    nothing."""
    if connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT":
        return
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
    token = issue(actor.id) if actor.id else ""
    bind(session, actor, request_id, read_only, token)
    try:
        yield session
    finally:
        session.rollback()
        speaking.set(before)
        session.info.pop("actor", None)
        session.info.pop("tier", None)
        if token:
            end(token)


@contextmanager
def reads_as(sessions, actor, request_id, token):
    """For a while the scoped session is another one, which only reads, as the same person in another office."""
    own, before = sessions(), speaking.get()
    other = sessions.session_factory()
    sessions.registry.set(other)
    bind(other, actor, request_id, True, token)
    try:
        yield other
    finally:
        other.close()
        sessions.registry.set(own)
        speaking.set(before)


def bind(session, actor, request_id, read_only, token):
    """From here on this session speaks as that person in that office, to whom the token was issued."""
    session.info["actor"], session.info["tier"] = actor, TIERS[actor.role]
    speaking.set(Speaker(actor.id, actor.role.value, request_id, read_only, token))


def issue(person_id):
    """A new token of that person, for a program that has the gate's password."""
    token = secrets.token_urlsafe(32)
    with db.engines["gate"].begin() as connection:
        connection.execute(insert(SpeakerToken).values(
            token_hash=fingerprint(token), person_id=person_id, expires_at=now() + A_WHILE))
    return token


def end(token):
    """From here on the token is nobody's."""
    with db.engines["gate"].begin() as connection:
        connection.execute(update(SpeakerToken).where(SpeakerToken.token_hash == fingerprint(token))
                           .values(expires_at=now()))


def fingerprint(token):
    """What PostgreSQL keeps of a token: its SHA-256, hex."""
    return hashlib.sha256(token.encode()).hexdigest()


def forget():
    """The request is over: nobody speaks on this thread until somebody is known again."""
    speaking.set(NOBODY)
