"""Two people at the same instant: one succeeds, the other is told why, and nothing is done twice."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg
import pytest
from psycopg import IsolationLevel as Level
from sqlalchemy.exc import DBAPIError

import policies
from admin_views.core.sentences import sentence_for
from models.corrections import Correction
from policies.core.signing_acts import content_hash
from policies.corrections.acts import apply, attach, submit
from policies.corrections.signatures import send_back, sign
from tests import psql
from tests.psql import balance, bill_of, whole

TRIES = 8
LEVELS = [(Level.READ_COMMITTED,) * 2, (Level.REPEATABLE_READ,) * 2, (Level.SERIALIZABLE,) * 2,
          (Level.READ_COMMITTED, Level.SERIALIZABLE), (Level.SERIALIZABLE, Level.READ_COMMITTED),
          (Level.READ_COMMITTED, Level.REPEATABLE_READ), (Level.REPEATABLE_READ, Level.READ_COMMITTED)]
# Refused because somebody else was first; anything else is a bug.
LOST = {"AG001", "AG002", "AG003", "AG004", "AG005", "AG006", "AG008", "AG036", "23505", "40001", "40P01", "55P03"}


def at_once(*deeds):
    """Run them from the same instant; each gives its answer or its error."""
    together = Barrier(len(deeds))

    def run(deed):
        try:
            return deed(together)
        except (policies.Broken, policies.Stale, policies.Denied, DBAPIError, psycopg.Error) as error:
            together.abort() if together.n_waiting else None
            return error
    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def acts(office, role, step, key, answers=None, which=0):
    """The act as the console does it: everybody has read the record before anybody acts."""
    def deed(together):
        with office.speaks(role, which) as session:
            record = session.get(Correction, key)
            version, given = record.version, answers(record) if answers else {}
            together.wait(10)
            policies.perform(session, step, record, office.actor(role, which), given, version)
            session.commit()
        return None
    return deed


def seen(record):
    return {"seen_hash": content_hash(record), "method": "password"}


def types(office, role, level, *statements, which=0):
    """psql doing the same: it read first, then all write at once."""
    def deed(together):
        with psql.as_person(office, role, office.actor(role, which).id, isolation=level) as raw:
            raw.execute("SELECT count(*) FROM console.corrections")
            together.wait(10)
            for statement in statements:
                statement(raw) if callable(statement) else raw.execute(*statement)
        return None
    return deed


def told(error):
    """The sentence that the person reads."""
    return str(error) if isinstance(error, Exception) and not isinstance(error, DBAPIError) else sentence_for(error)


def one_of_two(answers):
    lost = [answer for answer in answers if answer is not None]
    assert len(lost) == 1, answers
    code = getattr(lost[0], "sqlstate", None)
    assert code in LOST if code else told(lost[0]), lost
    return lost[0]


@pytest.mark.parametrize("attempt", range(TRIES))
def test_two_people_apply_at_once_and_one_note_is_made(office, attempt):
    key = psql.signed(office)
    bill = bill_of(office, key)
    due = balance(office, bill) - 10
    lost = one_of_two(at_once(acts(office, "staff", apply, key), acts(office, "staff", apply, key, which=1)))
    assert isinstance(lost, policies.Stale | policies.Broken) and "registro" in str(lost)
    assert balance(office, bill) == due and len(whole(office, key)["notes"]) == 1


@pytest.mark.parametrize("levels", LEVELS)
def test_the_same_in_psql_at_every_isolation(office, levels):
    for _ in range(2):
        key = psql.signed(office)
        bill = bill_of(office, key)
        due = balance(office, bill) - 10
        one_of_two(at_once(*(types(office, "staff", level, lambda raw, key=key: psql.write_note(raw, key), which=which)
                             for which, level in enumerate(levels))))
        assert balance(office, bill) == due and len(whole(office, key)["notes"]) == 1


@pytest.mark.parametrize("attempt", range(TRIES))
def test_two_directors_sign_one_slot_at_once(office, attempt):
    key = psql.sent(office)
    one_of_two(at_once(*(acts(office, "commercial_director", sign, key, seen, which) for which in (0, 1))))
    made = whole(office, key)
    assert len(made["signatures"]) == 1 and made["correction"]["state"] == "signed"


@pytest.mark.parametrize("levels", LEVELS)
def test_the_same_signature_in_psql_at_every_isolation(office, levels):
    key = psql.sent(office)
    one_of_two(at_once(*(types(office, "commercial_director", level, (psql.SIGN, (key,)), (psql.COMPLETE, (key,)),
                               which=which) for which, level in enumerate(levels))))
    made = whole(office, key)
    assert len(made["signatures"]) == 1 and made["correction"]["state"] == "signed"


@pytest.mark.parametrize("attempt", range(TRIES))
def test_one_signs_while_another_returns_it(office, attempt):
    key = psql.sent(office)
    one_of_two(at_once(
        acts(office, "commercial_director", sign, key, seen),
        acts(office, "commercial_director", send_back, key, lambda record: {"reason": "Falta el dato."}, 1)))
    made = whole(office, key)
    signed = len(made["signatures"] or []) == 1
    assert (made["correction"]["state"], made["correction"]["revision"]) == (("signed", 1) if signed else ("draft", 2))


@pytest.mark.parametrize("levels", LEVELS)
def test_a_return_and_a_signature_in_psql_leave_no_signature_over_a_draft(office, levels):
    key = psql.sent(office)
    back = ("UPDATE console.corrections SET state = 'draft', revision = revision + 1, decision_reason = 'x'"
            " WHERE id = %s AND state = 'submitted'", (key,))
    at_once(types(office, "commercial_director", levels[0], (psql.SIGN, (key,)), (psql.COMPLETE, (key,))),
            types(office, "commercial_director", levels[1], back, which=1))
    made = whole(office, key)
    signed = len(made["signatures"] or []) == 1
    assert (made["correction"]["state"], made["correction"]["revision"]) in (
        ("signed", 1) if signed else ("draft", 2), ("draft", 2))


BACK = ("UPDATE console.corrections SET state = 'draft', revision = revision + 1, decision_reason = 'x' WHERE id = %s")


@pytest.mark.parametrize("level, code", [(Level.READ_COMMITTED, "AG005"), (Level.REPEATABLE_READ, "40001"),
                                         (Level.SERIALIZABLE, "40001")])
def test_the_first_of_two_signatures_decides_on_the_present_not_on_its_snapshot(office, level, code):
    """The record is written by whoever signs: a lock alone would let an old snapshot decide."""
    key = psql.sent(office, 1500)
    head, director = office.actor("unit_head").id, office.actor("commercial_director").id
    with psql.refused(office, code), psql.as_person(office, "unit_head", head, isolation=level) as late:
        late.execute("SELECT count(*) FROM console.corrections")
        with psql.as_person(office, "commercial_director", director) as back:
            back.execute(BACK, (key,))
            late.execute("SET LOCAL lock_timeout = '200ms'; SAVEPOINT waiting")
            with pytest.raises(psycopg.errors.LockNotAvailable):
                late.execute(psql.SIGN, (key,))
            late.execute("ROLLBACK TO SAVEPOINT waiting")
        late.execute(psql.SIGN.replace("s.revision = c.revision", "s.revision = 1"), (key,))
    made = whole(office, key)
    assert made["signatures"] is None and made["correction"]["state"] == "draft"


@pytest.mark.parametrize("attempt", range(4))
def test_evidence_arrives_while_another_sends_it(office, attempt):
    key = office.draft()
    office.prove(key)
    file = office.stored(f"tarde {attempt}")
    at_once(acts(office, "staff", submit, key),
            acts(office, "staff", attach, key, lambda record: {"kind": "repair_invoice", "file": file}, which=1))
    frozen(office, key)


@pytest.mark.parametrize("levels", LEVELS)
def test_evidence_and_lines_in_psql_never_join_what_was_sent(office, levels):
    for late in (lambda raw, key: psql.file_for(raw, key, "c" * 64),
                 lambda raw, key: raw.execute("DELETE FROM console.attachments WHERE subject = 'corrections' AND subject_id = %s", (key,)),
                 lambda raw, key: raw.execute("UPDATE console.corrections SET reason = 'tarde' WHERE id = %s"
                                              " AND state = 'draft'", (key,))):
        key = psql.new_draft(office)
        with office.program("staff") as raw:
            psql.file_for(raw, key)
        at_once(types(office, "staff", levels[0], (psql.SEND, (key,))),
                types(office, "staff", levels[1], lambda raw, late=late, key=key: late(raw, key), which=1))
        frozen(office, key)


def frozen(office, key):
    """Whoever was second: what stands sent is what was written when it was sent."""
    made = whole(office, key)
    if made["correction"]["state"] == "draft":
        psql.send(office, key)
    sent = office.scalar("SELECT max(seq) FROM audit.log WHERE table_name = 'console.corrections' AND row_id = %s"
                         " AND new ->> 'state' = 'submitted'", str(key))
    late = office.scalar(
        "SELECT count(*) FROM audit.log l JOIN audit.log s ON s.seq = %s WHERE l.seq > s.seq AND l.txid <> s.txid AND ("
        " l.table_name IN ('console.attachments', 'console.correction_lines')"
        "  AND %s IN (coalesce(l.new, l.old) ->> 'correction_id', coalesce(l.new, l.old) ->> 'subject_id')"
        " OR l.table_name = 'console.corrections' AND l.row_id = %s AND l.new ? 'reason')", sent, str(key), str(key))
    assert late == 0


@pytest.mark.parametrize("levels", LEVELS)
def test_two_drafts_on_one_bill_at_once(office, levels):
    bill = office.scalar(psql.FREE_BILL)
    one_of_two(at_once(*(types(office, "staff", level, (psql.NEW, (-1, bill)), which=which)
                         for which, level in enumerate(levels))))
    assert office.scalar("SELECT count(*) FROM console.corrections WHERE bill_id = %s", bill) == 1


def test_many_notes_at_once_take_folios_without_gap(office):
    keys = [psql.signed(office) for _ in range(6)]
    answers = at_once(*(acts(office, "staff", apply, key, which=n % 2) for n, key in enumerate(keys)))
    assert answers == [None] * 6
    with office.program() as raw:
        found = [row[0] for row in raw.execute("SELECT right(folio, 6)::int FROM commercial.credit_notes"
                                               " WHERE kind = 'credit' ORDER BY 1")]
    assert found == list(range(1, len(found) + 1))


def test_a_double_press_is_the_same_race_and_one_note(office):
    key = psql.signed(office)
    one_of_two(at_once(acts(office, "staff", apply, key), acts(office, "staff", apply, key)))
    assert len(whole(office, key)["notes"]) == 1
