"""What was sent to be signed stands still for everybody, and a draft begins as the database says."""

import psycopg
import pytest

from policies.corrections.acts import CONTENT
from tests import psql
from tests.psql import as_person, refused, whole

OTHER = {"sources": "'{}'", 
    "bill_id": "bill_id - 1", "account_id": "account_id + 1", "anomaly_type_id": "anomaly_type_id + 1",
    "procedure_version_id": "procedure_version_id + 1", "reversal_of_id": "id", "folio": "'UAS-COR-2000-000001'",
    "reason": "'otro'", "inputs": """'{"a": 1}'""", "eligible": "false", "refusals": """'["no"]'""",
    "volume_before": "1", "volume_after": "1", "amount": "amount - 1", "memoria": """'[{"figure": "1"}]'""",
    "effects": """'["refund"]'""", "instalments": "instalments + 1", "instalments_most": "instalments_most + 1",
    "drafted_by_id": "drafted_by_id + 1", "verification_code": "'x'"}


@pytest.fixture(scope="module")
def frozen(office):
    """One correction in each state after draft, with evidence."""
    def proven(amount=-10):
        key = psql.new_draft(office, amount)
        with office.program("staff") as raw:
            psql.file_for(raw, key)
        psql.send(office, key)
        return key
    keys = {state: proven() for state in ("submitted", "signed", "applied", "rejected")}
    for state in ("signed", "applied"):
        psql.sign(office, keys[state])
    psql.post(office, keys["applied"])
    with office.program("commercial_director") as raw:
        raw.execute("UPDATE console.corrections SET state = 'rejected', decision_reason = 'No.' WHERE id = %s",
                    (keys["rejected"],))
    return keys


def test_every_column_of_content_is_tried(office):
    assert set(OTHER) == set(CONTENT)


@pytest.mark.parametrize("column", CONTENT)
@pytest.mark.parametrize("state", ["submitted", "signed", "applied", "rejected"])
def test_content_stands_still_for_the_owner(office, frozen, state, column):
    key = frozen[state]
    with refused(office, "AG002", key), office.program() as raw:
        raw.execute(f"UPDATE console.corrections SET {column} = {OTHER[column]} WHERE id = %s", (key,))


@pytest.mark.parametrize("column", ["amount", "reason", "inputs", "memoria", "eligible", "volume_after", "folio"])
@pytest.mark.parametrize("state", ["submitted", "signed", "applied"])
def test_content_stands_still_for_staff_who_may_write_it_in_a_draft(office, frozen, state, column):
    key = frozen[state]
    with refused(office, "AG002", key), office.program("staff") as raw:
        raw.execute(f"UPDATE console.corrections SET {column} = {OTHER[column]} WHERE id = %s", (key,))


@pytest.mark.parametrize("change", ["submitted_at = now()", "drafted_at = now()", "decision_reason = 'otra'",
                                    "revision = revision + 1"])
@pytest.mark.parametrize("state", ["submitted", "signed", "applied", "rejected"])
def test_the_clock_the_reason_and_the_revision_stand_still_too(office, frozen, state, change):
    key = frozen[state]
    with refused(office, "AG002", key), office.program() as raw:
        raw.execute(f"UPDATE console.corrections SET {change} WHERE id = %s", (key,))


@pytest.mark.parametrize("role", ["unit_head", "commercial_director", "general_director"])
def test_no_director_rewrites_the_reason_of_a_decision(office, frozen, role):
    key = frozen["rejected"]
    with refused(office, "AG002", key), office.program(role) as raw:
        raw.execute("UPDATE console.corrections SET decision_reason = 'otra' WHERE id = %s", (key,))


@pytest.mark.parametrize("state", ["submitted", "signed", "applied", "rejected"])
@pytest.mark.parametrize("statement", [
    "INSERT INTO console.correction_lines (correction_id, position, service, amount_before, tax_before,"
    " amount_after, tax_percent_after, tax_after) VALUES (%s, 9, 'water', 0, 0, 1, 0, 0)",
    "DELETE FROM console.correction_lines WHERE correction_id = %s",
    "UPDATE console.correction_lines SET amount_after = amount_after + 1 WHERE correction_id = %s",
    "INSERT INTO console.attachments (subject, subject_id, kind, label, document_id, file_name)"
    " SELECT 'corrections', %s, 'x', 'x', min(id), 'x' FROM console.documents",
    "DELETE FROM console.attachments WHERE subject = 'corrections' AND subject_id = %s"])
def test_staff_change_no_line_and_no_evidence_after_sending(office, frozen, state, statement):
    key = frozen[state]
    with refused(office, "AG002", key), office.program("staff") as raw:
        raw.execute(statement, (key,))


@pytest.mark.parametrize("state", ["submitted", "signed", "applied", "rejected"])
@pytest.mark.parametrize("statement", [
    "UPDATE console.correction_lines SET amount_after = 0 WHERE correction_id = %s",
    "UPDATE console.attachments SET document_id = document_id WHERE subject = 'corrections' AND subject_id = %s",
    "DELETE FROM console.correction_lines WHERE correction_id = %s",
    "DELETE FROM console.attachments WHERE subject = 'corrections' AND subject_id = %s"])
def test_nor_does_the_owner(office, frozen, state, statement):
    key = frozen[state]
    with refused(office, "AG002", key), office.program() as raw:
        raw.execute(statement, (key,))


def test_a_line_is_not_moved_out_of_a_frozen_whole(office, frozen):
    key, draft = frozen["submitted"], psql.new_draft(office)
    with refused(office, "AG002", key, draft), office.program() as raw:
        raw.execute("UPDATE console.correction_lines SET correction_id = %s WHERE correction_id = %s", (draft, key))


def test_a_correction_is_never_deleted(office, frozen):
    for key in (*frozen.values(), psql.new_draft(office)):
        with refused(office, "AG002", key), office.program() as raw:
            raw.execute("DELETE FROM console.corrections WHERE id = %s", (key,))
        with refused(office, "42501", key), office.program("staff") as raw:
            raw.execute("DELETE FROM console.corrections WHERE id = %s", (key,))


def test_no_table_of_the_house_is_emptied_at_a_stroke(office, frozen):
    """TRUNCATE fires no row trigger: nothing would tell."""
    with office.program() as raw:
        tables = [row[0] for row in raw.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
            " WHERE schemaname IN ('console', 'commercial', 'audit') AND tablename NOT IN ('secret', 'alembic_version')")]
    assert len(tables) > 35
    for table in tables:
        try:
            with office.program() as raw:
                raw.execute(f"TRUNCATE {table} CASCADE")
        except psycopg.Error as error:
            assert error.sqlstate in ("AG002", "42501"), (table, error)
        else:
            pytest.fail(f"{table} was emptied")
    assert all(whole(office, key) for key in frozen.values())


def test_a_document_never_changes(office, frozen):
    for statement in ("UPDATE console.documents SET sha256 = repeat('b', 64)", "DELETE FROM console.documents"):
        with refused(office, "AG002", frozen["applied"]), office.program() as raw:
            raw.execute(statement)


def test_evidence_says_who_really_added_it(office):
    key = psql.new_draft(office)
    with office.program("staff") as raw:
        psql.file_for(raw, key)   # which claims that person 1 did
    (row,) = whole(office, key)["evidence"]
    assert row["added_by_id"] == office.actor("staff").id != 1


def test_a_draft_says_who_really_drafted_it(office):
    bill = office.scalar(psql.FREE_BILL)
    other = office.actor("commercial_director").id
    with as_person(office, "staff", office.actor("staff").id) as raw:
        forged = psql.NEW.replace("nullif(current_setting('app.actor'), '')::int", f"{other}, '2001-01-01'").replace(
            "drafted_by_id,", "drafted_by_id, drafted_at,")
        (key,) = raw.execute(forged, (-1, bill)).fetchone()
    made = whole(office, key)
    assert made["correction"]["drafted_by_id"] == office.actor("staff").id
    assert made["correction"]["drafted_at"] > "2026"
    assert [hand["person_id"] for hand in made["hands"]] == [office.actor("staff").id]


def test_nobody_chooses_the_code_that_the_qr_says(office):
    bill = office.scalar(psql.FREE_BILL)
    with as_person(office, "staff", office.actor("staff").id) as raw:
        chosen = psql.NEW.replace("nullif(current_setting('app.actor'), '')::int",
                                  "nullif(current_setting('app.actor'), '')::int, 'elegido'").replace(
            "drafted_by_id,", "drafted_by_id, verification_code,")
        (key,) = raw.execute(chosen, (-1, bill)).fetchone()
    code = whole(office, key)["correction"]["verification_code"]
    assert code != "elegido" and len(code) == 32


@pytest.mark.parametrize("column, value, code", [
    ("state", "'submitted'", "AG001"), ("state", "'applied'", "AG001"), ("revision", "7", "AG002"),
    ("folio", "'UAS-COR-2000-000001'", "AG002"), ("reversed_by_id", "1", "AG002"),
    ("account_id", "account_id + 1", "AG008"), ("amount", "'NaN'", "23514"), ("amount", "'Infinity'", "22003"),
    ("amount", "10000000000", "23514"), ("reversal_of_id", "1", "AG008"), ("bill_id", "-1", "AG008")])
def test_a_draft_is_not_born_otherwise(office, column, value, code):
    bill = office.scalar(psql.FREE_BILL)
    columns = {"bill_id": "bill_id", "account_id": "account_id", "anomaly_type_id": "anomaly_type_id",
               "procedure_version_id": "procedure_version_id", "drafted_by_id": "drafted_by_id"} | {column: value}
    model = psql.new_draft(office)
    with refused(office, code, model), office.program("staff") as raw:
        raw.execute(f"INSERT INTO console.corrections ({', '.join(columns)}) SELECT {', '.join(columns.values())}"
                    " FROM (SELECT b.id AS bill_id, b.account_id, c.anomaly_type_id, c.procedure_version_id,"
                    " c.drafted_by_id, c.id FROM console.corrections c, commercial.bills b WHERE c.id = %s"
                    " AND b.id = %s) model", (model, bill))


def test_no_draft_follows_a_procedure_that_did_not_rule_its_bill(office):
    bill = office.scalar(psql.FREE_BILL)
    with office.program() as raw:
        (draft,) = raw.execute(
            "SELECT id FROM console.procedure_versions WHERE state = 'authorized' LIMIT 1").fetchone()
    with office.program("staff") as raw:
        (fresh,) = raw.execute(
            "INSERT INTO console.procedure_versions (procedure_id, number, valid_from, anomaly_codes, definition,"
            " content_hash) SELECT procedure_id, 2, '2020-01-01', anomaly_codes,"
            " definition || jsonb_build_object('version', 2, 'valid_from', '2020-01-01'), content_hash"
            " FROM console.procedure_versions WHERE id = %s RETURNING id", (draft,)).fetchone()
    forged = psql.NEW.replace("ORDER BY v.id, t.id LIMIT 1", "LIMIT 1").replace("t.id, v.id,", f"t.id, {fresh},")
    with refused(office, "AG008"), office.program("staff") as raw:
        raw.execute(forged, (-1, bill))
    assert office.scalar("SELECT count(*) FROM console.corrections WHERE bill_id = %s", bill) == 0
