"""The named questions give what their names say."""

import pytest
from sqlalchemy import or_, select

from models.billing import Bill
from models.corrections import Correction
from models.customers import Account
from models.queries import billing as ask
from models.queries import corrections as find
from policies.corrections.glance import fact_of
from tests import psql


@pytest.fixture
def desk(office):
    with office.speaks("staff", read_only=True) as session:
        yield session


def found(session, words):
    query = select(Account).where(or_(ask.has_number(words), ask.has_holder(words)))
    return [account.number for account in session.scalars(query)]


@pytest.fixture(scope="module")
def named(office):
    """An account whose holder's name has every accent of the language."""
    number = office.scalar("SELECT number FROM commercial.accounts ORDER BY id DESC LIMIT 1")
    with office.program() as raw:
        raw.execute("UPDATE commercial.accounts SET holder_name = 'Ángel Íñigo Núñez Güémez' WHERE number = %s",
                    (number,))
    return number


@pytest.mark.parametrize("words", ["nunez", "NÚÑEZ", "Núñez", "inigo", "ÍÑIGO gue", "guem nun", "  angel  ",
                                   "a\u0301ngel"])
def test_accents_case_order_and_endings_do_not_matter(desk, named, words):
    assert named in found(desk, words)


@pytest.mark.parametrize("words", ["", "  ", "%", "' OR 1=1 --", "nunez & | ! :*", "núñez zzz", "\\", "'", "<->"])
def test_strange_words_find_nobody_and_break_nothing(desk, named, words):
    assert named not in found(desk, words) or "nunez" in words


def test_an_account_is_found_by_number_and_by_meter(desk, office):
    number, serial = (office.scalar(f"SELECT {column} FROM commercial.accounts a JOIN commercial.meters m"
                                    " ON m.account_id = a.id ORDER BY a.id LIMIT 1") for column in ("number", "serial"))
    assert found(desk, number) == found(desk, f" {serial.lower()} ") == [number]


def test_earlier_bills_end_before_this_one_and_come_newest_first(desk):
    bill = desk.query(Bill).order_by(Bill.period_end.desc()).first()
    earlier = desk.scalars(ask.earlier_bills(bill)).all()
    ends = [other.period_end for other in earlier]
    assert len(earlier) == 23 and ends == sorted(ends, reverse=True)
    assert all(other.account_id == bill.account_id and other.period_end < bill.period_start for other in earlier)


def test_latest_bills_are_as_many_as_asked(desk):
    account = desk.query(Account).first()
    assert len(desk.scalars(ask.latest_bills(account, 24)).all()) == 24
    assert len(desk.scalars(ask.latest_bills(account, 3)).all()) == 3


def test_debt_is_the_sum_of_the_balances(desk, office):
    account = desk.query(Account).first()
    assert desk.scalar(ask.debt(account)) == office.scalar(
        "SELECT sum(balance) FROM commercial.bills WHERE account_id = %s", account.id)


def test_the_meter_is_the_one_installed_that_day(desk):
    bill = desk.query(Bill).first()
    meter = desk.scalar(ask.meter_on(bill.account_id, bill.period_end))
    assert meter.installed_on <= bill.period_end
    assert desk.scalar(ask.meter_on(bill.account_id, meter.installed_on.replace(year=1990))) is None


def test_a_bill_is_taken_while_open_or_applied_and_free_after_rejection(office):
    open_, applied, gone = psql.new_draft(office), psql.applied(office), psql.new_draft(office)
    with office.program("staff") as raw:
        raw.execute("UPDATE console.corrections SET state = 'withdrawn' WHERE id = %s", (gone,))
    with office.speaks("staff") as session:
        def standing(key):
            return session.scalars(ask.standing_correction(session.get(Correction, key).bill)).all()
        assert [row.id for row in standing(open_)] == [open_]
        assert [row.id for row in standing(applied)] == [applied] and standing(gone) == []


def test_only_authorised_versions_of_that_day_rule(desk):
    bill = desk.query(Bill).order_by(Bill.period_end.desc()).first()
    versions = desk.scalars(ask.versions_in_force(bill.period_end)).all()
    assert versions and all(v.state == "authorized" and v.valid_from <= bill.period_end for v in versions)
    assert desk.scalars(ask.versions_in_force(bill.period_end.replace(year=1990))).all() == []


@pytest.mark.parametrize("amount, offices", [
    (-10, ["commercial_director"]), (1500, ["unit_head", "commercial_director"]),
    (20000, ["unit_head", "commercial_director", "general_director"])])
def test_the_inbox_of_an_office_holds_what_waits_for_it_and_no_more(office, amount, offices):
    key = psql.sent(office, amount)

    def waits():
        with office.speaks("staff") as session:
            return [role for role in psql.SIGNERS
                    if key in [row.id for row in session.scalars(find.waiting_for(role))]]
    for role in offices:
        assert waits() == [role]
        psql.sign(office, key, role)
    assert waits() == []


def test_a_returned_correction_waits_for_the_first_office_again(office):
    key = psql.sent(office, 1500)
    psql.sign(office, key, "unit_head")
    psql.send_back(office, key)
    psql.send(office, key)
    with office.speaks("unit_head") as session:
        assert key in [row.id for row in session.scalars(find.waiting_for("unit_head"))]


def test_required_slots_are_those_of_the_database(office):
    key = psql.new_draft(office, 1500)
    with office.speaks("staff") as session:
        rows = fact_of(session.get(Correction, key), "slots")
    assert [(position, role) for position, role, _, _ in rows] == [(1, "unit_head"), (2, "commercial_director")]
