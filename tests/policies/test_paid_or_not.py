"""Paid bill, credit note; unpaid bill, corrected bill: PostgreSQL says which, whoever applies."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from models.billing import CreditNote
from models.corrections import Correction
from policies.corrections.acts import apply, start_reversal, submit
from policies.corrections.instalments import pay_by
from tests import psql
from tests.psql import balance, bill_of


def owing(office, key, share):
    """The bill of a correction with that share of its total unpaid."""
    with office.program() as raw:
        raw.execute("UPDATE commercial.bills SET balance = round(total * %s, 2) WHERE id = %s",
                    (share, bill_of(office, key)))


def form(office, key):
    return office.scalar("SELECT form FROM commercial.credit_notes WHERE correction_id = %s", key)


def letter(office, key):
    return office.scalar("SELECT body FROM console.notices WHERE correction_id = %s", key)


@pytest.mark.parametrize(("share", "wanted"), [(1, "corrected_bill"), (0, "note"), ("0.5", "note"), ("0.99", "note")])
@pytest.mark.parametrize("amount", [-10, 10])
def test_nothing_paid_is_a_corrected_bill_and_anything_paid_is_a_note(office, amount, share, wanted):
    """In psql and through the act alike."""
    for write in (psql.post, lambda office, key: office.perform("staff", apply, key)):
        key = psql.signed(office, amount)
        owing(office, key, share)
        due = balance(office, bill_of(office, key)) + amount
        write(office, key)
        assert form(office, key) == wanted and balance(office, bill_of(office, key)) == due


@pytest.mark.parametrize("claimed", ["note", "corrected_bill"])
def test_what_a_program_claims_about_the_form_is_not_believed(office, claimed):
    for share, wanted in ((1, "corrected_bill"), (0, "note")):
        key = psql.signed(office)
        owing(office, key, share)
        note = psql.NOTE.replace("correction_id, amount)", "correction_id, amount, form)").replace(
            "abs(amount)\n", f"abs(amount), '{claimed}'\n")
        with office.program("staff") as raw:
            (number,) = raw.execute(note, (key,)).fetchone()
            raw.execute(psql.NOTE_LINES, (number,))
            raw.execute(psql.LETTER, (key,))
            raw.execute(psql.APPLIED, (key,))
        assert form(office, key) == wanted


def test_a_payment_at_the_same_instant_waits_and_the_form_says_what_was_true(office):
    key = psql.signed(office)
    owing(office, key, 1)
    bill = bill_of(office, key)
    with ThreadPoolExecutor(1) as pool:
        with office.program() as cashier:
            cashier.execute("UPDATE commercial.bills SET balance = 0 WHERE id = %s", (bill,))
            later = pool.submit(psql.post, office, key)
            while not (later.done() or office.scalar("SELECT count(*) FROM pg_locks WHERE NOT granted")):
                continue        # until it stands in line for the bill's row
        later.result(30)
    assert form(office, key) == "note" and balance(office, bill) == -10


def test_undoing_a_correction_of_an_unpaid_bill_corrects_it_again(office):
    key = psql.signed(office)
    owing(office, key, 1)
    psql.post(office, key)
    made = office.perform("staff", start_reversal, key, {"reason": "Era de otro domicilio."})
    office.perform("staff", submit, made)
    for role in psql.roles(office, made):
        office.sign(made, role)
    office.perform("staff", apply, made)
    assert form(office, made) == "corrected_bill"


def test_the_letter_says_which_document_and_why(office):
    for share, words in ((1, ("Recibe un recibo corregido, porque del recibo no se ha pagado nada: sustituye al "
                              "anterior y el total por pagar es de $",)),
                         (0, ("Recibe una nota de crédito, porque el recibo ya tiene pagos.",))):
        key = psql.signed(office)
        owing(office, key, share)
        office.perform("staff", apply, key)
        for sentence in words:
            assert sentence in letter(office, key)
        if share:
            left = balance(office, bill_of(office, key))
            assert f"el total por pagar es de ${left:,.2f}" in letter(office, key)


def test_the_due_day_is_kept_until_it_passes_and_then_given_again(office):
    key = psql.signed(office)
    owing(office, key, 1)
    office.perform("staff", apply, key)
    with office.speaks("staff") as session:
        note = session.query(CreditNote).filter_by(correction_id=key).one()
        bill, today = note.bill, office.scalar("SELECT (now() AT TIME ZONE 'America/Mexico_City')::date")
        session.expunge_all()
        bill.issued_on, bill.due_on = date(2020, 1, 1), today
        assert pay_by(note, set()) == (today, True)
        bill.issued_on, bill.due_on = date(2020, 1, 1), date(2020, 1, 16)
        day, kept = pay_by(note, set())
        assert not kept and 15 <= (day - today).days <= 17 and day.weekday() < 5
        assert pay_by(note, {day})[0] > day
        assert session.get(Correction, key) is not None
