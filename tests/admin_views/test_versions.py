"""Two people on one record: the second is told, sees both versions, and loses no typed word (D1)."""

import re

import psycopg
import pytest

from admin_views.people.desk import PersonView
from models.corrections import CorrectionState as S
from tests.admin_views.pages import fresh_token, send, version_of
from tests.policies import drafting
from tests.policies.batches import Batches

NAME = "SELECT name FROM console.people WHERE id = %s"
COMPARED = re.compile(r'class="compare\b.*?</table>', re.DOTALL)


@pytest.fixture(scope="module")
def administrator(office):
    return office.client("administrator")


@pytest.fixture
def person(office, administrator):
    answer = send(office, administrator, "/personas/nuevo/", {"name": "Nombre Primero", "active": "y"})
    return int(re.search(r"/(\d+)/", answer.location).group(1))


def test_the_second_editor_sees_both_versions_and_keeps_every_word(office, administrator, person):
    path = f"/personas/{person}/editar/"
    second = office.client("administrator")
    old = second.get(path)
    assert send(office, administrator, path, {"name": "Lo Que Guardó Ella", "active": "y"}).status_code == 302
    mine = {"name": "Lo Que Escribí Yo", "active": "y", "csrf_token": office.token(old)}
    told = second.post(path, data=mine | {"version": version_of(old)})
    assert told.status_code == 409
    (compared,) = COMPARED.findall(told.text)
    assert "Lo Que Guardó Ella" in compared and "Lo Que Escribí Yo" in compared
    assert 'value="Lo Que Escribí Yo"' in told.text
    assert office.scalar(NAME, person) == "Lo Que Guardó Ella"
    decided = second.post(path, data=mine | {"version": version_of(told)})
    assert decided.status_code == 302
    assert office.scalar(NAME, person) == "Lo Que Escribí Yo"


@pytest.mark.parametrize("seen", [{}, {"version": ""}, {"version": "abc"}, {"version": "0"},
                                  {"version": "9" * 30}])
def test_a_form_that_does_not_say_what_it_saw_overwrites_nothing(office, administrator, person, seen):
    answer = administrator.post(f"/personas/{person}/editar/", data={
        "csrf_token": fresh_token(office, administrator), "name": "A ciegas", **seen})
    assert answer.status_code == 409 and 'value="A ciegas"' in answer.text
    assert office.scalar(NAME, person) == "Nombre Primero"


def test_another_program_that_writes_between_reading_and_saving_is_noticed(
        office, administrator, person, monkeypatch):
    """The version is asked again by the UPDATE itself: no moment is left between the two."""
    saved = PersonView.save

    def overtaken(view, record):
        with psycopg.connect(office.dsn()) as program:
            program.execute("UPDATE console.people SET name = 'De otro programa' WHERE id = %s", (person,))
        return saved(view, record)
    monkeypatch.setattr(PersonView, "save", overtaken)
    answer = send(office, administrator, f"/personas/{person}/editar/", {"name": "Mío", "active": "y"})
    assert answer.status_code == 409 and 'value="Mío"' in answer.text and "De otro programa" in answer.text
    assert office.scalar(NAME, person) == "De otro programa"


def test_another_programs_write_moves_the_version_too(office, person):
    """Whoever writes with psql bumps what the forms compare."""
    with psycopg.connect(office.dsn()) as program:
        program.execute("UPDATE console.people SET version = 1, active = false WHERE id = %s", (person,))
    assert office.scalar("SELECT version FROM console.people WHERE id = %s", person) == 2


def test_an_act_on_a_page_that_moved_is_refused_with_the_words_kept(office):
    key = office.draft()
    staff = office.client("staff")
    path = f"/correcciones/{key}/acto/calculate/"
    old = staff.get(path)
    office.prove(key)   # a colleague attaches a document meanwhile
    before = office.scalar("SELECT row(version, reason)::text FROM console.corrections WHERE id = %s", key)
    answer = staff.post(path, data={"csrf_token": office.token(old), "version": version_of(old),
                                    "reason": "Lo que yo escribí.", "leak__repaired": "True"})
    assert answer.status_code == 409
    assert "Otra persona cambió este registro" in answer.text and "Lo que yo escribí." in answer.text
    assert office.scalar("SELECT row(version, reason)::text FROM console.corrections WHERE id = %s",
                         key) == before


@pytest.mark.parametrize("seen", ["", "abc", "-1", "1.5", "٣"])
def test_an_act_without_the_version_it_saw_is_refused(office, seen):
    key = office.draft()
    staff = office.client("staff")
    answer = staff.post(f"/correcciones/{key}/acto/withdraw/", data={
        "csrf_token": fresh_token(office, staff), "version": seen})
    assert answer.status_code == 409
    assert office.scalar("SELECT state FROM console.corrections WHERE id = %s", key) == "draft"


@pytest.mark.parametrize("seen_hash", [None, "", "0" * 64, "x"])
def test_a_signature_over_another_content_than_the_one_shown_is_refused(office, seen_hash):
    """Over HTTP: the hash that the page showed comes back with the password."""
    key = office.correction(S.SUBMITTED)
    director = office.client("commercial_director")
    path = f"/correcciones/{key}/acto/sign/"
    page = director.get(path)
    data = {"csrf_token": office.token(page), "version": version_of(page), "password": "agua-clara-2026"}
    answer = director.post(path, data=data | ({} if seen_hash is None else {"seen_hash": seen_hash}))
    assert answer.status_code == 409 and "El contenido cambió" in answer.text
    assert office.scalar("SELECT count(*) FROM console.signatures WHERE subject = 'corrections' AND subject_id = %s", key) == 0


@pytest.fixture(scope="module")
def whole_documents(office):
    """its table → (its key, the address where it is signed)."""
    batch, version = Batches(office).submitted(back=4), drafting.sent(office)
    return {"correction_batches": (batch, f"/lotes/{batch}/acto/sign_batch/"),
            "procedure_versions": (version, f"/procedimientos/{version}/acto/endorse_version/")}


@pytest.mark.parametrize("seen_hash", [None, "", "0" * 64, "x"])
@pytest.mark.parametrize("table", ["correction_batches", "procedure_versions"])
def test_nor_is_a_whole_document_signed_over_another_content(office, whole_documents, table, seen_hash):
    key, path = whole_documents[table]
    head = office.client("unit_head")
    page = head.get(path)
    assert office.scalar("SELECT console.content_hash(%s, %s)", table, key) in page.text
    data = {"csrf_token": office.token(page), "version": version_of(page), "password": "agua-clara-2026"}
    answer = head.post(path, data=data | ({} if seen_hash is None else {"seen_hash": seen_hash}))
    assert answer.status_code == 409 and "cambió" in answer.text
    assert office.scalar("SELECT count(*) FROM console.signatures WHERE subject = %s AND subject_id = %s", table, key) == 0


def test_a_stray_hash_does_not_trip_an_act_that_asks_for_none(office):
    key = office.draft()
    staff = office.client("staff")
    assert send(office, staff, f"/correcciones/{key}/acto/withdraw/", {"seen_hash": "x"}).status_code == 302
