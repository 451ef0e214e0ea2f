"""Who is let write and read at all: offices, persons, appointments, hidden columns."""

from datetime import date, timedelta

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from models.base.people import Role
from tests import psql
from tests.psql import as_person, refused

TIERS = ("staff", "directors", "auditor", "systems", "public", "sealer", "gate")
PROPOSALS = ("appointments", "delegations", "handovers")
WRITES = ("INSERT INTO {} DEFAULT VALUES", "DELETE FROM {}", "TRUNCATE {}")


def denied(office, statement, *values, role=None, login=None, code="42501"):
    with pytest.raises(psycopg.Error) as caught, office.program(role, login=login) as raw:
        raw.execute(statement, values or None)
    assert caught.value.sqlstate == code, caught.value


def tables(office, *schemas):
    with office.program() as raw:
        return [row[0] for row in raw.execute(
            "SELECT format('%%I.%%I', schemaname, tablename) FROM pg_tables WHERE schemaname = ANY(%s)",
            (list(schemas),))]


# ---- who acts

def test_a_login_that_wears_no_office_reads_and_writes_nothing(office):
    for login in ("staff", "directors", "systems", "public"):
        for table in tables(office, "console", "commercial", "audit"):
            denied(office, f"SELECT FROM {table} LIMIT 1", login=login)


def test_an_office_without_a_person_writes_nothing(office):
    bill = office.scalar(psql.FREE_BILL)
    for who in ("", "0", "999999"):
        with pytest.raises(psycopg.Error) as caught, as_person(office, "staff", who) as raw:
            raw.execute(psql.NEW, (-1, bill))
        assert caught.value.sqlstate == "42501"


def test_the_owner_drafts_nothing_without_a_person_in_office(office):
    bill, who = office.scalar(psql.FREE_BILL), str(office.actor("staff").id)
    for person in ("", who):
        with pytest.raises(psycopg.Error) as caught, office.program() as raw:
            raw.execute("SELECT set_config('app.actor', %s, true)", (person,))
            raw.execute(psql.NEW, (-1, bill))
        assert caught.value.sqlstate == "42501"


def test_the_owner_edits_no_draft_either(office):
    key = psql.new_draft(office)
    for statement in ("UPDATE console.corrections SET reason = 'otra' WHERE id = %s",
                      "UPDATE console.correction_lines SET amount_after = 0 WHERE correction_id = %s",
                      "DELETE FROM console.correction_lines WHERE correction_id = %s"):
        with refused(office, "42501", key), office.program() as raw:
            raw.execute(statement, (key,))


def test_an_inactive_person_and_an_expired_appointment_hold_nothing(office):
    """Josefina left in 2025; somebody else is on leave; somebody starts tomorrow."""
    with office.program("administrator") as raw:
        away, late = (raw.execute("INSERT INTO console.people (name) VALUES ('x') RETURNING id").fetchone()[0]
                      for _ in range(2))
    psql.appoint(office, away, "commercial_director")
    with office.program("administrator") as raw:
        raw.execute("UPDATE console.people SET active = false WHERE id = %s", (away,))
    psql.appoint(office, late, "commercial_director", date.today() + timedelta(days=3))
    key = psql.sent(office)
    for who in (away, late):
        with refused(office, "42501", key), as_person(office, "commercial_director", who) as raw:
            raw.execute(psql.SIGN, (key,))
    former = office.actor("staff", 2).id
    with refused(office, "42501", key), as_person(office, "staff", former) as raw:
        raw.execute(psql.NEW, (-1, office.scalar(psql.FREE_BILL)))


def test_an_appointment_ends_at_once_with_the_work_half_done(office):
    with office.program("administrator") as raw:
        (who,) = raw.execute("INSERT INTO console.people (name) VALUES ('Breve') RETURNING id").fetchone()
    psql.appoint(office, who, "commercial_director")
    key = psql.sent(office)
    with as_person(office, "commercial_director", who, autocommit=True) as raw:
        with office.program("administrator") as other:
            other.execute("UPDATE console.appointments SET state = 'revoked' WHERE person_id = %s", (who,))
        with refused(office, "42501", key), raw.transaction():
            office.speak(raw, "commercial_director", who)
            raw.execute(psql.SIGN, (key,))


def test_nobody_wears_the_role_of_another_tier(office):
    wears = {"staff": {"staff"}, "auditor": {"auditor"}, "systems": {"administrator"}, "public": set(),
             "sealer": set(), "gate": set(),
             "directors": {role.value for role in Role} - {"staff", "auditor", "administrator"}}
    assert set(wears) == set(TIERS)
    for login, allowed in wears.items():
        for role in Role:
            if role.value not in allowed:
                denied(office, "SELECT set_config('role', %s, true)", f"console_{role.value}", login=login)
        denied(office, "SET ROLE console_owner", login=login)


def test_a_person_wears_only_the_office_they_hold(office):
    key = psql.sent(office)
    head = office.actor("unit_head").id
    with refused(office, "42501", key), as_person(office, "commercial_director", head) as raw:
        raw.execute(psql.SIGN, (key,))


def test_nobody_appoints_himself(office):
    me = office.actor("administrator").id
    count = "SELECT count(*) FROM console.appointments WHERE person_id = %s AND role = 'commercial_director'"
    for statement in ("INSERT INTO console.appointments (person_id, role, valid_from, letter)"
                      " VALUES (%s, 'commercial_director', '2026-01-01', 'x')",
                      "UPDATE console.appointments SET role = 'commercial_director' WHERE person_id = %s",
                      "UPDATE console.appointments SET person_id = %s WHERE role = 'commercial_director'"):
        denied(office, statement, me, role="administrator", code="AG009")
    assert office.scalar(count, me) == 0


def test_a_login_is_opened_without_password_and_stays_with_its_person(office):
    with office.program("administrator") as raw:
        (who,) = raw.execute("INSERT INTO console.people (name) VALUES ('Títere') RETURNING id").fetchone()
    denied(office, "INSERT INTO console.logins (person_id, email, fs_uniquifier, password)"
                   " VALUES (%s, 't@x.mx', 'u', '$argon2id$')", who, role="administrator", code="AG002")
    denied(office, "UPDATE console.logins SET person_id = %s WHERE person_id <> 1", who,
           role="administrator", code="AG002")
    denied(office, "UPDATE console.logins SET password = 'x'", role="administrator")
    assert office.scalar("SELECT count(*) FROM console.logins WHERE person_id = %s", who) == 0


# ---- who reads

@pytest.mark.parametrize("role", ["operations_director", "works_director"])
def test_who_only_reads_writes_nowhere(office, role):
    for table in tables(office, "console", "commercial", "audit"):
        for statement in WRITES:
            denied(office, statement.format(table), role=role)


def test_the_auditor_writes_the_decision_on_a_proposal_and_their_own_order_of_an_export_and_nothing_else(office):
    with office.program() as raw:
        written = raw.execute(
            "SELECT login, table_name::text, array_agg(column_name::text ORDER BY column_name)"
            " FROM information_schema.columns, unnest(ARRAY['console_auditor', 'console_tier_auditor']) login"
            " WHERE table_schema IN ('console', 'commercial', 'audit', 'report') AND has_column_privilege(login,"
            " table_schema || '.' || table_name, column_name, 'UPDATE, INSERT, REFERENCES')"
            " GROUP BY login, table_name ORDER BY 2").fetchall()
    others = [row for row in written if row[:2] != ("console_auditor", "export_orders")]   # one's own rows alone
    assert len(others) < len(written)
    assert others == [("console_auditor", table, ["decision_reason", "state"]) for table in PROPOSALS]
    for table in set(tables(office, "console", "commercial", "audit")):
        denied(office, f"DELETE FROM {table}", role="auditor")
        denied(office, f"TRUNCATE {table}", role="auditor")


@pytest.mark.parametrize("query", [
    "SELECT holder_name FROM commercial.accounts", "SELECT * FROM commercial.accounts",
    "SELECT id FROM commercial.accounts WHERE holder_name LIKE 'A%'",
    "SELECT id FROM commercial.accounts ORDER BY search_name", "SELECT street FROM commercial.accounts",
    "SELECT count(*) FROM commercial.accounts GROUP BY holder_name", "SELECT a FROM commercial.accounts a",
    "SELECT file_name FROM console.attachments", "SELECT body FROM console.notices",
    "SELECT * FROM audit.secret", "SELECT audit.seal_now()", "SELECT console.next_folio('NC')"])
def test_the_auditor_reads_no_personal_column_by_any_road(office, query):
    denied(office, query, role="auditor")


def test_the_auditor_reads_the_rest(office):
    with office.program("auditor") as raw:
        assert raw.execute("SELECT count(id) FROM commercial.accounts WHERE tariff_class = 'domestic'").fetchone()[0]
        assert raw.execute("SELECT count(*) FROM console.corrections").fetchone()


@pytest.mark.parametrize("table", ["web_sessions", "speaker_tokens", "parked_forms", "login_attempts", "folio_counters"])
def test_no_office_reads_what_the_door_keeps(office, table):
    for role in Role:
        denied(office, f"SELECT FROM console.{table} LIMIT 1", role=role.value)


@pytest.mark.parametrize("column", ["password", "fs_uniquifier"])
def test_no_office_reads_a_password(office, column):
    for role in Role:
        denied(office, f"SELECT {column} FROM console.logins", role=role.value)
        denied(office, f"SELECT FROM console.logins WHERE {column} LIKE 'a%'", role=role.value)


def test_the_gate_reaches_no_record(office):
    for table in tables(office, "commercial", "audit"):
        denied(office, f"SELECT FROM {table} LIMIT 1", login="gate")
    for table in ("corrections", "signatures", "attachments", "notices", "approval_bands"):
        denied(office, f"SELECT FROM console.{table} LIMIT 1", login="gate")
    denied(office, "INSERT INTO console.appointments (person_id, role, valid_from, letter)"
                   " VALUES (1, 'staff', '2026-01-01', 'x')", login="gate")


def test_a_stranger_learns_state_and_hash_by_code_and_nothing_else(office):
    key = psql.applied(office)
    code = office.scalar("SELECT verification_code FROM console.corrections WHERE id = %s", key)
    with office.program(login="public") as raw:
        found = raw.execute("SELECT state, content_hash, signatures FROM console.verify_code(%s)", (code,)).fetchall()
        assert found == [("applied", office.scalar(psql.CONTENT, key), 1)]
        assert raw.execute("SELECT count(*) FROM console.verify_code('no existe')").fetchone() == (0,)
    denied(office, "SELECT console.content_hash('corrections', 1)", login="public")


# ---- report views with psql, and transactions that only read

def test_report_views_answer_the_auditors_login_and_mask_people(office):
    psql.applied(office)
    with office.program(login="auditor") as raw:
        views = [row[0] for row in raw.execute("SELECT viewname FROM pg_views WHERE schemaname = 'report'")]
        assert len(views) >= 7
        said = ""
        for view in views:
            found = raw.execute(f"SELECT * FROM report.{view}").fetchall()
            assert found or view == "parcialidades", view    # of debits: tests/policies/test_instalments.py
            said += str(found)
    with office.program() as raw:
        private = raw.execute("SELECT holder_name, street FROM commercial.accounts").fetchall()
    assert private and not [name for row in private for name in row if name in said]


def test_nobody_else_reads_the_report_and_nobody_writes_it(office):
    for role in set(Role) - {Role.AUDITOR}:
        denied(office, "SELECT FROM report.cuentas", role=role.value)
    for statement in ("UPDATE report.notas SET importe = 0", "DELETE FROM report.recibos"):
        denied(office, statement, login="auditor", code="55000")   # no view of two tables is written


def test_a_page_that_only_reads_cannot_write(office):
    key = psql.new_draft(office)
    before = psql.whole(office, key)
    for statement, code in (
            ("UPDATE console.corrections SET reason = 'x' WHERE id = :key", "25006"),
            ("SELECT console.next_folio('NC') WHERE :key > 0", "25006"),
            ("SELECT set_config('transaction_read_only', 'off', true) WHERE :key > 0", "25001"),
            ("SELECT set_config('role', 'console_auditor', true) WHERE :key > 0", "42501")):
        with pytest.raises(DBAPIError) as caught, office.speaks("staff", read_only=True) as session:
            session.execute(text("SELECT 1"))
            connection = session.connection()
            connection.execute(text(statement), {"key": key})
        assert caught.value.orig.sqlstate == code
    assert psql.whole(office, key) == before
