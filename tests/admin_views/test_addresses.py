"""An address may say anything: no page, key, search, filter or form of the bar gives a 500 (D9)."""

import pytest

from admin_views.lists.lists import LONGEST_SEARCH
from models.base.people import Role
from models.corrections import CorrectionState as S
from policies import RULES
from tests.admin_views.pages import fresh_token, send, version_of
from tests.house.addresses import checksum, screens

CALM = {200, 302, 400, 403, 404, 405, 409, 413, 414, 422}
QUERIES = (
    "page=-1", "pagina=-1", "pagina=0", "pagina=abc", "pagina=", "pagina=1e3", "pagina=٣", "pagina=1.5",
    "pagina=99999999", "pagina=" + "9" * 30, "pagina=%00", "q=%00", "q=a%00b", "q=" + "a" * 5000, "q=%25",
    "q=_", "q='%22%3B--", "q=%26%7C!%3A*", "q=\\", "q=%ED%A0%80", "q=%FF%FE", "q=%F0%9F%92%A7", "q=%CC%81",
    "state=nope", "state=%00", "tariff_class=x", "status=%27", "active=maybe", "role=nobody", "service=1",
    "kind=%00", "state=draft&state=x", "orden=id", "orden=-", "orden=--id", "orden=nope", "orden=__class__",
    "orden=password", "orden=holder_name", "orden=-account", "orden=%00", "%00=1", "=", "&&&", "q[]=1")
KEYS = ("abc", "-1", "0", "1.5", "1e3", "2147483647", "2147483648", "-2147483649", str(10**30), "%00",
        "1%00", "..%2f..", "null", "' OR 1=1", "01", "٣")
SAME_AS_A_NUMBER = ("01", "٣")   # other ways to write 1 and 3


@pytest.fixture(scope="module")
def clients(office):
    office.correction(S.SUBMITTED)
    return {role: office.client(role) for role in ("staff", "auditor", "administrator", "operations_director")}


def seen_by(office):
    """(office, address): each screen for one office that may see it, and accounts masked too."""
    chosen = [(next(role for role in ("staff", "auditor", "administrator") if Role(role) in RULES[view.model].view),
               view.url) for view in screens(office.app).values()]
    return [*chosen, ("auditor", "/cuentas"), ("auditor", "/cartas")]


@pytest.mark.parametrize("query", QUERIES)
def test_no_query_of_a_list_is_a_fault(office, clients, query):
    """The lists read their addresses with one hand: each query is asked of a third of them, all told."""
    for role, url in seen_by(office)[QUERIES.index(query) % 3::3]:
        assert clients[role].get(f"{url}/?{query}").status_code == 200, (role, url, query)


@pytest.mark.parametrize("key", KEYS)
def test_no_key_of_a_record_is_a_fault(office, clients, key):
    """What names no row does not exist, for whoever may look; the others are refused first."""
    for role, url in (*seen_by(office), ("operations_director", "/cuentas")):
        for path in (f"{url}/{key}/", f"{url}/{key}/editar/", f"{url}/{key}/acto/apply/"):
            answer = clients[role].get(path)
            calm = CALM if key in SAME_AS_A_NUMBER else {403, 404}
            assert answer.status_code in calm, (role, path)


def test_no_name_of_an_act_a_sheet_or_a_code_is_a_fault(office, clients):
    for role, client in clients.items():
        for name in ("%00", "__class__", "a" * 3000, "..", "sign%00", "Firmar", "%ED%A0%80"):
            for path in (f"/correcciones/1/acto/{name}/", f"/correcciones/exportar/{name}/",
                         f"/verificar/{name}", f"/correcciones/1/evidencia/{name}/", f"/static/{name}"):
                with client.get(path) as answer:
                    assert answer.status_code in CALM - {200}, (role, path)


def test_a_refusal_with_a_nul_in_its_address_is_still_recorded(office, clients):
    before = office.scalar("SELECT count(*) FROM console.refusals")
    refused = clients["operations_director"].get("/correcciones/1/acto/%00/")
    assert refused.status_code == 403
    assert office.scalar("SELECT count(*) FROM console.refusals") == before + 1


def test_the_page_says_what_the_address_asked_in_vain(office, clients):
    page = clients["staff"].get("/correcciones/?state=nope")
    assert "El filtro «Estado» de esa dirección ya no existe; se muestra sin él." in page.text
    assert "Borrador" in page.text
    missing = clients["staff"].get("/cuentas/999999/")
    assert missing.status_code == 404 and "revise la dirección o búsquelo de nuevo" in missing.text


def test_a_search_is_literal_and_bounded(office, clients):
    """«%» and «_» match themselves; what is too long is cut, not refused."""
    assert "Nada coincide" in clients["administrator"].get("/personas/?q=%25").text
    assert "Nada coincide" in clients["administrator"].get("/personas/?q=_").text
    page = clients["administrator"].get("/personas/?q=" + "a" * 5000)
    assert "a" * LONGEST_SEARCH in page.text and "a" * (LONGEST_SEARCH + 1) not in page.text


@pytest.mark.parametrize("typed", ["gerardo", "GERARDO", "Gerardo ORDOÑEZ", "gérardo ordonez"])
def test_accents_and_case_do_not_matter(office, clients, typed):
    assert "Gerardo Ordóñez Faz" in clients["administrator"].get(f"/personas/?q={typed}").text


@pytest.mark.parametrize("day", ["0000-00-00", "2026-02-30", "99999-01-01", "hoy", "01/02/2026", "-1", "\x00"])
def test_no_date_is_a_fault(office, clients, day):
    answer = send(office, clients["administrator"], "/municipios/nuevo/", {"name": "Con fecha", "valid_from": day})
    assert answer.status_code == 422
    assert "Escriba una fecha válida" in answer.text or "Escriba la fecha, por ejemplo" in answer.text


@pytest.mark.parametrize(("name", "value"), [
    ("role", "nobody"), ("role", ""), ("role", "\x00"), ("person_id", "999999"), ("person_id", "abc"),
    ("person_id", str(10**30)), ("person_id", "-1"), ("person_id", "")])
def test_a_choice_that_is_not_in_the_list_is_refused_in_spanish(office, clients, name, value):
    before = checksum(office)
    data = {"person_id": str(office.actor("staff").id), "role": "staff", "valid_from": "2026-01-01",
            "letter": "DG/1"} | {name: value}
    answer = send(office, clients["administrator"], "/nombramientos/nuevo/", data)
    assert answer.status_code == 422
    assert "Elija una opción de la lista." in answer.text or "Elija una opción." in answer.text
    assert checksum(office) == before


def test_a_choice_of_the_list_is_taken(office, clients):
    """The refusals above mean something: a right form goes through."""
    answer = send(office, clients["administrator"], "/nombramientos/nuevo/", {
        "person_id": str(office.actor("works_director").id), "role": "operations_director",
        "valid_from": "2031-01-01", "valid_to": "2031-01-02", "letter": "DG/1", "acting": "y"})
    assert answer.status_code == 302, answer.text
    again = send(office, clients["administrator"], "/nombramientos/nuevo/", {
        "person_id": str(office.actor("administrator").id), "role": "staff", "valid_from": "2026-01-01",
        "letter": "DG/1"})
    assert again.status_code == 409 and "Nadie se nombra a sí mismo" in again.text


@pytest.mark.parametrize("number", ["abc", "1.5", str(10**30), "-" + "9" * 30, "NaN", "\x00", "0", "10"])
def test_no_whole_number_is_a_fault(office, clients, number):
    band = office.scalar("SELECT min(id) FROM console.approval_bands")
    answer = send(office, clients["administrator"], "/firmas-por-nivel/nuevo/", {
        "band_id": str(band), "position": number, "role": "unit_head"})
    assert answer.status_code in {403, 409, 422}, answer.status_code


def test_every_column_of_every_form_takes_hostile_text_calmly(office, clients):
    """A NUL, a megabyte of letters, a lone accent and a formula, in all fields at once."""
    client = clients["administrator"]
    for hostile in ("\x00", "a" * 500_000, "\u0301", "=1+1", "<script>", "\ud83d\ude00", "𝟙"):
        for endpoint, view in screens(office.app).items():
            page = client.get(f"{view.url}/nuevo/")
            if page.status_code != 200:
                continue
            columns = {column.name: hostile for column in view.model.__table__.columns}
            answer = client.post(f"{view.url}/nuevo/", data=encodable(columns) | {
                "csrf_token": fresh_token(office, client)})
            assert answer.status_code in CALM, (endpoint, hostile[:9], answer.status_code)


def encodable(data):
    return {name: value.encode("utf-8", "surrogatepass") for name, value in data.items()}


@pytest.mark.parametrize("email", ["\x00", "a" * 10_000 + "@x.mx", "ñ@ñ.mx", "a@b", "' OR 1=1 --", "\ufeff"])
def test_no_address_typed_at_the_login_is_a_fault(office, email):
    answer = office.log_in(office.stranger(), email, "x\x00y")
    assert answer.status_code == 200 and "no son correctos" in answer.text


def test_a_request_that_is_too_large_is_told_so(office, clients, monkeypatch):
    client = clients["staff"]
    token = fresh_token(office, client)
    assert office.app.config["MAX_FORM_MEMORY_SIZE"] == 1024 * 1024 and office.app.config["MAX_FORM_PARTS"] == 500
    monkeypatch.setitem(office.app.config, "MAX_FORM_MEMORY_SIZE", 1000)
    for data in ({"reason": "a" * 1001}, {f"campo{n}": "1" for n in range(501)}):
        answer = client.post("/correcciones/1/acto/withdraw/", data=data | {"csrf_token": token},
                             content_type="multipart/form-data")
        assert answer.status_code == 413 and "demasiado grande" in answer.text


@pytest.mark.parametrize("cookie", ["", "x", "%00", "a" * 4000, "ñ", "' OR 1=1"])
def test_no_cookie_is_a_fault(office, cookie):
    client = office.stranger()
    client.set_cookie("consola", cookie)
    assert client.get("/").location.startswith("/entrar")


@pytest.mark.parametrize("body", [b"{", b"null", b"[1]", b"\xff\xfe"])
def test_a_body_that_is_no_form_is_refused(office, clients, body):
    answer = clients["staff"].post("/correcciones/1/acto/withdraw/", data=body, content_type="application/json")
    assert answer.status_code == 400


def test_an_act_posted_with_unknown_answers_is_no_fault(office, clients):
    key = office.draft()
    page = clients["staff"].get(f"/correcciones/{key}/acto/calculate/")
    answer = clients["staff"].post(f"/correcciones/{key}/acto/calculate/", data={
        "csrf_token": office.token(page), "version": version_of(page), "reason": "Motivo.",
        "leak__repaired": "quizá", "amount": "1.00", "state": "signed", "drafted_by_id": "1"})
    assert answer.status_code == 422
    assert office.scalar("SELECT state FROM console.corrections WHERE id = %s", key) == "draft"
