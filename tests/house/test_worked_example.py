"""The documented example of an area, built from the blocks of its page and walked as each office."""

import json
import re
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from deploy.example import (
    BEFORE,
    NAME,
    PAGE,
    ROOT,
    WIRING,
    area_files,
    copy_house,
    environment_of,
    say_to_database,
    write_area,
)
from models.base.roles import Role
from tests import psql
from tests.office import end

WALK = Path(__file__).with_name("example_walk.py")
SCREENS = ("/fuentes/", "/reparaciones/", "/trabajos-de-reparacion/")
ADDRESSES = ("", "1/", "nuevo/", "exportar/csv/")
ACTS = ("attach_to_repair", "detach_from_repair", "send_repair", "sign_repair", "send_back_repair", "reject_repair",
        "finish_task", "conclude_repair")


@pytest.fixture(scope="module")
def met(tmp_path_factory, office):
    """What each office met in the house with one more area, over an office's database brought to it."""
    office.correction("applied")       # with its file, its signature and its letter
    submitted = office.correction("submitted")
    tree = copy_house(tmp_path_factory.mktemp("casa") / "casa")
    write_area(tree)
    end(office.app)
    say_to_database(tree, office.url, office.app.instance_path)
    emails = {role.value: office.email(role) for role in Role}
    done = subprocess.run([sys.executable, str(WALK), office.app.instance_path, repr(emails)], cwd=tree, text=True,
                          env=environment_of(tree, office.url, office.app.instance_path), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1]) | {"submitted": submitted}


# ---- what it costs

def test_the_area_is_three_files_of_three_hundred_lines_without_sql_or_template():
    written = area_files()
    assert list(written) == [f"{room}/{NAME}.py" for room in ("models", "policies", "admin_views")]
    assert BEFORE in (ROOT / WIRING).read_text(encoding="utf-8") and f"`AREAS` in `{WIRING}`" in PAGE.read_text(encoding="utf-8")
    assert sum(len(source.splitlines()) for source in written.values()) <= 300
    assert not [name for name, source in written.items() if "text(" in source or "template" in source.split("import")[-1]]


# ---- one repair, from its fountain to the letter

@pytest.mark.parametrize("step", ["fountain", "repair", "file", "sent", "signed", "task", "concluded"])
def test_the_step_is_taken(met, step):
    assert met["rule and template"] == [302, 302] and met[step] == [302]


@pytest.mark.parametrize("step", ["short name", "task too early", "edited after", "concluded too early"])
def test_what_may_not_be_is_refused_with_its_sentence(met, step):
    status, said = met[step]
    assert status == 409 and said


def test_its_trays_call_who_must_act(met):
    assert met["tray of the head"] and met["tray of staff"]


def test_who_signs_sees_files_parts_and_the_exact_text_and_proves_who_they_are(met):
    assert met["signing shows"] == [200, True, True, True] and met["wrong password"][0] == 422


def test_the_record_says_all_that_happened_and_its_term(met):
    assert [word for word, found in met["record"].items() if not found] == []
    assert re.fullmatch(r"\d{2}/\w{3}/\d{4}", met["repair by"])


def test_the_letter_says_what_was_done_and_is_printed(met):
    assert met["letter printed"] == [200] and met["letter text"] >= 1


def test_the_auditor_reads_the_work_and_no_personal_data(met):
    assert met["masked for the auditor"] == [False, False, True]


# ---- each office, each address

@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("address", [f"{screen}{rest}" for screen in SCREENS for rest in ADDRESSES])
def test_each_office_opens_what_its_rule_says(met, role, address):
    opened, allowed = met[f"{role.value} {address}"]
    assert opened == allowed


@pytest.mark.parametrize("name", ACTS)
def test_no_other_office_takes_its_acts(met, name):
    others = [opened for case, (opened, _) in ((case, found) for case, found in met.items() if case.endswith(f" {name}"))]
    assert len(others) == len(Role) - 1 and not any(others)


# ---- its files, signatures and letters

READERS = {Role.STAFF, Role.UNIT_HEAD, Role.AUDITOR}        # of repairs; of corrections, two directors besides
OTHERS = {Role.COMMERCIAL_DIRECTOR, Role.GENERAL_DIRECTOR}
ABOUT = {"attachments": "subject", "signature_places": "subject", "signatures": "subject", "contributions": "subject",
         "notices": "about"}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("what", ["file", "letter's page", "letter's paper", "list", "found letters", "export", "box"])
def test_whoever_reads_a_repair_reads_its_file_and_its_letter(met, role, what):
    opened, allowed = met[f"{role.value} {what}"]
    assert opened == allowed
    assert allowed == (role in READERS - ({Role.AUDITOR} if what == "letter's paper" else set()))


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("table", ABOUT)
def test_psql_shows_what_hangs_from_the_records_that_the_office_reads(met, office, role, table):
    assert met["concluded"] == [302]
    with office.program(role.value) as raw:
        if role not in READERS | OTHERS:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                raw.execute(f"SELECT {ABOUT[table]} FROM console.{table}")
            return
        kinds = {kind for (kind,) in raw.execute(f"SELECT {ABOUT[table]} FROM console.{table}")}
    assert "corrections" in kinds and ("repairs" in kinds) == (role in READERS)


@pytest.mark.parametrize("role", sorted(READERS | OTHERS))
def test_psql_states_what_is_signed_of_a_repair_to_whoever_reads_it(met, office, role):
    assert met["signed"] == [302]
    with office.program(role.value) as raw:
        question = "SELECT console.signed_content('repairs', 1)"
        if role in READERS:
            assert "REPARACION" in raw.execute(question).fetchone()[0]
            return
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="does not read that record"):
            raw.execute(question)


def test_an_office_that_reads_some_kinds_still_signs_them(met, office):
    with office.program("commercial_director") as raw:
        assert raw.execute(psql.SIGN, (met["submitted"],)).rowcount == 1
        assert raw.execute("SELECT count(*) FROM console.signatures WHERE subject = 'corrections'"
                           " AND subject_id = %s", (met["submitted"],)).fetchone() == (1,)


def test_psql_tells_the_auditor_no_name_of_a_letter_or_a_file(met, office):
    assert met["concluded"] == [302]
    for column in ("notices.addressee", "notices.address", "notices.body", "attachments.file_name"):
        table = column.split(".")[0]
        with office.program("staff") as raw:
            assert raw.execute(f"SELECT {column} FROM console.{table} WHERE {ABOUT[table]} = 'repairs'").fetchone()
        with office.program("auditor") as raw, pytest.raises(psycopg.errors.InsufficientPrivilege):
            raw.execute(f"SELECT {column} FROM console.{table} WHERE {ABOUT[table]} = 'repairs'")


# ---- and any other program

def refused(office, statement, *values):
    with office.program("staff") as raw, pytest.raises(psycopg.Error) as error:
        raw.execute(statement, values)
        raw.commit()
    return error.value.sqlstate


@pytest.mark.parametrize(("statement", "code"), [
    ("UPDATE console.repair_tasks SET description = 'x' WHERE id = 1", "AG002"),
    ("UPDATE console.repair_tasks SET state = 'waiting' WHERE id = 1", "AG001"),
    ("INSERT INTO console.repair_tasks (repair_id, position, description) VALUES (1, 9, 'x')", "AG002"),
    ("UPDATE console.repairs SET description = 'x' WHERE id = 1", "AG002"),
    ("UPDATE console.repairs SET folio = 'UAS-REP-2026-000009' WHERE id = 1", "42501"),
    ("DELETE FROM console.repairs WHERE id = 1", "42501"),
    ("UPDATE console.repairs SET repair_by = '2030-01-01' WHERE id = 1", "42501")])
def test_postgresql_refuses_other_programs_the_same(met, office, statement, code):
    assert met["concluded"] == [302] and refused(office, statement) == code


def test_the_trail_has_each_step(met, office):
    assert met["concluded"] == [302]
    with psycopg.connect(office.dsn()) as owner:
        acts = [act for (act,) in owner.execute("SELECT DISTINCT act FROM audit.log WHERE act IS NOT NULL AND table_name"
                                                " IN ('console.repairs', 'console.repair_tasks')")]
    assert {"send_repair", "sign_repair", "finish_task", "conclude_repair"} <= set(acts)
