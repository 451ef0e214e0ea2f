"""Who was lent a signature, at the door and on paper: worn, told, refused and printed."""

import html
import re
import subprocess
from datetime import timedelta

import psycopg
import pytest

from admin_views.core.words import signed_by
from admin_views.door.offices import today
from models.base.people import Person, Role
from models.base.signing import Signature, SignaturePlace
from policies.core.offices import SIGNERS
from tests.admin_views.pages import send
from tests.policies import drafting

DAY = "(now() AT TIME ZONE 'America/Mexico_City')::date"
ABSENT = "por ausencia de Héctor Zúñiga Palau"
DIRECTOR = "Dirección de Comercialización"


def owner(office, statement, *values):
    with psycopg.connect(office.dsn()) as raw:
        raw.execute(statement, values)


def wear(office, client, role="commercial_director"):
    return office.post(client, "/cargo", {"office": role}, follow_redirects=True)


@pytest.fixture(scope="module", autouse=True)
def absence(office):
    """The commercial director is away today; what is signed as holder was signed before."""
    with office.absence():
        yield


@pytest.fixture
def delegate(office):
    """The director of Operation, who was lent the commercial director's signature, wearing it."""
    client = office.client("operations_director")
    wear(office, client)
    return client


def form(office, **changes):
    given = {"role": "commercial_director", "holder_id": office.actor("commercial_director").id,
             "delegate_id": office.actor("works_director").id, "valid_from": "2031-12-01",
             "valid_to": "2031-12-15", "letter": "DG/2026/061"}
    return given | changes


# ---- the screen

def test_informatica_registers_a_delegation(office):
    answer = send(office, office.client("administrator"), "/delegaciones/nuevo/", form(office))
    assert answer.status_code == 302, answer.text
    page = office.client("staff").get(answer.location)
    for words in ("Inés Villalpando Cedillo", "Héctor Zúñiga Palau", DIRECTOR, "DG/2026/061", "15/dic/2031"):
        assert words in page.text, words


def test_the_form_offers_only_the_offices_that_sign(office):
    page = office.client("administrator").get("/delegaciones/nuevo/")
    offered = re.findall(r'<option value="(\w+)"', page.text.split('name="role"')[1].split("</select>")[0])
    assert set(offered) == {role.value for role in SIGNERS}


@pytest.mark.parametrize(("changes", "status", "words"), [
    ({"role": "staff"}, 422, "Elija una opción de la lista."),
    ({"role": "unit_head"}, 409, "debe tener ese cargo por nombramiento propio en todas esas fechas"),
    ({"valid_to": "2031-11-30"}, 409, "La fecha «hasta» debe ser igual o posterior"),
    ({"valid_to": "2033-01-01"}, 409, "Una delegación dura un año a lo más"),
    ({"letter": "x"}, 409, "Escriba el número del oficio de delegación"),
    ({"delegate_id": "holder"}, 409, "debe ser otra persona que el titular"),
    ({"delegate_id": "oneself"}, 409, "Nadie registra una delegación que da o que recibe"),
    ({"letter": ""}, 422, "Falta este dato; escríbalo.")])
def test_what_is_no_delegation_is_told_and_nothing_typed_is_lost(office, changes, status, words):
    people = {"holder": office.actor("commercial_director").id, "oneself": office.actor("administrator").id}
    given = form(office, **{name: people.get(value, value) for name, value in changes.items()})
    answer = send(office, office.client("administrator"), "/delegaciones/nuevo/", given)
    assert answer.status_code == status and words in html.unescape(answer.text)
    for typed in {"valid_from", "valid_to"} - changes.keys():
        assert given[typed] in answer.text
    assert office.scalar("SELECT count(*) FROM console.delegations WHERE valid_from = '2031-12-01'"
                         " AND letter <> 'DG/2026/061'") == 0


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR}))
def test_everybody_sees_them_and_nobody_else_registers_them(office, role):
    client = office.client(role)
    assert "DG/2026/044" in client.get("/delegaciones/").text
    assert client.get("/delegaciones/nuevo/").status_code == 403


def test_one_that_was_signed_with_is_only_shortened(office, delegate):
    signed(office, delegate)
    key = office.scalar("SELECT id FROM console.delegations WHERE letter = 'DG/2026/044'")
    client, path = office.client("administrator"), f"/delegaciones/{key}/editar/"
    office.dated(str(today()), str(today() + timedelta(days=9)))
    given = form(office, delegate_id=office.actor("operations_director").id, letter="DG/2026/044",
                 valid_from=str(today()), valid_to=str(today() + timedelta(days=9)))
    answer = send(office, client, path, given | {"letter": "DG/2026/099"})
    assert answer.status_code == 409 and "solo se acorta" in answer.text
    assert send(office, client, path, given | {"valid_to": str(today())}).status_code == 302


# ---- the door

def test_a_delegate_chooses_the_lent_office_and_the_header_says_so(office):
    client = office.client("operations_director")
    page = client.get("/cargo").text
    assert f"{DIRECTOR}, {ABSENT}" in page and "Oficio DG/2026/044" in page
    assert client.get("/correcciones/").status_code == 403
    page = wear(office, client).text
    assert f"Ahora actúa como {DIRECTOR}, {ABSENT}." in page
    assert ABSENT in page.split("</header>")[0]
    assert client.get("/correcciones/").status_code == 200


def test_one_own_office_comes_first_and_each_office_once(office):
    holder, delegate = office.actor("commercial_director", 1), office.actor("commercial_director")
    owner(office, f"INSERT INTO console.delegations (role, holder_id, delegate_id, valid_from, valid_to, letter, state)"
                  f" VALUES ('commercial_director', %s, %s, {DAY}, {DAY}, 'DG/2026/077', 'confirmed')", delegate.id, holder.id)
    page = office.client("commercial_director", 1).get("/cargo").text
    assert page.count(f"<strong>{DIRECTOR}") == 1 and f"{DIRECTOR}, encargado de despacho" in page
    owner(office, "UPDATE console.delegations SET state = 'revoked' WHERE letter = 'DG/2026/077'")


def test_what_waits_for_the_office_waits_for_its_delegate(office, delegate):
    key = office.correction("submitted")
    folio = office.scalar("SELECT folio FROM console.corrections WHERE id = %s", key)
    page = delegate.get("/").text
    assert folio in page and re.search(r"<span>Correcciones</span> <span class=\"count\">\d+", page)


def test_a_delegation_that_ended_is_told_and_the_own_office_is_worn(office, delegate):
    key = office.correction("submitted")
    assert delegate.get(f"/correcciones/{key}/acto/sign/").status_code == 200
    office.dated(str(today() - timedelta(days=9)), str(today() - timedelta(days=1)))
    try:
        page = delegate.get("/cargo")
        assert (f"Ya no tiene el cargo que usaba ({DIRECTOR}); ahora actúa como Dirección de Operación"
                in page.text)
        answer = send_signature(office, delegate, key, office.token(page))
        assert answer.status_code == 403
        assert delegate.get(f"/correcciones/{key}/").status_code == 403
        assert office.scalar("SELECT count(*) FROM console.signatures WHERE subject = 'corrections' AND subject_id = %s", key) == 0
    finally:
        office.dated(str(today()), str(today()))


def send_signature(office, client, key, token):
    return client.post(f"/correcciones/{key}/acto/sign/", data={
        "csrf_token": token, "password": "agua-clara-2026", "version": "1",
        "seen_hash": office.scalar("SELECT console.content_hash('corrections', %s)", key)})


def test_the_holder_who_is_away_reads_why_the_button_is_closed(office):
    key, client = office.correction("submitted"), office.client("commercial_director")
    page = client.get(f"/correcciones/{key}/acto/sign/")
    assert page.status_code == 409 and "Su firma está delegada hoy (oficio DG/2026/044)" in page.text
    record = html.unescape(client.get(f"/correcciones/{key}/").text)
    assert "Su firma está delegada hoy" in record and "acto/sign/" not in record
    could = record.split("¿Por qué no puedo")[1]
    assert "Ramón Turrubiartes Gaitán" in could and "Héctor Zúñiga Palau" not in could.replace(ABSENT, "")


def test_an_office_that_was_never_lent_is_not_worn(office):
    client = office.client("works_director")
    wear(office, client)
    assert client.get("/correcciones/").status_code == 403


# ---- why not, and what is printed

def signed(office, client):
    key = office.correction("submitted")
    answer = send(office, client, f"/correcciones/{key}/acto/sign/", {
        "password": "agua-clara-2026", "seen_hash": office.scalar("SELECT console.content_hash('corrections', %s)", key)})
    assert answer.status_code == 302, answer.text
    return key


def test_why_not_names_delegates_beside_holders(office):
    key = office.correction("submitted")
    page = html.unescape(office.client("staff").get(f"/correcciones/{key}/").text)
    assert f"Ramón Turrubiartes Gaitán ({ABSENT})" in page
    assert "Óscar Treviño Saldaña (encargado de despacho)" in page


def test_the_signature_prints_in_whose_absence_and_by_which_letter(office, delegate, tmp_path):
    key = signed(office, delegate)
    printed = f"Ramón Turrubiartes Gaitán, {ABSENT}, oficio DG/2026/044"
    assert printed in office.client("staff").get(f"/correcciones/{key}/").text
    assert printed in paper(office, key, tmp_path)
    with office.program(login="auditor") as raw:
        row = raw.execute("SELECT firmo, por_ausencia_de, oficio, en_suplencia_de FROM report.firmas f JOIN"
                          " report.correcciones USING (folio) ORDER BY f.firmada DESC LIMIT 1").fetchone()
    assert row == ("Ramón Turrubiartes Gaitán", "Héctor Zúñiga Palau", "DG/2026/044", None)


@pytest.mark.parametrize(("acting", "absent", "said"), [
    (False, "", "Ana, oficio DG/1"), (True, "", "Ana, encargado de despacho, oficio DG/1"),
    (False, "Beatriz", "Ana, por ausencia de Beatriz, oficio DG/1")])
def test_the_signature_of_a_document_prints_as_that_of_a_correction(acting, absent, said):
    signature = Signature(role=Role.UNIT_HEAD, signer=Person(name="Ana"), acting=acting, letter="DG/1",
                          place=SignaturePlace(role=Role.UNIT_HEAD),
                          absent=Person(name=absent) if absent else None)
    assert signed_by(signature) == said


def test_a_deputy_prints_so():
    signature = Signature(role=Role.GENERAL_DIRECTOR, signer=Person(name="Ana"), acting=False, letter="DG/1",
                          place=SignaturePlace(role=Role.COMMERCIAL_DIRECTOR, deputies=["general_director"]))
    assert signed_by(signature) == "Ana, Dirección General en suplencia, oficio DG/1"
    assert signature.place.substitutes == ["Dirección General"]


def test_an_acting_holder_prints_so(office, tmp_path):
    key = office.correction("submitted")
    office.sign(key, which=1)
    printed = "Óscar Treviño Saldaña, encargado de despacho, oficio DG/2026/017"
    assert printed in office.client("auditor").get(f"/correcciones/{key}/").text
    assert printed in paper(office, key, tmp_path)


@pytest.mark.parametrize("page", ["", "historia/"])
def test_the_story_says_in_which_capacity_each_signed(office, delegate, page):
    office.dated("2031-01-01", "2031-01-02")     # the holder is here for a moment
    held = office.correction("signed")
    office.dated(str(today()), str(today()))
    lent, acting = signed(office, delegate), office.correction("submitted")
    office.sign(acting, which=1)
    for key, words in ((lent, f"Ramón Turrubiartes Gaitán, {DIRECTOR}, {ABSENT}"),
                       (acting, f"Óscar Treviño Saldaña, {DIRECTOR}, encargado de despacho"),
                       (held, f"Héctor Zúñiga Palau, {DIRECTOR}")):
        told = office.client("auditor").get(f"/correcciones/{key}/{page}").text
        assert re.search(rf"(<p>|<span class=\"help\">){words}\s*</", told), words


def test_the_story_of_a_version_says_it_too(office):
    key = drafting.sent(office)
    drafting.sign(office, key, "unit_head")
    drafting.sign(office, key, "commercial_director", which=1)
    told = office.client("auditor").get(f"/procedimientos/{key}/historia/").text
    assert f"Óscar Treviño Saldaña, {DIRECTOR}, encargado de despacho</p>" in told


def paper(office, key, tmp_path):
    sheet = tmp_path / "cedula.pdf"
    sheet.write_bytes(office.client("staff").get(f"/correcciones/{key}/cedula.pdf").data)
    words = subprocess.run(["pdftotext", sheet, "-"], capture_output=True, text=True, check=True).stdout
    undated = re.sub(r" \d\d/\w+/\d{4} \d\d:\d\d", "", words)     # the column beside, where it wraps
    return " ".join(undated.split())


def test_informatica_sees_delegates_among_who_holds_each_office(office):
    page = office.client("administrator").get("/").text
    assert f"Ramón Turrubiartes Gaitán, {ABSENT}, hasta" in page


def test_who_lent_the_signature_is_told_so_on_the_first_page(office):
    told = "Su firma está delegada hoy (oficio DG/2026/044)"
    assert told in office.client("commercial_director").get("/").text
    assert told not in office.client("commercial_director", 1).get("/").text   # the acting one, who decides


def test_a_login_with_nothing_but_a_delegation_is_not_idle(office):
    idle = "SELECT count(*) FROM console.logins"
    before = office.scalar(idle)
    person = office.scalar("SELECT person_id FROM console.appointments WHERE role = 'operations_director'")
    owner(office, f"UPDATE console.appointments SET valid_to = {DAY} - 1 WHERE person_id = %s", person)
    try:
        page = office.client("administrator").get("/").text
        card = page.split("Accesos sin nombramiento")[1]
        assert re.search(r'figure-count">(\d+)', card).group(1) == "0"
        client = office.client("operations_director")
        assert client.get("/correcciones/").status_code == 200      # the only office they wear
    finally:
        owner(office, "UPDATE console.appointments SET valid_to = NULL WHERE person_id = %s", person)
    assert office.scalar(idle) == before
