"""What a signature is over, said again in Python from the rows alone, byte for byte."""

import hashlib
import json
from decimal import Decimal

import pytest

from models.corrections import Correction
from policies.core.signing_acts import content_hash
from tests import psql
from tests.psql import whole

HEAD = """
SELECT c.id, c.folio, c.revision, b.folio, a.number, t.code, v.content_hash, r.folio, c.volume_before,
       c.volume_after, c.amount, c.reason, c.inputs::text, c.memoria::text
  FROM console.corrections c JOIN commercial.bills b ON b.id = c.bill_id
  JOIN commercial.accounts a ON a.id = c.account_id JOIN console.anomaly_types t ON t.id = c.anomaly_type_id
  JOIN console.procedure_versions v ON v.id = c.procedure_version_id
  LEFT JOIN console.corrections r ON r.id = c.reversal_of_id WHERE c.id = %s"""
LINES = """SELECT service, amount_before, tax_before, amount_after, tax_percent_after, tax_after
  FROM console.correction_lines WHERE correction_id = %s ORDER BY position, id"""
EVIDENCE = """SELECT e.kind, d.sha256 FROM console.attachments e JOIN console.documents d ON d.id = e.document_id
 WHERE e.subject = 'corrections' AND e.subject_id = %s"""
SLOTS = """SELECT s.position, s.role FROM console.signature_places s JOIN console.corrections c
    ON s.subject = 'corrections' AND c.id = s.subject_id AND c.revision = s.revision WHERE c.id = %s ORDER BY s.position"""


def content(office, key):
    """The canonical content, from the rows."""
    with office.program() as raw:
        head = raw.execute(HEAD, (key,)).fetchone()
        lines, evidence, slots = (raw.execute(query, (key,)).fetchall() for query in (LINES, EVIDENCE, SLOTS))
    number, folio, revision, bill, account, cause, version, undone, before, after, amount, *free = head
    words = ["1.0", "CORRECCION", number, *([folio] if folio else []), revision, bill, account, cause, version,
             undone or "", trimmed(before), trimmed(after), amount, *map(sha, free)]
    for service, was, was_tax, now, percent, tax in lines:
        words += ["L", service, was, was_tax, now, trimmed(percent), tax]
    for kind, digest in sorted(evidence):
        words += ["E", kind, digest]
    for position, role in slots:
        words += ["S", position, role]
    return "||" + "|".join(str(word) for word in words) + "||"


def trimmed(figure):
    if figure is None:
        return ""
    text = format(figure, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def sha(text):
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture(scope="module")
def several(office):
    proven = office.correction("submitted")
    many = psql.new_draft(office, 20000)
    with office.program("staff") as raw:
        for letter, kind in (("b", "photo"), ("a", "photo"), ("c", "invoice")):
            psql.file_for(raw, many, letter * 64, kind)
        raw.execute("UPDATE console.corrections SET reason = %s, inputs = %s, memoria = %s, volume_before = 10.500,"
                    " volume_after = 100 WHERE id = %s",
                    ("Ñandú | ||S|1|x||\n«fin»", json.dumps({"b": "1|2", "a": "ó"}), '[{"label": "€|"}]', many))
    psql.send(office, many)
    returned = psql.sent(office, 1500)
    psql.sign(office, returned, "unit_head")
    psql.send_back(office, returned)
    psql.send(office, returned)
    return {"of the engine": proven, "with everything": many, "returned": returned,
            "draft": psql.new_draft(office), "applied": psql.applied(office)}


@pytest.mark.parametrize("which", ["of the engine", "with everything", "returned", "draft", "applied"])
def test_python_says_the_same_content_byte_for_byte(office, several, which):
    key = several[which]
    said = office.scalar("SELECT console.signed_content('corrections', %s)", key)
    assert said == content(office, key)
    assert office.scalar(psql.CONTENT, key) == sha(said)


def test_the_console_and_the_signature_hold_that_hash(office, several):
    key = several["of the engine"]
    with office.speaks("staff") as session:
        assert content_hash(session.get(Correction, key)) == sha(content(office, key))
    office.sign(key)
    assert whole(office, key)["signatures"][0]["content_hash"] == sha(content(office, key))


CHANGES = {
    "reason": "'otra'", "inputs": """'{"x": 1}'""", "memoria": """'[{"label": "x"}]'""", "amount": "amount + 0.01",
    "volume_before": "11", "volume_after": "11", "revision": "revision + 1", "folio": "'otro'",
    "bill_id": f"({psql.FREE_BILL})", "anomaly_type_id": "anomaly_type_id + 1", "reversal_of_id": "{other}",
    "procedure_version_id": "(SELECT max(id) FROM console.procedure_versions v WHERE v.id <> procedure_version_id)"}
PARTS = {
    "line before": "UPDATE console.correction_lines SET amount_before = amount_before + 0.01 WHERE correction_id = %s AND position = 1",
    "tax before": "UPDATE console.correction_lines SET tax_before = tax_before + 0.01 WHERE correction_id = %s AND position = 2",
    "line after": "UPDATE console.correction_lines SET amount_after = amount_after + 0.01 WHERE correction_id = %s AND position = 3",
    "tax after": "UPDATE console.correction_lines SET tax_after = tax_after + 0.01 WHERE correction_id = %s AND position = 1",
    "tax percent": "UPDATE console.correction_lines SET tax_percent_after = 8 WHERE correction_id = %s AND position = 1",
    "order of lines": "UPDATE console.correction_lines SET position = 10 - position WHERE correction_id = %s",
    "a line less": "DELETE FROM console.correction_lines WHERE correction_id = %s AND position = 3",
    "evidence kind": "UPDATE console.attachments SET kind = 'otra' WHERE subject = 'corrections' AND subject_id = %s AND kind = 'invoice'",
    "a file less": "DELETE FROM console.attachments WHERE subject = 'corrections' AND subject_id = %s AND kind = 'invoice'",
    "another file": "UPDATE console.documents d SET sha256 = repeat('f', 64) FROM console.attachments e"
                    " WHERE e.document_id = d.id AND e.subject = 'corrections' AND e.subject_id = %s AND e.kind = 'invoice'",
    "office of a slot": "UPDATE console.signature_places SET role = 'staff' WHERE subject = 'corrections' AND subject_id = %s AND position = 1",
    "a slot less": "DELETE FROM console.signature_places WHERE subject = 'corrections' AND subject_id = %s AND position = 3"}


@pytest.mark.parametrize("what", [*CHANGES, *PARTS])
def test_one_change_of_one_fact_changes_the_hash(cluster, office, several, what):
    key = several["with everything"]
    seen = office.scalar(psql.CONTENT, key)
    value = CHANGES.get(what, "").replace("{other}", str(several["applied"]))
    statement = PARTS.get(what) or f"UPDATE console.corrections SET {what} = {value} WHERE id = %s"
    with psql.superuser(cluster, office) as raw:
        assert raw.execute(statement, (key,)).rowcount
        assert raw.execute(psql.CONTENT, (key,)).fetchone()[0] != seen
        raw.rollback()
    assert office.scalar(psql.CONTENT, key) == seen


def test_no_free_text_passes_for_another_content(office, several):
    """A separator inside a reason cannot make two different corrections read alike."""
    said = office.scalar("SELECT console.signed_content('corrections', %s)", several["with everything"])
    assert "Ñandú" not in said and said.count("|S|") == 3


@pytest.mark.parametrize("kind", ["photo|" + "a" * 64 + "|E|invoice", "foto\n"])
def test_no_requirement_pretends_to_be_two(office, kind):
    key = psql.new_draft(office)
    with psql.refused(office, "23514", key), office.program("staff") as raw:
        psql.file_for(raw, key, "e" * 64, kind)


@pytest.mark.parametrize("amount", [Decimal("999.99"), Decimal("1000"), Decimal("-50"), Decimal("9999.99"),
                                    Decimal("10000")])
def test_the_band_is_the_one_of_the_amount_at_its_very_edge(office, amount):
    key = psql.sent(office, amount)
    wanted = 1 if abs(amount) < 1000 else 2 if abs(amount) < 10000 else 3
    assert len(psql.roles(office, key)) == wanted
