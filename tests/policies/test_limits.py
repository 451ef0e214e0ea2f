"""How often, how far back and which way: the limits of a correction, refused by PostgreSQL to any program."""

import json
from datetime import date, timedelta

import pytest
from psycopg import IsolationLevel as Level

import policies
from models.billing import Bill
from models.corrections import Correction
from policies.corrections import limits
from policies.corrections.acts import apply, start_correction, start_reversal, submit
from tests import psql
from tests.policies.test_races import LEVELS, at_once, types
from tests.psql import bill_of, refused, unguarded, whole

# Accounts with every month billed and nothing corrected yet, one after another.
FREE_ACCOUNT = """
SELECT a.id FROM commercial.accounts a WHERE (SELECT count(*) FROM commercial.bills b JOIN commercial.bill_lines w
    ON w.bill_id = b.id AND w.service = 'water' AND w.amount > 50 WHERE b.account_id = a.id AND b.period_end >= '{since}') > {many}
   AND NOT EXISTS (SELECT FROM console.corrections c WHERE c.account_id = a.id) ORDER BY a.id DESC LIMIT 1"""
YEARLY = {"kind": "frequency", "label": "Uno en 12 meses", "of": "adjustments_last_12m + 1", "maximum": 1, "window": 12, "unit": "month"}


@pytest.fixture(scope="module")
def months(office):
    """The newest 14 bills of an account that nobody corrected, newest first; each call another account."""
    def found(many=14):
        since = office.scalar("SELECT valid_from FROM console.procedure_versions ORDER BY id LIMIT 1")
        account = office.scalar(FREE_ACCOUNT.format(since=since, many=many))
        return office.scalar("SELECT array_agg(id ORDER BY period_end DESC) FROM commercial.bills"
                             " WHERE account_id = %s", account)
    return found


@pytest.fixture
def capped(office):
    """The procedures with these limits, as if they had been authorised so."""
    former = office.scalar("SELECT jsonb_object_agg(id, definition) FROM console.procedure_versions")

    def cap(*caps):
        with unguarded(office, "console.procedure_versions") as raw:
            raw.execute("UPDATE console.procedure_versions SET definition = jsonb_set(definition, '{caps}', %s)",
                        (json.dumps(caps),))
    yield cap
    with unguarded(office, "console.procedure_versions") as raw:
        for key, definition in former.items():
            raw.execute("UPDATE console.procedure_versions SET definition = %s WHERE id = %s",
                        (json.dumps(definition), key))


def refuses_to_send(office, bill, code="AG021"):
    key = psql.new_draft(office, bill=bill)
    with refused(office, code, key):
        psql.send(office, key)
    return key


# ---- how often


def test_a_second_one_within_the_window_is_refused_when_it_is_sent(office, months, capped):
    capped(YEARLY)
    bills = months()
    psql.applied(office, bill=bills[12])
    refuses_to_send(office, bills[1])
    psql.sent(office, bill=bills[0])


def test_an_older_bill_is_counted_with_the_later_one(office, months, capped):
    """Correcting the newest first is no way around."""
    capped(YEARLY)
    bills = months()
    psql.applied(office, bill=bills[0])
    refuses_to_send(office, bills[11])


def test_two_in_a_window_and_never_three(office, months, capped):
    capped(YEARLY | {"maximum": 2, "window": 1, "unit": "year", "scope": "premise"})
    bills = months()
    psql.applied(office, bill=bills[12])
    psql.applied(office, bill=bills[6])
    psql.applied(office, bill=bills[0])     # twelve months after the first: each window holds two
    refuses_to_send(office, bills[9])


def test_several_windows_hold_at_once(office, months, capped):
    capped(YEARLY | {"window": 2}, YEARLY | {"maximum": 2})
    bills = months()
    psql.applied(office, bill=bills[0])
    refuses_to_send(office, bills[1])
    psql.applied(office, bill=bills[3])
    refuses_to_send(office, bills[6])


@pytest.mark.parametrize("change", [{"when": "volume > 1"}, {"maximum": "two"}, {"window": None}, {"unit": "day"},
                                    {"scope": "holder"}, {"kind": "max_amount"}, {"apply": "limit"}])
def test_what_postgresql_cannot_count_is_the_engines_alone(office, months, capped, change):
    capped(YEARLY | change)
    bills = months()
    psql.applied(office, bill=bills[0])
    psql.sent(office, bill=bills[1])


def test_a_reversed_one_no_longer_counts_and_a_reversal_never_does(office, months, capped):
    capped(YEARLY)
    bills = months()
    undone = psql.applied(office, bill=bills[0])
    made = office.perform("staff", start_reversal, undone, {"reason": "Era de otro domicilio."})
    office.perform("staff", submit, made)
    refuses_to_send(office, bills[1])
    for role in psql.roles(office, made):
        office.sign(made, role)
    office.perform("staff", apply, made)
    psql.applied(office, bill=bills[2])


def test_another_procedure_or_account_is_another_count(office, months, capped):
    capped(YEARLY)
    bills, others = months(), None
    psql.applied(office, bill=bills[0])
    others = months()
    psql.sent(office, bill=others[1])
    key = psql.new_draft(office, bill=bills[1])
    with unguarded(office, "console.corrections") as raw:
        raw.execute("UPDATE console.corrections SET procedure_version_id = v.id, sources = s.sources FROM (SELECT max(id)"
                    " AS id FROM console.procedure_versions) v, console.sources(%s, v.id, NULL) s WHERE corrections.id = %s",
                    ([bills[1]], key))
    psql.send(office, key)


def test_what_was_signed_meanwhile_is_refused_when_it_is_applied(office, months, capped):
    capped(YEARLY)
    bills = months()
    first, second = psql.signed(office, bill=bills[0]), psql.signed(office, bill=bills[1])
    psql.post(office, first)
    with refused(office, "AG021", second):
        psql.post(office, second)


@pytest.mark.parametrize("levels", LEVELS)
def test_of_two_applied_at_once_one_passes(office, months, capped, levels):
    capped(YEARLY)
    bills = months()
    # A credit and a debit: they wait for no common folio, so that only the account keeps them apart.
    keys = [psql.signed(office, amount, bill) for amount, bill in zip((-10, 10), bills)]
    answers = at_once(*(types(office, "staff", level, lambda raw, key=key: psql.write_note(raw, key), which=which)
                        for which, (key, level) in enumerate(zip(keys, levels))))
    lost = [answer.sqlstate for answer in answers if answer is not None]
    assert len(lost) == 1 and lost[0] in {"AG021", "40001", "40P01"}, answers
    assert sorted(whole(office, key)["correction"]["state"] for key in keys) == ["applied", "signed"]


def test_without_a_limit_two_at_once_both_pass(office, months, capped):
    """The account's row is written only where there is something to count."""
    capped()
    keys = [psql.signed(office, bill=bill) for bill in months()[:2]]
    tuple_before = office.scalar("SELECT a.xmin::text FROM commercial.accounts a JOIN console.corrections c"
                                 " ON c.account_id = a.id WHERE c.id = %s", keys[0])
    for key in keys:
        psql.post(office, key)
    assert tuple_before == office.scalar("SELECT a.xmin::text FROM commercial.accounts a JOIN console.corrections c"
                                         " ON c.account_id = a.id WHERE c.id = %s", keys[0])


def test_rows_born_applied_are_counted_together(office, months, capped):
    """As a batch brings them: one statement, many rows, none of them a draft before."""
    capped(YEARLY)
    bills = months()
    with office.program() as raw:
        cause = raw.execute("SELECT min(id) FROM console.procedure_versions").fetchone()[0]
        raw.execute("ALTER TABLE console.corrections DISABLE TRIGGER a_born")
        raw.execute("ALTER TABLE console.corrections DISABLE TRIGGER c_hands")
        raw.execute("ALTER TABLE console.corrections DISABLE TRIGGER d_declared")
        statement = ("INSERT INTO console.corrections (bill_id, account_id, anomaly_type_id, procedure_version_id,"
                     " drafted_by_id, reason, eligible, amount, state, folio) SELECT b.id, b.account_id, (SELECT min(id)"
                     " FROM console.anomaly_types), %s, (SELECT min(id) FROM console.people), 'lote', true, -1,"
                     " 'applied', 'X-' || b.id FROM commercial.bills b WHERE b.id = ANY (%s)")
        with raw.transaction(force_rollback=True):
            assert raw.execute(statement, (cause, [bills[0], bills[12]])).rowcount == 2
        with pytest.raises(Exception) as caught, raw.transaction():
            raw.execute(statement, (cause, bills[:2]))
        assert caught.value.sqlstate == "AG021"
        raw.rollback()


def test_the_act_tells_it_before(office, months, capped):
    capped(YEARLY)
    bills = months()
    first, second = psql.signed(office, bill=bills[0]), psql.signed(office, bill=bills[1])
    psql.post(office, first)
    with office.speaks("staff") as session:
        why = policies.refusal(apply, office.actor("staff"), session.get(Correction, second))
        assert "«Uno en 12 meses» del procedimiento ya se usó" in str(why)
    draft = psql.new_draft(office, bill=bills[2])
    with office.speaks("staff") as session:
        assert "«Uno en 12 meses»" in limits.not_applicable(session.get(Correction, draft), None)


def test_sending_a_draft_asks_for_its_limits(office):
    """The leak's own procedure allows one in twelve months."""
    draft = office.draft()
    office.prove(draft)
    with office.speaks("staff") as session:
        assert policies.refusal(submit, office.actor("staff"), session.get(Correction, draft)) is None
    moved(office, bill_of(office, draft), date(2001, 1, 1), date(2001, 1, 31))
    with office.speaks("staff") as session:
        assert "cinco ejercicios fiscales" in str(policies.refusal(submit, office.actor("staff"),
                                                                   session.get(Correction, draft)))


# ---- which way


def mixed(office, bill=None):
    """A draft in which water goes down and another line goes up a little."""
    bill = bill or office.scalar(
        "SELECT b.id FROM commercial.bills b WHERE NOT EXISTS (SELECT FROM console.corrections c WHERE c.bill_id = b.id)"
        " AND (SELECT count(*) FROM commercial.bill_lines l WHERE l.bill_id = b.id) > 1 AND EXISTS (SELECT FROM"
        " commercial.bill_lines l WHERE l.bill_id = b.id AND l.service = 'water' AND l.amount > 100)"
        " ORDER BY b.id DESC LIMIT 1")
    key = psql.new_draft(office, -10, bill=bill)
    with office.program("staff") as raw:
        raw.execute("UPDATE console.correction_lines SET amount_after = amount_after + 3 WHERE correction_id = %s"
                    " AND service = 'sewer'", (key,))
        raw.execute("UPDATE console.corrections SET amount = -7 WHERE id = %s", (key,))
    return key


def test_a_line_against_its_correction_is_refused_and_told(office):
    key = mixed(office)
    with refused(office, "AG022", key):
        psql.send(office, key)
    with office.speaks("staff") as session:
        assert "en sentido contrario" in limits.not_applicable(session.get(Correction, key), None)


def test_a_line_that_does_not_move_goes_either_way(office):
    for amount in (-10, 10):
        psql.sent(office, amount)


def test_a_line_that_arrives_late_moves_the_same_way(office):
    """As a batch's do, under a correction that was never a draft."""
    key = psql.signed(office)
    with office.program() as raw:
        raw.execute("ALTER TABLE console.correction_lines DISABLE TRIGGER b_part")
        raw.execute("ALTER TABLE console.correction_lines DISABLE TRIGGER c_hands_insert")
        raw.execute("DELETE FROM console.correction_lines WHERE correction_id = %s AND service <> 'water'", (key,))
        for after, well in ((0, True), (1, True), (2, False)):
            statement = ("INSERT INTO console.correction_lines (correction_id, position, service, amount_before,"
                         " tax_before, amount_after, tax_percent_after, tax_after) VALUES (%s, 9, 'sewer', 1, 0,"
                         " %s, 0, 0)", (key, after))
            with raw.transaction(force_rollback=True):
                if well:
                    raw.execute(*statement)
                    continue
                with pytest.raises(Exception) as caught:
                    raw.execute(*statement)
                assert caught.value.sqlstate == "AG022"
        raw.rollback()


# ---- how far back


def moved(office, bill, start, end):
    """The bill in another period, whatever the account was billed for then."""
    with office.program() as raw:
        raw.execute("UPDATE commercial.bills o SET period_start = o.period_start - 9000, period_end = o.period_start - 8999"
                    "  FROM commercial.bills b WHERE b.id = %s AND o.account_id = b.account_id AND o.id <> b.id"
                    "   AND o.period_start = %s", (bill, start))
        raw.execute("UPDATE commercial.bills SET period_start = %s, period_end = %s WHERE id = %s", (start, end, bill))


@pytest.fixture
def any_day(office):
    """Procedures that rule every day, so that only the period decides."""
    with unguarded(office, "console.procedure_versions") as raw:
        before = raw.execute("SELECT id, valid_from, valid_to FROM console.procedure_versions").fetchall()
        raw.execute("UPDATE console.procedure_versions SET valid_from = '2000-01-01', valid_to = NULL")
    yield
    with unguarded(office, "console.procedure_versions") as raw:
        for key, valid_from, valid_to in before:
            raw.execute("UPDATE console.procedure_versions SET valid_from = %s, valid_to = %s WHERE id = %s",
                        (valid_from, valid_to, key))


def periods():
    today = date.today()
    oldest = date(today.year - 5, 1, 1)
    return [(oldest - timedelta(31), oldest - timedelta(1), False), (oldest - timedelta(31), oldest, True),
            (today, today + timedelta(40), False), (today - timedelta(450), today - timedelta(450 - 365), True),
            (today - timedelta(450), today - timedelta(450 - 366), False)]


@pytest.mark.parametrize(("start", "end", "well"), periods())
def test_only_periods_that_ended_within_five_fiscal_years_are_corrected(office, any_day, start, end, well):
    bill = office.scalar(psql.FREE_BILL.replace("b.id DESC", "b.id"))
    moved(office, bill, start, end)
    with office.speaks("staff") as session:
        told = policies.refusal(start_correction, office.actor("staff"), session.get(Bill, bill))
    if well:
        assert told is None
        psql.sent(office, bill=bill)
    else:
        assert "cinco ejercicios fiscales" in str(told)
        with pytest.raises(Exception) as caught:
            psql.new_draft(office, bill=bill)
        assert caught.value.sqlstate == "AG023"


def test_a_period_is_looked_at_again_when_it_is_sent_and_undoing_has_no_limit(office, any_day):
    draft, done = psql.new_draft(office), psql.applied(office)    # both off the list of free bills
    for day, key in enumerate((draft, done), start=2):
        moved(office, bill_of(office, key), date(2001, 1, day), date(2001, 1, 31))
    with refused(office, "AG023", draft):
        psql.send(office, draft)
    made = office.perform("staff", start_reversal, done, {"reason": "Era de otro domicilio."})
    office.perform("staff", submit, made)


# ---- one at a time


@pytest.mark.parametrize("level", [Level.READ_COMMITTED, Level.SERIALIZABLE])
def test_one_open_correction_a_bill(office, level):
    bill = office.scalar(psql.FREE_BILL)
    answers = at_once(*(types(office, "staff", level, (psql.NEW, (-1, bill)), which=which) for which in (0, 1)))
    lost = [answer.sqlstate for answer in answers if answer is not None]
    assert len(lost) == 1 and lost[0] in {"23505", "40001"}, answers
