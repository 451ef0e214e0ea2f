"""The CFDI of a note: what PostgreSQL writes of it, and the order of its steps for people and programs."""

import psycopg
import pytest

import policies
from models.fiscal import FiscalRecord
from models.queries.fiscal import to_stamp
from policies.corrections.acts import apply, start_reversal, submit
from policies.fiscal import (
    register_acceptance,
    register_cancellation,
    register_refusal,
    register_substitute,
    request_cancellation,
    tidied,
)
from tests import psql
from tests.psql import bill_of

STAMPED = "1B2C3D4E-0000-4000-8000-{:012d}"
numbers = iter(range(1, 1000))


def fresh():
    return STAMPED.format(next(numbers))


def applied(office, share=1, amount=-10, total=None, uuid=True):
    """The record of a correction applied with that share of its bill unpaid."""
    key = psql.signed(office, amount)
    with office.program() as raw:
        raw.execute("UPDATE commercial.bills SET balance = round(total * %s, 2) WHERE id = %s", (share, bill_of(office, key)))
        if total is not None:   # as the commercial system counts it; only the acceptance looks at it
            raw.execute("UPDATE commercial.bills SET balance = balance + %s - total, total = %s WHERE id = %s",
                        (total, total, bill_of(office, key)))
        if not uuid:
            raw.execute("UPDATE commercial.bills SET fiscal_uuid = NULL WHERE id = %s", (bill_of(office, key),))
    office.perform("staff", apply, key)
    return record_of(office, key)


def record_of(office, correction):
    return office.scalar("SELECT f.id FROM console.fiscal_records f JOIN commercial.credit_notes n ON n.id = f.note_id"
                         " WHERE n.correction_id = %s", correction)


def row(office, key):
    return office.scalar("SELECT to_jsonb(f) FROM console.fiscal_records f WHERE id = %s", key)


def original(office, key):
    return office.scalar("SELECT b.fiscal_uuid FROM console.fiscal_records f JOIN commercial.credit_notes n ON n.id ="
                         " f.note_id JOIN commercial.bills b ON b.id = n.bill_id WHERE f.id = %s", key)


def does(office, step, key, **answers):
    office.perform("staff", step, key, answers, model=FiscalRecord)


def refuses(office, step, key, words, **answers):
    before = row(office, key)
    with pytest.raises(policies.Broken, match=words):
        does(office, step, key, **answers)
    assert row(office, key) == before


# ---- what a record is born with


def test_a_corrected_bill_replaces_the_original(office):
    key = applied(office)
    made = row(office, key)
    assert made["reason"] == "01" and made["original_uuid"] == original(office, key) is not None
    assert made["state"] == "pending" and made["substitute_uuid"] is None


def test_a_note_over_a_paid_bill_cancels_nothing(office):
    for amount in (-10, 10):
        made = row(office, applied(office, 0, amount))
        assert made["reason"] is None and made["original_uuid"] and not made["needs_acceptance"]


def test_a_bill_without_cfdi_has_nothing_to_cancel(office):
    made = row(office, applied(office, uuid=False))
    assert made["reason"] is None and made["original_uuid"] is None and not made["needs_acceptance"]


@pytest.mark.parametrize(("total", "asks"), [("1000.00", False), ("1000.01", True), ("5000", True), ("12.5", False)])
def test_acceptance_is_asked_over_a_thousand_pesos(office, total, asks):
    assert row(office, applied(office, total=total))["needs_acceptance"] is asks


def test_a_bill_left_at_nothing_is_cancelled_with_nothing_in_its_place(office):
    key = applied(office, total=10)
    assert row(office, key)["reason"] == "02"
    refuses(office, register_substitute, key, "no lleva comprobante", uuid=fresh())
    does(office, request_cancellation, key, reason="03")
    assert row(office, key)["reason"] == "03" and row(office, key)["state"] == "requested"


def test_undoing_replaces_the_substitute_and_no_longer_the_first(office):
    key = applied(office)
    uuid = fresh()
    does(office, register_substitute, key, uuid=uuid)
    undone = office.scalar("SELECT n.correction_id FROM console.fiscal_records f JOIN commercial.credit_notes n"
                           " ON n.id = f.note_id WHERE f.id = %s", key)
    made = office.perform("staff", start_reversal, undone, {"reason": "Era de otro domicilio."})
    office.perform("staff", submit, made)
    for role in psql.roles(office, made):
        office.sign(made, role)
    office.perform("staff", apply, made)
    assert row(office, record_of(office, made))["original_uuid"] == uuid


def reversed_at_once(office):
    """Two corrected bills of one bill, neither stamped yet: (record of the first, of its reversal)."""
    first = applied(office, total=5000)
    undone = office.scalar("SELECT n.correction_id FROM console.fiscal_records f JOIN commercial.credit_notes n"
                           " ON n.id = f.note_id WHERE f.id = %s", first)
    made = office.perform("staff", start_reversal, undone, {"reason": "Era de otro domicilio."})
    office.perform("staff", submit, made)
    for role in psql.roles(office, made):
        office.sign(made, role)
    office.perform("staff", apply, made)
    return first, record_of(office, made)


def test_corrected_bills_are_stamped_in_order_and_each_replaces_the_one_before(office):
    first, second = reversed_at_once(office)
    refuses(office, register_substitute, second, "se corrigió antes", uuid=fresh())
    refused(office, "AG024", second, f"state = 'substituted', substitute_uuid = '{fresh()}'")
    with office.speaks("staff") as session:
        waiting = {record.id for record in session.scalars(to_stamp())}
        assert first in waiting and second not in waiting
    uuid = fresh()
    does(office, register_substitute, first, uuid=uuid)
    does(office, register_substitute, second, uuid=fresh())
    assert row(office, second)["original_uuid"] == uuid and row(office, first)["original_uuid"] == original(office, first)


def test_every_note_has_its_record_whoever_writes_it(office):
    key = psql.applied(office)
    assert record_of(office, key)
    assert office.scalar("SELECT count(*) FROM commercial.credit_notes") == office.scalar(
        "SELECT count(*) FROM console.fiscal_records")


def test_no_program_writes_a_new_record(office):
    key = psql.applied(office)
    for role in ("staff", "commercial_director", "auditor"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), office.program(role) as raw:
            raw.execute("INSERT INTO console.fiscal_records (note_id, reason) SELECT id, '04'"
                        " FROM commercial.credit_notes WHERE correction_id = %s", (key,))


# ---- the path


def test_the_whole_path_of_a_corrected_bill_over_a_thousand(office):
    key = applied(office, total=5000)
    refuses(office, request_cancellation, key, "Primero registre el comprobante sustituto")
    does(office, register_substitute, key, uuid=fresh())
    does(office, request_cancellation, key)
    refuses(office, register_cancellation, key, "pasa de 1,000 MXN: registre antes la aceptación")
    does(office, register_acceptance, key)
    does(office, register_cancellation, key)
    assert row(office, key)["state"] == "cancelled"


def test_a_receiver_who_refuses_is_asked_again(office):
    key = applied(office, total=5000)
    refuses(office, register_refusal, key, "Pendiente")
    does(office, register_substitute, key, uuid=fresh())
    does(office, request_cancellation, key)
    does(office, register_refusal, key)
    refused = row(office, key)
    assert (refused["state"], refused["reason"]) == ("refused", "01")
    refuses(office, register_cancellation, key, "Rechazada por el receptor")
    refuses(office, register_acceptance, key, "Rechazada por el receptor")
    does(office, request_cancellation, key)
    does(office, register_acceptance, key)
    does(office, register_cancellation, key)
    assert row(office, key)["state"] == "cancelled"


def test_nobody_refuses_what_needs_no_acceptance(office):
    key = applied(office, total=900)
    does(office, register_substitute, key, uuid=fresh())
    does(office, request_cancellation, key)
    refuses(office, register_refusal, key, "se cancela sin aceptación")
    with pytest.raises(psycopg.Error) as error, office.program("staff") as raw:
        raw.execute("UPDATE console.fiscal_records SET state = 'refused' WHERE id = %s", (key,))
    assert error.value.sqlstate == "AG024"


def test_up_to_a_thousand_no_acceptance_is_waited_for(office):
    key = applied(office, total=900)
    does(office, register_substitute, key, uuid=fresh())
    does(office, request_cancellation, key)
    refuses(office, register_acceptance, key, "se cancela sin aceptación")
    does(office, register_cancellation, key)
    assert row(office, key)["state"] == "cancelled"


def test_a_note_is_stamped_and_its_original_stays(office):
    key = applied(office, 0)
    does(office, register_substitute, key, uuid=fresh())
    refuses(office, request_cancellation, key, "El comprobante original sigue vigente")


def test_what_never_had_a_cfdi_is_stamped_and_cancels_nothing(office):
    key = applied(office, uuid=False)
    does(office, register_substitute, key, uuid=fresh())
    refuses(office, request_cancellation, key, "no tenía comprobante fiscal")


def test_no_other_office_takes_these_steps(office):
    key = applied(office)
    for role in ("commercial_director", "unit_head", "auditor", "administrator"):
        with office.speaks("staff") as session:
            why = policies.refusal(register_substitute, office.actor(role), session.get(FiscalRecord, key))
            assert isinstance(why, policies.Denied)


# ---- the folio as people type it


@pytest.mark.parametrize("typed", [
    "1b2c3d4e-0000-4000-8000-1234567890ab", "  1B2C3D4E-0000-4000-8000-1234567890AB ", "1B2C3D4E 0000 4000 8000 1234567890AB",
    "1B2C3D4E000040008000 1234567890ab", "{1B2C3D4E-0000-4000-8000-1234567890AB}", "1B2C3D4E–0000–4000–8000–1234567890AB"])
def test_a_folio_is_tidied(typed):
    assert tidied(typed) == "1B2C3D4E-0000-4000-8000-1234567890AB"


@pytest.mark.parametrize("typed", ["", "1B2C", "G" * 32, "1" * 31, "1" * 33, "'; DROP TABLE", "１" * 32])
def test_another_thing_is_refused_with_one_sentence(typed):
    with pytest.raises(policies.Broken, match="32 cifras hexadecimales"):
        tidied(typed)


def test_neither_the_original_nor_one_already_used(office):
    key, other, uuid = applied(office), applied(office), fresh()
    refuses(office, register_substitute, key, "comprobante original", uuid=original(office, key).lower())
    does(office, register_substitute, other, uuid=uuid)
    before = row(office, key)
    for taken, code in ((uuid, "23505"), (original(office, other), "AG025")):
        with pytest.raises(Exception) as caught:
            does(office, register_substitute, key, uuid=taken)
        assert caught.value.orig.sqlstate == code
    assert row(office, key) == before


# ---- in psql


def forced(office, key, change, role="staff"):
    with office.program(role) as raw:
        raw.execute(f"UPDATE console.fiscal_records SET {change} WHERE id = %s", (key,))


def refused(office, code, key, change, role="staff"):
    before = row(office, key)
    with pytest.raises(psycopg.Error) as caught:
        forced(office, key, change, role)
    assert caught.value.sqlstate == code, caught.value
    assert row(office, key) == before


def test_no_program_skips_a_step(office):
    stamped = f"state = 'substituted', substitute_uuid = '{fresh()}'"
    key = applied(office, total=5000)
    for code, change in (("AG024", "state = 'requested'"), ("AG001", "state = 'accepted'"), ("AG001", "state = 'cancelled'"),
                         ("AG024", "state = 'substituted'")):
        refused(office, code, key, change)
    forced(office, key, stamped)
    refused(office, "AG001", key, "state = 'pending'")
    forced(office, key, "state = 'requested'")
    refused(office, "AG024", key, "state = 'cancelled'")
    forced(office, key, "state = 'accepted'")
    forced(office, key, "state = 'cancelled'")
    refused(office, "AG001", key, "state = 'requested'")


def test_no_program_asks_what_is_not_due(office):
    note, cheap, bare = applied(office, 0), applied(office, total=900), applied(office, total=10)
    refused(office, "AG024", note, "state = 'requested'")
    refused(office, "AG024", bare, f"state = 'substituted', substitute_uuid = '{fresh()}'")
    forced(office, cheap, f"state = 'substituted', substitute_uuid = '{fresh()}'")
    forced(office, cheap, "state = 'requested'")
    refused(office, "AG024", cheap, "state = 'accepted'")
    refused(office, "AG002", bare, "state = 'requested', reason = '01'")
    forced(office, bare, "state = 'requested', reason = '03'")


@pytest.mark.parametrize("change", ["original_uuid = NULL", "needs_acceptance = NOT needs_acceptance", "note_id = note_id + 1",
                                    "opened_at = now()", "reason = '03'", "reason = NULL",
                                    "substitute_uuid = '1B2C3D4E-0000-4000-8000-1234567890AB'"])
def test_the_facts_stand_still_for_the_owner_too(office, change):
    refused(office, "AG002", applied(office), change, None)


def test_a_record_is_never_deleted(office):
    key = applied(office)
    with pytest.raises(psycopg.Error) as caught, office.program() as raw:
        raw.execute("DELETE FROM console.fiscal_records WHERE id = %s", (key,))
    assert caught.value.sqlstate == "AG002"
