"""What PostgreSQL grants is what the rules and acts say, column by column, and nothing more."""

from pathlib import Path

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import FetchedValue

import policies
from admin_views.core.schema import generated
from models import db
from models.base.people import Role

ROOT = Path(__file__).resolve().parents[2]
OFFICES = [f"console_{role.value}" for role in Role]
WEARS = {
    "staff": {"console_staff"}, "auditor": {"console_auditor"}, "systems": {"console_administrator"},
    "directors": {"console_unit_head", "console_commercial_director", "console_operations_director",
                  "console_works_director", "console_general_director"},
    "public": set(), "sealer": set(), "gate": set()}
LOGINS = {tier: "console_gate" if tier == "gate" else f"console_tier_{tier}" for tier in WEARS}
EVERYBODY = [*OFFICES, *LOGINS.values()]
SECRET = {"console.logins": {"password", "fs_uniquifier"}}
TRAIL = {"audit.log", "audit.seal", "audit.sealed"}
GATES = {   # table → what the gate may, said again by hand
    "console.people": {"SELECT"}, "console.appointments": {"SELECT"}, "console.logins": {"SELECT"},
    "console.handovers": {"SELECT"}, "console.mails": {"SELECT"},
    "console.web_sessions": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "console.speaker_tokens": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "console.parked_forms": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "console.list_settings": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "console.saved_views": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "console.login_attempts": {"SELECT", "INSERT"}, "console.refusals": {"SELECT", "INSERT"},
    "console.read_entries": {"SELECT", "INSERT"}, "console.export_entries": {"SELECT", "INSERT"}}
READING = ("console.required_slots", "console.held", "console.batch_rows_hash", "console.actor", "console.declared_moves",
           "console.normalise", "console.note_form", "console.out_of_bounds", "console.broken_limits",
           "console.prefixes", "console.nth_working_day", "console.working_days_elapsed",
           "console.local_day", "console.window_start",
           "console.accumulated", "console.first_result", "console.keep_result", "audit.story",
           "console.keep_import", "console.import_ties", "console.undo_import", "console.given_offices",
           "console.changed_sources", "console.outdated_rows", "console.outdated_in", "console.token_holder")
READERS = {"console_staff", "console_unit_head", "console_commercial_director", "console_general_director", "console_auditor"}
CALLED = {**{name: set(OFFICES) for name in READING},
          **{name: READERS for name in ("console.signed_content", "console.asked_places", "console.fully_signed", "console.agrees_with_bill")},
          "console.content_hash": {*READERS, "console_tier_auditor"},   # inside report.correcciones
          **{name: {"console_staff", "console_unit_head", "console_auditor",
                    "console_commercial_director", "console_general_director"}
             for name in ("console.decisions_since", "console.earlier_holders")},
          "console.mail_of": {"console_gate"}, "console.offices_of": {"console_gate"}, "console.incompatible": {"console_auditor"},
          "console.may_guess": {"console_gate"}, "console.close_exports": {"console_gate"},
          "console.work": {"console_staff"},
          "console.next_folio": {"console_staff"}, "console.next_folios": {"console_staff"}, "console.unfit_rows": {"console_staff"},
          "console.leave_out": {"console_staff"}, "console.write_letters": {"console_staff"}, "console.sources": {"console_staff"},
          "console.verify_code": {"console_tier_public"},
          **{name: {"console_auditor", "console_tier_sealer"}
             for name in ("audit.verify", "audit.canon", "audit.seal_hash", "audit.misplaced", "audit.stray",
                          "audit.empty_numbers")},
          "audit.waiting": {"console_auditor", "console_tier_sealer", "console_gate"},
          "audit.seal_now": {"console_tier_sealer"}}
OURS = "('console', 'commercial', 'audit', 'report')"
COLUMNS = f"""
SELECT r, n.nspname || '.' || c.relname, a.attname, v
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped,
       unnest(%s::text[]) r, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) v
 WHERE n.nspname IN {OURS} AND c.relkind IN ('r', 'v', 'p', 'm')
   AND has_column_privilege(r, c.oid, a.attnum, v)"""
TABLES = f"""
SELECT r, n.nspname || '.' || c.relname, v
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, unnest(%s::text[]) r,
       unnest(ARRAY['DELETE', 'TRUNCATE', 'TRIGGER']) v
 WHERE n.nspname IN {OURS} AND c.relkind IN ('r', 'v', 'p', 'm') AND has_table_privilege(r, c.oid, v)"""
FUNCTIONS = f"""
SELECT r, n.nspname || '.' || p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace,
       unnest(%s::text[]) r
 WHERE n.nspname IN {OURS} AND has_function_privilege(r, p.oid, 'EXECUTE')"""


def asked(office, query, *values):
    with psycopg.connect(office.dsn()) as connection:
        return connection.execute(query, values).fetchall()


def by_name():
    return {mapper.class_.__table__.fullname: mapper.class_ for mapper in db.Model.registry.mappers}


def typed_columns(model):
    """What a new row may bring: not its key, its version, what is computed from the rest or what a trigger writes."""
    return {column.name for column in model.__table__.columns
            if column.identity is None and column.computed is None and column.name != "version"
            and type(column.server_default) is not FetchedValue}


def wanted_columns():
    """{(role, table, column, verb)} of rules and acts, worked out here without policies/core/grants.py."""
    wanted = set()

    def add(roles, model, columns, verb):
        table = model.__table__.fullname
        wanted.update((f"console_{role.value}", table, name, verb) for role in roles for name in columns)

    for model, rule in policies.RULES.items():
        hidden = SECRET.get(model.__table__.fullname, set())
        for column in model.__table__.columns:
            readers = rule.view & rule.personal_to if column.info.get("personal") else rule.view
            add(readers, model, {column.name} - hidden, "SELECT")
        add(rule.create, model, typed_columns(model), "INSERT")
        add(rule.edit, model, rule.edits, "UPDATE")
    for step in policies.ACTS.values():
        add(step.by, step.model, {*step.sets, *(("state",) if step.moves else ())}, "UPDATE")
        for model, columns in step.touches.items():
            add(step.by, model, columns, "UPDATE")
        for model in step.creates:
            add(step.by, model, typed_columns(model), "INSERT")
    return wanted


def gate_columns():
    every = {(LOGINS["gate"], table, column.name, verb) for table, verbs in GATES.items()
             for column in by_name()[table].__table__.columns for verb in verbs - {"DELETE"}}
    told = {(LOGINS["gate"], "console.handovers", "seen_at", "UPDATE")}
    told |= {(LOGINS["gate"], "console.mails", name, "INSERT") for name in ("person_id", "day", "subject", "body")}
    told |= {(LOGINS["gate"], "console.mails", name, "UPDATE")
             for name in ("state", "attempts", "try_at", "trouble", "sent_at")}
    return every | told | {(LOGINS["gate"], "console.logins", name, "UPDATE") for name in SECRET["console.logins"]}


def sealer_columns():
    """It seals and verifies the trail, and sweeps the files that no document names."""
    trail = {(LOGINS["sealer"], table, column.name, "SELECT") for table in TRAIL
             for column in by_name()[table].__table__.columns}
    return trail | {(LOGINS["sealer"], "console.documents", "sha256", "SELECT")}


def report_columns(office):
    return {(role, f"report.{view}", column, "SELECT") for role in ("console_auditor", LOGINS["auditor"])
            for view, column in asked(office, "SELECT table_name::text, column_name::text FROM "
                                      "information_schema.columns WHERE table_schema = 'report'")}


def test_the_kept_file_says_what_the_policies_say():
    assert (ROOT / "migrations/generated/grants.sql").read_text(encoding="utf-8") == generated()


def test_every_column_privilege_equals_the_policies(office):
    granted = set(asked(office, COLUMNS, EVERYBODY))
    wanted = wanted_columns() | gate_columns() | sealer_columns() | report_columns(office)
    assert sorted(granted - wanted) == [] and sorted(wanted - granted) == []
    assert len(granted) > 1500


def test_every_table_privilege_equals_the_policies(office):
    """DELETE as declared; TRUNCATE and TRIGGER for nobody."""
    wanted = {(f"console_{role.value}", rule.model.__table__.fullname, "DELETE")
              for rule in policies.RULES.values() for role in rule.delete}
    wanted |= {(f"console_{role.value}", model.__table__.fullname, "DELETE")
               for step in policies.ACTS.values() for model in step.removes for role in step.by}
    wanted |= {(LOGINS["gate"], table, "DELETE") for table, verbs in GATES.items() if "DELETE" in verbs}
    assert set(asked(office, TABLES, EVERYBODY)) == wanted


def test_every_function_is_called_by_whom_it_is_for(office):
    """What a record lacks is asked by whoever sees the buttons of its acts."""
    lacking = {f"console.unmet_{step.model.__tablename__}": {f"console_{role.value}" for role in {
        *policies.RULES[step.model].view, *policies.RULES[step.model].create, *(
            role for other in policies.ACTS.values() if step.model in other.creates for role in other.by)}}
        for step in policies.ACTS.values() if any(need.asked_before for need in step.needs)
        and policies.RULES[step.model].guarded}
    granted = set(asked(office, FUNCTIONS, [*EVERYBODY, "public"]))
    assert granted == {(role, name) for name, roles in (CALLED | lacking).items() for role in roles}


def test_nobody_owns_or_creates_anything(office):
    assert asked(office, f"SELECT r, nspname FROM pg_namespace, unnest(%s::text[]) r WHERE nspname IN "
                 f"{OURS[:-1]}, 'public') AND has_schema_privilege(r, oid, 'CREATE')", EVERYBODY) == []
    assert asked(office, "SELECT relname FROM pg_class WHERE relowner::regrole::text = ANY(%s)", EVERYBODY) == []
    assert asked(office, "SELECT r FROM unnest(%s::text[]) r WHERE has_database_privilege("
                 "r, current_database(), 'CREATE')", EVERYBODY) == []
    assert asked(office, f"SELECT r, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,"
                 f" unnest(%s::text[]) r WHERE n.nspname IN {OURS} AND c.relkind = 'S' AND "
                 "has_sequence_privilege(r, c.oid, 'USAGE')", EVERYBODY) == []


def test_no_login_is_more_than_a_login(office):
    rows = asked(office, "SELECT rolname, rolcanlogin, rolinherit, rolsuper OR rolcreaterole OR rolcreatedb OR "
                 "rolreplication OR rolbypassrls FROM pg_roles WHERE starts_with(rolname, 'console_')")
    found = {name: (may_log_in, inherits, more) for name, may_log_in, inherits, more in rows}
    for login in LOGINS.values():
        assert found[login] == (True, False, False), login
    for name in OFFICES:
        assert found[name][0] is False and found[name][2] is False, name
    assert office.scalar("SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False


def test_each_login_wears_its_own_offices_and_administers_none(office):
    rows = asked(office, "SELECT l.rolname::text, r.rolname::text, m.admin_option FROM pg_auth_members m "
                 "JOIN pg_roles l ON l.oid = m.member JOIN pg_roles r ON r.oid = m.roleid "
                 "WHERE l.rolname = ANY(%s)", EVERYBODY)
    assert set(rows) == {(LOGINS[tier], role, False) for tier, roles in WEARS.items() for role in roles}


@pytest.mark.parametrize("tier", WEARS)
def test_a_login_cannot_dress_as_another_tiers_office(office, tier):
    """An injected set_config('role', …) reaches the offices of its own login alone."""
    for role in [*OFFICES, *(login for login in LOGINS.values() if login != LOGINS[tier]), "postgres"]:
        with office.program(login=tier) as connection:
            if role in WEARS[tier]:
                connection.execute("SELECT set_config('role', %s, true)", (role,))
                continue
            with pytest.raises((errors.InsufficientPrivilege, errors.InvalidParameterValue)):
                connection.execute("SELECT set_config('role', %s, true)", (role,))


@pytest.mark.parametrize("tier", [tier for tier in WEARS if tier != "gate"])
def test_a_login_without_its_office_reads_no_account(office, tier):
    with office.program(login=tier) as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute("SELECT number FROM commercial.accounts")


def test_the_public_login_knows_one_function(office):
    with office.program(login="public") as connection:
        assert connection.execute("SELECT count(*) FROM console.verify_code('x')").fetchone() == (0,)
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute("SELECT 1 FROM console.people")


def test_auditors_query_the_report_and_not_what_is_under_it(office):
    with office.program(login="auditor") as connection:
        assert connection.execute("SELECT count(*) FROM report.cuentas").fetchone()[0] > 0
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute("SELECT holder_name FROM commercial.accounts")
