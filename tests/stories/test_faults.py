"""What breaks in the middle: processes killed, connections cut. One note or none, and a true chain."""

import random
import threading
import time

import psycopg
import pytest

from tests import psql
from tests.policies.test_seals import faults, settle
from tests.psql import balance, bill_of, whole
from tests.served import Browser, Served, held, until, waiting

HOLD_BILL = "SELECT FROM commercial.bills WHERE id = %s FOR UPDATE"


@pytest.fixture
def served(office):
    server = Served(office).start()
    yield server
    server.gone()


def path(key, step="apply"):
    return f"/correcciones/{key}/acto/{step}/"


def in_background(deed):
    answers = []
    thread = threading.Thread(target=lambda: answers.append(deed()))
    thread.start()
    return thread, answers


def at_peace(office):
    """No database process of the killed server is still in a transaction."""
    until(lambda: office.scalar(
        "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE a.datname = current_database()"
        " AND a.usename ^@ 'console_tier' AND l.locktype = 'transactionid'") == 0)


def notes(office, key):
    return len(whole(office, key)["notes"] or [])


def stands(office, key, due):
    """Applied exactly once, and nothing in the trail is out of place."""
    made = whole(office, key)
    assert (len(made["notes"]), made["correction"]["state"]) == (1, "applied")
    assert balance(office, bill_of(office, key)) == due
    settle(office)
    assert faults(office) == []
    assert office.app.test_cli_runner().invoke(args=["audit", "verify"]).exit_code == 0


@pytest.mark.parametrize("who", ["everything", "the worker alone"])
def test_kill_9_in_the_middle_of_applying(office, served, who):
    key = psql.signed(office)
    bill = bill_of(office, key)
    due = balance(office, bill) - 10
    staff = Browser(served, "staff")
    with held(office, HOLD_BILL, bill):
        thread, answers = in_background(lambda: staff.press(path(key)))
        until(lambda: waiting(office))
        served.kill() if who == "everything" else served.kill_workers()
        thread.join(20)
        assert answers == [(0, "")]
    at_peace(office)
    assert notes(office, key) == 0 and balance(office, bill) == due + 10
    if who == "everything":
        served.start()
        staff = Browser(served, "staff")
    until(lambda: staff.get("/salud")[0] == 200)
    assert staff.press(path(key))[0] == 302
    stands(office, key, due)


def test_kill_9_at_any_moment_leaves_one_note_or_none(office, served):
    chance = random.Random(58)
    for _ in range(3):
        key = psql.signed(office)
        due = balance(office, bill_of(office, key)) - 10
        staff = Browser(served, "staff")
        thread, _answers = in_background(lambda staff=staff, key=key: staff.press(path(key)))
        time.sleep(chance.uniform(0.01, 0.12))
        served.kill()
        thread.join(20)
        at_peace(office)
        made = whole(office, key)
        assert (notes(office, key), made["correction"]["state"]) in ((0, "signed"), (1, "applied"))
        served.start()
        if made["correction"]["state"] == "signed":
            assert Browser(served, "staff").press(path(key))[0] == 302
        stands(office, key, due)


def test_a_connection_cut_in_the_middle_of_applying(cluster, office, served):
    key = psql.signed(office)
    bill = bill_of(office, key)
    due = balance(office, bill) - 10
    staff = Browser(served, "staff")
    with held(office, HOLD_BILL, bill):
        thread, answers = in_background(lambda: staff.press(path(key)))
        pids = until(lambda: waiting(office))
        with psql.superuser(cluster, office) as raw:
            for pid in pids:
                raw.execute("SELECT pg_terminate_backend(%s)", (pid,))
        thread.join(20)
    (status, page), = answers
    assert status == 503 and "La base de datos no responde en este momento; nada se guardó." in page
    assert notes(office, key) == 0
    assert staff.press(path(key))[0] == 302
    stands(office, key, due)


def test_a_lock_held_by_another_system_is_told_and_nothing_is_done(office, served):
    key = psql.signed(office)
    bill = bill_of(office, key)
    due = balance(office, bill) - 10
    staff = Browser(served, "staff")
    with held(office, HOLD_BILL, bill):
        status, page = staff.press(path(key))
    assert status == 409 and "Otra persona está guardando este registro" in page and notes(office, key) == 0
    assert staff.press(path(key))[0] == 302
    stands(office, key, due)


def test_two_servers_over_one_database_apply_once(office, served):
    other = Served(office).start()
    try:
        for _ in range(3):
            key = psql.signed(office)
            due = balance(office, bill_of(office, key)) - 10
            people = [Browser(served, "staff"), Browser(other, "staff", 1)]
            with held(office, HOLD_BILL, bill_of(office, key)):
                threads = [in_background(lambda person=person, key=key: person.press(path(key)))
                           for person in people]
                until(lambda: len(waiting(office)) == 2)
            for thread, _answers in threads:
                thread.join(20)
            answers = sorted(answers[0] for _thread, answers in threads)
            assert [status for status, _page in answers] == [302, 409], answers
            assert "registro" in answers[1][1]
            stands(office, key, due)
    finally:
        other.end()


def test_a_full_disk_for_the_trail_stops_the_write_and_not_the_reading(cluster, office, served):
    """The trail is written in the same transaction: without it, nothing is done."""
    key = psql.signed(office)
    due = balance(office, bill_of(office, key)) - 10
    staff = Browser(served, "staff")
    with office.program() as raw:
        raw.execute("ALTER TABLE audit.log ADD CONSTRAINT full_disk CHECK (false) NOT VALID")
    try:
        status, page = staff.press(path(key))
        assert status in (409, 500, 503) and "nada se guardó" in page or status == 409
        assert notes(office, key) == 0 and staff.get(f"/correcciones/{key}/")[0] == 200
    finally:
        with psycopg.connect(office.dsn()) as raw:
            raw.execute("ALTER TABLE audit.log DROP CONSTRAINT full_disk")
    assert staff.press(path(key))[0] == 302
    stands(office, key, due)
