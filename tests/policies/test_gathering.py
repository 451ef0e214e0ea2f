"""What is gathered for many bills: the same as for one, in the same number of statements, and nothing invented."""

from datetime import date
from decimal import Decimal

import psycopg
import pytest
from sqlalchemy import event, select

from models import db
from models.billing import Bill
from models.corrections import Correction
from models.corrections import CorrectionState as S
from policies.corrections.acts import apply
from policies.corrections.gathering import gather
from policies.corrections.limits import drifted
from policies.corrections.records import months_begun


@pytest.fixture(scope="module")
def bills(office):
    """Every bill of the demonstration's first thirty accounts."""
    with psycopg.connect(office.dsn()) as raw:
        return [key for key, in raw.execute("SELECT id FROM commercial.bills WHERE account_id <= 30 ORDER BY id")]


def gathered(office, keys, role="staff", **terms):
    with office.speaks(role, read_only=True) as session:
        return gather(session, keys, date(2026, 11, 23), **terms)


def statements(office, keys):
    told = []

    def count(*call):
        told.append(call[2])
    with office.speaks("staff") as session:
        event.listen(db.engines["staff"], "before_cursor_execute", count)
        try:
            gather(session, keys)
        finally:
            event.remove(db.engines["staff"], "before_cursor_execute", count)
    return len(told)


def test_many_bills_take_as_many_statements_as_one(office, bills):
    assert statements(office, bills) == statements(office, bills[:1])


def test_many_together_say_what_each_says_alone(office, bills):
    together = gathered(office, bills[::37])
    for key, case in together.items():
        assert gathered(office, [key])[key].facts == case.facts


def test_the_facts_are_those_of_the_records(office, bills):
    with office.speaks("staff") as session:
        bill = session.scalar(select(Bill).where(Bill.id == bills[20]))
        facts = gather(session, [bill.id])[bill.id].facts
        assert (facts.bill.folio, facts.bill.volume, facts.bill.total) == (bill.folio, bill.volume, bill.total)
        assert [line.service for line in facts.bill.lines] == [line.service.value for line in bill.lines]
        assert facts.history[-1].folio == session.scalar(select(Bill.folio).where(
            Bill.account_id == bill.account_id, Bill.period_end < bill.period_start)
            .order_by(Bill.period_end.desc()).limit(1))
        assert facts.later[0].period_start > bill.period_end
        assert facts.extra["paid"] == (bill.balance == 0) and facts.extra["balance"] == bill.balance
        assert facts.extra["reading.billed"] - facts.extra["reading.previous"] == bill.volume


def test_a_healthy_bill_costs_what_it_was_billed(office, bills):
    alike = 0
    for case in gathered(office, bills).values():
        lines = case.rate(case.facts.bill.volume, case.facts.bill.tariff_class)
        alike += sum(line.total for line in lines) == case.facts.bill.total
    assert alike / len(bills) > 0.95        # a few carry a planted anomaly


def test_a_corrected_period_is_marked_and_counted_once_applied(office):
    made = office.correction(S.APPLIED)
    key = office.scalar("SELECT bill_id FROM console.corrections WHERE id = %s", made)
    with psycopg.connect(office.dsn()) as raw:      # the account is billed once more
        raw.execute("INSERT INTO commercial.bills (folio, account_id, period_start, period_end, issued_on, due_on, tariff_class,"
                    " volume, total, balance) SELECT folio || 'X', account_id, period_end + 1, period_end + 30, issued_on + 30,"
                    " due_on + 30, tariff_class, 0, 0, 0 FROM commercial.bills WHERE id = %s", (key,))
        following, = raw.execute("SELECT max(id) FROM commercial.bills").fetchone()
    corrected, after = (gathered(office, [key, following])[one].facts for one in (key, following))
    assert corrected.bill.total < office.scalar("SELECT total FROM commercial.bills WHERE id = %s", key)
    assert corrected.record("used_3y") == 0       # a bill's own correction is no earlier one
    assert [one.adjusted for one in after.history][-2:] == [False, True]
    assert after.record("used_3y") == after.record("used_36m") == after.extra["adjustments_last_12m"] == 1
    assert after.extra["estimates_already_used"] == 0 and after.record("used_quux") is None
    assert corrected.later[-1].folio == after.bill.folio


def test_the_premise_remembers_earlier_holders_and_not_neighbours(office, bills):
    with psycopg.connect(office.dsn()) as raw:
        street, colonia = raw.execute("SELECT street, neighborhood_id FROM commercial.accounts WHERE id = 1").fetchone()
        raw.execute("ALTER TABLE commercial.accounts DISABLE TRIGGER USER")
        raw.execute("UPDATE commercial.accounts SET street = %s, neighborhood_id = %s,"
                    " opened_on = '2026-03-01' WHERE id = 2", (street, colonia))
        raw.execute("UPDATE commercial.accounts SET opened_on = '2020-01-01' WHERE id = 1")
        raw.execute("ALTER TABLE commercial.accounts ENABLE TRIGGER USER")
        key, = raw.execute("SELECT max(id) FROM commercial.bills WHERE account_id = 2").fetchone()
        other, = raw.execute("SELECT max(id) FROM commercial.bills WHERE account_id = 1").fetchone()
    for role in ("staff", "auditor"):       # an auditor reads no address, and the same history
        facts = gathered(office, [key], role)[key].facts
        premise = [one for one in facts.history if one.scope == "premise"]
        assert premise and all(one.period_end < date(2026, 3, 1) for one in premise)
        assert not any(one.scope == "premise" for one in gathered(office, [other], role)[other].facts.history)


def test_nobody_gathers_what_their_office_does_not_read(office, bills):
    with pytest.raises(Exception, match="permission denied"), office.speaks("administrator") as session:
        gather(session, bills[:1])


def test_a_replay_supposes_that_each_bill_was_asked_for_when_issued(office, bills):
    old = bills[0]
    asked, issued = (gathered(office, [old], as_issued=how)[old].facts.extra for how in (False, True))
    assert asked["months_since_bill"] > 12 and issued["months_since_bill"] == 0
    assert asked["days_since_bill"] > asked["days_since_due"] > 365 and issued["days_since_bill"] == 0
    assert issued["days_since_due"] < 0         # it is not due yet


@pytest.mark.parametrize(("day", "months"), [
    (date(2026, 1, 15), 0), (date(2026, 1, 16), 1), (date(2026, 4, 15), 3), (date(2026, 4, 16), 4), (date(2025, 12, 1), 0)])
def test_a_month_that_began_counts(day, months):
    assert months_begun(date(2026, 1, 15), day) == months


def test_no_bill_no_case(office):
    assert gathered(office, [2_000_000_000]) == {}


def test_a_year_of_a_record_is_exact_money(office, bills):
    case = gathered(office, bills[:1])[bills[0]]
    assert isinstance(case.facts.extra["minimum_charge"], Decimal)


def test_a_correction_is_told_when_its_bill_is_no_longer_what_it_was_computed_from(office):
    made = office.correction(S.SIGNED)
    with office.speaks("staff", read_only=True) as session:
        assert drifted(session.get(Correction, made)) is None
    office.perform("staff", apply, made)
    with office.speaks("staff", read_only=True) as session:      # its own note moved the lines
        assert drifted(session.get(Correction, made)).startswith("El recibo cambió")
