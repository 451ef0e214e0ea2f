"""A signature over a whole document, typed in psql: whose it is, in which order, over what."""

import json

import psycopg
import pytest

from tests import psql
from tests.policies import drafting
from tests.policies.batches import Batches
from tests.psql import as_person, refused

HASH = "console.document_hash(%(version)s::integer, %(batch)s::integer)"
ENDORSE = """INSERT INTO console.endorsements (version_id, batch_id, revision, position, role, signer_id, acting, letter, method,
  content_hash, signed_at)
VALUES (%(version)s::integer, %(batch)s::integer, 9, %(position)s, 'staff', 1, true, 'falso', 'password', {}, '2020-01-01')
RETURNING revision, role::text, signer_id, acting, letter = 'falso', signed_at > now() - interval '1 day'"""
WHOLE = f"SELECT console.fully_endorsed(%(version)s::integer, %(batch)s::integer), {HASH}"
KINDS = ("version", "batch")


@pytest.fixture(scope="module")
def batches(office):
    return Batches(office)


@pytest.fixture(scope="module")
def documents(office, batches):
    """(kind, state) → the keys by which a signature names a document there."""
    def two(state, version, batch):
        return {("version", state): {"version": version, "batch": None}, ("batch", state): {"version": None, "batch": batch}}
    return (two("draft", drafting.draft(office), batches.prepared(back=3))
            | two("submitted", drafting.sent(office), batches.submitted(back=4))
            | two("signed", drafting.authorized(office, code="slp-error-lectura"), batches.signed(back=5)))


def endorse(raw, document, position=1, seen=True):
    return raw.execute(ENDORSE.format(HASH if seen else "repeat('0', 64)"), document | {"position": position}).fetchone()


@pytest.mark.parametrize("kind", KINDS)
def test_the_database_says_who_signed_in_which_office_and_when(office, documents, kind):
    with office.program("unit_head") as raw:
        signed = endorse(raw, documents[kind, "submitted"])
        raw.rollback()
    assert signed == (1, "unit_head", office.actor("unit_head").id, False, False, True)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("state", "role", "position", "seen", "code"), [
    ("draft", "unit_head", 1, True, "AG005"), ("signed", "unit_head", 1, True, "AG005"),
    ("submitted", "commercial_director", 1, True, "AG003"), ("submitted", "unit_head", 2, True, "AG003"),
    ("submitted", "unit_head", 9, True, "AG003"), ("submitted", "commercial_director", 2, True, "AG007"),
    ("submitted", "unit_head", 1, False, "AG004")])
def test_a_signature_out_of_its_state_place_turn_or_content_is_refused(
        office, documents, kind, state, role, position, seen, code):
    with refused(office, code), office.program(role) as raw:
        endorse(raw, documents[kind, state], position, seen)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("statement", ["UPDATE console.endorsements SET letter = 'otro' WHERE {}_id = %s",
                                       "DELETE FROM console.endorsements WHERE {}_id = %s"])
def test_a_signature_never_changes_not_even_for_the_owner(office, documents, kind, statement):
    with refused(office, "AG002"), office.program() as raw:
        raw.execute(statement.format(kind), (documents[kind, "signed"][kind],))


@pytest.mark.parametrize("change", [
    {"bill_id": 0}, {"account_id": 0}, {"eligible": False}, {"volume_before": 7.123}, {"volume_after": 7.123},
    {"amount": -0.01}, {"refusals": ["x"]}, {"inputs": {"x": 1}}, {"lines": []}, {"effects": ["x"]}, {"memoria": []}],
    ids=lambda change: next(iter(change)))
def test_every_part_of_a_row_enters_its_hash(office, documents, change):
    assert office.scalar("SELECT bool_and(console.batch_row_hash(r) <> console.batch_row_hash(jsonb_populate_record(r, %s)))"
                         " FROM console.batch_rows r WHERE batch_id = %s AND eligible", json.dumps(change), documents["batch", "submitted"]["batch"])


@pytest.mark.parametrize("statement", [
    *(f"UPDATE console.correction_batches SET {change} WHERE id = %s" for change in (
        "folio = 'x'", "revision = 2", "period_from = period_from - 1", "period_to = period_to + 1", "bills = bills - 1",
        "proceeding = proceeding - 1", "amount = amount - 1", "subject = 'otro'", "reason = 'otro'",
        "inputs = '{\"dias_sin_servicio\": 7}'", "signers = '[]'")),
    "UPDATE console.batch_rows SET row_hash = repeat('0', 64) WHERE batch_id = %s",
    "UPDATE console.attachments SET kind = 'otro' WHERE subject = 'correction_batches' AND subject_id = %s",
    "DELETE FROM console.attachments WHERE subject = 'correction_batches' AND subject_id = %s"])
def test_every_part_of_a_batch_enters_what_is_signed(office, documents, statement):
    key, content = documents["batch", "submitted"]["batch"], "SELECT console.document_hash(NULL, %s)"
    with psql.unguarded(office, "console.correction_batches", "console.batch_rows", "console.attachments") as raw:
        before = raw.execute(content, (key,)).fetchone()
        raw.execute(statement, (key,))
        after = raw.execute(content, (key,)).fetchone()
        raw.rollback()
    assert before != after


@pytest.mark.parametrize("kind", KINDS)
def test_signatures_hold_while_the_content_is_the_one_that_was_signed(office, documents, kind):
    table = {"version": "console.procedure_versions", "batch": "console.correction_batches"}[kind]
    with psql.unguarded(office, table) as raw:
        assert raw.execute(WHOLE, documents[kind, "signed"]).fetchone()[0] is True
        raw.execute(f"UPDATE {table} SET reason = reason || '.' WHERE id = %s", (documents[kind, "signed"][kind],))
        assert raw.execute(WHOLE, documents[kind, "signed"]).fetchone()[0] is False
        raw.rollback()


def test_what_nobody_was_asked_to_sign_is_not_signed(office, documents):
    with office.program() as raw:
        assert raw.execute(WHOLE, documents["batch", "draft"]).fetchone()[0] is False


def test_the_signature_of_a_returned_revision_opens_no_turn(office, batches, documents):
    key = batches.submitted(back=6)
    batches.sign(key, "unit_head")
    with office.program("unit_head") as raw:
        raw.execute("UPDATE console.correction_batches SET state = 'draft', revision = 2, decision_reason = 'x' WHERE id = %s",
                    (key,))
    with psql.unguarded(office, "console.correction_batches") as raw:
        raw.execute("UPDATE console.correction_batches SET state = 'submitted' WHERE id = %s", (key,))
    with refused(office, "AG007"), office.program("commercial_director") as raw:
        endorse(raw, {"version": None, "batch": key}, 2)


def test_who_put_a_hand_on_a_batch_does_not_sign_it_in_another_office(office, batches, documents):
    author = office.actor("staff").id
    psql.appoint(office, author, "unit_head")
    with pytest.raises(psycopg.Error) as caught, as_person(office, "unit_head", author) as raw:
        endorse(raw, documents["batch", "submitted"])
    assert caught.value.sqlstate == "AG003"
