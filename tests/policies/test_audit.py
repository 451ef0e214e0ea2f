"""The trail: who, in which office, by which act and program, from what to what; only ever added."""

import json

import psycopg
import pytest
from sqlalchemy import text

from policies.corrections.acts import calculate
from tests import psql

LAST = """SELECT to_jsonb(l) FROM audit.log l WHERE table_name = %s AND row_id = %s
           AND (%s::text IS NULL OR operation = %s) ORDER BY seq DESC LIMIT 1"""


def last(office, table, row, operation=None):
    return office.scalar(LAST, table, str(row), operation, operation)


def count(office, where="true", *values):
    """How many entries; those of tokens issued meanwhile to the tests' own programs aside."""
    where = f"table_name <> 'console.speaker_tokens' AND {where}"
    return office.scalar(f"SELECT count(*) FROM audit.log WHERE {where}", *values)


def test_an_act_leaves_who_office_act_request_and_old_to_new(office):
    key = office.draft()
    office.perform("staff", calculate, key, {"reason": "Otra razón.", "leak.repaired": True})
    entry = last(office, "console.corrections", key, "U")
    assert (entry["actor_id"], entry["role"], entry["act"], entry["request_id"]) == (
        office.actor("staff").id, "console_staff", "calculate", "test")
    assert (entry["db_user"], entry["program"]) == ("console_tier_staff", "consola")
    reasons = [(row["old"]["reason"], row["new"]["reason"]) for row in entries(office, key)
               if row["operation"] == "U" and "reason" in row["new"]]
    assert reasons[-1] == ("Fuga reparada por el usuario.", "Otra razón.")


def entries(office, key):
    with office.program() as raw:
        return [row[0] for row in raw.execute(
            "SELECT to_jsonb(l) FROM audit.log l WHERE table_name = 'console.corrections' AND row_id = %s"
            " ORDER BY seq", (str(key),))]


def test_only_what_changed_is_kept_and_nothing_is_kept_of_no_change(office):
    key = psql.new_draft(office)
    before = count(office)
    with office.program("staff") as raw:
        raw.execute("UPDATE console.corrections SET reason = reason WHERE id = %s", (key,))
    assert count(office) == before
    with office.program("staff") as raw:
        raw.execute("UPDATE console.corrections SET reason = 'nueva' WHERE id = %s", (key,))
    entry = last(office, "console.corrections", key)
    assert (entry["old"], entry["new"]) == ({"reason": "a mano"}, {"reason": "nueva"})


def test_every_step_of_a_correction_is_recorded(office):
    key = psql.applied(office)
    rows = {table: count(office, "table_name = %s AND operation = 'I' AND (new ->> 'correction_id' = %s"
                                 " OR new ->> 'subject' = 'corrections' AND new ->> 'subject_id' = %s)", table, str(key), str(key))
            for table in ("console.correction_lines", "console.signature_places", "console.signatures",
                          "commercial.credit_notes", "console.contributions")}
    assert rows == {"console.correction_lines": 3, "console.signature_places": 1, "console.signatures": 1,
                    "commercial.credit_notes": 1, "console.contributions": 1}
    states = [row["new"]["state"] for row in entries(office, key) if "state" in row["new"]]
    assert states == ["draft", "submitted", "signed", "applied"]
    moved = last(office, "commercial.bills", psql.bill_of(office, key))
    assert moved["new"]["balance"] == moved["old"]["balance"] - 10


@pytest.mark.parametrize("role, act, statement", [
    ("staff", "nonsense", "UPDATE console.corrections SET reason = 'x' WHERE id = {key}"),
    ("staff", "sign", "UPDATE console.corrections SET reason = 'x' WHERE id = {key}"),
    ("administrator", "undo_import", "UPDATE console.anomaly_types SET name = name || '.' WHERE id = 1"),
    (None, "calculate", "UPDATE commercial.bills SET due_on = due_on + 1 WHERE id = 1")],
    ids=["no act", "of another office", "on a table that it does not write", "of the owner"])
def test_what_no_act_declares_does_not_enter_the_trail_as_an_act(office, role, act, statement):
    statement = statement.format(key=psql.new_draft(office))
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match=f'no act "{act}"'), office.program(role) as raw:
        raw.execute("SELECT set_config('app.act', %s, true)", (act,))
        raw.execute(statement)
    with office.program(role) as raw:
        assert raw.execute(statement).rowcount == 1


def test_psql_is_recorded_with_its_login_and_program(office):
    bill = office.scalar("SELECT min(id) FROM commercial.bills")
    with office.program() as raw:
        raw.execute("SET application_name = 'sistema ajeno'")
        raw.execute("UPDATE commercial.bills SET due_on = due_on + 1 WHERE id = %s", (bill,))
    entry = last(office, "commercial.bills", bill)
    assert (entry["actor_id"], entry["role"], entry["db_user"], entry["program"], entry["act"]) == (
        None, "console_owner", "console_owner", "sistema ajeno", None)
    assert list(entry["new"]) == ["due_on"]


def test_a_load_of_the_commercial_system_is_one_entry_with_how_many(office):
    with office.program() as raw:
        raw.execute("INSERT INTO commercial.readings (meter_id, read_on, value, kind)"
                    " SELECT meter_id, read_on + 4000, value, kind FROM commercial.readings ORDER BY id LIMIT 25")
    entry = office.scalar("SELECT to_jsonb(l) FROM audit.log l WHERE table_name = 'commercial.readings'"
                          " ORDER BY seq DESC LIMIT 1")
    assert (entry["operation"], entry["new"], entry["db_user"]) == ("L", {"rows": 25}, "console_owner")


def test_personal_columns_leave_only_a_pseudonym(office):
    account = office.scalar("SELECT min(id) FROM commercial.accounts")
    changes = (("holder_name", "Núñez Ávila Ramón"), ("street", "Calle del Agua 7"))
    for column, value in changes:
        with office.program() as raw:
            raw.execute(f"UPDATE commercial.accounts SET {column} = %s WHERE id = %s", (value, account))
    with office.program() as raw:
        names = [name for row in raw.execute(
            "SELECT holder_name, street, search_name FROM commercial.accounts").fetchall() for name in row]
        trail = json.dumps([row[0] for row in raw.execute(
            "SELECT jsonb_build_array(old, new) FROM audit.log").fetchall()], ensure_ascii=False)
    assert not [name for name in names if name in trail]
    entry = last(office, "commercial.accounts", account)
    assert entry["new"]["street"].startswith("hmac:") and entry["new"] != entry["old"]


def test_equal_values_read_alike_and_nobody_computes_them_without_the_key(office):
    first, second = (office.scalar(
        "SELECT audit.pseudonym(key, to_jsonb(%s::text)) FROM audit.secret", "Ana") for _ in range(2))
    assert first == second
    other = office.scalar("SELECT audit.pseudonym('\\x00', to_jsonb(%s::text))", "Ana")
    assert first != other


def test_passwords_and_session_keys_never_enter_the_trail(office):
    office.client("staff")
    with office.program() as raw:
        found = raw.execute(
            "SELECT DISTINCT e.key, e.value FROM audit.log,"
            " LATERAL (SELECT * FROM jsonb_each(old) UNION ALL SELECT * FROM jsonb_each(new)) e"
            " WHERE table_name IN ('console.logins', 'console.web_sessions',"
            " 'console.speaker_tokens', 'console.parked_forms')").fetchall()
    assert found and not {"fs_uniquifier", "key_hash", "data", "token_hash", "fields"} & {key for key, _ in found}
    passwords = {value for key, value in found if key == "password"}
    assert all(value is None or value.startswith("hmac:") for value in passwords)


def test_every_table_is_audited_or_is_a_log_that_only_grows(office):
    with office.program() as raw:
        silent = raw.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace"
            " WHERE s.nspname IN ('console', 'commercial') AND c.relkind = 'r' AND NOT EXISTS ("
            "  SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgenabled = 'O'"
            "   AND t.tgname IN ('y_audit', 'only_grows'))").fetchall()
    assert silent == [("alembic_version",)]


@pytest.mark.parametrize("table", ["audit.log", "audit.seal", "audit.sealed", "console.refusals",
                                   "console.read_entries", "console.export_entries", "console.login_attempts"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_trail_only_grows_even_for_the_owner(office, table, statement):
    with office.program() as raw:
        raw.execute("INSERT INTO console.refusals (request_id, asked, status, why) VALUES ('r', 'GET /', 403, 'x')")
        raw.execute("INSERT INTO console.login_attempts (who, address) VALUES ('w', '127.0.0.1')")
        raw.execute("INSERT INTO console.read_entries (person_id, role, request_id, table_name, row_id)"
                    " VALUES (1, 'staff', 'r', 't', 1)")
        raw.execute("INSERT INTO console.export_entries (person_id, role, request_id, table_name, filters, rows,"
                    " sha256) VALUES (1, 'staff', 'r', 't', '', 0, '')")
    with office.program(login="sealer") as raw:
        raw.execute("SELECT audit.seal_now()")
    column = office.scalar("SELECT column_name::text FROM information_schema.columns WHERE table_schema || '.' ||"
                           " table_name = %s AND is_identity = 'NO' ORDER BY ordinal_position LIMIT 1", table)
    before = office.scalar(f"SELECT count(*) FROM {table}")
    with pytest.raises(psycopg.Error) as caught, office.program() as raw:
        raw.execute(statement.format(table, column, column))
    assert caught.value.sqlstate in ("42501", "AG002"), caught.value
    assert office.scalar(f"SELECT count(*) FROM {table}") == before > 0


def test_nobody_types_an_entry_of_the_trail(office):
    copy = ("INSERT INTO audit.log SELECT nextval('audit.log_seq_seq'), at, txid, actor_id, role, act, request_id,"
            " db_user, program, client, table_name, row_id, operation, old, new, row_hash FROM audit.log LIMIT 1")
    for role in (None, "staff", "auditor", "administrator"):
        before = count(office)
        with pytest.raises(psycopg.Error) as caught, office.program(role) as raw:
            raw.execute(copy)
        assert caught.value.sqlstate == "42501" and count(office) == before


def test_a_refused_attempt_leaves_a_record(office):
    key = office.correction("signed")
    before = office.scalar("SELECT count(*) FROM console.refusals")
    auditor = office.client("auditor")
    answer = auditor.get(f"/correcciones/{key}/acto/apply/")
    assert answer.status_code == 403
    row = office.scalar("SELECT to_jsonb(r) FROM console.refusals r ORDER BY id DESC LIMIT 1")
    assert office.scalar("SELECT count(*) FROM console.refusals") == before + 1
    assert (row["person_id"], row["role"], row["status"]) == (office.actor("auditor").id, "auditor", 403)
    assert row["asked"] == f"GET /correcciones/{key}/acto/apply/" and "Aplicar" in row["why"]


def test_what_one_transaction_undoes_leaves_nothing_and_what_it_keeps_stays(office):
    key = psql.new_draft(office)
    with office.speaks("staff") as session:
        session.execute(text("SELECT 1"))
        raw = session.connection()
        raw.execute(text("SAVEPOINT a"))
        raw.execute(text("UPDATE console.corrections SET reason = 'uno' WHERE id = :key"), {"key": key})
        raw.execute(text("ROLLBACK TO SAVEPOINT a"))
        raw.execute(text("UPDATE console.corrections SET reason = 'dos' WHERE id = :key"), {"key": key})
        session.commit()
    kept = [row["new"]["reason"] for row in entries(office, key) if row["operation"] == "U"]
    assert kept == ["dos"]
