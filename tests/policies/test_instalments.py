"""A debit in parts: chosen, signed, exact in cents, due on working days; nothing else for any program."""

from datetime import date
from decimal import Decimal

import psycopg
import pytest

import policies
from models.corrections import Correction
from policies.corrections import instalments
from policies.corrections.acts import apply, calculate, start_reversal
from tests import psql
from tests.psql import refused, unguarded, whole

PAYMENTS = """SELECT jsonb_agg(jsonb_build_array(i.number, i.amount, i.due_on) ORDER BY i.number)
  FROM console.instalments i JOIN commercial.credit_notes n ON n.id = i.note_id WHERE n.correction_id = %s"""
ROWS = """INSERT INTO console.instalments (note_id, number, due_on, amount)
SELECT n.id, k, current_date + 30 * k, a FROM commercial.credit_notes n,
       (SELECT a, k::integer FROM unnest(%s::numeric[]) WITH ORDINALITY o (a, k)) p
 WHERE n.correction_id = %s"""


def split(office, count, amount=100, most=6):
    """A signed debit that its people wanted in so many payments."""
    key = psql.new_draft(office, amount)
    with unguarded(office, "console.corrections") as raw:
        raw.execute("UPDATE console.corrections SET instalments_most = %s, instalments = %s WHERE id = %s",
                    (most, count, key))
    psql.send(office, key)
    for role in psql.roles(office, key):
        psql.sign(office, key, role)
    return key


# ---- how they are reckoned


def test_each_is_due_a_month_later_on_a_day_that_works():
    days = instalments.due_days(date(2026, 1, 31), 4, {date(2026, 3, 31)})
    assert days == (date(2026, 3, 2), date(2026, 4, 1), date(2026, 4, 30), date(2026, 6, 1))
    assert date(2026, 2, 28).weekday() == 5      # a Saturday: February's last day moved to Monday


# ---- through the act


def test_applying_writes_them_and_the_letter_tells_them(office):
    key = split(office, 3)
    office.perform("staff", apply, key)
    rows = office.scalar(PAYMENTS, key)
    assert [row[:2] for row in rows] == [[1, 33.34], [2, 33.33], [3, 33.33]]
    assert all(date.fromisoformat(row[2]).weekday() < 5 for row in rows)
    body = office.scalar("SELECT body FROM console.notices WHERE correction_id = %s", key)
    assert "La diferencia se paga en 3 parcialidades: 1) $33.34, a más tardar el" in body


def test_two_cents_left_over_are_of_two_payments(office):
    """100.01 in 3: the first one took both cents; 33.34, 33.34 and 33.33 is nearer, for any program."""
    key = split(office, 3, Decimal("100.01"))
    office.perform("staff", apply, key)
    assert [row[1] for row in office.scalar(PAYMENTS, key)] == [33.34, 33.34, 33.33]
    with refused(office, "AG026", other := split(office, 3, Decimal("100.01"))):
        pays(office, other, "33.35", "33.33", "33.33")


def test_a_note_divided_before_keeps_its_payments_when_it_is_undone(office):
    """Until 0.4 the first payment took all the cents: its correction is still reversed, and nothing is asked again."""
    key = split(office, 3, Decimal("100.01"))
    office.perform("staff", apply, key)
    with unguarded(office, "console.instalments") as raw:
        raw.execute("UPDATE console.instalments i SET amount = 33.33 + CASE i.number WHEN 1 THEN 0.02 ELSE 0 END"
                    " FROM commercial.credit_notes n WHERE n.id = i.note_id AND n.correction_id = %s", (key,))
    back = office.perform("staff", start_reversal, key, {"reason": "Se aplicó por error."})
    office.perform_submit(back)
    for role in psql.roles(office, back):
        office.sign(back, role)
    office.perform("staff", apply, back)
    assert office.scalar("SELECT reversed_by_id FROM console.corrections WHERE id = %s", key) == back


def test_a_day_off_of_the_signed_calendar_moves_the_day(office):
    plain = split(office, 2)
    office.perform("staff", apply, plain)
    due = office.scalar(PAYMENTS, plain)[0][2]
    with unguarded(office, "console.holidays") as raw:
        raw.execute("INSERT INTO console.holidays (day, reason, state) VALUES (%s, 'Asueto', 'in_force')", (due,))
    moved = split(office, 2)
    office.perform("staff", apply, moved)
    assert office.scalar(PAYMENTS, moved)[0][2] > due


def test_one_payment_or_a_credit_has_none(office):
    for key in (split(office, 1), psql.signed(office, -10)):
        office.perform("staff", apply, key)
        assert office.scalar(PAYMENTS, key) is None


@pytest.fixture
def reading(office):
    """A draft whose correct reading makes a debit, under a procedure that admits six payments."""
    key = psql.new_draft(office, 60)
    with unguarded(office, "console.corrections") as raw:
        raw.execute("UPDATE console.corrections SET instalments_most = 6 WHERE id = %s", (key,))
    return key


def test_the_number_is_asked_where_there_is_a_choice(office, reading):
    with office.speaks("staff") as session:
        (ask,) = instalments.ask(session.get(Correction, reading))
        assert [value for value, _ in ask.choices] == ["1", "2", "3", "4", "5", "6"]
        assert dict(ask.choices)["3"] == "3 pagos de $20.00"
        assert instalments.payments_words(Decimal("100.01"), 3) == "3 pagos: 2 de $33.34 y 1 de $33.33"
        for key in (psql.new_draft(office, -10), psql.new_draft(office, 10)):
            assert instalments.ask(session.get(Correction, key)) == ()


@pytest.mark.parametrize("chosen", ["0", "7", "-1", "dos", "²", 3.5])
def test_a_number_outside_is_refused_with_one_sentence(office, reading, chosen):
    with office.speaks("staff") as session, pytest.raises(policies.Broken, match="admite de 1 a 6 pagos; elija otro"):
        instalments.admitted(session.get(Correction, reading), chosen)


def test_what_was_chosen_stays_within_what_is_computed_again(office, monkeypatch):
    """The engine says how many; a result that became a credit is one payment, whatever was chosen."""
    key = office.draft()
    office.perform("staff", calculate, key, {"reason": "Fuga.", "leak.repaired": True, instalments.ASKED: "3"})
    assert whole(office, key)["correction"]["instalments"] == 1

    def debit(correction):
        correction.amount, correction.instalments_most = Decimal("60.00"), 6
    monkeypatch.setattr("policies.corrections.proposals.recompute", debit)
    office.perform("staff", calculate, key, {"reason": "Fuga.", "leak.repaired": True, instalments.ASKED: "3"})
    made = whole(office, key)["correction"]
    assert made["instalments"] == 3 and instalments.ASKED not in made["inputs"]


# ---- what is signed


def test_one_payment_leaves_the_signed_content_as_it_was(office):
    """Signatures given before there were instalments stay valid."""
    one, three = split(office, 1), split(office, 3)
    assert "|P|" not in office.scalar("SELECT console.signed_content('corrections', %s)", one)
    assert office.scalar("SELECT console.signed_content('corrections', %s)", three).endswith("|P|3||")


def test_the_number_is_frozen_with_the_content(office):
    key = split(office, 3)
    for change in ("instalments = 2", "instalments_most = 9"):
        with refused(office, "AG002", key), office.program() as raw:
            raw.execute(f"UPDATE console.corrections SET {change} WHERE id = %s", (key,))


# ---- in psql


def pays(office, key, *amounts):
    with office.program("staff") as raw:
        psql.write_note(raw, key)
        raw.execute(ROWS, (list(amounts), key))


def test_psql_may_write_exactly_what_was_signed(office):
    key = split(office, 3)
    pays(office, key, "33.34", "33.33", "33.33")
    assert len(office.scalar(PAYMENTS, key)) == 3


@pytest.mark.parametrize("amounts", [
    (), ("100",), ("50", "50"), ("33.34", "33.33", "33.32"), ("33.33", "33.33", "33.34"), ("33.35", "33.33", "33.33"),
    ("40", "30", "30"), ("33.36", "33.32", "33.32"), ("33.35", "33.33", "33.32"), ("25", "25", "25", "25")])
def test_anything_else_is_refused(office, amounts):
    key = split(office, 3)
    with refused(office, "AG026", key):
        pays(office, key, *amounts)


@pytest.mark.parametrize("change", ["k, current_date + 40", "k, current_date - 30", "k + 1, current_date + 30 * k",
                                    "k, current_date + 100 - 30 * k"])
def test_days_and_numbers_are_in_order(office, change):
    key = split(office, 2)
    rows = ROWS.replace("k, current_date + 30 * k", change)
    with refused(office, "AG026", key), office.program("staff") as raw:
        psql.write_note(raw, key)
        raw.execute(rows, (["50", "50"], key))


def test_none_for_a_credit_nor_for_a_note_paid_at_once_nor_afterwards(office):
    for key, amounts in ((psql.signed(office, -10), ["5", "5"]), (split(office, 1), ["50", "50"])):
        with refused(office, "AG026", key):
            pays(office, key, *amounts)
    done = split(office, 2)
    pays(office, done, "50", "50")
    with refused(office, "AG026", done), office.program("staff") as raw:
        raw.execute("INSERT INTO console.instalments (note_id, number, due_on, amount) SELECT id, 3,"
                    " current_date + 300, 1 FROM commercial.credit_notes WHERE correction_id = %s", (done,))
    for statement in ("UPDATE console.instalments SET amount = amount + 1", "DELETE FROM console.instalments"):
        with pytest.raises(psycopg.Error) as caught, office.program() as raw:
            raw.execute(statement)
        assert caught.value.sqlstate == "AG002"


def test_a_credit_is_never_divided(office):
    key = psql.new_draft(office, -10)
    with pytest.raises(psycopg.Error) as caught, office.program() as raw:
        raw.execute("UPDATE console.corrections SET instalments_most = 6, instalments = 2 WHERE id = %s", (key,))
    assert caught.value.sqlstate == "23514"
