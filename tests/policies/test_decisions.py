"""Who returns or rejects a signed record: only an office that this very record asks to sign, in psql too."""

import psycopg
import pytest

import policies
from tests import psql
from tests.policies import drafting
from tests.policies.batches import Batches

SIGNERS = ("unit_head", "commercial_director", "general_director")
DECIDE = "UPDATE console.{} SET state = '{}'{} WHERE id = %s"
BACK, NO = ", decision_reason = 'x', revision = revision + 1", ", decision_reason = 'x'"


@pytest.fixture(scope="module")
def records(office):
    """(table, state) → the key of a record there, and the offices that it asks to sign."""
    batches = Batches(office)
    return {("corrections", "submitted"): (psql.sent(office), {"commercial_director"}),
            ("corrections", "signed"): (psql.signed(office), {"commercial_director"}),
            ("correction_batches", "submitted"): (batches.submitted(back=3, days=1), {"unit_head", "commercial_director"}),
            ("correction_batches", "signed"): (batches.signed(back=4, days=1), {"unit_head", "commercial_director"}),
            ("procedure_versions", "submitted"): (drafting.sent(office), {"unit_head", "commercial_director"}),
            ("approval_bands", "in_force"): (office.scalar(
                "SELECT min(id) FROM console.approval_bands WHERE state = 'in_force'"), {"commercial_director"}),
            ("holidays", "in_force"): (office.scalar(
                "SELECT min(id) FROM console.holidays WHERE state = 'in_force'"), {"unit_head"})}


DECISIONS = [("corrections", "submitted", "draft", BACK), ("corrections", "submitted", "rejected", NO),
             ("corrections", "signed", "draft", BACK), ("correction_batches", "submitted", "draft", BACK),
             ("correction_batches", "submitted", "rejected", NO), ("correction_batches", "signed", "draft", BACK),
             ("procedure_versions", "submitted", "draft", BACK), ("approval_bands", "in_force", "retired", ""),
             ("holidays", "in_force", "retired", "")]


@pytest.mark.parametrize("role", SIGNERS)
@pytest.mark.parametrize(("table", "state", "target", "words"), DECISIONS)
def test_only_an_office_asked_to_sign_the_record_decides_on_it(office, records, table, state, target, words, role):
    key, asked = records[table, state]
    code = None
    with office.program(role) as raw:
        try:
            raw.execute(DECIDE.format(table, target, words), (key,))
        except psycopg.Error as error:
            code = error.sqlstate
        raw.rollback()
    if role in asked:
        assert code is None
    else:
        assert code in ("AG035", "AG001", "42501")


@pytest.mark.parametrize("role", ["unit_head", "general_director"])
@pytest.mark.parametrize(("state", "target", "words"), [case[1:] for case in DECISIONS[:3]])
def test_an_office_whose_signature_a_correction_does_not_ask_is_told_so(office, records, state, target, words, role):
    key, _ = records["corrections", state]
    with psql.refused(office, "AG035", key), office.program(role) as raw:
        raw.execute(DECIDE.format("corrections", target, words), (key,))


def test_a_deputy_of_a_place_may_return_what_it_may_sign(office):
    key = psql.sent(office)
    with psql.unguarded(office, "console.signature_places") as raw:
        raw.execute("UPDATE console.signature_places SET deputies = '[\"unit_head\"]' WHERE subject = 'corrections' AND subject_id = %s", (key,))
    with office.program("unit_head") as raw:
        raw.execute(DECIDE.format("corrections", "draft", BACK), (key,))
    assert psql.whole(office, key)["correction"]["state"] == "draft"


def test_an_office_asked_in_a_former_revision_does_not_decide_on_this_one(office):
    key = psql.sent(office, 1500)
    psql.send_back(office, key)
    with office.program("staff") as raw:
        raw.execute("UPDATE console.correction_lines l SET amount_after = amount_before + CASE service WHEN 'water'"
                    " THEN 10 ELSE 0 END WHERE correction_id = %s", (key,))
        raw.execute("UPDATE console.corrections SET amount = 10 WHERE id = %s", (key,))
    psql.send(office, key)
    assert office.scalar("SELECT array_agg(role::text) FROM console.signature_places WHERE subject = 'corrections' AND subject_id = %s"
                         " AND revision = 2", key) == ["commercial_director"]
    with psql.refused(office, "AG035", key), office.program("unit_head") as raw:
        raw.execute(DECIDE.format("corrections", "rejected", NO), (key,))


def test_the_decisions_of_every_signed_table_are_known_to_the_database(office):
    """Each move that only signing offices take; a new act of that kind enters by being declared."""
    with office.program() as raw:
        found = {(row[0], row[1], row[2]) for row in raw.execute(
            "SELECT subject, source, target FROM console.decisions() WHERE by_place")}
    assert {case[:3] for case in DECISIONS[:7]} <= found
    signing = {step.model.__tablename__ for step in policies.ACTS.values()
               if {model.__tablename__ for model in step.creates} & {"signatures"}}
    assert {table for table, *_ in found} == signing
