"""What PostgreSQL itself refuses, whoever connects: application and notes."""

import pytest

from tests import psql
from tests.psql import balance, bill_of, refused, whole


def test_a_correction_walks_its_whole_path_in_psql_alone(office):
    key = psql.new_draft(office, -10)
    bill = bill_of(office, key)
    before = balance(office, bill)
    psql.send(office, key)
    psql.sign(office, key)
    psql.post(office, key)
    assert balance(office, bill) == before - 10
    assert whole(office, key)["correction"]["state"] == "applied"


@pytest.mark.parametrize("amount", [-10, 1500, 20000])
def test_nothing_is_applied_without_every_signature(office, amount):
    key = psql.sent(office, amount)
    for role in psql.roles(office, key):
        with refused(office, "AG006", key), office.program("staff") as raw:
            raw.execute(psql.NOTE, (key,))
        psql.sign(office, key, role)
    psql.post(office, key)
    assert len(whole(office, key)["notes"]) == 1


def test_a_signed_state_is_not_reached_with_one_signature_of_two(office):
    key = psql.sent(office, 1500)
    psql.sign(office, key, "unit_head")
    with refused(office, "AG006", key), office.program("unit_head") as raw:
        raw.execute("UPDATE console.corrections SET state = 'signed' WHERE id = %s", (key,))


def test_applied_without_its_note_does_not_commit(office):
    key = psql.signed(office)
    with refused(office, "AG008", key), office.program("staff") as raw:
        raw.execute(psql.APPLIED, (key,))


def test_a_note_without_its_application_does_not_commit(office):
    key = psql.signed(office)
    with refused(office, "AG008", key), office.program("staff") as raw:
        (note,) = raw.execute(psql.NOTE, (key,)).fetchone()
        raw.execute(psql.NOTE_LINES, (note,))


def test_a_debit_note_raises_what_the_bill_owes_and_its_day_is_the_database_s(office):
    key = psql.signed(office, 10)
    bill = bill_of(office, key)
    due = balance(office, bill) + 10
    with office.program("staff") as raw:
        (note,) = raw.execute(psql.NOTE.replace("correction_id, amount", "correction_id, amount, issued_at").replace(
            "abs(amount)", "abs(amount), '2020-01-01'"), (key,)).fetchone()
        raw.execute(psql.NOTE_LINES, (note,))
        raw.execute(psql.LETTER, (key,))
        raw.execute(psql.APPLIED, (key,))
    assert balance(office, bill) == due
    assert office.scalar("SELECT issued_at > now() - interval '1 day' FROM commercial.credit_notes WHERE id = %s", note)


@pytest.mark.parametrize("column, value", [
    ("amount", "amount + 1"), ("kind", "'debit'"), ("bill_id", "bill_id - 1")])
def test_a_note_of_another_amount_side_or_bill_is_refused(office, column, value):
    key = psql.signed(office)
    columns = {"folio": "console.next_folio('NC')", "kind": "'credit'", "bill_id": "bill_id",
               "correction_id": "id", "amount": "abs(amount)"}
    columns[column] = value.replace("amount +", "abs(amount) +")
    with refused(office, "AG008", key), office.program("staff") as raw:
        (note,) = raw.execute(
            f"INSERT INTO commercial.credit_notes ({', '.join(columns)}) SELECT {', '.join(columns.values())}"
            " FROM console.corrections WHERE id = %s RETURNING id", (key,)).fetchone()
        raw.execute(psql.NOTE_LINES, (note,))
        raw.execute(psql.LETTER, (key,))
        raw.execute(psql.APPLIED, (key,))


@pytest.mark.parametrize("change", [
    "amount + CASE position WHEN 1 THEN 1 ELSE 0 END, tax FROM signed",
    "amount, tax FROM signed WHERE position <> 3",
    # The sum is right and the services are not: the next correction would start from a lie.
    "amount + CASE position WHEN 1 THEN -5 WHEN 2 THEN 5 ELSE 0 END, tax FROM signed"])
def test_note_lines_are_those_that_were_signed(office, change):
    key = psql.signed(office)
    with refused(office, "AG008", key), office.program("staff") as raw:
        (note,) = raw.execute(psql.NOTE, (key,)).fetchone()
        raw.execute("WITH signed AS (SELECT position, service, amount_before - amount_after AS amount,"
                    " tax_before - tax_after AS tax FROM console.correction_lines WHERE correction_id = %s)"
                    " INSERT INTO commercial.credit_note_lines (credit_note_id, position, service, amount, tax)"
                    f" SELECT %s, position, service, {change}", (key, note))
        raw.execute(psql.APPLIED, (key,))


def test_a_line_added_to_an_old_note_is_refused(office):
    key = psql.applied(office)
    note = whole(office, key)["notes"][0]["id"]
    with refused(office, "23505", key), office.program("staff") as raw:
        raw.execute("INSERT INTO commercial.credit_note_lines (credit_note_id, position, service, amount, tax)"
                    " VALUES (%s, 9, 'water', 1, 0)", (note,))


def test_a_second_note_of_one_correction_is_refused(office):
    key = psql.applied(office)
    with refused(office, "AG008", key), office.program("staff") as raw:
        raw.execute(psql.NOTE, (key,))


def test_a_note_left_out_by_its_conflict_moves_no_balance(office):
    """Every trigger before the row runs although no row arrives."""
    key = psql.signed(office)
    bill = bill_of(office, key)
    due = balance(office, bill) - 10
    with office.program("staff") as raw:
        psql.write_note(raw, key)
    assert balance(office, bill) == due
    with refused(office, "AG008", key), office.program("staff") as raw:
        raw.execute(psql.NOTE.replace("RETURNING id", "ON CONFLICT DO NOTHING"), (key,))
    assert balance(office, bill) == due


def test_two_notes_in_one_transaction_move_the_balance_once(office):
    """The second one meets its conflict while the first has no lines yet."""
    key = psql.signed(office)
    bill = bill_of(office, key)
    due = balance(office, bill) - 10
    with office.program("staff") as raw:
        (note,) = raw.execute(psql.NOTE, (key,)).fetchone()
        again = ("INSERT INTO commercial.credit_notes (folio, kind, bill_id, correction_id, amount)"
                 " SELECT folio, kind, bill_id, correction_id, amount FROM commercial.credit_notes"
                 " WHERE id = %s ON CONFLICT DO NOTHING")
        assert raw.execute(again, (note,)).rowcount == 0
        raw.execute(psql.NOTE_LINES, (note,))
        raw.execute(psql.LETTER, (key,))
        raw.execute(psql.APPLIED, (key,))
    assert balance(office, bill) == due


def test_no_line_joins_a_note_that_was_written_before(office):
    """Over a bill that is charged two services: a line of the third is one that nobody signed."""
    bill = office.scalar(psql.FREE_BILL)
    with psql.unguarded(office, "commercial.bill_lines") as raw:
        raw.execute("DELETE FROM commercial.bill_lines WHERE service = 'sanitation' AND bill_id = %s", (bill,))
    key = psql.applied(office, bill=bill)
    with refused(office, "AG008", key), office.program("staff") as raw:
        raw.execute("INSERT INTO commercial.credit_note_lines (credit_note_id, position, service, amount, tax)"
                    " SELECT id, 9, 'sanitation', 5, 0 FROM commercial.credit_notes WHERE correction_id = %s", (key,))


@pytest.mark.parametrize("statement", [
    "UPDATE commercial.credit_notes SET amount = amount + 1 WHERE correction_id = %s",
    "DELETE FROM commercial.credit_notes WHERE correction_id = %s",
    "UPDATE commercial.credit_note_lines SET amount = 0 WHERE credit_note_id ="
    " (SELECT id FROM commercial.credit_notes WHERE correction_id = %s)",
    "DELETE FROM commercial.credit_note_lines WHERE credit_note_id ="
    " (SELECT id FROM commercial.credit_notes WHERE correction_id = %s)"])
def test_a_note_never_changes_not_even_for_the_owner(office, statement):
    key = psql.applied(office)
    with refused(office, "AG002", key), office.program() as raw:
        raw.execute(statement, (key,))


def test_the_owner_writes_no_note_without_an_office(office):
    key = psql.signed(office)
    with refused(office, "42501", key), office.program() as raw:
        raw.execute("SELECT set_config('app.actor', %s, true)", (str(office.actor("staff").id),))
        raw.execute(psql.NOTE, (key,))


def test_no_office_moves_a_balance_by_hand(office):
    key = psql.signed(office)
    for role in ("staff", "commercial_director", "auditor", "administrator"):
        with refused(office, "42501", key), office.program(role) as raw:
            raw.execute("UPDATE commercial.bills SET balance = 0 WHERE id = %s", (bill_of(office, key),))


def test_a_bill_that_the_commercial_system_changed_is_not_corrected_on_the_past(office):
    key = psql.signed(office)
    change = ("UPDATE commercial.bill_lines SET amount = amount + %s WHERE service = 'water' AND bill_id ="
              " (SELECT bill_id FROM console.corrections WHERE id = %s)")
    with office.program() as raw:
        raw.execute(change, (1, key))
    with refused(office, "AG008", key), office.program("staff") as raw:
        psql.write_note(raw, key)
    with office.program() as raw:
        raw.execute(change, (-1, key))
    psql.post(office, key)
