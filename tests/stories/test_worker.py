"""The worker as it really runs: killed in the middle, without its database, and among jobs that cannot go on."""

import re
import signal
import subprocess
import time
from contextlib import contextmanager
from types import SimpleNamespace

import psycopg
import pytest
from sqlalchemy.exc import IntegrityError, OperationalError

import policies
from admin_views.core import worker
from models.replays import Replay
from policies.core import jobs
from policies.replays import acts as replays
from policies.replays.acts import replay_chunk, stop_replay
from tests.policies.test_replays import COUNTS, asked, drafted, one, ruling, whole, worked
from tests.served import held, until, waiting
from tests.stories.test_database_away import own  # noqa: F401  a PostgreSQL that a test may stop
from tests.workers import begin, kill

FEW = 20        # bills in a chunk, so that a small office has many
CHANGES = f"from policies.replays import acts; acts.CHUNK = {FEW}"


@contextmanager
def working(office, *options):
    """One worker process, gone at the end."""
    process = begin(office, CHANGES, *options)
    try:
        yield process
    finally:
        kill(process)


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(replays, "CHUNK", FEW)


@pytest.fixture(autouse=True)
def awake():
    yield
    worker.resting.clear()


def taken(office):
    with office.app.app_context():
        return worker.turn()


# ---- killed

def test_a_worker_killed_in_the_middle_of_a_chunk_loses_that_chunk_and_nothing_else(office):
    key = asked(office, drafted(office), months=12)      # so many chunks that it is still at work when it is held
    with working(office) as process:
        until(lambda: whole(office, key).done >= 2 * FEW, 60)
        with held(office, "SELECT FROM console.supply_zones FOR UPDATE"):    # its rows wait half written
            until(lambda: waiting(office))
            process.send_signal(signal.SIGKILL)
            process.wait()
            before = whole(office, key)
    assert before.state == "running" and before.done % FEW == 0
    assert one(office, COUNTS, key) == (before.done, before.done)
    with working(office, "--once") as process:
        assert process.wait(60) == 0
    made = whole(office, key)
    assert (made.state, made.done) == ("done", made.total) and one(office, COUNTS, key) == (made.total, made.total)


# ---- jobs that cannot go on

def test_a_job_whose_person_lost_the_office_rests_and_keeps_nobody_waiting(office, few):
    lost, kept = asked(office, drafted(office), which=1), asked(office, drafted(office))
    person = office.actor("staff", 1).id
    ends = "UPDATE console.appointments SET valid_to = {} WHERE person_id = %s AND role = 'staff'"
    with psycopg.connect(office.dsn()) as raw:
        raw.execute(ends.format("valid_from"), (person,))
    with office.app.app_context():
        while worker.take_one():
            pass
    assert whole(office, kept).state == "done"
    stands = whole(office, lost)
    assert (stands.state, stands.done, stands.trouble) == ("running", 0, None)
    assert ("replay_chunk", lost) in worker.resting
    with psycopg.connect(office.dsn()) as raw:
        raw.execute(ends.format("NULL"), (person,))
    worked_again(office)
    assert whole(office, lost).state == "done"


def worked_again(office):
    worker.resting.clear()
    worked(office)


@pytest.mark.parametrize("fault", [ZeroDivisionError("division by zero"), KeyError("bill.water.amount"),
                                   psycopg.errors.DataError("invalid input")])
def test_a_fault_is_written_down_and_the_job_stops_with_its_reason_in_spanish(office, few, monkeypatch, caplog, fault):
    key = asked(office, drafted(office))

    def fails(*_, **__):
        raise fault if not isinstance(fault, psycopg.Error) else worker.SQLAlchemyError("statement failed")
    monkeypatch.setattr(replays, "gather", fails)
    assert taken(office) and not taken(office)
    stopped = whole(office, key)
    told = re.fullmatch(r"Algo falló; avise a Informática con el folio ([0-9A-F]{6})\.", stopped.trouble)
    assert stopped.state == "stopped" and told and told.group(1) in caplog.text


def test_a_refusal_of_the_rules_is_the_reason_itself(office, monkeypatch):
    key = asked(office, drafted(office))

    def refuses(*_, **__):
        raise policies.Broken("El catálogo de tarifas está en revisión; reanude mañana.")
    monkeypatch.setattr(replays, "gather", refuses)
    assert taken(office)
    assert whole(office, key).trouble == "El catálogo de tarifas está en revisión; reanude mañana."


def test_who_was_first_does_not_end_the_job_of_the_other(office, few, monkeypatch):
    key, perform = asked(office, drafted(office)), policies.perform

    def late(*_, **__):
        raise policies.Stale("Otra persona cambió este registro.")
    monkeypatch.setattr(policies, "perform", late)
    assert taken(office) and whole(office, key).state == "running"
    monkeypatch.setattr(policies, "perform", perform)
    worked_again(office)
    assert whole(office, key).state == "done"


def test_one_that_ended_meanwhile_keeps_its_reason(office, few):
    """Between the look and the lock somebody stopped it: nothing of it is touched."""
    key = asked(office, drafted(office))
    office.perform("staff", stop_replay, key, model=Replay)
    said = whole(office, key).trouble
    with office.app.app_context():
        worker.carry(replay_chunk, key)
    assert whole(office, key).trouble == said and whole(office, key).state == "stopped"


# ---- what it looks at

def test_it_finds_what_waits_oldest_first_and_holds_no_office_to_write_with(office):
    keys = [asked(office, drafted(office)) for _ in range(2)]
    with office.app.app_context():
        assert [key for step, key in worker.pending() if step is replay_chunk] == keys
        with policies.speaks(worker.db.session, jobs.LOOKER, "trabajo") as session:
            with pytest.raises((policies.Denied, worker.SQLAlchemyError)):
                policies.perform(session, stop_replay, session.get(Replay, keys[0]), jobs.LOOKER)
                session.commit()
            session.rollback()
    assert all(whole(office, key).state == "running" for key in keys)
    worked(office)
    with office.app.app_context():
        assert worker.pending() == []


def test_every_job_names_an_act_that_stops_it_with_a_reason():
    for step in jobs.jobs():
        stop = policies.ACTS[step.model, step.otherwise]
        assert "why" in stop.effect.__code__.co_varnames and not stop.job and set(stop.moves) >= set(step.moves)


# ---- what a fault means

def fault(code, kind=OperationalError):
    """A fault of the database with that SQLSTATE; None: it never answered."""
    return kind("SELECT 1", {}, SimpleNamespace(sqlstate=code))


def test_a_password_changed_during_a_chunk_does_not_end_the_job(office, few, monkeypatch):
    """Its tokens end with the sessions of that login; the chunk is done again with a new one."""
    key, person = asked(office, drafted(office)), office.actor("staff").id
    done = policies.perform

    def changed_meanwhile(session, step, *rest):
        monkeypatch.setattr(policies, "perform", done)
        with psycopg.connect(office.dsn()) as raw:
            raw.execute("UPDATE console.logins SET fs_uniquifier = fs_uniquifier || 'x' WHERE person_id = %s", (person,))
        return done(session, step, *rest)
    monkeypatch.setattr(policies, "perform", changed_meanwhile)
    with office.app.app_context():
        assert worker.take_one()
    assert ("replay_chunk", key) in worker.resting and whole(office, key).trouble is None
    worked_again(office)
    assert whole(office, key).state == "done"


@pytest.mark.parametrize(("error", "away", "in_the_way"), [
    (fault(None), True, False), (fault("08006"), True, False), (fault("57P01"), True, False), (fault("53300"), True, False),
    (fault("55P03"), False, True), (fault("40001"), False, True), (fault("40P01"), False, True),
    (fault("57014"), False, False), (fault("23505", IntegrityError), False, False),
    (fault("08006", IntegrityError), False, False), (policies.Stale("Cambió."), False, True), (ValueError(), False, False)])
def test_away_in_the_way_and_wrong_are_three_things(error, away, in_the_way):
    assert (worker.away(error), worker.in_the_way(error)) == (away, in_the_way)


def raises(error):
    def act(*_, **__):
        raise error
    return act


@pytest.mark.parametrize(("error", "patience"), [
    (fault("55P03"), worker.PAUSE), (fault("08006"), None), (fault("57014"), worker.PATIENCE)])
def test_a_job_rests_as_long_as_its_fault_asks_and_a_database_that_is_away_ends_nothing(office, monkeypatch, error, patience):
    """What stops the job fails too: nothing but the rest is left."""
    monkeypatch.setattr(worker, "take", raises(error))
    began = time.monotonic()
    with office.app.app_context():
        if patience is None:
            for attempt in (worker.carry, worker.halt):
                with pytest.raises(OperationalError):
                    attempt(replay_chunk, 0, *(["x"] if attempt is worker.halt else []))
            assert worker.resting == {}
            return
        worker.carry(replay_chunk, 0)
    assert 0 <= worker.resting["replay_chunk", 0] - began - patience < 1


def test_one_that_rests_is_not_taken(office, monkeypatch):
    monkeypatch.setattr(worker, "pending", lambda: [(replay_chunk, 0)])
    monkeypatch.setattr(worker, "carry", raises(AssertionError("it rests")))
    worker.resting["replay_chunk", 0] = time.monotonic() + 60
    assert not worker.take_one()


def test_jobs_take_turns(office, monkeypatch):
    """A batch of an hour does not keep a short replay waiting until it is done."""
    took = []
    monkeypatch.setattr(worker, "pending", lambda: [(replay_chunk, key) for key in (7, 8, 9)])
    monkeypatch.setattr(worker, "carry", lambda step, key: took.append(key))
    worker.taken.clear()
    for _ in range(7):
        assert worker.take_one()
    assert took == [7, 8, 9, 7, 8, 9, 7]


def test_only_a_database_that_is_away_is_waited_for(office, monkeypatch):
    for error, waits in ((fault("08006"), True), (fault("57014"), False)):
        monkeypatch.setattr(worker, "take_one", raises(error))
        with office.app.app_context():
            if waits:
                assert worker.turn() is False
                continue
            with pytest.raises(OperationalError):
                worker.turn()


# ---- without its database

def test_a_database_that_ends_in_the_middle_of_a_chunk_is_waited_for(own, few, monkeypatch):  # noqa: F811
    cluster, office = own
    key, gather = asked(office, drafted(office)), replays.gather
    assert taken(office)

    def leaves(*arguments, **options):
        cluster.stop()
        return gather(*arguments, **options)
    monkeypatch.setattr(replays, "gather", leaves)
    try:
        assert not taken(office) and not taken(office)      # in hand, and then not even found
    finally:
        cluster.start()
    monkeypatch.setattr(replays, "gather", gather)
    assert (whole(office, key).state, whole(office, key).trouble) == ("running", None)
    worked(office)
    made = whole(office, key)
    assert made.state == "done" and one(office, COUNTS, key) == (made.total, made.total)


def test_the_process_outlives_its_database(own):  # noqa: F811
    cluster, office = own
    first = asked(office, drafted(office))
    with working(office) as process:
        until(lambda: whole(office, first).state == "done", 60)
        cluster.stop()
        try:
            # It looks again every PAUSE; one that died would be seen by then.
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(2 * worker.PAUSE)
        finally:
            cluster.start()
        second = asked(office, ruling(office), compare=False)
        until(lambda: whole(office, second).state == "done", 60)
        assert process.poll() is None
