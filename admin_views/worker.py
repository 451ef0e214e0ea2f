"""The worker's door: takes one chunk of one job, commits it, and says what stops it."""

import logging
import time

from sqlalchemy.exc import SQLAlchemyError

import policies
from admin_views import door
from models import db
from policies import jobs

PAUSE = 2.0             # seconds between looks, when there is nothing to do
PATIENCE = 60.0         # seconds before a job that cannot even be stopped is tried again
FAULTS = (policies.Denied, policies.Broken, policies.Stale, SQLAlchemyError, ArithmeticError, AssertionError,
          AttributeError, LookupError, TypeError, ValueError)
# Somebody else holds the record, or was first: nothing is wrong with the job.
IN_THE_WAY = {"55P03", "40001", "40P01"}
TOKEN_ENDED = "carries no token"    # console.speaker(): they changed the password during the chunk; a new one is issued
GONE = ("08", "57P", "53")   # SQLSTATE: no connection, shutting down, no room
resting = {}            # (act, key) → when it may be tried again

log = logging.getLogger(__name__)


def turn():
    """Take one chunk, if there is any; a database that is away is waited for, as its job is."""
    try:
        return take_one()
    except SQLAlchemyError as error:
        if not away(error):
            raise
        log.warning("database unavailable: the worker waits")
        db.session.remove()
        return False


def take_one():
    """Do one chunk of the first job that has work left; False when none has, or all of them rest."""
    now = time.monotonic()
    for step, key in pending():
        if resting.get((step.name, key), 0) <= now:
            carry(step, key)
            return True
    return False


def pending():
    with policies.speaks(db.session, jobs.LOOKER, "trabajo", read_only=True) as session:
        found = jobs.waiting(session)
    db.session.remove()
    return found


def carry(step, key):
    """One chunk; a fault ends the job with its reason on the record, or lets it rest."""
    try:
        take(step, key)
    except FAULTS as error:
        if away(error):
            raise               # what was not committed is done again when the database is back
        if in_the_way(error):
            resting[step.name, key] = time.monotonic() + PAUSE
            return
        why = str(error) if isinstance(error, (policies.Denied, policies.Broken)) else (
            f"Algo falló; avise a Informática con el folio {door.written_down(error)}.")
        halt(step, key, why)


def in_the_way(error):
    """Whether another worker or a person held the record, or moved it first, or its person's tokens just ended."""
    return isinstance(error, policies.Stale) or code_of(error) in IN_THE_WAY or TOKEN_ENDED in str(error)


def away(error):
    """Whether the database ended or was not reached, rather than refused or took too long."""
    code = code_of(error)
    return door.is_lost(error) and (code is None or code.startswith(GONE))


def code_of(error):
    return getattr(getattr(error, "orig", None), "sqlstate", None)


def halt(step, key, why):
    try:
        take(policies.ACTS[step.model, step.otherwise], key, {"why": why})
    except FAULTS as error:
        if away(error):
            raise
        log.warning("%s %s rests: %s", step.name, key, door.what_failed(error))
        resting[step.name, key] = time.monotonic() + PATIENCE


def take(step, key, answers=None):
    """The act on that record, committed, by the person who began the work."""
    with policies.speaks(db.session, jobs.LOOKER, "trabajo", read_only=True) as session:
        actor = jobs.begun_by(session.get(step.model, key))
    try:
        with policies.speaks(db.session, actor, "trabajo") as session:
            policies.perform(session, step, session.get(step.model, key), actor, answers)
            session.commit()
    finally:
        db.session.remove()
