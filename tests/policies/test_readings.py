"""Functions of PostgreSQL that are made of named SELECTs: what a declaration says, and what the start refuses."""

import pytest
from sqlalchemy import ARRAY, Date, Integer, func, select

from models.billing import Bill
from policies.core.declarations import Misdeclared
from policies.core.sql import functions, readings


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """Nothing else declared."""
    monkeypatch.setattr(readings, "READINGS", {})


def one(name="balance_of", **arguments):
    readings.reading(name, lambda bill: select(Bill.balance).where(Bill.id == bill), **(arguments or {"bill": Integer}))


def test_a_value_is_read_by_the_function_s_argument():
    one()
    (text,) = readings.statements()
    assert text.startswith("CREATE OR REPLACE FUNCTION console.balance_of(bill integer) RETURNS numeric\n")
    assert "SECURITY DEFINER" in text and text.endswith("WHERE commercial.bills.id = $1 $$;")


def test_columns_rows_and_arguments_that_are_rows_are_told_by_their_types():
    readings.reading("said", lambda b, days: select(Bill.folio, func.least(b.due_on, type_=Date).label("due")).where(
        Bill.id == b.id), b=Bill, days=ARRAY(Date))
    (text,) = readings.statements()
    assert '(b commercial.bills, days date[]) RETURNS TABLE ("folio" text, "due" date)' in text
    assert "least(($1).due_on)" in text and "commercial.bills.id = ($1).id" in text


def test_many_rows_of_one_column_are_a_set():
    readings.reading("folios", lambda: select(Bill.folio), many=True)
    assert "console.folios() RETURNS SETOF text" in next(readings.statements())


def test_who_may_call_it_is_said_with_it(monkeypatch):
    monkeypatch.setattr(functions, "CALLERS", {})
    readings.reading("folios", lambda: select(Bill.folio), by=("console_gate",))
    assert list(functions.grants()) == ["GRANT EXECUTE ON FUNCTION console.folios() TO console_gate;"]


def test_the_start_refuses_a_function_declared_twice_and_a_column_without_type():
    one()
    with pytest.raises(Misdeclared, match="declared twice"):
        one()
    readings.reading("untyped", lambda: select(func.whatever(1)))
    with pytest.raises(Misdeclared, match="has no type"):
        list(readings.statements())
