"""A signature over a whole document, typed in psql: whose it is, in which order, over what."""

import json

import psycopg
import pytest

from policies.batches import acts
from tests import psql
from tests.policies import drafting
from tests.policies.batches import Batches
from tests.psql import as_person, refused

HASH = "console.content_hash(%(subject)s, %(id)s::bigint)"
SIGN = """INSERT INTO console.signatures (place_id, method, content_hash) VALUES ((
  SELECT p.id FROM console.signature_places p WHERE p.subject = %(subject)s AND p.subject_id = %(id)s
     AND p.position = %(position)s ORDER BY p.revision DESC LIMIT 1), 'password', {})
RETURNING revision, role::text, signer_id, acting, letter = 'falso', signed_at > now() - interval '1 day'"""
WHOLE = f"SELECT console.fully_signed(%(subject)s, %(id)s::bigint), {HASH}"
TABLES = {"version": "procedure_versions", "batch": "correction_batches"}
KINDS = ("version", "batch")


@pytest.fixture(scope="module")
def batches(office):
    return Batches(office)


@pytest.fixture(scope="module")
def documents(office, batches):
    """(kind, state) → the table and the key of a document there."""
    def two(state, **keys):
        return {(kind, state): {"subject": TABLES[kind], "id": key} for kind, key in keys.items()}
    return (two("draft", version=drafting.draft(office), batch=batches.prepared(back=3))
            | two("submitted", version=drafting.sent(office), batch=batches.submitted(back=4))
            | two("signed", version=drafting.authorized(office, code="slp-error-lectura"),
                  batch=batches.signed(back=5)))


def endorse(raw, document, position=1, seen=True):
    return raw.execute(SIGN.format(HASH if seen else "repeat('0', 64)"), document | {"position": position}).fetchone()


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
    ("submitted", "unit_head", 9, True, "AG005"), ("submitted", "commercial_director", 2, True, "AG007"),
    ("submitted", "unit_head", 1, False, "AG004")])
def test_a_signature_out_of_its_state_place_turn_or_content_is_refused(
        office, documents, kind, state, role, position, seen, code):
    with refused(office, code), office.program(role) as raw:
        endorse(raw, documents[kind, state], position, seen)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("statement", [
    "UPDATE console.signatures SET letter = 'otro' WHERE subject = %(subject)s AND subject_id = %(id)s",
    "DELETE FROM console.signatures WHERE subject = %(subject)s AND subject_id = %(id)s"])
def test_a_signature_never_changes_not_even_for_the_owner(office, documents, kind, statement):
    with refused(office, "AG002"), office.program() as raw:
        raw.execute(statement, documents[kind, "signed"])


@pytest.mark.parametrize("change", [
    {"bill_id": 0}, {"account_id": 0}, {"eligible": False}, {"volume_before": 7.123}, {"volume_after": 7.123},
    {"amount": -0.01}, {"refusals": ["x"]}, {"inputs": {"x": 1}}, {"lines": []}, {"effects": ["x"]}, {"memoria": []}],
    ids=lambda change: next(iter(change)))
def test_every_part_of_a_row_enters_its_hash(office, documents, change):
    assert office.scalar("SELECT bool_and(console.batch_row_hash(r) <> console.batch_row_hash(jsonb_populate_record(r, %s)))"
                         " FROM console.batch_rows r WHERE batch_id = %s AND eligible", json.dumps(change), documents["batch", "submitted"]["id"])


@pytest.mark.parametrize("statement", [
    *(f"UPDATE console.correction_batches SET {change} WHERE id = %s" for change in (
        "folio = 'x'", "revision = 2", "period_from = period_from - 1", "period_to = period_to + 1", "bills = bills - 1",
        "proceeding = proceeding - 1", "amount = amount - 1", "subject = 'otro'", "reason = 'otro'",
        "inputs = '{\"dias_sin_servicio\": 7}'")),
    "DELETE FROM console.signature_places WHERE subject = 'correction_batches' AND subject_id = %s AND position = 2",
    "UPDATE console.signature_places SET deputies = '[\"x\"]' WHERE subject = 'correction_batches' AND subject_id = %s",
    "UPDATE console.batch_rows SET row_hash = repeat('0', 64) WHERE batch_id = %s",
    "UPDATE console.attachments SET kind = 'otro' WHERE subject = 'correction_batches' AND subject_id = %s",
    "DELETE FROM console.attachments WHERE subject = 'correction_batches' AND subject_id = %s"])
def test_every_part_of_a_batch_enters_what_is_signed(office, documents, statement):
    key, content = documents["batch", "submitted"]["id"], "SELECT console.content_hash('correction_batches', %s)"
    with psql.unguarded(office, "console.correction_batches", "console.batch_rows", "console.attachments",
                        "console.signature_places") as raw:
        before = raw.execute(content, (key,)).fetchone()
        raw.execute(statement, (key,))
        after = raw.execute(content, (key,)).fetchone()
        raw.rollback()
    assert before != after


@pytest.mark.parametrize("kind", KINDS)
def test_signatures_hold_while_the_content_is_the_one_that_was_signed(office, documents, kind):
    table = f"console.{TABLES[kind]}"
    with psql.unguarded(office, table) as raw:
        assert raw.execute(WHOLE, documents[kind, "signed"]).fetchone()[0] is True
        raw.execute(f"UPDATE {table} SET reason = reason || '.' WHERE id = %s", (documents[kind, "signed"]["id"],))
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
    batches.perform(acts.compute_batch, key, {"dias_sin_servicio": 6})
    batches.work()
    batches.perform(acts.submit_batch, key)
    with refused(office, "AG007"), office.program("commercial_director") as raw:
        endorse(raw, {"subject": "correction_batches", "id": key}, 2)


def test_who_put_a_hand_on_a_batch_does_not_sign_it_in_another_office(office, batches, documents):
    author = office.actor("staff").id
    psql.appoint(office, author, "unit_head")
    with pytest.raises(psycopg.Error) as caught, as_person(office, "unit_head", author) as raw:
        endorse(raw, documents["batch", "submitted"])
    assert caught.value.sqlstate == "AG003"
