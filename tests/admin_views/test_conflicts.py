"""Base, theirs and mine: what a person reads when somebody saved first, and what their choice does."""

import json
import re
from html import unescape

import psycopg
import pytest

from policies.corrections.acts import calculate
from tests.admin_views.pages import fresh_token, key_in, send, version_of

ROW = re.compile(r'<tr>\s*<th scope="row">(.*?)</th>(.*?)</tr>', re.DOTALL)
CELL = re.compile(r"<td[^>]*>(.*?)</td>", re.DOTALL)
CHOSEN = re.compile(r'name="(keep-\w+)" value="(\w+)" checked')
BASE = re.compile(r'name="base" value="([^"]*)"')


@pytest.fixture(scope="module")
def desk(office):
    return office.client("administrator")


@pytest.fixture
def appointment(office, desk):
    """Somebody's appointment, open in one window and changed in another: (path, page as opened)."""
    person = office.actor("staff", 2).id      # who left: no other office of theirs excludes one
    made = send(office, desk, "/nombramientos/nuevo/", {
        "person_id": str(person), "role": "staff", "valid_from": "2031-01-05", "letter": "DG/2026/100"})
    assert made.status_code == 302, made.text
    yield f"{made.location}editar/", person
    with psycopg.connect(office.dsn()) as owner:      # the next one's office is not excluded by this one's
        owner.execute("DELETE FROM console.appointments WHERE id = %s", (key_in(made.location),))


def typed(office, page, person, **more):
    return {"csrf_token": office.token(page), "version": version_of(page),
            "base": unescape(BASE.search(page.text).group(1)), "person_id": str(person), "role": "staff",
            "valid_from": "2031-01-05", "valid_to": "", "letter": "DG/2026/100"} | more


def they(office, path, change):
    with psycopg.connect(office.dsn()) as owner:
        owner.execute(f"UPDATE console.appointments SET {change} WHERE id = %s", (key_in(path),))


def rows(page):
    """label → its cells, in words."""
    (table,) = re.findall(r'<table class="compare.*?</table>', page.text, re.DOTALL)
    return {label: [" ".join(unescape(re.sub(r"<[^>]+>", " ", cell)).split()).split(": ")[-1]
                    for cell in CELL.findall(rest)] for label, rest in ROW.findall(table)}


def saved(office, path, column):
    return office.scalar(f"SELECT {column}::text FROM console.appointments WHERE id = %s", key_in(path))


def test_each_field_is_told_three_times_and_who_changed_it_is_the_default(office, desk, appointment):
    path, person = appointment
    page = desk.get(path)
    they(office, path, "letter = 'DG/2026/101', valid_to = '2031-12-31'")
    told = desk.post(path, data=typed(office, page, person, letter="DG/2026/999"))
    assert told.status_code == 409
    assert rows(told) == {"Hasta": ["—", "31/dic/2031", "—"],
                          "Oficio de nombramiento": ["DG/2026/100", "DG/2026/101", "DG/2026/999"]}
    assert dict(CHOSEN.findall(told.text)) == {"keep-valid_to": "theirs", "keep-letter": "mine"}
    assert 'value="DG/2026/999"' in told.text


def test_the_choice_of_each_field_is_what_is_saved(office, desk, appointment):
    path, person = appointment
    page = desk.get(path)
    they(office, path, "letter = 'DG/2026/101', valid_to = '2031-12-31', acting = true")
    mine = typed(office, page, person, letter="DG/2026/999", valid_from="2031-02-01")
    told = desk.post(path, data=mine)
    decided = mine | {"version": version_of(told), "base": ""} | dict(CHOSEN.findall(told.text))
    assert decided["keep-acting"] == "theirs"
    assert desk.post(path, data=decided | {"keep-letter": "theirs"}).status_code == 302
    assert [saved(office, path, name) for name in ("letter", "valid_from", "valid_to", "acting")] == [
        "DG/2026/101", "2031-02-01", "2031-12-31", "true"]


def test_a_third_change_is_a_conflict_again_over_what_was_just_read(office, desk, appointment):
    path, person = appointment
    page = desk.get(path)
    they(office, path, "letter = 'DG/2026/101'")
    mine = typed(office, page, person, letter="DG/2026/999")
    told = desk.post(path, data=mine)
    they(office, path, "letter = 'DG/2026/102'")
    again = desk.post(path, data=typed(office, told, person, letter="DG/2026/999") | {"keep-letter": "mine"})
    assert again.status_code == 409
    assert rows(again) == {"Oficio de nombramiento": ["DG/2026/101", "DG/2026/102", "DG/2026/999"]}
    assert saved(office, path, "letter") == "DG/2026/102"


def test_names_are_compared_not_keys(office, desk, appointment):
    path, person = appointment
    page = desk.get(path)
    they(office, path, "role = 'auditor'")
    told = desk.post(path, data=typed(office, page, person, role="unit_head"))
    assert rows(told) == {"Cargo": ["Personal administrativo", "Contraloría Interna y auditores",
                                    "Titular de la Unidad de Atención Social"]}


def test_two_who_wrote_the_same_dispute_nothing(office, desk, appointment):
    path, person = appointment
    page = desk.get(path)
    they(office, path, "letter = 'DG/2026/101'")
    told = desk.post(path, data=typed(office, page, person, letter="DG/2026/101"))
    assert told.status_code == 409 and "dicen lo mismo" in told.text


def test_what_cannot_be_read_is_shown_as_it_was_typed(office, desk, appointment):
    path, person = appointment
    page = desk.get(path)
    they(office, path, "valid_to = '2031-12-31'")
    told = desk.post(path, data=typed(office, page, person, valid_to="mañana"))
    assert rows(told) == {"Hasta": ["—", "31/dic/2031", "mañana"]}


@pytest.mark.parametrize("base", ["", "{", "[1]", "null", "[" * 100_000, '{"letter": ["<b>x</b>"], "otro": 1}',
                                  '{"letter": {"a": {"b": null}}}', '{"letter": "<script>canario()</script>"}'])
def test_the_base_is_only_ever_shown(office, desk, appointment, base):
    path, person = appointment
    page = desk.get(path)
    they(office, path, "letter = 'DG/2026/101'")
    told = desk.post(path, data=typed(office, page, person, letter="Mío") | {"base": base})
    assert told.status_code == 409 and "<b>x" not in told.text and "<script>c" not in told.text
    assert rows(told)["Oficio de nombramiento"][1:] == ["DG/2026/101", "Mío"]
    assert saved(office, path, "letter") == "DG/2026/101"


def test_a_choice_needs_no_conflict_to_be_obeyed_and_names_no_other_column(office, desk, appointment):
    path, person = appointment
    page = desk.get(path)
    answer = desk.post(path, data=typed(office, page, person, letter="Otra", valid_from="2031-03-01") | {
        "keep-letter": "theirs", "keep-id": "theirs", "keep-version": "theirs", "keep-": "theirs"})
    assert answer.status_code == 302
    assert (saved(office, path, "letter"), saved(office, path, "valid_from")) == ("DG/2026/100", "2031-03-01")


def test_a_field_found_wrong_keeps_the_base_of_the_page_as_it_was_opened(office, desk, appointment):
    path, person = appointment
    page = desk.get(path)
    wrong = desk.post(path, data=typed(office, page, person, letter=" "))
    assert wrong.status_code == 422 and BASE.search(wrong.text).group(1) == BASE.search(page.text).group(1)
    assert json.loads(unescape(BASE.search(page.text).group(1)))["letter"] == "DG/2026/100"


def test_an_act_over_a_page_that_moved_tells_what_changed(office):
    key, staff = office.draft(), office.client("staff")
    office.prove(key)
    path = f"/correcciones/{key}/acto/submit/"
    page = staff.get(path)
    office.perform("staff", calculate, key, {"reason": "Otro motivo.", "leak.repaired": True})
    told = staff.post(path, data={"csrf_token": office.token(page), "version": version_of(page),
                                  "base": unescape(BASE.search(page.text).group(1))})
    assert told.status_code == 409
    assert rows(told) == {"Motivo": ["Fuga reparada por el usuario.", "Otro motivo."]}
    assert "Qué cambió desde que abrió la página" in told.text


def test_a_refusal_leads_back_and_keeps_the_sentences(office, desk):
    key, staff = office.correction(), office.client("staff")
    token = fresh_token(office, staff)
    told = staff.post(f"/correcciones/{key}/acto/calculate/", data={
        "csrf_token": token, "version": "1", "reason": "Lo que había escrito <b>a mano</b>.", "password": "una clave larga"})
    assert told.status_code == 409 and "Lo que había escrito &lt;b&gt;a mano&lt;/b&gt;." in told.text
    assert "una clave larga" not in told.text
    assert f'href="/correcciones/{key}/"' in told.text and 'href="/correcciones/"' in told.text


def test_a_refusal_offers_no_way_that_is_shut(office):
    works = office.client("works_director")
    told = works.get("/correcciones/1/acto/sign/")
    assert told.status_code == 403 and 'class="button" href="/correcciones' not in told.text
    main = told.text.split("<main")[1]
    assert 'href="/"' in main and "/correcciones/" not in main
