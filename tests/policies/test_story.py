"""The story of a record tells each office what its grants allow, and any program the same."""

from contextlib import closing

import psycopg
import pytest
from psycopg import errors

import policies
from models import db
from models.base.people import Role
from policies.core.parts import parts_of
from policies.core.speaker import TIERS
from policies.corrections.acts import detach

STORY = "SELECT * FROM audit.story(%s, %s, %s, %s, %s)"
READABLE = """
SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = to_regclass(%s) AND a.attnum > 0
   AND NOT a.attisdropped AND has_column_privilege(%s, a.attrelid, a.attnum, 'SELECT')"""
TOLD = ["seq", "at", "txid", "actor_id", "role", "act", "request_id", "program", "table_name", "row_id",
        "operation", "old", "new", "held_back", "seal"]
ROLES = [role.value for role in Role]


@pytest.fixture(scope="module")
def lived(office):
    """Every kind of change: acts, a part that is gone, a personal value, a password, a load."""
    key = office.correction("applied")
    draft = office.draft()
    office.prove(draft)
    evidence = office.scalar("SELECT id FROM console.attachments WHERE subject = 'corrections' AND subject_id = %s", draft)
    office.perform("staff", detach, draft, {"document": str(evidence)})
    with psycopg.connect(office.dsn()) as owner:
        owner.execute("UPDATE commercial.accounts SET holder_name = 'Quetzalli Xilonen', street = 'Ocelote 7',"
                      " route = '01-01' WHERE id = 1")
        owner.execute("UPDATE console.logins SET password = 'otra', active = false WHERE id ="
                      " (SELECT max(id) FROM console.logins)")
    return {"correction": key, "draft": draft, "evidence": evidence}


def entries(office, role, table, keys, part_of=None, whole=None, most=100_000):
    with office.program(role) as raw:
        asked = raw.execute(STORY, (table, keys, part_of, whole, most))
        names = [column.name for column in asked.description]
        return [dict(zip(names, row, strict=True)) for row in asked]


def tables():
    return sorted(mapper.class_.__table__.fullname for mapper in db.Model.registry.mappers)


def logged(office, table):
    return office.scalar("SELECT array_agg(DISTINCT row_id) FROM audit.log WHERE table_name = %s"
                         " AND row_id IS NOT NULL", table) or []


@pytest.mark.parametrize("role", ROLES)
def test_no_office_learns_what_its_grants_deny(office, lived, role):
    """For every table: what the story shows of it is among what this office may SELECT of it."""
    shown = 0
    for table in tables():
        with office.program() as owner:
            readable = {name for (name,) in owner.execute(READABLE, (table, f"console_{role}"))}
        found = entries(office, role, table, logged(office, table))
        told = {name for entry in found for side in ("old", "new") for name in entry[side] or {}}
        assert told <= readable, (table, told - readable)
        assert readable or not found, table
        if found and not table.startswith("audit."):
            assert len(found) == office.scalar("SELECT count(*) FROM audit.log WHERE table_name = %s"
                                               " AND row_id IS NOT NULL", table), table
        shown += len(found)
    assert shown > 20


@pytest.mark.parametrize("role", ROLES)
def test_secrets_and_names_are_in_nobodys_story(office, lived, role):
    words = str([entries(office, role, table, logged(office, table)) for table in tables()])
    assert "Quetzalli" not in words and "Ocelote" not in words
    assert not [name for name in ("'password':", "'fs_uniquifier':") if name in words]


def test_a_personal_change_is_a_pseudonym_to_its_readers_and_held_back_from_the_rest(office, lived):
    (staff,), (auditor,) = ([entry for entry in entries(office, role, "commercial.accounts", ["1"])
                             if "route" in (entry["new"] or {})] for role in ("staff", "auditor"))
    assert staff["new"]["holder_name"].startswith("hmac:") and staff["held_back"] is False
    assert "holder_name" not in auditor["new"] and "street" not in auditor["old"]
    assert auditor["held_back"] is True and auditor["new"]["route"] == "01-01"


def test_what_no_office_is_shown(office, lived):
    """Neither the address of a person's machine, nor the login, nor the row's hash."""
    with office.program("auditor") as raw:
        assert [column.name for column in raw.execute(STORY, ("console.people", ["1"], None, None, 1)).description] == TOLD


@pytest.mark.parametrize("table", ["audit.log", "audit.secret", "report.bitacora", "pg_catalog.pg_authid",
                                   "console.nothing", "people", "", 'console."people"'])
def test_only_our_tables_have_a_story(office, lived, table):
    assert entries(office, "auditor", table, ["1", "2", "3"]) == []


@pytest.mark.parametrize("role", ["operations_director", "works_director", "administrator"])
def test_an_office_that_reads_no_correction_reads_no_story_of_one(office, lived, role):
    key = str(lived["correction"])
    assert entries(office, role, "console.corrections", [key]) == []
    assert entries(office, role, "console.attachments", [], "record", f"corrections {lived['draft']}") == []
    assert entries(office, "staff", "console.corrections", [key]) != []


def test_a_part_that_is_gone_is_still_told(office, lived):
    found = entries(office, "auditor", "console.attachments", [], "record", f"corrections {lived['draft']}")
    assert [(entry["operation"], entry["row_id"]) for entry in found] == [
        ("D", str(lived["evidence"])), ("I", str(lived["evidence"]))]
    assert all("file_name" not in {**(entry["old"] or {}), **(entry["new"] or {})} for entry in found)


def test_nobody_asks_by_a_column_that_they_may_not_read(office, lived):
    """Else the answer would say whether a name is the one that was guessed."""
    name = office.scalar("SELECT old ->> 'file_name' FROM audit.log WHERE table_name = 'console.attachments'"
                         " AND operation = 'D' ORDER BY seq DESC LIMIT 1")
    assert entries(office, "auditor", "console.attachments", [], "file_name", name) == []
    assert entries(office, "staff", "console.attachments", [], "file_name", name) != []


@pytest.mark.parametrize("tier", sorted({*TIERS.values(), "public", "sealer", "gate"}))
def test_a_login_without_its_office_has_no_story(office, lived, tier):
    with office.program(login=tier) as raw, pytest.raises(errors.InsufficientPrivilege):
        raw.execute(STORY, ("console.people", ["1"], None, None, 1))


def test_a_program_of_one_tier_is_told_no_more_by_saying_it_is_another(office, lived):
    """On psql an auditor says he is staff: PostgreSQL does not dress him so."""
    with closing(psycopg.connect(office.dsn("auditor"))) as raw, pytest.raises(errors.InsufficientPrivilege):
        raw.execute("SELECT set_config('role', 'console_staff', true)")


def test_the_newest_come_first_and_no_more_than_asked(office, lived):
    every = entries(office, "staff", "console.corrections", [str(lived["correction"])])
    assert [entry["seq"] for entry in every] == sorted((entry["seq"] for entry in every), reverse=True)
    assert len(every) > 3
    assert entries(office, "staff", "console.corrections", [str(lived["correction"])], most=2) == every[:2]


def test_a_load_has_no_row_to_tell_of(office, lived):
    with psycopg.connect(office.dsn()) as owner:
        owner.execute("INSERT INTO commercial.meters (serial, account_id, installed_on, state)"
                      " VALUES ('MED-CARGA', 1, '2026-01-01', 'working')")
    loads = office.scalar("SELECT count(*) FROM audit.log WHERE table_name = 'commercial.meters' AND operation = 'L'")
    key = office.scalar("SELECT id::text FROM commercial.meters WHERE serial = 'MED-CARGA'")
    assert loads > 0 and entries(office, "staff", "commercial.meters", [key]) == []


def test_every_record_that_a_rule_knows_may_be_asked(office, lived):
    """parts_of() names columns that exist, for each model with a rule."""
    for model in policies.RULES:
        for part, name in parts_of(model).items():
            assert name in part.__table__.columns, (model, part)
