"""Files, signatures, letters and hands are read by whoever reads the record that they are about, in PostgreSQL and by
the console's own condition: each table × kind of record × office, as declared and with that office's reading turned
around."""

from contextlib import contextmanager
from dataclasses import replace

import psycopg
import pytest
from psycopg import errors

from models.base.people import Role
from models.corrections import Correction
from models.notices import Notice
from policies.core import grants
from policies.core.carried import CARRIERS, carriers, with_readers
from policies.core.declarations import Misdeclared
from policies.core.offices import EVERYONE
from policies.core.rules import NOBODY, RULES, Rule
from policies.core.scopes import scope, scoped
from policies.core.signing import SIGNED
from policies.core.sql import rows
from policies.core.sql.clauses import sql
from policies.core.trays import Tray, check_seen
from policies.corrections.acts import detach
from tests.psql import superuser

KEY = -1      # of a record that every row below is about, so that no other row is met
ROWS = {
    "attachments": "(subject, subject_id, kind, label, document_id, file_name, added_by_id, added_at, revision)"
                   " VALUES (%s, %s, 'x', 'x', 1, 'x', 1, now(), 1)",
    "signature_places": "(subject, subject_id, revision, position, role, rule) VALUES (%s, %s, 1, 1, 'unit_head', 'x')",
    "signatures": "(subject, subject_id, revision, place_id, signer_id, role, acting, letter, method, content_hash, signed_at)"
                  " VALUES (%s, %s, 1, -(SELECT count(*) FROM console.signatures), 1, 'unit_head', false, '', 'x',"
                  " repeat('0', 64), now())",
    "contributions": "(subject, subject_id, revision, person_id, at) VALUES (%s, %s, 1, 1, now())",
    "notices": "(about, about_id, folio, template_id, subject, body, state_since, written_at)"
               " VALUES (%s, %s, 'x', 1, 'x', 'x', now(), now())"}
CASES = [pytest.param(model, whole, role, id=f"{model.__tablename__}:{whole.__tablename__}:{role.value}")
         for model in sorted(CARRIERS, key=lambda model: model.__tablename__) for whole in carriers(model) for role in Role]
NAMED = [(model, whole) for model in CARRIERS if RULES[model].personal_to for whole in carriers(model)]
DERIVED = dict(view=NOBODY, export=NOBODY, personal_to=NOBODY)


def turned(role, whole):
    """The rule of a kind of record, which an office reads no more, or reads from now on."""
    return replace(RULES[whole], view=RULES[whole].view ^ {role})


@contextmanager
def written(office, cluster, model):
    """A row about a record of each kind, under the grants and policies that the rules now say; undone at the end."""
    table, offices = model.__table__.fullname, ", ".join(grants.OFFICES)
    with superuser(cluster, office) as raw:
        for whole in carriers(model):
            raw.execute(f"INSERT INTO {table} {ROWS[model.__tablename__]}", (whole.__tablename__, KEY))
        raw.execute(rows.CLEARED)
        raw.execute(f"REVOKE ALL ON {table} FROM {offices}")
        for statement in (*grants.rule_grants(RULES[model]),
                          *(rows.policies_of(model, found) if (found := scoped(model)) else ())):
            raw.execute(statement)
        yield raw
        raw.rollback()


def seen(raw, model, role, condition="true"):
    """The kinds of record whose row is found: as an office, or as the owner under the console's condition."""
    kind, key = model.named_by
    raw.execute(f"SELECT set_config('role', '{f'console_{role.value}' if role else 'none'}', true)")
    try:
        return {name for (name,) in raw.execute(
            f"SELECT {kind} FROM {model.__table__.fullname} WHERE {key} = {KEY} AND {condition}")}
    except errors.InsufficientPrivilege:
        return set()


def told(raw, model, role):
    """What the screens of an office find: nothing without view, else what its row scope leaves."""
    if role not in RULES[model].view:
        return set()
    within = scope(model, role)
    return seen(raw, model, None, "true" if within is None else sql(within, model.__table__))


def read(model, role):
    return {whole.__tablename__ for whole in carriers(model) if role in RULES[whole].view}


@pytest.mark.parametrize(("model", "whole", "role"), CASES)
def test_it_is_read_by_whoever_reads_its_record(office, cluster, monkeypatch, model, whole, role):
    before = read(model, role)
    monkeypatch.setitem(RULES, whole, turned(role, whole))
    monkeypatch.setitem(RULES, model, with_readers(replace(RULES[model], **DERIVED)))
    with written(office, cluster, model) as raw:
        wanted = read(model, role)
        assert wanted == before ^ {whole.__tablename__}
        assert told(raw, model, role) == wanted == seen(raw, model, role)


@pytest.mark.parametrize("model", sorted(CARRIERS, key=lambda model: model.__tablename__), ids=lambda model: model.__tablename__)
@pytest.mark.parametrize("role", Role)
def test_each_office_reads_today_what_the_rules_of_the_records_say(office, cluster, model, role):
    with written(office, cluster, model) as raw:
        assert told(raw, model, role) == read(model, role) == seen(raw, model, role)


def test_every_table_of_rows_about_records_is_tried():
    assert {model.__tablename__ for model in CARRIERS} == set(ROWS) and len(CASES) > 8 * len(ROWS)


# ---- personal columns

@pytest.mark.parametrize(("model", "whole"), NAMED, ids=lambda model: model.__tablename__)
def test_who_does_not_read_the_names_of_a_record_does_not_read_those_of_its_files_and_letters(monkeypatch, model, whole):
    role = Role.GENERAL_DIRECTOR
    monkeypatch.setitem(RULES, whole, replace(RULES[whole], personal_to=RULES[whole].personal_to - {role}))
    rule = replace(RULES[model], **DERIVED)
    if len(carriers(model)) == 1:
        assert role in with_readers(rule).view and role not in with_readers(rule).personal_to
        return
    with pytest.raises(Misdeclared, match=f"general_director reads the personal data of .* and not those of {whole.__name__}"):
        with_readers(rule)


# ---- what is signed of a record

@pytest.mark.parametrize("kind", SIGNED, ids=lambda kind: kind.table)
@pytest.mark.parametrize("asked", ["signed_content", "content_hash", "asked_places"])
def test_an_office_that_does_not_read_a_record_is_not_told_what_is_signed_of_it(office, kind, asked):
    with psycopg.connect(office.dsn()) as raw:
        key = raw.execute(f"SELECT max(id) FROM console.{kind.table}").fetchone()[0] or KEY
        raw.execute("GRANT console_general_director TO CURRENT_USER")
        question = f"SELECT count(*) FROM console.{asked}('{kind.table}', {key})"
        raw.execute("SET LOCAL ROLE console_general_director")
        raw.execute(question)
        raw.execute("RESET ROLE")
        raw.execute(f"REVOKE ALL ON console.{kind.table} FROM console_general_director")
        raw.execute("SET LOCAL ROLE console_general_director")
        with pytest.raises(errors.InsufficientPrivilege, match="does not read that record"):
            raw.execute(question)
        raw.rollback()


# ---- the story

@pytest.fixture(scope="module")
def removed(office):
    """A draft from which its file was removed; its key."""
    key = office.draft()
    office.prove(key)
    file = office.scalar("SELECT id FROM console.attachments WHERE subject = 'corrections' AND subject_id = %s", key)
    office.perform("staff", detach, key, {"document": str(file)})
    return key


@pytest.mark.parametrize(("lost", "entries"), [("correction_batches", {"I", "D"}), ("corrections", set())])
def test_the_story_tells_of_a_removed_file_to_whoever_reads_its_record(office, cluster, monkeypatch, removed, lost, entries):
    (model,) = (model for model in CARRIERS if model.__tablename__ == "attachments")
    role, (whole,) = Role.GENERAL_DIRECTOR, [one for one in carriers(model) if one.__tablename__ == lost]
    monkeypatch.setitem(RULES, whole, turned(role, whole))
    with written(office, cluster, model) as raw:
        raw.execute(rows.in_scope(rows.scoped_tables()))
        raw.execute(f"REVOKE ALL ON console.{lost} FROM console_general_director")
        raw.execute("SET LOCAL ROLE console_general_director")
        found = raw.execute("SELECT operation FROM audit.story('console.attachments', NULL, 'record', %s, 9)",
                            (f"corrections {removed}",)).fetchall()
        assert {operation for (operation,) in found} == entries


# ---- what may not be declared

def test_a_table_of_rows_about_records_names_no_readers_of_its_own():
    with pytest.raises(Misdeclared, match="the rule of Notice says who reads it"):
        with_readers(Rule(Notice, view=EVERYONE))


def test_a_record_without_rule_carries_nothing(monkeypatch):
    monkeypatch.delitem(RULES, Correction)
    with pytest.raises(Misdeclared, match="Correction carries rows of Notice and has no rule; declare it"):
        with_readers(Rule(Notice))


def test_a_tray_of_letters_for_an_office_that_reads_none_stops_the_start():
    tray = Tray(Notice, "Cartas de obras", frozenset({Role.WORKS_DIRECTOR}), lambda reader: Notice.id > 0)
    with pytest.raises(Misdeclared, match="is for .'works_director'., who may not see the table"):
        check_seen(tray)
