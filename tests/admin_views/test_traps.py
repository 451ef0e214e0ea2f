"""Where stock Flask-Admin lets people through, each closed.

Inline scripts and the one token of a form are in test_every_page.py, names of files in test_uploads.py, cells that
begin a formula in test_exports.py.
"""

import re
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import update

import policies
from admin_views.core.base import VERBS, PolicyView
from admin_views.core.sentences import CODES
from admin_views.people.desk import PersonView
from deploy.demo.people import DEMO_PASSWORD
from models.base.people import Person, Role
from models.corrections import CorrectionState
from policies.core.rules import Denied, Rule
from tests.admin_views.pages import addresses, fresh_token, send
from tests.house.addresses import checksum, screens, without_rule

ROOT = Path(__file__).resolve().parents[2]
CANARY = '<b id=canario>"\'&amp;{{7*7}}<script>canario()</script>'


class ActivePeopleView(PersonView):
    """A screen with a row rule: people who left are not there."""

    def scope(self, query):
        return query.where(Person.active)


@pytest.fixture(scope="module")
def administrator(office):
    return office.client("administrator")


def test_s1_no_list_is_edited_in_place(office, administrator):
    before = checksum(office)
    token = fresh_token(office, administrator)
    for url in addresses(office):
        answer = administrator.post(f"{url}/ajax/update/", data={
            "csrf_token": token, "list_form_pk": "1", "name": "Otro"})
        assert answer.status_code == 404, url
    assert checksum(office) == before
    assert not [view for view in screens(office.app).values() if view.column_editable_list]


def test_s2_a_row_outside_the_scope_does_not_exist_anywhere(office):
    gone = office.scalar("SELECT id FROM console.people WHERE NOT active")
    name = office.scalar("SELECT name FROM console.people WHERE id = %s", gone)
    with office.another() as app:
        app.extensions["admin"][0].add_view(ActivePeopleView(Person, endpoint="active_people", url="/activas"))
        client = app.test_client()
        office.log_in(client, office.email("administrator"), DEMO_PASSWORD)
        token = fresh_token(office, client)
        missing = client.get("/activas/999999/")
        for path in ("", "editar/", "acto/apply/"):
            hidden = client.get(f"/activas/{gone}/{path}")
            assert hidden.status_code == 404 and name not in hidden.text
            assert without_token(hidden) == without_token(missing)
        assert client.post(f"/activas/{gone}/editar/", data={
            "csrf_token": token, "version": "1", "name": "Otro"}).status_code == 404
        assert name not in client.get("/activas/?q=" + name.split()[0]).text
        with client.get("/activas/exportar/csv/") as sheet:
            assert name not in sheet.text and "Gerardo" in sheet.text
    assert office.scalar("SELECT name FROM console.people WHERE id = %s", gone) == name


def without_token(page):
    return re.sub(r'"[\w-]+\.[\w-]{6}\.[\w-]{27}"', '""', page.text)   # signed, and dated to the second


def test_s3_a_field_that_is_not_in_the_form_is_not_written(office, administrator):
    key = office.scalar("SELECT id FROM console.logins WHERE email = %s", office.email("staff"))
    kept = office.scalar("SELECT row(password, fs_uniquifier)::text FROM console.logins WHERE id = %s", key)
    answer = send(office, administrator, f"/accesos/{key}/editar/", {
        "person_id": office.actor("staff").id, "email": office.email("staff"), "active": "y",
        "password": "x", "fs_uniquifier": "x", "id": "99"})
    assert answer.status_code == 302, answer.text
    assert office.scalar("SELECT row(password, fs_uniquifier)::text FROM console.logins"
                         " WHERE id = %s", key) == kept
    made = send(office, administrator, "/dias-inhabiles/nuevo/", {
        "day": "2031-05-10", "reason": "Día de prueba", "state": "in_force", "version": "40"})
    assert made.status_code == 302
    assert office.scalar("SELECT state || version FROM console.holidays WHERE day = '2031-05-10'") == "draft1"


def test_s4_permission_is_asked_on_each_request_not_when_the_view_is_built(office, monkeypatch):
    staff = office.client("staff")
    assert staff.get("/personas/1/").status_code == 200
    with monkeypatch.context() as patch:
        patch.setitem(policies.RULES, Person, Rule(Person, view=frozenset({Role.AUDITOR})))
        assert staff.get("/personas/1/").status_code == 403
    assert staff.get("/personas/1/").status_code == 200


def test_s5_a_form_without_its_token_writes_nothing(office, administrator):
    before = checksum(office)
    for path, data in (("/personas/nuevo/", {"name": "Intrusa"}), ("/bitacora/verificar/", {}),
                       ("/personas/1/editar/", {"name": "Otro", "version": "1"}),
                       ("/firmas-por-nivel/1/borrar/", {"version": "1"}), ("/cargo", {"id": "1"})):
        for token in ({}, {"csrf_token": "no-es"}, {"csrf_token": ""}):
            answer = administrator.post(path, data=data | token)
            assert answer.status_code in (302, 400), path
            if answer.status_code == 302:   # the page again, with what was typed
                assert answer.location == path
                administrator.get(path)
    assert checksum(office) == before


def test_s6_an_expired_page_says_so_and_gives_the_words_back(office, administrator, monkeypatch):
    assert office.app.config["WTF_CSRF_TIME_LIMIT"] == 8 * 3600
    token = fresh_token(office, administrator)
    with monkeypatch.context() as patch:
        patch.setitem(office.app.config, "WTF_CSRF_TIME_LIMIT", -1)
        answer = administrator.post("/personas/nuevo/", data={"csrf_token": token, "name": "A medio escribir"})
    assert answer.status_code == 302 and answer.location == "/personas/nuevo/"
    page = administrator.get("/personas/nuevo/")
    assert "La página había vencido" in page.text and 'value="A medio escribir"' in page.text


def test_s8_there_is_no_lookup_to_dump(office, administrator):
    for url in addresses(office):
        answer = administrator.get(f"{url}/ajax/lookup/?name=person&limit=100000&offset=-1&query=%25")
        assert answer.status_code == 404, url


def test_s9_database_text_never_becomes_markup(office):
    marked = [path.name for path in (ROOT / "admin_views/templates").rglob("*.html")
              if re.search(r"\|\s*safe\b|autoescape\s+false", path.read_text(encoding="utf-8"))]
    assert marked == []
    key = office.correction(CorrectionState.SUBMITTED)
    with psycopg.connect(office.dsn()) as owner:
        owner.execute("UPDATE console.people SET name = %s WHERE id = %s", (CANARY, office.actor("staff").id))
        owner.execute("UPDATE commercial.accounts SET holder_name = %s, street = %s", (CANARY, CANARY))
    for role, path in (("staff", "/"), ("commercial_director", f"/correcciones/{key}/"),
                       ("staff", "/cuentas/1/"), ("auditor", f"/correcciones/{key}/historia/")):
        page = office.client(role).get(path)
        assert "<b id=canario" not in page.text and "<script>canario" not in page.text, path
        assert "canario" in page.text or role == "auditor", path


def test_s10_a_form_touches_no_part_of_another_whole(office, administrator):
    """A key that is not this record's is refused: neither that part, nor silently a new one."""
    assert not [view for view in screens(office.app).values() if view.inline_models]
    before = office.scalar("SELECT md5(string_agg(s::text, '|' ORDER BY id)) FROM console.approval_slots s")
    answer = send(office, administrator, "/niveles/nuevo/", {
        "name": "Con hijas", "from_amount": "1", "valid_from": "2032-01-01", "slots-0-key": "1",
        "slots-0-version": "1", "slots-0-position": "9", "slots-0-role": "staff", "slots": "1"})
    assert answer.status_code == 422 and "Renglón 1: otra persona ya lo quitó" in answer.text
    assert office.scalar("SELECT md5(string_agg(s::text, '|' ORDER BY id)) FROM"
                         " console.approval_slots s") == before


def test_s11_a_violated_constraint_is_one_calm_sentence(office, administrator):
    name = office.scalar("SELECT name FROM console.municipalities ORDER BY id LIMIT 1")
    answer = send(office, administrator, "/municipios/nuevo/", {"name": name, "valid_from": "2020-01-01"})
    assert answer.status_code == 409 and CODES["23505"] in answer.text
    assert f'value="{name}"' in answer.text
    assert not re.search(r"INSERT INTO|psycopg|uq_municip|DETAIL", answer.text)
    wrong = send(office, administrator, "/municipios/nuevo/", {
        "name": "Al revés", "valid_from": "2020-01-02", "valid_to": "2020-01-01"})
    assert wrong.status_code == 409 and "La fecha «hasta» debe ser igual o posterior" in wrong.text


def test_s12_there_are_no_mass_actions(office, administrator):
    before = checksum(office)
    for url in addresses(office):
        answer = administrator.post(f"{url}/action/", data={
            "csrf_token": fresh_token(office, administrator), "action": "delete", "rowid": ["1", "abc"]})
        assert answer.status_code == 404, url
    with office.speaks("administrator") as session, pytest.raises(Denied, match="masivos"):
        session.execute(update(Person).values(active=False))
    assert checksum(office) == before


def test_s15_a_view_allows_nothing_that_no_rule_allows(office):
    with without_rule(Person):
        for role in Role:
            assert [verb for verb in set(VERBS.values())
                    if policies.allows(office.actor(role), verb, Person)] == []
        with office.app.test_request_context():
            assert not screens(office.app)["people"].is_accessible()
    for view in screens(office.app).values():
        assert type(view)._handle_view is PolicyView._handle_view
