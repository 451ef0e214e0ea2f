"""What stands on an account and who counts it: corrections and rows of batches on their way, each bill once."""

from decimal import Decimal
from types import SimpleNamespace

import psycopg
import pytest

from tests import psql
from tests.policies.batches import Batches

STANDS = "SELECT bill_id, amount, correction_id FROM console.standing_money(ARRAY[%s::integer], %s) WHERE batch_id = %s"
ALONE = "SELECT bill_id FROM console.standing_money(ARRAY[%s::integer], NULL) WHERE correction_id = %s"
MINE = "UPDATE console.batch_rows SET {} WHERE id = %(row)s"
SENT = "UPDATE console.correction_batches SET state = 'submitted', folio = 'UAS-LOT-2026-999999', submitted_at = now()," \
       " run_by_id = 1, run_as = 'staff' WHERE id = %(batch)s"


@pytest.fixture(scope="module")
def facts(office):
    """A computed batch, one of its rows, and what is needed to speak of it."""
    batch = Batches(office).computed(back=3)
    with office.program() as raw:
        row, account, bill, amount = raw.execute("SELECT id, account_id, bill_id, abs(amount) FROM console.batch_rows"
                                                 " WHERE batch_id = %s AND eligible ORDER BY id LIMIT 1", (batch,)).fetchone()
        (other,) = raw.execute("SELECT account_id FROM console.batch_rows WHERE batch_id = %s AND account_id <> %s AND eligible"
                               " ORDER BY id DESC LIMIT 1", (batch, account)).fetchone()
        bills = [found[0] for who in (account, other) for found in raw.execute(
            "SELECT id FROM commercial.bills b WHERE account_id = %s AND id <> ALL(SELECT bill_id FROM console.batch_rows)"
            " AND NOT EXISTS (SELECT FROM console.corrections c WHERE c.bill_id = b.id) ORDER BY id DESC LIMIT 1", (who,))]
    return SimpleNamespace(batch=batch, row=row, account=account, bill=bill, amount=amount, other=other,
                           mine=psql.sent(office, 500, bills[0]), theirs=psql.sent(office, 900, bills[1]))


@pytest.fixture
def raw(cluster, office, facts):
    """The machine's own hand over a batch that was just sent; undone afterwards."""
    with psql.superuser(cluster, office) as raw:
        raw.execute(SENT, vars(facts))
        yield raw
        raw.rollback()


def stands(raw, facts, since=None):
    return raw.execute(STANDS, (facts.account, since, facts.batch)).fetchall()


@pytest.mark.parametrize(("state", "counts"), [
    ("draft", False), ("computing", False), ("computed", False), ("submitted", True), ("signed", True), ("applying", True),
    ("applied", False), ("rejected", False), ("withdrawn", False)])
def test_a_row_stands_while_its_batch_is_on_its_way(raw, facts, state, counts):
    raw.execute("UPDATE console.correction_batches SET state = %s, decision_reason = 'x' WHERE id = %s", (state, facts.batch))
    assert stands(raw, facts) == [(facts.bill, facts.amount, None)] * counts


@pytest.mark.parametrize("words", ["eligible = false, amount = 0", "left_out = 'Cambió.'"])
def test_a_row_that_will_not_be_applied_does_not_stand(raw, facts, words):
    raw.execute(MINE.format(words), vars(facts))
    assert stands(raw, facts) == []


def test_a_row_counts_from_the_day_on_which_its_batch_was_sent(raw, facts):
    raw.execute("UPDATE console.correction_batches SET submitted_at = '2026-03-02 05:59:59+00' WHERE id = %s", (facts.batch,))
    assert stands(raw, facts, "2026-03-01") and stands(raw, facts) and not stands(raw, facts, "2026-03-02")


def test_a_row_that_became_a_correction_stands_once(raw, facts):
    raw.execute("UPDATE console.corrections SET batch_row_id = %s, bill_id = %s, state = 'applied' WHERE id = %s",
                (facts.row, facts.bill, facts.mine))
    assert [(bill, correction) for bill, _, correction in stands(raw, facts)] == [(facts.bill, facts.mine)]


@pytest.mark.parametrize(("state", "counts"), [
    ("draft", False), ("submitted", True), ("signed", True), ("applied", True), ("rejected", False), ("withdrawn", False)])
def test_a_correction_stands_once_it_was_sent_and_until_it_is_undone(raw, facts, state, counts):
    raw.execute("UPDATE console.corrections SET state = %s, decision_reason = 'x' WHERE id = %s", (state, facts.mine))
    assert len(raw.execute(ALONE, (facts.account, facts.mine)).fetchall()) == counts
    assert raw.execute(ALONE, (facts.other, facts.mine)).fetchall() == []       # of its own account alone
    for undone in ("reversed_by_id", "reversal_of_id"):
        with raw.transaction(force_rollback=True):
            raw.execute(f"UPDATE console.corrections SET {undone} = %s WHERE id = %s", (facts.theirs, facts.mine))
            assert raw.execute(ALONE, (facts.account, facts.mine)).fetchall() == []


def accumulated(raw, facts):
    return raw.execute("SELECT console.accumulated_in(%s)", (facts.batch,)).fetchone()[0]


def number(raw, account):
    return raw.execute("SELECT number FROM commercial.accounts WHERE id = %s", (account,)).fetchone()[0]


def amount(raw, facts, account):
    return raw.execute("SELECT abs(amount) FROM console.batch_rows WHERE batch_id = %s AND account_id = %s AND eligible",
                       (facts.batch, account)).fetchone()[0]


def test_a_batch_asks_for_the_account_that_adds_up_the_most_with_it(raw, facts):
    most = accumulated(raw, facts)
    assert (most["account"], most["corrections"]) == (number(raw, facts.other), 2)
    assert most["amount"] == str(900 + amount(raw, facts, facts.other))


def test_a_row_that_does_not_proceed_adds_nothing_to_its_batch(raw, facts):
    raw.execute("UPDATE console.batch_rows SET eligible = false, amount = 0 WHERE batch_id = %s AND account_id = %s",
                (facts.batch, facts.other))
    assert accumulated(raw, facts)["account"] == number(raw, facts.account)


def test_a_bill_counts_once_by_the_larger_of_its_amounts(raw, facts):
    """A correction of the very bill of the row, on its way beside the batch."""
    (bill,) = raw.execute("SELECT bill_id FROM console.batch_rows WHERE batch_id = %s AND account_id = %s AND eligible",
                          (facts.batch, facts.other)).fetchone()
    raw.execute("UPDATE console.corrections SET bill_id = %s WHERE id = %s", (bill, facts.theirs))
    raw.execute("UPDATE console.corrections SET state = 'withdrawn' WHERE id = %s", (facts.mine,))
    most = accumulated(raw, facts)
    assert (most["corrections"], most["amount"]) == (1, "900.00")


def test_a_correction_counts_each_bill_once_itself_not_and_the_rows_of_batches(raw, facts):
    asked = "SELECT console.accumulated_with(c) FROM console.corrections c WHERE id = %s"
    (found,) = raw.execute(asked, (facts.mine,)).fetchone()
    assert (found["corrections"], found["amount"]) == (2, str(500 + facts.amount))      # its own, and the row
    raw.execute("UPDATE console.corrections SET bill_id = %s WHERE id = %s", (facts.bill, facts.mine))
    assert raw.execute(asked, (facts.mine,)).fetchone() == ({},)


def test_a_batch_waits_for_who_sends_of_its_accounts_and_keeps_what_they_add_up(office):
    batch = Batches(office).computed(back=4)
    key = psql.new_draft(office, 600, bill=office.scalar(
        "SELECT max(b.id) FROM commercial.bills b JOIN console.batch_rows r ON r.account_id = b.account_id AND r.eligible"
        " AND r.batch_id = %s WHERE NOT EXISTS (SELECT FROM console.batch_rows o WHERE o.bill_id = b.id)"
        " AND NOT EXISTS (SELECT FROM console.corrections c WHERE c.bill_id = b.id)", batch))
    sends = ("UPDATE console.correction_batches SET state = 'submitted', folio = console.next_folio('UAS-LOT')"
             " WHERE id = %s")
    with office.program("staff") as first, office.program("staff", 1) as second:
        first.execute(psql.SEND, (key,))
        second.execute("SAVEPOINT here; SET LOCAL lock_timeout = '200ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            second.execute(sends, (batch,))
        second.execute("ROLLBACK TO SAVEPOINT here")
        first.commit()
        second.execute(sends, (batch,))
    told = office.scalar("SELECT accumulated FROM console.correction_batches WHERE id = %s", batch)
    assert told["corrections"] > 1 and Decimal(told["amount"]) > 600
