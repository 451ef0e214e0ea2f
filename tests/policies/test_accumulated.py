"""What an account adds up in a dated window decides who signs: no amount is cut into parts that ask fewer."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal

import psycopg
import pytest
from psycopg import IsolationLevel as Level

import policies
from models.bands import ApprovalWindow
from models.queries.calendar import days_off
from policies.bands import authorize_window, retire_window
from policies.core import working_days
from policies.core.refusals import REFUSALS
from policies.corrections.acts import submit
from tests import psql
from tests.policies.test_races import acts, at_once, types

PROOF = {"method": "password"}
FREE = """
SELECT array_agg(b.id) FROM (
  SELECT b.id, b.account_id, row_number() OVER (PARTITION BY b.account_id ORDER BY b.id DESC) FROM commercial.bills b
   WHERE EXISTS (SELECT FROM console.procedure_versions v WHERE v.state = 'authorized' AND v.valid_from <= b.period_end
                    AND coalesce(v.valid_to, 'infinity') >= b.period_end)
     AND NOT EXISTS (SELECT FROM console.corrections c WHERE c.account_id = b.account_id)) b
 WHERE b.account_id = (SELECT max(a.id) FROM commercial.accounts a WHERE (SELECT count(*) FROM commercial.bills l
   WHERE l.account_id = a.id) > 14 AND NOT EXISTS (SELECT FROM console.corrections c WHERE c.account_id = a.id))
   AND row_number <= %s"""


def bills(office, count):
    """The newest bills of one account that nobody corrected."""
    found = office.scalar(FREE, count)
    assert len(found) == count
    return found


def accumulated(office, key):
    return office.scalar("SELECT accumulated FROM console.corrections WHERE id = %s", key)


def older(cluster, office, days, *keys):
    """These corrections were sent so many days ago."""
    with psql.superuser(cluster, office) as raw:
        raw.execute("UPDATE console.corrections SET submitted_at = submitted_at - make_interval(days => %s)"
                    " WHERE id = ANY(%s)", (days, list(keys)))


def test_twelve_under_the_limit_ask_what_they_ask_together(office):
    asked = [psql.roles(office, psql.sent(office, Decimal("918.72"), bill)) for bill in bills(office, 12)]
    assert [len(roles) for roles in asked] == [1, *[2] * 9, 3, 3]
    last = office.scalar("SELECT max(id) FROM console.corrections")
    assert accumulated(office, last) == {"amount": "11024.64", "corrections": 12, "since": str(
        office.scalar("SELECT console.local_day() - 90"))}


def test_what_others_say_of_the_account_is_part_of_what_is_signed(cluster, office):
    first, second = (psql.sent(office, 600, bill) for bill in bills(office, 2))
    assert accumulated(office, first) == {}
    seen = office.scalar(psql.CONTENT, second)
    with psql.superuser(cluster, office) as raw:
        raw.execute("UPDATE console.corrections SET accumulated = '{}' WHERE id = %s", (second,))
        assert raw.execute(psql.CONTENT, (second,)).fetchone()[0] != seen
        raw.rollback()


@pytest.mark.parametrize("statement", [
    "UPDATE console.corrections SET accumulated = '{}' WHERE id = %s",
    "UPDATE console.corrections SET accumulated = '{\"amount\": \"1\"}' WHERE id = %s"])
def test_nobody_writes_the_sum(office, statement):
    for bill in bills(office, 2):
        key = psql.sent(office, 600, bill)
    with psql.refused(office, "AG002", key), office.program() as raw:
        raw.execute(statement, (key,))


@pytest.mark.parametrize("office_name", ["staff", "unit_head"])
def test_a_program_that_brings_fewer_places_is_refused(office, office_name):
    """PostgreSQL writes them as it is sent, and no program says others, before or after."""
    first, second = bills(office, 2)
    psql.sent(office, 600, first)
    key = psql.new_draft(office, 600, bill=second)
    alone = ("INSERT INTO console.signature_places (subject, subject_id, revision, position, role, rule, deputies)"
             " SELECT 'corrections', c.id, c.revision, b.position, b.role, b.rule, '[]' FROM console.corrections c,"
             " console.required_slots(c.amount, current_date) b (position, role, rule) WHERE c.id = %s")
    with psql.refused(office, "42501", key), office.program(office_name) as raw:
        raw.execute(alone, (key,))
        raw.execute(psql.SEND, (key,))
    with office.program("staff") as raw:
        raw.execute(psql.SEND, (key,))
    assert len(psql.roles(office, key)) == 2
    for statement in ("DELETE FROM console.signature_places WHERE subject_id = %s AND position = 2",
                      "UPDATE console.signature_places SET position = 3 WHERE subject_id = %s"):
        with psql.refused(office, "42501", key), office.program(office_name) as raw:
            raw.execute(statement, (key,))
    assert "envíe de nuevo" in REFUSALS["no_signing_rule"]


LEVELS = (Level.READ_COMMITTED, Level.REPEATABLE_READ, Level.SERIALIZABLE)


@pytest.mark.parametrize("level", LEVELS)
def test_two_sent_at_once_in_psql_do_not_both_escape(office, level):
    keys = [psql.new_draft(office, 600, bill=bill) for bill in bills(office, 2)]
    lost = [answer for answer in at_once(*(
        types(office, "staff", level, (psql.SEND, (key,)), which=which)
        for which, key in enumerate(keys))) if answer is not None]
    assert all(error.sqlstate in ("AG036", "40001") for error in lost), lost
    sent = [len(psql.roles(office, key)) for key in keys if psql.whole(office, key)["correction"]["state"] == "submitted"]
    assert sorted(sent) in ([1], [1, 2])


def test_several_of_one_account_sent_in_one_transaction_ask_what_they_would_one_by_one(office):
    keys = [psql.new_draft(office, 600, bill=bill) for bill in bills(office, 3)]
    with office.program("staff") as raw:
        for key in keys:
            raw.execute(psql.SEND, (key,))
    assert [accumulated(office, key).get("amount") for key in keys] == [None, "1200.00", "1800.00"]
    assert [len(psql.roles(office, key)) for key in keys] == [1, 2, 2]


def test_the_second_waits_for_the_first_and_counts_it(office):
    """The account's row is held by whoever sends: PostgreSQL makes the other wait, then add it up."""
    first, second = (psql.new_draft(office, 600, bill=bill) for bill in bills(office, 2))
    with ThreadPoolExecutor(1) as pool, office.program("staff") as raw:
        raw.execute(psql.SEND, (first,))
        waiting = pool.submit(holds_and_sends, office, second)
        with pytest.raises(TimeoutError):
            waiting.result(timeout=0.5)
        raw.commit()
        waiting.result(timeout=10)
    assert [len(psql.roles(office, key)) for key in (first, second)] == [1, 2]


def holds_and_sends(office, key):
    with office.program("staff", 1) as raw:
        raw.execute(psql.SEND, (key,))


def test_two_people_send_at_once_and_both_are_sent_with_their_signatures(office):
    keys = [office.draft() for _ in range(2)]
    account = office.scalar("SELECT account_id FROM console.corrections WHERE id = %s", keys[0])
    with psql.unguarded(office, "console.corrections") as raw:
        raw.execute("UPDATE console.corrections SET account_id = %s WHERE id = ANY(%s)", (account, keys))
    for key in keys:
        office.prove(key)
    assert at_once(*(acts(office, "staff", submit, key, which=which) for which, key in enumerate(keys))) == [None, None]
    assert sorted(accumulated(office, key).get("corrections", 1) for key in keys) == [1, 2]


def test_what_was_undone_rejected_or_returned_adds_nothing(office):
    rejected, returned, undone, last = bills(office, 4)
    for bill, target in ((rejected, "rejected"), (returned, "draft")):
        key = psql.sent(office, 900, bill)
        with office.program("commercial_director") as raw:
            raw.execute("UPDATE console.corrections SET state = %s, decision_reason = 'x', revision = revision + %s"
                        " WHERE id = %s", (target, int(target == "draft"), key))
    office_applied = psql.applied(office, 900, undone)
    reverse(office, office_applied)
    assert len(psql.roles(office, psql.sent(office, 900, last))) == 1


def reverse(office, applied):
    """Undo it, by hand; the reversal asks what the correction that it undoes asked."""
    with office.program("staff") as raw:
        (key,) = raw.execute(
            "INSERT INTO console.corrections (bill_id, account_id, anomaly_type_id, procedure_version_id, drafted_by_id,"
            " reason, eligible, amount, reversal_of_id) SELECT bill_id, account_id, anomaly_type_id,"
            " procedure_version_id, drafted_by_id, 'deshacer', true, -amount, id FROM console.corrections WHERE id = %s"
            " RETURNING id", (applied,)).fetchone()
        raw.execute("INSERT INTO console.correction_lines (correction_id, position, service, amount_before, tax_before,"
                    " amount_after, tax_percent_after, tax_after) SELECT %s, position, service, amount_after, tax_after,"
                    " amount_before, tax_percent_after, tax_before FROM console.correction_lines"
                    " WHERE correction_id = %s", (key, applied))
    psql.send(office, key)
    assert psql.roles(office, key) == ["commercial_director"]
    psql.sign(office, key)
    with office.program("staff") as raw:
        psql.write_note(raw, key)
        raw.execute("UPDATE console.corrections SET reversed_by_id = %s WHERE id = %s", (key, applied))


def test_only_the_days_of_the_window_count(cluster, office):
    at_its_edge, before, last = bills(office, 3)
    older(cluster, office, 90, psql.sent(office, 900, at_its_edge))
    older(cluster, office, 91, psql.sent(office, 5000, before))
    key = psql.sent(office, 900, last)
    assert accumulated(office, key)["amount"] == "1800.00" and len(psql.roles(office, key)) == 2


def drafted(office, **columns):
    with office.speaks("administrator") as session:
        window = ApprovalWindow(**{"length": 5, "unit": "working_days", "valid_from": date(2020, 1, 1), **columns})
        session.add(window)
        session.commit()
        return window.id


def ruling(office):
    return office.scalar("SELECT id FROM console.approval_windows WHERE state = 'in_force'")


def test_without_a_window_everything_ever_sent_counts(cluster, office):
    first, last = bills(office, 2)
    older(cluster, office, 900, psql.sent(office, 900, first))
    with psql.superuser(cluster, office) as raw:
        raw.execute("UPDATE console.approval_windows SET state = 'retired' WHERE state = 'in_force' RETURNING id")
    key = psql.sent(office, 900, last)
    with psql.superuser(cluster, office) as raw:
        raw.execute("UPDATE console.approval_windows SET state = 'in_force' WHERE state = 'retired'")
    assert accumulated(office, key) == {"amount": "1800.00", "corrections": 2, "since": None}


def test_a_window_rules_from_its_first_day_to_its_last(cluster, office):
    with psql.superuser(cluster, office) as raw:
        raw.execute("UPDATE console.approval_windows SET valid_from = '2026-02-01', valid_to = '2026-02-28'"
                    " WHERE state = 'in_force'")
        ruled = [raw.execute("SELECT console.window_start(%s) IS NOT NULL", (day,)).fetchone()[0] for day in (
            date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 28), date(2026, 3, 1))]
        raw.rollback()
    assert ruled == [False, True, True, False]


def test_one_window_rules_each_day_and_only_the_director_says_which(office):
    key = drafted(office)
    with pytest.raises(policies.Broken, match="Ya rige una ventana de 90 días naturales"):
        office.perform("commercial_director", authorize_window, key, PROOF, model=ApprovalWindow)
    with pytest.raises(psycopg.errors.ExclusionViolation), office.program("commercial_director") as raw:
        raw.execute("UPDATE console.approval_windows SET state = 'in_force' WHERE id = %s", (key,))
    for role in ("administrator", "unit_head", "staff"):
        with pytest.raises(psycopg.Error) as caught, office.program(role) as raw:
            raw.execute("UPDATE console.approval_windows SET state = 'in_force' WHERE id = %s", (key,))
        assert caught.value.sqlstate == "42501"
    with pytest.raises(psycopg.Error) as caught, office.program("administrator") as raw:
        raw.execute("UPDATE console.approval_windows SET length = 1 WHERE state = 'in_force'")
    assert caught.value.sqlstate == "AG002"


def test_working_days_are_those_of_the_signed_calendar(office):
    former, key = ruling(office), drafted(office, length=8)
    office.perform("commercial_director", retire_window, former, PROOF, model=ApprovalWindow)
    office.perform("commercial_director", authorize_window, key, PROOF, model=ApprovalWindow)
    with office.speaks("staff") as session:
        off = set(session.scalars(days_off()))
    for day in (date(2026, 1, 7), date(2026, 5, 4), date(2026, 9, 20)):
        assert office.scalar("SELECT console.window_start(%s)", day) == working_days.back(day, 8, off)
    office.perform("commercial_director", retire_window, key, PROOF, model=ApprovalWindow)
    again = drafted(office, length=90, unit="days")
    office.perform("commercial_director", authorize_window, again, PROOF, model=ApprovalWindow)
    assert office.scalar("SELECT console.window_start(%s)", date(2026, 5, 4)) == date(2026, 5, 4) - timedelta(days=90)
