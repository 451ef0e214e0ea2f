"""Which CFDI a note replaces and what each step waits for, where one bill is corrected more than once."""

import pytest

from policies.corrections.acts import apply, start_reversal, submit
from policies.fiscal import register_substitute
from tests import psql
from tests.policies.test_fiscal import applied, does, forced, fresh, original, record_of, refused, row

SUBSTITUTED = "state = 'substituted', substitute_uuid = '{}'"


def undone(office, first, share=None):
    """The record of the reversal of that note's correction; before it, that share of the bill is owed."""
    key, bill = office.scalar("SELECT json_build_array(n.correction_id, n.bill_id) FROM console.fiscal_records f JOIN"
                              " commercial.credit_notes n ON n.id = f.note_id WHERE f.id = %s", first)
    made = office.perform("staff", start_reversal, key, {"reason": "Era de otro domicilio."})
    office.perform("staff", submit, made)
    for role in psql.roles(office, made):
        office.sign(made, role)
    if share is not None:
        with office.program() as raw:
            raw.execute("UPDATE commercial.bills SET balance = round((total - 10) * %s, 2) WHERE id = %s", (share, bill))
    office.perform("staff", apply, made)
    return record_of(office, made)


def test_until_the_first_is_stamped_the_second_replaces_the_original(office):
    first = applied(office)
    second = undone(office, first)
    assert row(office, second)["original_uuid"] == original(office, first) == row(office, first)["original_uuid"]


def test_acceptance_goes_by_the_total_of_the_cfdi_that_is_replaced(office, monkeypatch):
    """The bill said 5,000; the corrected bill that stands for it says what its lines add up to."""
    small = "WHERE (SELECT sum(l.amount + l.tax) FROM commercial.bill_lines l WHERE l.bill_id = b.id) <= 1000 AND"
    monkeypatch.setattr(psql, "FREE_BILL", psql.FREE_BILL.replace("WHERE w.amount", f"{small} w.amount"))
    first = applied(office, total=5000)
    second = undone(office, first)
    assert row(office, second)["needs_acceptance"]
    does(office, register_substitute, first, uuid=fresh())
    does(office, register_substitute, second, uuid=fresh())
    stands = office.scalar("SELECT sum(l.amount_after + l.tax_after) FROM console.fiscal_records f JOIN commercial.credit_notes n"
                           " ON n.id = f.note_id JOIN console.correction_lines l ON l.correction_id = n.correction_id"
                           " WHERE f.id = %s", first)
    assert stands <= 1000 and not row(office, second)["needs_acceptance"]


def test_the_first_cfdi_of_a_bill_that_had_none_is_replaced_by_the_second(office):
    first = applied(office, uuid=False)
    second = undone(office, first)
    assert row(office, second)["reason"] is None
    uuid = fresh()
    does(office, register_substitute, first, uuid=uuid)
    does(office, register_substitute, second, uuid=fresh())
    assert (row(office, second)["original_uuid"], row(office, second)["reason"]) == (uuid, "01")


def test_after_a_bill_left_at_nothing_there_is_no_cfdi_to_replace_nor_to_wait_for(office):
    second = undone(office, applied(office, total=10))
    assert (row(office, second)["original_uuid"], row(office, second)["reason"]) == (None, None)
    does(office, register_substitute, second, uuid=fresh())


@pytest.mark.parametrize(("first", "then"), [(1, 0), (0, 1)])
def test_a_note_waits_for_no_corrected_bill_nor_a_corrected_bill_for_a_note(office, first, then):
    second = undone(office, applied(office, first), then)
    does(office, register_substitute, second, uuid=fresh())
    assert row(office, second)["state"] == "substituted"


def test_a_note_asks_no_acceptance_of_any_size(office):
    assert not row(office, applied(office, 0, total=5000))["needs_acceptance"]


def test_what_never_had_a_cfdi_is_not_cancelled_though_nothing_is_left_of_it(office):
    key = applied(office, amount=-10, total=10, uuid=False)
    assert row(office, key)["reason"] == "02" and not row(office, key)["needs_acceptance"]
    refused(office, "AG024", key, "state = 'requested'")


@pytest.mark.parametrize("change", ["reason = '03'", "reason = NULL", "state = 'requested', reason = '01'",
                                    "state = 'requested', reason = NULL"])
def test_a_reason_changes_only_when_it_is_asked_for_and_never_to_a_substitution(office, change):
    refused(office, "AG002", applied(office, total=10), change, None if "state" not in change else "staff")


@pytest.mark.parametrize("terms", [{}, {"share": 0}])
def test_nobody_cancels_for_another_reason_what_must_be_replaced_or_stands(office, terms):
    refused(office, "AG002", applied(office, **terms), "state = 'requested', reason = '02'")


def test_a_substitute_is_written_once_and_only_when_it_is_stamped(office):
    key = applied(office)
    refused(office, "AG002", key, f"substitute_uuid = '{fresh()}'", None)
    forced(office, key, SUBSTITUTED.format(fresh()))
    refused(office, "AG002", key, f"substitute_uuid = '{fresh()}'", None)


def test_a_substitute_is_the_cfdi_of_no_other_bill(office):
    other = office.scalar("SELECT max(fiscal_uuid) FROM commercial.bills b WHERE NOT EXISTS"
                          " (SELECT FROM console.fiscal_records f WHERE f.original_uuid = b.fiscal_uuid)")
    refused(office, "AG025", applied(office), SUBSTITUTED.format(other))


def test_nor_one_that_a_record_says_although_its_bill_was_written_otherwise(office):
    """The commercial system may write it in small letters; the record says it as the tax authority does."""
    key, other = applied(office), applied(office)
    with office.program() as raw:
        raw.execute("UPDATE commercial.bills SET fiscal_uuid = lower(fiscal_uuid) WHERE fiscal_uuid = %s",
                    (row(office, other)["original_uuid"],))
    refused(office, "AG025", key, SUBSTITUTED.format(row(office, other)["original_uuid"]))
