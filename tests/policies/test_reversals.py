"""Undo is a new document: only its own signed and applied reversal undoes a correction."""

import pytest

import policies
from models.corrections import Correction
from policies.corrections.acts import apply, start_reversal, submit
from tests import psql
from tests.psql import balance, bill_of, refused, whole

REVERSE = psql.NEW.replace("reason, eligible, amount)", "reason, eligible, amount, reversal_of_id)").replace(
    "true, %s", "true, %s, {}")


def reversal(office, undone):
    made = office.perform("staff", start_reversal, undone, {"reason": "Era de otro domicilio."})
    office.perform("staff", submit, made)
    return made


def test_a_reversal_gives_back_exactly_what_was_taken(office):
    undone = psql.signed(office)
    due = balance(office, bill_of(office, undone))
    psql.post(office, undone)
    made = reversal(office, undone)
    office.sign(made)
    office.perform("staff", apply, made)
    assert balance(office, bill_of(office, undone)) == due
    assert whole(office, undone)["correction"]["reversed_by_id"] == made
    assert whole(office, made)["notes"][0]["kind"] == "debit"
    # The bill is free again, once.
    with office.program("staff") as raw:
        raw.execute(psql.NEW, (-1, bill_of(office, undone)))


def test_reversed_by_names_only_its_own_signed_reversal(office):
    undone, other = psql.applied(office), psql.applied(office)
    made = reversal(office, undone)
    for key, by in ((undone, other), (undone, made), (other, made), (undone, undone)):
        with refused(office, "AG002", undone, other, made), office.program("staff") as raw:
            raw.execute("UPDATE console.corrections SET reversed_by_id = %s WHERE id = %s", (by, key))


def test_a_signed_reversal_undoes_nothing_before_it_is_applied(office):
    undone = psql.applied(office)
    made = reversal(office, undone)
    office.sign(made)
    with refused(office, "AG008", undone, made), office.program("staff") as raw:
        raw.execute("UPDATE console.corrections SET reversed_by_id = %s WHERE id = %s", (made, undone))


def test_a_reversal_is_not_applied_without_telling_what_it_undoes(office):
    undone = psql.applied(office)
    made = reversal(office, undone)
    office.sign(made)
    with refused(office, "AG008", undone, made), office.program("staff") as raw:
        psql.write_note(raw, made)


def test_a_reversal_goes_back_and_nowhere_else(office):
    undone = psql.applied(office)
    with office.program("staff") as raw:
        (made,) = raw.execute(REVERSE.format(undone), (5, bill_of(office, undone))).fetchone()
        raw.execute("INSERT INTO console.correction_lines (correction_id, position, service, amount_before, tax_before,"
                    " amount_after, tax_percent_after, tax_after) SELECT %s, position, service, amount_after, tax_after,"
                    " amount_after + CASE service WHEN 'water' THEN 5 ELSE 0 END, tax_percent_after, tax_after"
                    " FROM console.correction_lines WHERE correction_id = %s", (made, undone))
    with refused(office, "AG008", made), office.program("staff") as raw:
        raw.execute(psql.SEND, (made,))


@pytest.mark.parametrize("state", ["draft", "sent", "signed"])
def test_only_what_was_applied_is_reversed(office, state):
    key = {"draft": psql.new_draft, "sent": psql.sent, "signed": psql.signed}[state](office)
    with refused(office, "AG008", key), office.program("staff") as raw:
        raw.execute(REVERSE.format(key), (10, bill_of(office, key)))


def test_a_reversal_is_of_the_same_bill_and_there_is_one(office):
    undone, other = psql.applied(office), psql.applied(office)
    with refused(office, "AG008", undone), office.program("staff") as raw:
        raw.execute(REVERSE.format(undone), (10, bill_of(office, other)))
    made = reversal(office, undone)
    with refused(office, "23505", undone, made), office.program("staff") as raw:
        raw.execute(REVERSE.format(undone), (10, bill_of(office, undone)))
    office.sign(made)
    office.perform("staff", apply, made)
    for key in (undone, made):   # neither twice, nor a reversal of a reversal
        with refused(office, "AG008", undone, made), office.program("staff") as raw:
            raw.execute(REVERSE.format(key), (10, bill_of(office, undone)))


def test_the_act_refuses_to_undo_twice_in_spanish(office):
    undone = psql.applied(office)
    made = reversal(office, undone)
    with office.speaks("staff") as session:
        why = policies.refusal(start_reversal, office.actor("staff"), session.get(Correction, undone))
    assert isinstance(why, policies.Broken) and "abierta" in str(why) and made
