"""A version tried over past bills: the same figures as one by one, each bill once, results never edited."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace as other
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import psycopg
import pytest
from sqlalchemy import select

import policies
from admin_views.core import worker
from models.procedures import ProcedureVersion, VersionState
from models.replays import Replay, ReplayRow
from policies.corrections.cases import definition_of
from policies.corrections.gathering import gather
from policies.procedures.engine import compute
from policies.replays import acts as replays
from policies.replays.acts import resume_replay, stop_replay, try_on_past_bills
from tests.psql import refused

ASKED = {"months": Decimal(3), "compare": True, "supuesto.leak.repaired": True}
COUNTS = "SELECT count(*), count(DISTINCT bill_id) FROM console.replay_rows WHERE replay_id = %s"


def one(office, statement, *values):
    with psycopg.connect(office.dsn()) as raw:
        return raw.execute(statement, values).fetchone()


def ruling(office):
    return office.scalar("SELECT v.id FROM console.procedure_versions v JOIN console.procedures p"
                         " ON p.id = v.procedure_id WHERE p.code = 'slp-fuga-oculta' AND v.number = 1")


def drafted(office, change=lambda document: document):
    """Another version of the hidden leak, in elaboration; its key."""
    number = office.scalar("SELECT max(number) + 1 FROM console.procedure_versions WHERE procedure_id ="
                           " (SELECT id FROM console.procedures WHERE code = 'slp-fuga-oculta')")
    with office.speaks("staff") as session:
        first = session.get(ProcedureVersion, ruling(office))
        document = change(dict(first.definition) | {"version": number})
        made = ProcedureVersion(procedure_id=first.procedure_id, number=number,
                                valid_from=date.fromisoformat(document["valid_from"]),
                                anomaly_codes=first.anomaly_codes, definition=document, content_hash="")
        made.content_hash = definition_of(SimpleNamespace(definition=document)).content_hash()
        session.add(made)
        session.commit()
        return made.id


def milder(document):
    """Half as much again is enough, instead of twice."""
    leak, volume, *rest = document["eligibility"]
    return document | {"eligibility": [leak, volume | {"value": {"expr": "1.5 * baseline"}}, *rest]}


def asked(office, version, role="staff", which=0, **answers):
    return office.perform(role, try_on_past_bills, version, ASKED | answers, which, model=ProcedureVersion)


def worked(office):
    """The worker, until nothing waits."""
    with office.app.app_context():
        while worker.take_one():
            pass
        worker.resting.clear()


def whole(office, key):
    """The replay's columns, by name."""
    names = ("state", "trouble", "done", "total", "last_bill_id", "finished_at", "run_by_id", "months")
    return SimpleNamespace(**dict(zip(names, one(
        office, f"SELECT {', '.join(names)} FROM console.replays WHERE id = %s", key), strict=True)))


@pytest.fixture
def three(monkeypatch):
    """Chunks so small that a few bills make several."""
    monkeypatch.setattr(replays, "CHUNK", 50)


# ---- what it finds

def test_every_bill_of_the_months_is_tried_once_by_both_versions(office, three):
    key = asked(office, drafted(office, milder))
    worked(office)
    made = whole(office, key)
    (expected,) = one(office, "SELECT count(*) FROM commercial.bills b, console.replays r WHERE r.id = %s"
                      " AND b.period_end BETWEEN r.since AND r.until", key)
    assert (made.state, made.trouble) == ("done", None) and made.finished_at is not None
    assert one(office, COUNTS, key) == (expected, expected) == (made.done, made.total) and expected > 150
    assert made.last_bill_id == one(office, "SELECT max(bill_id) FROM console.replay_rows WHERE replay_id = %s", key)[0]


def test_its_totals_equal_those_of_one_by_one(office, three):
    version = drafted(office, milder)
    key = asked(office, version, months=Decimal(2))
    worked(office)
    found = {True: [0, Decimal(0)], False: [0, Decimal(0)]}
    with office.speaks("staff") as session:
        keys = session.scalars(select(ReplayRow.bill_id).where(ReplayRow.replay_id == key)).all()
        definitions = {tried: other(definition_of(session.get(ProcedureVersion, number)), valid_from=date.min)
                       for tried, number in ((True, version), (False, ruling(office)))}
        for bill in keys:
            ((_, case),) = gather(session, [bill], as_issued=True).items()
            for tried, definition in definitions.items():
                outcome = compute(definition, other(case.facts, inputs={"leak.repaired": True}), case.rate)
                found[tried][0] += outcome.eligible
                found[tried][1] += outcome.difference
    assert one(office, "SELECT count(*) FILTER (WHERE eligible), sum(amount), count(*) FILTER (WHERE eligible_before),"
               " sum(amount_before) FROM console.replay_rows WHERE replay_id = %s", key) == (*found[True], *found[False])
    assert found[True][0] > found[False][0] > 0     # the milder rule lets more in: neither side is empty


def test_the_first_rule_that_refuses_is_told_in_its_own_words(office):
    key = asked(office, drafted(office), months=Decimal(60))
    worked(office)
    with psycopg.connect(office.dsn()) as raw:
        rules = dict(raw.execute("SELECT rule, count(*) FROM console.replay_rows WHERE replay_id = %s"
                                 " AND rule <> '' GROUP BY 1", (key,)).fetchall())
    assert "El consumo debe ser por lo menos el doble del promedio" in rules and len(rules) < 6
    assert any(rule.startswith("No hay historial suficiente") for rule in rules)
    assert not any(sign.isdigit() for rule in rules for sign in rule if not rule.startswith("Tope"))
    assert one(office, "SELECT count(*) FROM console.replay_rows WHERE replay_id = %s AND eligible = (rule <> '')",
               key) == (0,)


def test_what_is_supposed_decides_and_an_answer_of_no_refuses_every_bill(office):
    key = asked(office, drafted(office), **{"supuesto.leak.repaired": False})
    worked(office)
    assert one(office, "SELECT count(*) FILTER (WHERE eligible), count(DISTINCT rule), min(rule) FROM"
               " console.replay_rows WHERE replay_id = %s", key)[0] == 0
    assert one(office, "SELECT count(*) FROM console.replay_rows WHERE replay_id = %s AND"
               " rule = 'La fuga debe estar reparada'", key)[0] > 100


def test_a_version_that_has_not_begun_to_rule_is_tried_over_the_bills_before_it(office):
    key = asked(office, drafted(office, lambda document: document | {"valid_from": "2031-01-01"}))
    worked(office)
    assert one(office, "SELECT count(*) > 0 FROM console.replay_rows WHERE replay_id = %s AND eligible", key) == (True,)


def test_the_ruling_version_alone_is_compared_with_nothing(office):
    key = asked(office, ruling(office), compare=False)
    worked(office)
    assert one(office, "SELECT against_id FROM console.replays WHERE id = %s", key) == (None,)
    assert one(office, "SELECT bool_or(eligible), bool_or(eligible_before), sum(amount_before) FROM"
               " console.replay_rows WHERE replay_id = %s", key) == (True, False, 0)


# ---- what is asked

@pytest.mark.parametrize("months", ["0", "61", "1.5", "-3"])
def test_months_outside_one_to_sixty_get_a_sentence(office, months):
    with pytest.raises(policies.Broken, match="Pida de 1 a 60 meses, sin decimales"):
        asked(office, drafted(office), months=Decimal(months))


def test_a_draft_that_cannot_be_read_is_not_tried(office):
    version = drafted(office)
    with psycopg.connect(office.dsn()) as raw:
        raw.execute("ALTER TABLE console.procedure_versions DISABLE TRIGGER USER")
        raw.execute("UPDATE console.procedure_versions SET definition = definition || '{\"eligibility\": 3}'"
                    " WHERE id = %s", (version,))
        raw.execute("ALTER TABLE console.procedure_versions ENABLE TRIGGER USER")
    with office.speaks("staff") as session, pytest.raises(policies.Broken, match="todavía no se puede probar"):
        try_on_past_bills.asks(session.get(ProcedureVersion, version), None)


def test_what_only_the_ruling_version_asks_is_asked_if_it_is_compared(office):
    """A draft that asks nothing of a person is still compared fairly with one that does."""
    nothing = drafted(office, lambda document: document | {
        "inputs": [item for item in document["inputs"] if item["name"] != "leak.repaired"],
        "eligibility": [item for item in document["eligibility"] if item["field"] != "leak.repaired"],
        "worked_examples": []})
    with office.speaks("staff") as session:
        asks = {ask.name: ask for ask in try_on_past_bills.asks(session.get(ProcedureVersion, nothing), None)}
    assert asks["supuesto.leak.repaired"].when == ("compare", True)
    key = asked(office, nothing)
    worked(office)
    assert one(office, "SELECT bool_or(eligible), bool_or(eligible_before) FROM console.replay_rows"
               " WHERE replay_id = %s", key) == (True, True)


# ---- stopping, going on

def test_a_person_stops_it_and_another_goes_on_in_their_own_name(office, three):
    key = asked(office, drafted(office))
    with office.app.app_context():
        assert worker.take_one()
    office.perform("unit_head", stop_replay, key, model=Replay)
    stopped = whole(office, key)
    assert stopped.state == "stopped" and stopped.done == 50 and "detuvo la prueba" in stopped.trouble
    with office.app.app_context():
        assert not worker.take_one()
    office.perform("staff", resume_replay, key, model=Replay, which=1)
    worked(office)
    done = whole(office, key)
    assert (done.state, done.trouble, done.run_by_id) == ("done", None, office.actor("staff", 1).id)
    assert one(office, COUNTS, key) == (done.total, done.total)


def test_one_whose_version_changed_stops_with_its_reason_and_does_not_go_on(office, three):
    version = drafted(office)
    key = asked(office, version)
    with office.app.app_context():
        assert worker.take_one()
    with psycopg.connect(office.dsn()) as raw:
        raw.execute("ALTER TABLE console.procedure_versions DISABLE TRIGGER USER")
        raw.execute("UPDATE console.procedure_versions SET definition = definition || '{\"notes\": [\"otra\"]}'"
                    " WHERE id = %s", (version,))
        raw.execute("ALTER TABLE console.procedure_versions ENABLE TRIGGER USER")
    worked(office)
    stopped = whole(office, key)
    assert (stopped.state, stopped.trouble, stopped.done) == ("stopped", replays.CHANGED, 50)
    with pytest.raises(policies.Broken, match="Inicie otra prueba"):
        office.perform("staff", resume_replay, key, model=Replay)


def test_a_withdrawn_version_is_not_tried(office):
    subject = ProcedureVersion(state=VersionState.WITHDRAWN)
    assert "retirada ya no se prueba" in str(policies.refusal(try_on_past_bills, office.actor("staff"), subject))


# ---- what PostgreSQL refuses to any program

ROW = ("INSERT INTO console.replay_rows (replay_id, bill_id, account_id, tariff_class, supply_zone_id, eligible,"
       " amount) SELECT %s, b.id, b.account_id, b.tariff_class, a.supply_zone_id, false, 0 FROM commercial.bills b"
       " JOIN commercial.accounts a ON a.id = b.account_id WHERE b.id {} (SELECT last_bill_id FROM console.replays"
       " WHERE id = %s) AND b.id NOT IN (SELECT bill_id FROM console.replay_rows WHERE replay_id = %s)"
       " ORDER BY b.id LIMIT 1")


@pytest.fixture(scope="module")
def done(office):
    key = asked(office, drafted(office))
    worked(office)
    return key


@pytest.fixture
def running(office, three):
    """One chunk done, the rest to do."""
    key = asked(office, drafted(office))
    with office.app.app_context():
        assert worker.take_one()
    yield key
    office.perform("staff", stop_replay, key, model=Replay)


def test_a_row_enters_while_it_runs_after_the_last_bill_seen_by_who_runs_it(office, running, done):
    for who, statement, key in ((1, ROW.format(">"), running), (0, ROW.format("<="), running),
                                (0, ROW.format("<>"), done)):
        with refused(office, "AG002"), office.program("staff", who) as raw:
            raw.execute(statement, (key, key, key))
    with office.program("staff") as raw:        # the same, as it should be: nothing else was in the way
        assert raw.execute(ROW.format(">"), (running, running, running)).rowcount == 1
        raw.rollback()


@pytest.mark.parametrize("change", ["amount = 1", "eligible = NOT eligible", "rule = 'otra'"])
def test_results_are_never_edited_nor_deleted(office, done, change):
    for statement in (f"UPDATE console.replay_rows SET {change} WHERE replay_id = %s",
                      "DELETE FROM console.replay_rows WHERE replay_id = %s"):
        with refused(office, "42501"), office.program("staff") as raw:
            raw.execute(statement, (done,))
        with refused(office, "AG002"), office.program() as raw:
            raw.execute(statement, (done,))


@pytest.mark.parametrize("change", ["months = 2", "content_hash = 'x'", "total = 1", "inputs = '{}'",
                                    "run_by_id = run_by_id + 1", "done = 0", "last_bill_id = 0", "since = since - 1",
                                    "against_id = NULL"])
def test_what_was_asked_and_how_far_it_went_stand_still(office, done, change):
    with refused(office, "AG002"), office.program() as raw:
        raw.execute(f"UPDATE console.replays SET {change} WHERE id = %s", (done,))


def test_only_who_runs_it_advances_it(office, running):
    with refused(office, "AG002"), office.program("staff", 1) as raw:
        raw.execute("UPDATE console.replays SET done = done + 1 WHERE id = %s", (running,))
    with refused(office, "AG002"), office.program("staff", 1) as raw:
        raw.execute("UPDATE console.replays SET state = 'done' WHERE id = %s", (running,))


# ---- two at once

def test_two_workers_at_once_try_no_bill_twice_and_leave_none_out(office, three):
    key = asked(office, drafted(office), months=Decimal(12))

    def work(_):
        with office.app.app_context():
            while worker.take_one() or whole(office, key).state == "running":
                worker.resting.clear()      # one that waited for the other tries again
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))
    made = whole(office, key)
    assert (made.state, made.trouble, made.done) == ("done", None, made.total)
    assert one(office, COUNTS, key) == (made.total, made.total)
