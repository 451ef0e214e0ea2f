"""The worker: takes one chunk of one job, commits it, and writes on the record what stops it."""

import logging
import time
from collections.abc import Sequence
from contextlib import closing

from sqlalchemy.exc import SQLAlchemyError

import policies
from admin_views.door import door
from admin_views.mails.sending import send_due
from admin_views.mails.summaries import write_due
from admin_views.output import kept, ordered
from models import db
from models.base.columns import now
from models.queries import exports as find
from policies.core import jobs
from policies.core.exports import write_export
from policies.core.rules import Act, Actor

PAUSE = 2.0             # seconds between looks, when there is nothing to do
PATIENCE = 60.0         # seconds before a job that cannot even be stopped is tried again
MINUTE = 60.0           # seconds between looks at what ends by itself
FAULTS = (policies.Denied, policies.Broken, policies.Stale, SQLAlchemyError, ArithmeticError, AssertionError,
          AttributeError, LookupError, OSError, TypeError, ValueError)
# Somebody else holds the record, or was first: nothing is wrong with the job.
IN_THE_WAY = {"55P03", "40001", "40P01"}
TOKEN_ENDED = "carries no token"    # console.speaker(): they changed the password during the chunk; a new one is issued
GONE = ("08", "57P", "53")   # SQLSTATE: no connection, shutting down, no room
resting = {}            # (act, key) → when it may be tried again
taken = {}              # (act, key) → when it was last taken
tidied = {}             # «exports» → when what ends by itself was last looked at
# What a job makes outside of its transaction: (key, who began it, how it says its progress) → the answers of its act.
MAKERS = {write_export.name: ordered.make_file}
LOST_OFFICE = "Quien la pidió ya no tiene el cargo con que la pidió."

log = logging.getLogger(__name__)


def turn() -> bool:
    """take_one(), and False where the database cannot be reached, which is waited for."""
    try:
        return take_one()
    except SQLAlchemyError as error:
        if not away(error):
            raise
        log.warning("database unavailable: the worker waits")
        db.session.remove()
        return False


def take_one() -> bool:
    """Take one chunk of the job that has waited longest; False where none has work left, or all of them rest."""
    now = time.monotonic()
    # The one that has waited longest, so that no long job holds the others back.
    for step, key in sorted(pending(), key=lambda job: taken.get((job[0].name, job[1]), 0)):
        if resting.get((step.name, key), 0) <= now:
            taken[step.name, key] = now
            carry(step, key)
            return True
    return False


def tidy() -> None:
    """End the exports that nobody goes on with, remove the files that no order keeps, and send the e-mails that are
    due.
    """
    kept.sweep(closed)
    tidied["exports"] = time.monotonic()
    write_due(now())
    send_due()


def closed() -> Sequence[int]:
    """End what ends by itself; the keys of the orders that keep their file."""
    with db.engines["gate"].begin() as connection:
        return connection.scalars(find.close(LOST_OFFICE)).all()


def pending() -> list[tuple[Act, int]]:
    """(act, key of its record) of all that has work left; before it, once a minute, tidy()."""
    if tidied.get("exports", -MINUTE) <= time.monotonic() - MINUTE:
        tidy()
    with policies.speaks(db.session, jobs.LOOKER, "trabajo", read_only=True) as session:
        found = jobs.waiting(session)
    db.session.remove()
    return found


def carry(step: Act, key: int) -> None:
    """Take one chunk. A fault ends the job with its reason on the record; a record that somebody else holds rests for a
    while.
    """
    try:
        take(step, key)
    except FAULTS as error:
        if away(error):
            raise               # what was not committed is done again when the database is back
        if in_the_way(error):
            resting[step.name, key] = time.monotonic() + PAUSE
            return
        why = str(error) if isinstance(error, (policies.Denied, policies.Broken)) else (
            f"Algo falló; avise a Informática con el folio {door.log_failure(error)}.")
        tidied.clear()          # what it made and nobody keeps goes at the next turn
        halt(step, key, why)


def in_the_way(error: Exception) -> bool:
    """Whether another worker or a person held the record, or moved it first, or its person's tokens just ended."""
    return isinstance(error, policies.Stale) or code_of(error) in IN_THE_WAY or TOKEN_ENDED in str(error)


def away(error: Exception) -> bool:
    """Whether the database ended or could not be reached, rather than refused or took too long."""
    code = code_of(error)
    return door.is_lost(error) and (code is None or code.startswith(GONE))


def code_of(error: Exception) -> str | None:
    """The SQLSTATE of an error of the database."""
    return getattr(getattr(error, "orig", None), "sqlstate", None)


def halt(step: Act, key: int, why: str) -> None:
    """End a job by its act for that, with the reason; where not even that is possible, it rests for PATIENCE seconds.
    """
    try:
        take(policies.ACTS[step.model, step.otherwise], key, {"why": why})
    except FAULTS as error:
        if away(error):
            raise
        log.warning("%s %s rests: %s", step.name, key, door.what_failed(error))
        resting[step.name, key] = time.monotonic() + PATIENCE


def take(step: Act, key: int, answers: dict | None = None) -> None:
    """Take the act on that record, in the name of the person who began the work, and commit."""
    with policies.speaks(db.session, jobs.LOOKER, "trabajo", read_only=True) as session:
        actor = jobs.begun_by(session, step.model, key)
    db.session.remove()
    if actor is None:
        return      # somebody ended it meanwhile
    if step.name in MAKERS:
        answers = MAKERS[step.name](key, actor, lambda said: done(step, key, actor, said))
    done(step, key, actor, answers)


def done(step: Act, key: int, actor: Actor, answers: dict | None) -> None:
    """Take one act in a session of its own and commit it, so that what is being written by the job keeps its session.
    """
    with closing(db.session.session_factory()) as own, policies.speaks(own, actor, "trabajo") as session:
        policies.perform(session, step, session.get(step.model, key), actor, answers)
        session.commit()
