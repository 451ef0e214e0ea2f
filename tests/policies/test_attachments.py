"""The files of any kind of record: who adds and removes them, when, and what PostgreSQL writes by itself."""

import pytest

from models.corrections import CorrectionState
from policies.core.rules import Broken
from policies.corrections.acts import attach, detach
from tests import psql
from tests.psql import refused

ADD = """INSERT INTO console.attachments (subject, subject_id, kind, label, document_id, file_name)
SELECT %s, %s, %s, 'Foto', min(id), 'foto.png' FROM console.documents RETURNING revision, added_by_id,
added_at > now() - interval '1 day', moved_from, record"""


@pytest.fixture(scope="module")
def draft(office):
    key = psql.new_draft(office)
    with office.program("staff") as raw:
        psql.file_for(raw, key)
    return key


def test_the_database_says_who_added_it_when_and_in_which_revision(office, draft):
    with office.program("staff", 1) as raw:
        row = raw.execute(ADD, ("corrections", draft, "letter")).fetchone()
    assert row == (1, office.actor("staff", 1).id, True, None, f"corrections {draft}")


@pytest.mark.parametrize("column", ["added_by_id", "added_at", "revision", "moved_from"])
def test_nobody_brings_what_the_database_says(office, draft, column):
    with refused(office, "42501", draft), office.program("staff") as raw:
        raw.execute(ADD.replace("file_name)", f"file_name, {column})").replace("'foto.png'", "'foto.png', NULL"),
                    ("corrections", draft, "x"))


@pytest.mark.parametrize(("role", "code"), [("commercial_director", "42501"), ("auditor", "42501"), (None, "42501")])
def test_another_office_adds_none_nor_does_the_owner(office, draft, role, code):
    with refused(office, code, draft), office.program(role) as raw:
        raw.execute(ADD, ("corrections", draft, "x"))


@pytest.mark.parametrize("subject", ["people", "procedure_versions", "nothing"])
def test_a_record_of_a_kind_that_takes_no_files_takes_none(office, subject):
    with refused(office, "AG002"), office.program("staff") as raw:
        raw.execute(ADD, (subject, 1, "x"))


@pytest.mark.parametrize("kind", ["a|b", "a\nb"])
def test_a_requirement_is_one_word(office, draft, kind):
    with refused(office, "23514", draft), office.program("staff") as raw:
        raw.execute(ADD, ("corrections", draft, kind))


def test_a_requirement_that_the_procedure_does_not_ask_is_refused_in_words(office):
    key = office.draft()
    with pytest.raises(Broken, match="no pide ese documento"):
        office.perform("staff", attach, key, {"kind": "otra", "file": office.stored("x")})
    with pytest.raises(Broken, match="ya no está en el borrador"):
        office.prove(key)
        office.perform("staff", detach, key, {"document": "0"})


def test_the_files_of_another_record_are_not_reached(office):
    mine, other = office.correction(CorrectionState.SUBMITTED), office.draft()
    item = office.scalar("SELECT id::text FROM console.attachments WHERE record = %s", f"corrections {mine}")
    office.prove(other)
    with pytest.raises(Broken, match="ya no está"):
        office.perform("staff", detach, other, {"document": item})
