"""A balance below zero is «Saldo a favor» with a positive amount, wherever a balance is shown."""

from decimal import Decimal

import psycopg
import pytest

from policies.batches.acts import apply_batch
from policies.core.balances import balance_word, balance_words
from policies.corrections.acts import apply
from tests import psql
from tests.policies.batches import Batches
from tests.psql import unguarded

FAVOUR = Decimal("-6459.75")
SHOWN = "$6,459.75"


def in_favour(office, bill, amount=FAVOUR):
    with unguarded(office, "commercial.bills") as raw:
        raw.execute("UPDATE commercial.bills SET balance = CASE WHEN id = %(bill)s THEN %(amount)s ELSE 0 END"
                    " WHERE account_id = (SELECT account_id FROM commercial.bills WHERE id = %(bill)s)",
                    {"bill": bill, "amount": amount})


@pytest.fixture(scope="module")
def bill(office):
    """The newest bill of an account that owes nothing and was paid too much."""
    key = office.scalar("SELECT max(id) FROM commercial.bills WHERE account_id = 20")
    in_favour(office, key)
    return key


def test_the_words_by_sign():
    assert balance_words(Decimal("120")) == "$120.00" and balance_words(Decimal("0")) == "$0.00"
    assert balance_words(FAVOUR) == "Saldo a favor de $6,459.75"
    assert (balance_word(Decimal("1"), "Adeudo"), balance_word(FAVOUR, "Adeudo")) == ("Adeudo", "Saldo a favor")


@pytest.mark.parametrize("path", ["/cuentas/20/", "/recibos/{bill}/", "/recibos/?account=20", "/recibos/{bill}/?panel=1"])
def test_every_page_says_a_favor_and_no_debt_below_zero(office, bill, path):
    answer = office.client("staff").get(path.format(bill=bill))
    assert answer.status_code == 200
    assert "−$6,459.75" not in answer.text
    assert "Saldo a favor" in answer.text and SHOWN in answer.text


def test_applying_says_from_which_balance_to_which(office):
    key = psql.signed(office, -10)
    in_favour(office, psql.bill_of(office, key))
    page = office.client("staff").get(f"/correcciones/{key}/acto/apply/").text
    assert "hoy: saldo a favor de $6,459.75" in page and "Saldo a favor de $6,469.75" in page and "−$6," not in page


def test_the_letter_says_what_the_bill_leaves_in_favour(office):
    key, owing = psql.signed(office, -10), psql.signed(office, -10)
    in_favour(office, psql.bill_of(office, key), 0)
    in_favour(office, psql.bill_of(office, owing), 100)
    with unguarded(office, "commercial.bills") as raw:
        raw.execute("UPDATE commercial.bills SET balance = 0 WHERE id = %s", (psql.bill_of(office, key),))
    for one in (key, owing):
        office.perform("staff", apply, one)
    body = office.scalar("SELECT body FROM console.notices WHERE correction_id = %s", key)
    assert "porque el recibo ya tiene pagos. El recibo queda con un saldo a favor de $10.00." in body
    assert "saldo a favor" not in office.scalar("SELECT body FROM console.notices WHERE correction_id = %s", owing)


def test_a_batch_writes_the_same_letter(office):
    batches = Batches(office)
    key = batches.signed()
    with unguarded(office, "commercial.bills") as raw:
        raw.execute("UPDATE commercial.bills SET balance = 0 WHERE id IN (SELECT bill_id FROM console.batch_rows"
                    " WHERE batch_id = %s)", (key,))
    batches.perform(apply_batch, key)
    batches.work()
    with psycopg.connect(office.dsn()) as raw:
        rows = raw.execute("SELECT n.body, -c.amount FROM console.notices n JOIN console.corrections c"
                           " ON c.id = n.correction_id JOIN console.batch_rows r ON r.id = c.batch_row_id"
                           " WHERE r.batch_id = %s", (key,)).fetchall()
    assert rows
    for body, amount in rows:
        assert f"El recibo queda con un saldo a favor de ${amount:,.2f}." in body and "{" not in body


def test_the_report_separates_what_is_owed_from_what_is_in_favour(office, bill):
    in_favour(office, bill)
    with psycopg.connect(office.dsn("auditor")) as raw:
        owed, favour = raw.execute("SELECT adeudo, saldo_a_favor FROM report.cuentas WHERE cuenta = %s", (
            office.scalar("SELECT number FROM commercial.accounts WHERE id = 20"),)).fetchone()
    assert (owed, favour) == (0, -FAVOUR)
