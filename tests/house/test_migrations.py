"""One line of versions, a schema equal to the models, and a way back and forth."""

import re
from pathlib import Path

import psycopg
import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from admin_views.core.schema import CHECK_BODIES, know_migrations
from app import create_app
from models import db
from models.corrections import CorrectionState
from tests.office import end

ROOT = Path(__file__).resolve().parents[2]
# SQLAlchemy reads xid8 back without knowing it; the model says what it is.
pytestmark = pytest.mark.filterwarnings("ignore:Did not recognize type 'xid8'")
OURS = ("console", "commercial", "audit", "report")
# What a table is, as PostgreSQL tells it: columns, constraints and indexes, by name.
SHAPE = """
SELECT 'column', c.table_schema || '.' || c.table_name, c.column_name,
       concat_ws(' ', c.data_type, c.character_maximum_length, c.numeric_precision, c.numeric_scale,
                 c.is_nullable, c.column_default, c.is_identity, c.identity_generation,
                 c.generation_expression)
  FROM information_schema.columns c WHERE c.table_schema = ANY(%(ours)s)
UNION ALL
SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(o.oid)
  FROM pg_constraint o JOIN pg_namespace n ON n.oid = o.connamespace
 WHERE n.nspname = ANY(%(ours)s) AND o.contype IN ('c', 'f', 'p', 'u')
UNION ALL
SELECT 'index', schemaname || '.' || tablename, indexname, indexdef FROM pg_indexes
 WHERE schemaname = ANY(%(ours)s)"""
# Made by `prepare` or by the versions themselves: no model describes them.
WITHOUT_MODEL = {"audit.secret", "console.alembic_version"}
LEFT = """SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
           WHERE n.nspname = ANY(%(ours)s) AND c.relname NOT LIKE 'alembic%%' ORDER BY 1"""


def asked(dsn, query):
    with psycopg.connect(dsn) as connection:
        return connection.execute(query, {"ours": list(OURS)}).fetchall()


def shape(dsn):
    return {row for row in asked(dsn, SHAPE) if row[1] not in WITHOUT_MODEL}


@pytest.fixture
def scratch(cluster, run_folder, worker_id):
    """A console over an empty database of its own."""
    name = f"scratch_{worker_id}"
    app = create_app(DATABASE_URL=cluster.ensure_owner(name), INSTANCE=str(run_folder / "instance"))
    yield app
    end(app)
    with psycopg.connect(dsn_of(app).replace(name, "postgres"), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def dsn_of(app):
    return app.config["DATABASE_URL"].replace("+psycopg", "")


def flask(app, *words):
    know_migrations(app)
    result = app.test_cli_runner().invoke(args=list(words))
    assert result.exit_code == 0, (words, result.output, result.exception)
    return result.output


def test_versions_are_one_line_with_one_head():
    script = ScriptDirectory(str(ROOT / "migrations"))
    (head,) = script.get_heads()
    (base,) = script.get_bases()
    line = [revision.revision for revision in script.walk_revisions(base, head)]
    assert len(line) == len(list((ROOT / "migrations/versions").glob("*.py")))


def test_the_models_ask_for_no_further_version(office):
    flask(office.app, "db", "check")


def test_a_column_without_its_version_is_noticed(office, caplog):
    """The check above can fail: it does, when the database lacks a column."""
    with psycopg.connect(office.dsn()) as connection:
        connection.execute("ALTER TABLE console.people ADD COLUMN nickname text")
    try:
        know_migrations(office.app)
        result = office.app.test_cli_runner().invoke(args=["db", "check"])
        assert result.exit_code == 1 and "nickname" in caplog.text
    finally:
        with psycopg.connect(office.dsn()) as connection:
            connection.execute("ALTER TABLE console.people DROP COLUMN nickname")


def test_the_versions_build_what_the_models_describe(office, scratch):
    """Checks, defaults, computed columns and partial indexes too, which autogenerate never sees."""
    with psycopg.connect(office.dsn()) as connection:
        needed = [row[0] for row in connection.execute(
            "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'console'::regnamespace"
            " AND proname IN ('normalise', 'initials')")]
    engine = create_engine(dsn_of(scratch).replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        for schema in OURS:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
        for function in needed:
            connection.exec_driver_sql(function)
        db.metadata.create_all(connection)
    engine.dispose()
    migrated = {row for row in shape(office.dsn()) if not row[1].startswith("report.")}
    assert sorted(migrated ^ shape(dsn_of(scratch))) == [] and len(migrated) > 300


def test_down_to_nothing_and_up_again_gives_the_same_house(scratch):
    flask(scratch, "prepare")
    first = shape(dsn_of(scratch))
    flask(scratch, "db", "downgrade", "base")
    assert asked(dsn_of(scratch), LEFT) == []
    flask(scratch, "prepare")
    assert shape(dsn_of(scratch)) == first and first


def test_an_office_held_before_confirmations_stays_in_force_and_says_since_when(scratch):
    """Versions up to 0004 knew no confirmation: their rows are kept in force, confirmed by nobody."""
    flask(scratch, "db", "upgrade", "0004")
    with psycopg.connect(dsn_of(scratch)) as connection:
        connection.execute("INSERT INTO console.people (name) VALUES ('Antes')")
        connection.execute("INSERT INTO console.appointments (person_id, role, valid_from, letter)"
                           " SELECT id, 'general_director', '2020-01-01', 'JG/1' FROM console.people")
    flask(scratch, "db", "upgrade")
    (kept,) = asked(dsn_of(scratch), "SELECT state, decided_by_id, decided_at > now() - interval '1 hour'"
                    " FROM console.appointments WHERE %(ours)s::text[] IS NOT NULL")
    assert kept == ("confirmed", None, True)


def test_offices_that_meet_in_one_person_and_two_holders_of_one_are_kept_and_shown(scratch):
    """Versions up to 0007 refused neither; the rules begin without taking an office from anybody."""
    flask(scratch, "db", "upgrade", "0007")
    with psycopg.connect(dsn_of(scratch)) as connection:
        connection.execute("INSERT INTO console.people (name) VALUES ('Una'), ('Otra')")
        connection.execute("INSERT INTO console.appointments (person_id, role, valid_from, letter, state)"
                           " SELECT p.id, r, '2020-01-01', 'x', 'confirmed' FROM console.people p,"
                           " unnest(ARRAY['unit_head', 'staff']) r ORDER BY p.id, r")
    flask(scratch, "prepare")
    kept = asked(dsn_of(scratch), "SELECT role::text, state::text, older_overlap FROM console.appointments"
                 " WHERE %(ours)s::text[] IS NOT NULL ORDER BY id")
    assert kept == [("staff", "confirmed", False), ("unit_head", "confirmed", False),
                    ("staff", "confirmed", False), ("unit_head", "confirmed", True)]
    shown = asked(dsn_of(scratch), "SELECT count(DISTINCT person_id) FROM console.incompatible()"
                  " WHERE %(ours)s::text[] IS NOT NULL")
    assert shown == [(2,)]


def test_files_that_move_to_another_table_stay_in_what_is_signed_and_in_the_story(office):
    key = office.correction(CorrectionState.SUBMITTED)
    asked_for = "SELECT console.signed_content('corrections', %s)"
    before = office.scalar(asked_for, key)
    flask(office.app, "db", "downgrade", "0020")
    flask(office.app, "prepare")
    moved = office.scalar("SELECT moved_from FROM console.attachments WHERE subject = 'corrections' AND subject_id = %s", key)
    assert office.scalar(asked_for, key) == before and "|E|repair_invoice|" in before
    with office.program() as raw:       # the trail says that a file was attached while the former table held it
        raw.execute("CREATE TABLE console.evidence AS SELECT split_part(moved_from, ' ', 2)::int AS id, subject_id AS"
                    " correction_id, kind FROM console.attachments WHERE moved_from IS NOT NULL LIMIT 0")
        raw.execute("CREATE TRIGGER y_audit AFTER INSERT ON console.evidence FOR EACH ROW"
                    " EXECUTE FUNCTION audit.capture('id', '', '')")
        raw.execute("INSERT INTO console.evidence VALUES (%s, %s, 'repair_invoice'), (77777, %s, 'otra')",
                    (moved.split()[1], key, key))
        raw.execute("DROP TABLE console.evidence")
    page = office.client("staff").get(f"/correcciones/{key}/historia/").text
    assert page.count("Evidencia: alta") == 3 and "otra" not in page    # within its act, and as a step of a program


def test_the_first_people_are_written_by_the_installation_and_change_their_passwords(scratch):
    """With an empty database nobody exists: two commands of its owner, each once, told in the trail."""
    flask(scratch, "prepare")
    assert "contraseña" in flask(scratch, "first-administrator", "Iris Uno", "iris@x.example")
    for again in (("first-administrator", "Otra", "otra@x.example"), ("first-auditor", "Iris Uno", "IRIS@x.example")):
        refused = scratch.test_cli_runner().invoke(args=list(again))
        assert refused.exit_code == 1 and refused.output.startswith("Error: ")
    assert "contraseña" in flask(scratch, "first-auditor", "Olga Dos", "olga@x.example")
    refused = scratch.test_cli_runner().invoke(args=["first-auditor", "Otra", "otra@x.example"])
    assert refused.exit_code == 1 and "Ya hay quien confirma" in refused.output
    kept = asked(dsn_of(scratch), "SELECT p.name, a.role::text, a.state::text, l.handed_at IS NOT NULL, h.state::text,"
                 " (SELECT count(*) FROM audit.log g WHERE g.program = 'instalador'"
                 "   AND g.table_name = 'console.appointments' AND g.row_id = a.id::text)"
                 " FROM console.appointments a JOIN console.people p ON p.id = a.person_id"
                 " JOIN console.logins l USING (person_id) JOIN console.handovers h USING (person_id)"
                 " WHERE %(ours)s::text[] IS NOT NULL ORDER BY a.id")
    assert kept == [("Iris Uno", "administrator", "confirmed", True, "confirmed", 1),
                    ("Olga Dos", "auditor", "confirmed", True, "confirmed", 1)]


def test_preparing_twice_changes_nothing(office):
    before = shape(office.dsn()), triggers(office.dsn())
    flask(office.app, "prepare")
    assert (shape(office.dsn()), triggers(office.dsn())) == before


def test_a_function_whose_body_names_nothing_stops_the_preparation(office):
    """Bodies are not checked as they are written, for they call one another: all are at the end."""
    with psycopg.connect(office.dsn()) as connection:
        connection.execute(CHECK_BODIES)
        connection.execute("SET LOCAL check_function_bodies = off")
        connection.execute("CREATE FUNCTION console.faulty() RETURNS integer LANGUAGE sql AS 'SELECT id FROM console.nowhere'")
        connection.execute("SET LOCAL check_function_bodies = on")
        with pytest.raises(psycopg.errors.UndefinedTable, match="nowhere"):
            connection.execute(CHECK_BODIES)
        connection.rollback()


def test_what_no_version_writes_any_more_is_dropped_and_what_is_another_s_stays(office):
    """A guard that an upgrade takes away must not go on refusing; the commercial system keeps its own."""
    with psycopg.connect(office.dsn()) as connection:
        connection.execute("""CREATE FUNCTION console.guard_of_before() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
            CREATE FUNCTION commercial.theirs() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
            CREATE TRIGGER d_before BEFORE UPDATE ON console.people FOR EACH ROW EXECUTE FUNCTION console.guard_of_before();
            CREATE TRIGGER d_frozen BEFORE UPDATE ON console.documents FOR EACH ROW EXECUTE FUNCTION console.only_grows();
            CREATE TRIGGER theirs BEFORE UPDATE ON commercial.bills FOR EACH ROW EXECUTE FUNCTION commercial.theirs()""")
    left = {("console.people", "d_before"), ("console.documents", "d_frozen"), ("commercial.bills", "theirs")}
    before = {place[:2] for place in triggers(office.dsn())}
    flask(office.app, "prepare")
    with psycopg.connect(office.dsn()) as connection:
        functions = connection.execute("SELECT proname FROM pg_proc WHERE proname IN ('guard_of_before', 'theirs')").fetchall()
        connection.execute("DROP FUNCTION commercial.theirs() CASCADE")
    assert before - {place[:2] for place in triggers(office.dsn())} == left and functions == [("theirs",)]


def triggers(dsn):
    return set(asked(dsn, "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger "
                          "WHERE NOT tgisinternal AND %(ours)s::text[] IS NOT NULL"))


def test_every_table_keeps_a_trail_or_only_grows(office):
    """Nothing is written without a row in the trail; what is not trailed can only be added to."""
    kept = {(table.split(".")[-1], name) for table, name, _ in triggers(office.dsn())}
    for model in (mapper.class_ for mapper in db.Model.registry.mappers):
        names = {name for table, name in kept if table == model.__tablename__}
        assert names & {"y_audit", "only_grows"}, model.__tablename__
        if "version" in model.__table__.columns:
            assert "z_version" in names, model.__tablename__


def test_versions_wait_for_no_lock_for_long():
    settings = (ROOT / "migrations/env.py").read_text(encoding="utf-8")
    assert re.search(r"lock_timeout = '\d+s'", settings) and "statement_timeout" in settings
