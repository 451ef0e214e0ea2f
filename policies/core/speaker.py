"""Who speaks to PostgreSQL: the office, the person and a token are set on every transaction of every engine.

The key of the person alone proves nothing; the token does, which only the gate's login may store (console.speaker).
"""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import timedelta
from typing import NamedTuple

from psycopg import OperationalError
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, event, insert, update
from sqlalchemy.orm import Session, scoped_session

from models import db
from models.base.access import SpeakerToken
from models.base.columns import now
from models.base.connections import refuse_ended
from models.base.people import Role
from policies.core.rules import Actor

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


def stamp(connection: Connection) -> None:
    """Set role, person, token and request of the transaction with SET LOCAL, which ends with it: the next user of the
    pooled connection inherits nothing.
    """
    who = speaking.get()
    connection.info["reads"] = who.read_only
    connection.exec_driver_sql(STAMP, (
        f"console_{who.role}" if who.role else "none", str(who.person_id or ""), who.token,
        who.request_id, "on" if who.read_only else "off"))


def stamp_request_only(connection: Connection) -> None:
    """Set person and request of a transaction of the gate, which keeps its own login whoever asks. Outside of a
    transaction stand only what the door reads and the rows of logs, which name their author themselves.
    """
    if connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT":
        return
    who = speaking.get()
    connection.exec_driver_sql(
        "SELECT set_config('app.actor', %s, true), set_config('app.request_id', %s, true)",
        (str(who.person_id or ""), who.request_id))


def keep_prepared(connection: Connection) -> None:
    """End with COMMIT a transaction that could only read: after a ROLLBACK psycopg prepares every statement anew, and
    PostgreSQL plans each again.
    """
    if connection.invalidated or not connection.info.pop("reads", False):
        return
    dbapi = connection.connection.dbapi_connection
    if dbapi.info.transaction_status == TransactionStatus.INTRANS:
        with suppress(OperationalError):    # the database went away, as the ROLLBACK that follows finds
            dbapi.commit()


def stamp_engines(engines: dict[str, Engine]) -> None:
    """Stamp every transaction of every engine when it begins, those of plain connections included, keep what is
    prepared when one that only read ends, and lend no connection that the server ended.
    """
    for name, engine in engines.items():
        event.listen(engine, "checkout", refuse_ended)
        event.listen(engine, "begin", stamp_request_only if name == "gate" else stamp)
        event.listen(engine, "rollback", keep_prepared)


@contextmanager
def speaks(session: Session, actor: Actor, request_id: str = "", read_only: bool = False) -> Iterator[Session]:
    """Within it, the session and PostgreSQL take whatever is done as that person's in that office.

    It issues a token of its own and ends it on leaving, when what was not committed is rolled back.
    """
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
def reads_as(sessions: scoped_session, actor: Actor, request_id: str, token: str) -> Iterator[Session]:
    """Within it, the scoped session is a second one, READ ONLY, of the same person in another office that they hold."""
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


def bind(session: Session, actor: Actor, request_id: str, read_only: bool, token: str) -> None:
    """From here on this session speaks as that person in that office, to whom the token was issued."""
    session.info["actor"], session.info["tier"] = actor, TIERS[actor.role]
    speaking.set(Speaker(actor.id, actor.role.value, request_id, read_only, token))


def issue(person_id: int) -> str:
    """Store a new token of that person and return it; only a program with the gate's password can. It lasts A_WHILE."""
    token = secrets.token_urlsafe(32)
    with db.engines["gate"].begin() as connection:
        connection.execute(insert(SpeakerToken).values(
            token_hash=fingerprint(token), person_id=person_id, expires_at=now() + A_WHILE))
    return token


def end(token: str) -> None:
    """End a token: from now on PostgreSQL does not accept it."""
    with db.engines["gate"].begin() as connection:
        connection.execute(update(SpeakerToken).where(SpeakerToken.token_hash == fingerprint(token))
                           .values(expires_at=now()))


def fingerprint(token: str) -> str:
    """What PostgreSQL keeps of a token: its SHA-256, hex."""
    return hashlib.sha256(token.encode()).hexdigest()


def forget() -> None:
    """Forget who speaks on this thread, at the end of a request."""
    speaking.set(NOBODY)
