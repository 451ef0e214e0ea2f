"""What each person keeps of a list: its columns, its density, and its address under a name."""

import re

import psycopg
import pytest

from admin_views.lists import preferences
from admin_views.lists.filters import GONE, UNKNOWN
from admin_views.lists.listing import NO_COLUMNS, NOT_YOURS
from admin_views.lists.lists import NO_COLUMN
from models.corrections import CorrectionState as S
from tests.admin_views.pages import fresh_token
from tests.house.addresses import screens

PLAIN = "/correcciones/?vista=ninguna"


@pytest.fixture(scope="module")
def corrections(office):
    return {state: office.correction(state) for state in (S.DRAFT, S.SUBMITTED, S.APPLIED)}


@pytest.fixture(autouse=True)
def nothing_kept(office, corrections):
    yield
    with psycopg.connect(office.dsn()) as owner:
        owner.execute("DELETE FROM console.saved_views")
        owner.execute("DELETE FROM console.list_settings")


def save(office, client, name, query="state=draft", url="/correcciones", **ticked):
    return client.post(f"{url}/vistas/", data={
        "csrf_token": fresh_token(office, client), "nombre": name, "consulta": query, **ticked})


def arrange(office, client, columns=(), url="/correcciones", **terms):
    return client.post(f"{url}/columnas/", data={
        "csrf_token": fresh_token(office, client), "mostrar": list(columns), **terms})


def head(page):
    """The columns that a list page shows, its own two (to select and to peek) aside."""
    return [re.sub(r"<[^>]+>", "", cell).strip(" ▲▼\n") for terms, cell in re.findall(
        r'<th role="columnheader"([^>]*)>(.*?)</th>', page.text, re.DOTALL)
        if not re.search(r"pick|peek", terms)]


def tabs(page):
    """name → whether it is the one open, of the saved views above the list."""
    bar = re.search(r'<nav class="views".*?</nav>', page.text, re.DOTALL)
    return {" ".join(re.sub(r"<[^>]+>", "", body).split()): "aria-current" in terms for terms, body in
            re.findall(r"<a ([^>]*)>(.*?)</a>", bar[0] if bar else "", re.DOTALL)}


# ---- saved views

def test_a_saved_view_keeps_filters_order_and_columns(office):
    staff = office.client("staff")
    answer = save(office, staff, "  Borradores   míos ", "state=draft&orden=-amount&columnas=folio,state")
    assert answer.location == "/correcciones/?state=draft&orden=-amount&columnas=folio%2Cstate"
    page = staff.get(answer.location)
    assert "La vista «Borradores míos» quedó guardada." in page.text
    assert tabs(page) == {"Lista completa": False, "Borradores míos": True}
    assert head(page) == ["Folio", "Estado"]
    assert tabs(staff.get("/correcciones/")) == {"Lista completa": True, "Borradores míos": False}


def test_a_view_is_its_owners_until_it_is_shared_with_the_office(office):
    staff, colleague = office.client("staff"), office.client("staff", 1)
    director, auditor = office.client("commercial_director"), office.client("auditor")
    save(office, staff, "Mía")
    save(office, staff, "De todos", compartir="on")
    assert set(tabs(staff.get("/correcciones/"))) == {"Lista completa", "Mía", "De todos del cargo"}
    assert set(tabs(colleague.get("/correcciones/"))) == {"Lista completa", "De todos del cargo"}
    assert tabs(director.get("/correcciones/")) == tabs(auditor.get("/correcciones/")) == {}
    assert tabs(staff.get("/recibos/")) == {}


def test_every_office_may_keep_views_auditors_included(office):
    for role in office.actors:
        client = office.client(role)
        for view in screens(office.app).values():
            if client.get(f"{view.url}/").status_code == 200:
                answer = save(office, client, "Vista", "", url=view.url, abrir="on")
                assert answer.location == f"{view.url}/?vista=ninguna", (role, view.url)
                assert client.get(f"{view.url}/").location == f"{view.url}/?vista=ninguna"
            else:
                assert save(office, client, "Vista", "", url=view.url).status_code == 403


def test_a_view_may_open_by_itself_and_the_whole_list_is_still_reached(office):
    staff = office.client("staff")
    save(office, staff, "Aplicadas", "state=applied", abrir="on")
    assert staff.get("/correcciones/").location == "/correcciones/?state=applied"
    whole = staff.get(PLAIN)
    assert whole.status_code == 200 and tabs(whole) == {"Lista completa": True, "Aplicadas": False}
    narrowed = staff.get("/correcciones/?state=draft")
    assert f'href="{PLAIN}">Quitar todos' in narrowed.text
    assert f'href="{PLAIN}"><span class="unseen">Quitar </span>Estado' in narrowed.text
    assert staff.get("/correcciones/?orden=folio").status_code == 200


def test_mine_opens_before_my_offices_and_the_newest_of_each(office):
    staff, colleague = office.client("staff"), office.client("staff", 1)
    save(office, staff, "Del cargo", "state=applied", compartir="on", abrir="on")
    assert colleague.get("/correcciones/").location.endswith("?state=applied")
    save(office, colleague, "Mía", "state=draft", abrir="on")
    assert colleague.get("/correcciones/").location.endswith("?state=draft")
    assert staff.get("/correcciones/").location.endswith("?state=applied")
    save(office, staff, "Del cargo", "state=applied", compartir="on", abrir="on")   # newer than mine
    assert colleague.get("/correcciones/").location.endswith("?state=draft")
    save(office, colleague, "Otra", "state=signed", abrir="on")
    assert colleague.get("/correcciones/").location.endswith("?state=signed")
    save(office, colleague, "Otra", "state=signed")   # again, and it no longer opens
    assert colleague.get("/correcciones/").location.endswith("?state=applied")


def test_saving_under_a_name_again_replaces_it(office):
    staff = office.client("staff")
    save(office, staff, "Mía", "state=draft", compartir="on")
    save(office, staff, "Mía", "state=applied")
    assert office.scalar("SELECT string_agg(query || coalesce(role, '-'), ' ')"
                         " FROM console.saved_views") == "state=applied-"


def test_each_deletes_their_own_and_nobody_elses(office):
    staff, colleague = office.client("staff"), office.client("staff", 1)
    save(office, staff, "De todos", compartir="on")
    key = office.scalar("SELECT id FROM console.saved_views")
    data = {"csrf_token": fresh_token(office, colleague), "consulta": "state=draft"}
    refused = colleague.post(f"/correcciones/vistas/{key}/borrar/", data=data, follow_redirects=True)
    assert NOT_YOURS in refused.text and tabs(refused)
    assert "Borrar<span" not in refused.text
    elsewhere = staff.post(f"/recibos/vistas/{key}/borrar/", data={
        "csrf_token": fresh_token(office, staff)}, follow_redirects=True)
    assert NOT_YOURS in elsewhere.text
    gone = staff.post(f"/correcciones/vistas/{key}/borrar/", data={
        "csrf_token": fresh_token(office, staff)}, follow_redirects=True)
    assert "La vista se borró." in gone.text and tabs(gone) == {}
    assert staff.post(f"/correcciones/vistas/{2**40}/borrar/", data={
        "csrf_token": fresh_token(office, staff)}).status_code == 404


def test_a_view_that_names_what_is_gone_opens_with_the_rest(office, corrections):
    staff = office.client("staff")
    with psycopg.connect(office.dsn()) as owner:
        owner.execute(
            "INSERT INTO console.saved_views (person_id, screen, name, query, opens) VALUES (%s, %s, %s, %s, true)",
            (office.actor("staff").id, "corrections", "Vieja",
             "state=draft&state=archived&branch=4&columnas=folio,branch,state"))
    page = staff.get("/correcciones/", follow_redirects=True)
    assert page.status_code == 200 and head(page) == ["Folio", "Estado"]
    assert page.text.count('class="row-link"') == 1
    for sentence in (GONE.format("Estado"), UNKNOWN, NO_COLUMN):
        assert page.text.count(sentence) == 1


@pytest.mark.parametrize(("name", "query", "sentence"), [
    ("", "state=draft", preferences.NAMELESS), ("\x00 \t", "state=draft", preferences.NAMELESS),
    ("Larga", "&".join(f"folio={n:0>40}" for n in range(60)), preferences.TOO_LONG)])
def test_a_view_that_cannot_be_kept_says_why(office, name, query, sentence):
    staff = office.client("staff")
    page = staff.get(save(office, staff, name, query).location)
    assert sentence in page.text and office.scalar("SELECT count(*) FROM console.saved_views") == 0


def test_a_person_keeps_so_many_views_and_no_more(office, monkeypatch):
    monkeypatch.setattr(preferences, "MOST_VIEWS", 2)
    staff = office.client("staff")
    for name in ("Una", "Dos", "Tres", "Dos"):
        save(office, staff, name)
    assert office.scalar("SELECT string_agg(name, ' ' ORDER BY id) FROM console.saved_views") == "Una Dos"


@pytest.mark.parametrize("query", ["%00=1", "a" * 30_000, "&".join("x=1" for _ in range(3000)),
                                   "state=%ED%A0%80", "=", "2:2:state=draft", "vista=9"])
def test_no_query_sent_with_a_form_is_a_fault(office, query):
    staff = office.client("staff")
    for answer in (save(office, staff, "x" * 500, query), arrange(office, staff, ["folio"], consulta=query)):
        assert answer.status_code == 302 and answer.location == PLAIN
    assert office.scalar("SELECT max(length(name)) FROM console.saved_views") == 80


def test_preferences_need_their_token(office):
    staff = office.client("staff")
    for path in ("vistas/", "columnas/", "vistas/1/borrar/"):
        assert staff.post(f"/correcciones/{path}", data={"nombre": "x", "mostrar": "folio"}).status_code == 400
        assert staff.get(f"/correcciones/{path}").status_code in (404, 405)
    assert office.scalar("SELECT count(*) FROM console.saved_views") == 0


# ---- columns and density

def test_columns_are_kept_per_person_in_their_order(office):
    staff, colleague = office.client("staff"), office.client("staff", 1)
    answer = arrange(office, staff, ["folio", "state", "reason"], consulta="state=draft&columnas=folio",
                     **{"lugar.folio": "3", "lugar.state": "1", "lugar.reason": "x"})
    assert answer.location == "/correcciones/?state=draft"
    assert head(staff.get("/correcciones/")) == ["Estado", "Folio", "Motivo"]
    first = re.search(r'<th role="rowheader" scope="row"><a class="row-link" href="/correcciones/\d+/">(\w+)',
                      staff.get("/correcciones/?state=draft").text)
    assert first[1] == "Borrador"
    assert head(staff.get("/correcciones/?columnas=amount,folio")) == ["Diferencia (MXN)", "Folio"]
    assert len(head(colleague.get("/correcciones/"))) == 7
    arrange(office, staff, ["folio"], volver="1")
    assert len(head(staff.get("/correcciones/"))) == 7


def test_a_sheet_has_the_columns_of_the_list(office):
    staff = office.client("staff")
    arrange(office, staff, ["folio", "state"], **{"lugar.state": "1", "lugar.folio": "2"})
    with staff.get("/correcciones/exportar/csv/?orden=-folio&state=draft&2:state=applied") as sheet:
        lines = sheet.data.decode("utf-8-sig").splitlines()
    assert lines[0] == "Estado,Folio" and len(lines) == 3
    assert {line.split(",")[0] for line in lines[1:]} == {"Borrador", "Aplicada"}
    with staff.get("/correcciones/exportar/csv/?columnas=folio") as sheet:
        assert sheet.data.decode("utf-8-sig").splitlines()[0] == "Folio"


def test_no_column_ticked_changes_nothing(office):
    staff = office.client("staff")
    page = staff.get(arrange(office, staff).location)
    assert NO_COLUMNS in page.text and len(head(page)) == 7


def test_rows_stand_close_for_who_asked(office):
    staff = office.client("staff")
    assert 'class="list cards dense"' not in staff.get("/correcciones/").text
    assert 'class="list cards dense"' in staff.get("/correcciones/?densidad=junta").text
    arrange(office, staff, ["folio"], juntos="on")
    assert 'class="list cards dense"' in staff.get("/correcciones/").text
    assert 'class="list cards dense"' not in office.client("staff", 1).get("/correcciones/").text


def test_no_preference_shows_what_an_office_may_not_read(office):
    auditor = office.client("auditor")
    arrange(office, auditor, ["holder_name", "number", "street"], url="/cuentas")
    assert head(auditor.get("/cuentas/")) == ["Cuenta"]
    with psycopg.connect(office.dsn()) as owner:
        owner.execute("UPDATE console.list_settings SET columns = '[\"holder_name\", \"gone\", \"number\"]'")
    assert head(auditor.get("/cuentas/")) == ["Cuenta"]
    with auditor.get("/cuentas/exportar/csv/") as sheet:
        assert sheet.data.decode("utf-8-sig").splitlines()[0] == "Cuenta"
