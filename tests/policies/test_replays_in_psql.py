"""A replay as any program could touch it, while it runs or rests: what PostgreSQL itself refuses."""

import psycopg
import pytest

from admin_views.core import worker
from models.replays import Replay
from policies.replays import acts as replays
from policies.replays.acts import stop_replay
from tests.policies.test_replays import ROW, asked, drafted, one
from tests.psql import refused

CHANGE = "UPDATE console.replays SET {} WHERE id = %s"
OTHER = {"procedure_version_id": "against_id", "against_id": "NULL", "months": "2", "content_hash": "'x'", "inputs": "'{}'",
         "since": "since - 1", "until": "until + 1", "total": "total + 1", "asked_at": "now()"}
FORGED = """INSERT INTO console.replays (procedure_version_id, months, content_hash, since, until, last_bill_id, done, trouble)
SELECT procedure_version_id, months, content_hash, since, until, last_bill_id, 7, 'x' FROM console.replays WHERE id = %s
RETURNING run_by_id, run_as::text, asked_at > now() - interval '1 day', done, trouble, finished_at"""


def begun(office):
    """One chunk done, the rest to do; asked by the first person of the counter."""
    key = asked(office, drafted(office))
    with office.app.app_context():
        assert worker.take_one()
    return key


@pytest.fixture(scope="module")
def stopped(office):
    with pytest.MonkeyPatch.context() as small:
        small.setattr(replays, "CHUNK", 50)
        key = begun(office)
    office.perform("staff", stop_replay, key, model=Replay)
    return key


@pytest.fixture(scope="module")
def running(office, stopped):
    with pytest.MonkeyPatch.context() as small:
        small.setattr(replays, "CHUNK", 50)
        return begun(office)


def test_a_replay_is_born_at_its_beginning_in_the_name_of_who_asks(office, running):
    with office.program("staff", 1) as raw:
        born = raw.execute(FORGED, (running,)).fetchone()
        raw.rollback()
    assert born == (office.actor("staff", 1).id, "staff", True, 0, None, None)


@pytest.mark.parametrize(("column", "value"), [("run_by_id", "run_by_id"), ("run_as", "'unit_head'"),
                                               ("asked_at", "'2020-01-01'"), ("finished_at", "now()")])
def test_nobody_says_who_asked_nor_when(office, running, column, value):
    forged = FORGED.replace("7, 'x' FROM", f"7, 'x', {value} FROM").replace("done, trouble)", f"done, trouble, {column})")
    with refused(office, "42501"), office.program("staff", 1) as raw:
        raw.execute(forged, (running,))


@pytest.mark.parametrize("column", OTHER)
def test_what_was_asked_stands_still_while_it_runs(office, running, column):
    with refused(office, "AG002"), office.program() as raw:
        raw.execute(CHANGE.format(f"{column} = {OTHER[column]}"), (running,))


def test_a_replay_is_never_deleted(office):
    key = asked(office, drafted(office))
    with refused(office, "AG002"), office.program() as raw:
        raw.execute("DELETE FROM console.replays WHERE id = %s", (key,))
    office.perform("staff", stop_replay, key, model=Replay)


def test_the_clock_says_when_it_ended_and_nobody_else(office, running):
    with office.program() as raw:
        raw.execute(CHANGE.format("finished_at = '2020-01-01'"), (running,))
    assert one(office, "SELECT finished_at FROM console.replays WHERE id = %s", running) == (None,)


@pytest.mark.parametrize("change", ["done = done - 1", "last_bill_id = last_bill_id - 1"])
def test_it_never_goes_back_not_even_by_who_runs_it(office, running, change):
    with refused(office, "AG002"), office.program("staff") as raw:
        raw.execute(CHANGE.format(change), (running,))


def test_one_that_rests_does_not_advance_nor_take_results(office, stopped):
    with refused(office, "AG002"), office.program("staff") as raw:
        raw.execute(CHANGE.format("done = done + 1"), (stopped,))
    with refused(office, "AG002"), office.program("staff") as raw:
        raw.execute(ROW.format(">"), (stopped, stopped, stopped))


def test_it_is_taken_over_only_in_ones_own_name_and_only_while_it_runs(office, running, stopped):
    mine, other = office.actor("staff", 1).id, office.actor("unit_head").id
    own = f"run_by_id = {mine}, run_as = 'staff'"
    for key, change in ((running, f"run_by_id = {other}, run_as = 'unit_head'"),
                        (running, f"run_by_id = {mine}, run_as = 'unit_head'"), (stopped, own)):
        with refused(office, "AG002"), office.program("staff", 1) as raw:
            raw.execute(CHANGE.format(change), (key,))
    with office.program("staff", 1) as raw:     # as it should be: nothing else was in the way
        assert raw.execute(CHANGE.format(own), (running,)).rowcount == 1
        raw.rollback()


def test_whoever_resumes_it_answers_for_it(office, stopped):
    with office.program("unit_head") as raw:
        (who, office_worn) = raw.execute(CHANGE.format("state = 'running'") + " RETURNING run_by_id, run_as::text",
                                         (stopped,)).fetchone()
        raw.rollback()
    assert (who, office_worn) == (office.actor("unit_head").id, "unit_head")


def test_two_programs_never_write_results_beside_each_other(office, running):
    """Each another bill: only the replay's row stands between them."""
    with office.program("staff") as first, pytest.raises(psycopg.errors.LockNotAvailable), office.program("staff") as second:
        first.execute(ROW.format(">"), (running,) * 3)
        second.execute("SET lock_timeout = '200ms'")
        second.execute(ROW.format(">").replace("LIMIT 1", "OFFSET 1 LIMIT 1"), (running,) * 3)
