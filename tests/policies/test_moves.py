"""States move along the acts and nowhere else; what is sent is whole; folios have no gap."""

import psycopg
import pytest

from models.base.people import Role
from models.corrections import CorrectionState as S
from policies.core.rules import ACTS
from tests import psql
from tests.psql import refused, whole

ALLOWED = {(source.value, target.value, role.value) for (model, _), step in ACTS.items()
           if model.__tablename__ == "corrections" for source, targets in step.moves.items()
           for target in targets for role in step.by}


@pytest.fixture(scope="module")
def standing(office):
    """One correction in each state."""
    keys = {"draft": psql.new_draft(office), "submitted": psql.sent(office, 1500),
            "signed": psql.signed(office), "applied": psql.applied(office),
            "rejected": psql.sent(office), "withdrawn": psql.new_draft(office)}
    with office.program("commercial_director") as raw:
        raw.execute("UPDATE console.corrections SET state = 'rejected', decision_reason = 'No.' WHERE id = %s",
                    (keys["rejected"],))
    with office.program("staff") as raw:
        raw.execute("UPDATE console.corrections SET state = 'withdrawn' WHERE id = %s", (keys["withdrawn"],))
    return keys


@pytest.mark.parametrize("target", [state.value for state in S])
@pytest.mark.parametrize("source", [state.value for state in S])
def test_no_office_moves_a_state_that_no_act_of_theirs_moves(office, standing, source, target):
    key = standing[source]
    for role in Role:
        if source == target or (source, target, role.value) in ALLOWED:
            continue
        may = office.scalar("SELECT has_column_privilege(%s, 'console.corrections', 'state', 'UPDATE')",
                            f"console_{role.value}")
        with refused(office, "AG001" if may else "42501", key), office.program(role.value) as raw:
            raw.execute("UPDATE console.corrections SET state = %s WHERE id = %s", (target, key))


@pytest.mark.parametrize("target", [state.value for state in S])
@pytest.mark.parametrize("source", [state.value for state in S])
def test_the_owner_moves_no_state_even_naming_a_person(office, standing, source, target):
    if source == target:
        return
    key = standing[source]
    with refused(office, "42501", key), office.program() as raw:
        raw.execute("SELECT set_config('app.actor', %s, true)", (str(office.actor("staff").id),))
        raw.execute("UPDATE console.corrections SET state = %s WHERE id = %s", (target, key))


@pytest.mark.parametrize("change, code", [
    ("UPDATE console.corrections SET amount = amount - 1 WHERE id = %s", "AG008"),
    ("UPDATE console.corrections SET eligible = false WHERE id = %s", "AG008"),
    ("DELETE FROM console.correction_lines WHERE correction_id = %s", "AG008"),
    ("DELETE FROM console.correction_lines WHERE correction_id = %s AND position = 3", "AG008"),
    ("UPDATE console.corrections SET amount = 0 WHERE id = %s", "23514"),
    ("UPDATE console.corrections SET amount = 'NaN' WHERE id = %s", "23514")])
def test_what_does_not_add_up_is_not_sent(office, change, code):
    key = psql.new_draft(office)
    with refused(office, code, key), office.program("staff") as raw:
        raw.execute(change, (key,))
        raw.execute(psql.SEND, (key,))


def test_a_correction_starts_from_what_the_bill_says(office):
    """The lines add up, over a bill that never said so much."""
    key = psql.new_draft(office)
    with refused(office, "AG008", key), office.program("staff") as raw:
        raw.execute("DELETE FROM console.correction_lines WHERE correction_id = %s", (key,))
        raw.execute(psql.LINES.replace("amount, tax, amount +", "amount + 500, tax, amount + 500 +"),
                    (key, -10, psql.bill_of(office, key)))
        raw.execute(psql.SEND, (key,))


@pytest.mark.parametrize("column", ["amount_before", "tax_before", "amount_after", "tax_after"])
@pytest.mark.parametrize("value, code", [("NaN", "23514"), ("Infinity", "22003"), ("-Infinity", "22003"),
                                         ("1000000000", "23514")])
def test_no_line_holds_what_is_no_money(office, column, value, code):
    key = psql.new_draft(office)
    columns = dict.fromkeys(("amount_before", "tax_before", "amount_after", "tax_after"), "0") | {column: value}
    with refused(office, code, key), office.program("staff") as raw:
        raw.execute("DELETE FROM console.correction_lines WHERE correction_id = %s", (key,))
        raw.execute(f"INSERT INTO console.correction_lines (correction_id, position, service, tax_percent_after,"
                    f" {', '.join(columns)}) VALUES (%s, 1, 'water', 0, %s, %s, %s, %s)", (key, *columns.values()))


FORGED_PLACE = ("INSERT INTO console.signature_places (subject, subject_id, revision, position, role, rule)"
                " VALUES ('corrections', %s, 1, 9, 'unit_head', 'inventada')")


def test_nothing_is_sent_that_no_band_covers(office):
    key = psql.new_draft(office, 1500)
    with psql.unguarded(office, "console.approval_bands") as raw:
        raw.execute("UPDATE console.approval_bands SET state = 'draft' WHERE state = 'in_force'")
    with refused(office, "AG036", key), office.program("staff") as raw:
        raw.execute(psql.SEND, (key,))
    with psql.unguarded(office, "console.approval_bands") as raw:
        raw.execute("UPDATE console.approval_bands SET state = 'in_force' WHERE state = 'draft'")


@pytest.mark.parametrize("state", ["draft", "submitted", "signed", "applied", "rejected", "withdrawn"])
@pytest.mark.parametrize(("role", "code"), [("staff", "42501"), ("commercial_director", "42501"), (None, "AG002")])
def test_nobody_writes_a_place_not_even_the_owner(office, standing, state, role, code):
    key = standing[state] if state != "draft" else psql.new_draft(office)
    with refused(office, code, key), office.program(role) as raw:
        raw.execute(FORGED_PLACE, (key,))


@pytest.mark.parametrize("statement", [
    "UPDATE console.signature_places SET role = 'staff' WHERE subject = 'corrections' AND subject_id = %s",
    "DELETE FROM console.signature_places WHERE subject = 'corrections' AND subject_id = %s"])
def test_a_slot_never_changes(office, standing, statement):
    key = standing["submitted"]
    with refused(office, "AG002", key), office.program() as raw:
        raw.execute(statement, (key,))
    with refused(office, "42501", key), office.program("staff") as raw:
        raw.execute(statement, (key,))


def test_a_bill_has_one_correction_open_and_one_standing(office, standing):
    for state, code in (("draft", "23505"), ("submitted", "23505"), ("signed", "23505"), ("applied", "23505")):
        key = standing[state]
        with refused(office, code, key), office.program("staff") as raw:
            raw.execute(psql.NEW, (-1, psql.bill_of(office, key)))
    for state in ("rejected", "withdrawn"):
        with office.program("staff") as raw:
            raw.execute(psql.NEW, (-1, psql.bill_of(office, standing[state])))


def test_a_decision_without_its_reason_is_refused(office):
    key = psql.sent(office)
    for change in ("state = 'rejected'", "state = 'draft', revision = revision + 1",
                   "state = 'rejected', decision_reason = '  '"):
        with refused(office, "AG008", key), office.program("commercial_director") as raw:
            raw.execute(f"UPDATE console.corrections SET {change} WHERE id = %s", (key,))


@pytest.mark.parametrize("revision", ["revision", "revision + 2", "revision - 1", "1"])
def test_a_return_opens_the_next_revision_and_no_other(office, revision):
    key = psql.sent(office)
    with refused(office, "AG002", key), office.program("commercial_director") as raw:
        raw.execute("UPDATE console.corrections SET state = 'draft', decision_reason = 'x', revision ="
                    f" {revision} WHERE id = %s", (key,))


def test_old_signatures_stay_and_count_no_more_after_a_return(office):
    key = psql.sent(office, 1500)
    psql.sign(office, key, "unit_head")
    psql.send_back(office, key)
    psql.send(office, key)
    assert len(whole(office, key)["signatures"]) == 1
    with refused(office, "AG007", key), office.program("commercial_director") as raw:
        raw.execute(psql.SIGN, (key,))
    for role in ("unit_head", "commercial_director"):
        psql.sign(office, key, role)
    psql.post(office, key)
    assert [(row["revision"], row["role"]) for row in whole(office, key)["signatures"]] == [
        (1, "unit_head"), (2, "unit_head"), (2, "commercial_director")]


def test_a_band_that_retires_changes_no_open_case(office):
    key = psql.sent(office, 20000)
    slots = whole(office, key)["slots"]
    with office.program("commercial_director") as raw:
        raw.execute("UPDATE console.approval_bands SET state = 'retired' WHERE from_amount = 10000")
    for role in psql.roles(office, key):
        psql.sign(office, key, role)
    psql.post(office, key)
    assert whole(office, key)["slots"] == slots
    late = psql.new_draft(office, 20000)
    with refused(office, "AG036", late), office.program("staff") as raw:
        raw.execute(psql.SEND, (late,))


# ---- folios

def numbers(office, series):
    with office.program() as raw:
        return [row[0] for row in raw.execute(
            "SELECT right(folio, 6)::int FROM (SELECT folio FROM console.corrections UNION ALL"
            " SELECT folio FROM commercial.credit_notes) f WHERE folio LIKE %s ORDER BY 1", (series + "-%",))]


def test_folios_have_no_gap(office, standing):
    for series in ("UAS-COR", "NC", "ND"):
        found = numbers(office, series)
        assert found == list(range(1, len(found) + 1)) and found


def test_a_number_that_goes_on_no_document_is_not_taken(office):
    last = office.scalar("SELECT last FROM console.folio_counters WHERE series = 'NC'")
    with pytest.raises(psycopg.Error) as caught, office.program("staff") as raw:
        raw.execute("SELECT console.next_folio('NC')")
    assert caught.value.sqlstate == "AG002"
    assert office.scalar("SELECT last FROM console.folio_counters WHERE series = 'NC'") == last


@pytest.mark.parametrize("folio", ["'NC-2026-999999'", "'inventado'", "console.next_folio('ND')"])
def test_nobody_invents_the_folio_of_a_note(office, folio):
    key = psql.signed(office)
    with refused(office, "AG002", key), office.program("staff") as raw:
        raw.execute(psql.NOTE.replace("console.next_folio(CASE WHEN amount < 0 THEN 'NC' ELSE 'ND' END)", folio),
                    (key,))


@pytest.mark.parametrize("folio", ["'UAS-COR-2099-000001'", "'x'", "console.next_folio('NC')"])
def test_nor_that_of_a_correction(office, folio):
    key = psql.new_draft(office)
    with refused(office, "AG002", key), office.program("staff") as raw:
        raw.execute(f"UPDATE console.corrections SET folio = {folio} WHERE id = %s", (key,))


def test_a_returned_correction_keeps_its_folio(office):
    key = psql.sent(office)
    psql.send_back(office, key)
    for folio in ("NULL", "console.next_folio('UAS-COR')"):
        with refused(office, "AG002", key), office.program("staff") as raw:
            raw.execute(f"UPDATE console.corrections SET folio = {folio} WHERE id = %s", (key,))
