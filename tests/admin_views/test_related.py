"""A record's page: what is around it, who could, what to capture, and what an act will write."""

import re
from dataclasses import replace

import psycopg
import pytest

from deploy.demo.anomalies import WRONG_READINGS, listed
from models.billing import Bill
from models.meters import Meter
from policies import RULES
from policies.corrections.acts import start_correction
from tests import psql


@pytest.fixture(scope="module")
def applied(office):
    return office.correction("applied")


@pytest.fixture(scope="module")
def facts(office, applied):
    """The account, bill, note and folio of the applied correction."""
    with psycopg.connect(office.dsn()) as owner:
        row = owner.execute("SELECT c.account_id, c.bill_id, n.id, c.folio, n.folio FROM console.corrections c"
                            " JOIN commercial.credit_notes n ON n.correction_id = c.id WHERE c.id = %s",
                            (applied,)).fetchone()
    return dict(zip(("account", "bill", "note", "folio", "note_folio"), row, strict=True))


@pytest.fixture(scope="module")
def undrafted(office):
    """A correction just begun over a wrong reading: nobody has typed the right one."""
    (folio,) = [item.folio for item in listed(60) if item.account == WRONG_READINGS[0]]
    bill = office.scalar("SELECT id FROM commercial.bills WHERE folio = %s", folio)
    with office.speaks("staff") as session:
        way = next(value for value, label in start_correction.asks(session.get(Bill, bill), None)[0].choices
                   if "Error de lectura" in label)
    return office.perform("staff", start_correction, bill, {"way": way, "reason": "Lectura mal tomada."}, model=Bill)


def section(page, title):
    """The text of the page under one heading."""
    return page.text.split(f"<h2>{title}</h2>")[1].split("</section>")[0]


# ---- what refers to it

def test_an_account_shows_its_corrections_letters_and_meters(office, applied, facts):
    page = office.client("staff").get(f"/cuentas/{facts['account']}/")
    assert f'href="/correcciones/{applied}/"' in section(page, "Correcciones") and facts["folio"] in page.text
    assert f"Corrección {facts['folio']} al recibo" in section(page, "Cartas")
    serial = office.scalar("SELECT serial FROM commercial.meters WHERE account_id = %s", facts["account"])
    assert serial in section(page, "Medidores")


def test_a_note_shows_its_lines_and_the_correction_it_came_from(office, applied, facts):
    page = office.client("auditor").get(f"/notas/{facts['note']}/")
    lines = section(page, "Renglones de nota")
    assert [word in lines for word in ("Agua potable", "Alcantarillado", "Saneamiento", "$349.00", "$13.96")] == [True] * 5
    assert f'<a href="/correcciones/{applied}/">{facts["folio"]}</a>' in page.text


def test_a_name_is_a_link_only_where_it_opens(office, facts):
    bill, account = f"/recibos/{facts['bill']}/", f'<a href="/cuentas/{facts["account"]}/">'
    assert account in section(office.client("auditor").get(bill), "Recibo")
    zone = office.scalar("SELECT id FROM console.supply_zones LIMIT 1")
    page = office.client("administrator").get(f"/zonas-de-abasto/{zone}/").text
    assert 'href="/municipios/' in page and 'href="/cuentas/' not in page


def crowded(office):
    return office.scalar("SELECT municipality_id FROM console.neighborhoods GROUP BY 1 HAVING count(*) > 5 LIMIT 1")


def test_more_than_five_lead_to_a_page_with_all(office):
    key = crowded(office)
    count = office.scalar("SELECT count(*) FROM console.neighborhoods WHERE municipality_id = %s", key)
    client = office.client("works_director")
    page = client.get(f"/municipios/{key}/")
    assert len(set(re.findall(r'href="/colonias/(\d+)/"', page.text))) == 5
    every = f"/municipios/{key}/relacionados/neighborhoods/"
    assert f'href="{every}"' in page.text
    assert len(set(re.findall(r'href="/colonias/(\d+)/"', client.get(every).text))) == count > 5


@pytest.mark.parametrize(("role", "path", "status"), [
    ("administrator", "/zonas-de-abasto/1/relacionados/accounts/", 404),
    ("staff", "/zonas-de-abasto/1/relacionados/accounts/", 200),
    ("staff", "/personas/1/relacionados/logins/", 404),
    ("administrator", "/personas/1/relacionados/logins/", 200),
    ("auditor", "/personas/1/relacionados/saved_views/", 404),
    ("staff", "/zonas-de-abasto/1/relacionados/nada/", 404),
    ("staff", "/zonas-de-abasto/999999/relacionados/accounts/", 404),
    ("operations_director", "/cuentas/1/relacionados/corrections/", 403)])
def test_nobody_reaches_through_a_relation_what_is_not_theirs(office, role, path, status):
    assert office.client(role).get(path).status_code == status


def test_a_zones_accounts_tell_an_auditor_no_name(office):
    zone, name = office.scalar("SELECT array[supply_zone_id::text, holder_name] FROM commercial.accounts WHERE id = 1")
    pages = {role: office.client(role).get(f"/zonas-de-abasto/{zone}/relacionados/accounts/").text
             for role in ("staff", "auditor")}
    assert name in pages["staff"] and name not in pages["auditor"] and "10000001" in pages["auditor"]


def test_a_table_that_this_office_may_not_see_is_no_relation(office, monkeypatch):
    """A meter has no screen of its own: its rule alone keeps it from an account's page."""
    client = office.client("staff")
    assert "<h2>Medidores</h2>" in client.get("/cuentas/1/").text
    monkeypatch.setitem(RULES, Meter, replace(RULES[Meter], view=frozenset()))
    assert "<h2>Medidores</h2>" not in client.get("/cuentas/1/").text
    assert client.get("/cuentas/1/relacionados/meters/").status_code == 404


# ---- who could

def closed(page):
    """{acts: the rest} of «¿Por qué no puedo…?»."""
    told = page.text.split("¿Por qué no puedo…?")[1].split("</dl>")[0]
    return {acts: re.sub(r"<[^>]+>|\s+", " ", rest) for acts, rest in re.findall(r"<dt>(.*?)</dt>(.*?)(?=<dt>|$)", told, re.DOTALL)}


def test_a_closed_act_says_who_could_take_it_by_name(office):
    waiting = office.correction("submitted")
    told = closed(office.client("staff").get(f"/correcciones/{waiting}/"))
    who = told["Firmar, Devolver para corregir, Rechazar"]
    assert "Dirección de Comercialización" in who and office.actor("commercial_director").name in who
    assert "Dirección General" not in who      # its amount asks for one signature
    assert "El registro está en «En firma»." in told["Capturar datos y calcular, Agregar evidencia, Quitar evidencia, "
                                                     "Enviar a firma, Retirar borrador, Aplicar"]


def test_whoever_put_a_hand_on_it_is_not_named_among_its_signers(office):
    """A clerk who now heads the commercial office signs no revision that he drafted."""
    author = office.actor("staff")
    waiting = office.correction("submitted")
    psql.appoint(office, author.id, "commercial_director", "2026-10-01")    # his own office is the one held longest
    told = closed(office.client("auditor").get(f"/correcciones/{waiting}/"))
    signing = next(rest for acts, rest in told.items() if acts.startswith("Firmar"))
    assert office.actor("commercial_director").name in signing and author.name not in signing


def test_an_office_that_nobody_holds_says_so(office):
    with psycopg.connect(office.dsn()) as owner:
        owner.execute("UPDATE console.appointments SET valid_to = '2026-01-31' WHERE role = 'unit_head'")
    with office.program("administrator") as raw:
        (key,) = raw.execute("INSERT INTO console.holidays (day, reason) VALUES ('2031-02-03', 'Prueba')"
                             " RETURNING id").fetchone()
    told = closed(office.client("administrator").get(f"/dias-inhabiles/{key}/"))
    assert "hoy nadie tiene este cargo" in told["Autorizar día inhábil"]
    with psycopg.connect(office.dsn()) as owner:
        owner.execute("UPDATE console.appointments SET valid_to = NULL WHERE role = 'unit_head'")


# ---- what to capture, what will be written

def test_a_new_draft_says_what_to_capture_and_not_why_not(office, undrafted):
    page = office.client("staff").get(f"/correcciones/{undrafted}/").text
    assert "<h2>Falta capturar</h2>" in page and "Falta «Lectura correcta»" in page
    assert "Por qué no procede" not in page and "falta el dato" not in page


def test_what_was_captured_and_does_not_proceed_says_why(office):
    draft = office.draft()
    client = office.client("staff")
    page = client.get(f"/correcciones/{draft}/acto/calculate/")
    version = re.search(r'name="version" value="(\d+)"', page.text)[1]
    client.post(f"/correcciones/{draft}/acto/calculate/", data={
        "csrf_token": office.token(page), "version": version, "reason": "x", "leak__repaired": "False"})
    page = client.get(f"/correcciones/{draft}/").text
    assert "Por qué no procede" in page and "Falta capturar" not in page
    assert "La fuga está reparada es no y debe ser sí" in page


def test_the_capture_shows_the_readings_and_what_is_admitted(office, undrafted):
    page = office.client("staff").get(f"/correcciones/{undrafted}/acto/calculate/").text
    with psycopg.connect(office.dsn()) as owner:
        before, now = owner.execute(
            "SELECT p.value::int, n.value::int FROM console.corrections c JOIN commercial.bills b ON b.id = c.bill_id"
            " JOIN commercial.readings p ON p.id = b.previous_reading_id JOIN commercial.readings n"
            " ON n.id = b.current_reading_id WHERE c.id = %s", (undrafted,)).fetchone()
    assert f"Se admite desde {before:,} m³ (Lectura anterior) hasta {now:,} m³ (Lectura facturada)." in page
    readings = page.split("Lecturas y consumos")[1].split("</table>")[0]
    assert f"{before:,} m³" in readings and f"{now:,} m³" in readings and "Por corregir" in readings


def test_sending_shows_the_amount_the_lines_and_who_signs(office):
    draft = office.draft()
    office.prove(draft)
    page = office.client("staff").get(f"/correcciones/{draft}/acto/submit/").text
    assert "A favor del usuario" in page and "$500.82" in page and "−$349.00" in page
    assert "1. Dirección de Comercialización" in page.split("Quién va a firmar")[1]


def test_applying_asks_first_and_says_what_it_writes(office):
    key = office.correction("signed")
    balance = office.scalar("SELECT b.balance FROM commercial.bills b JOIN console.corrections c ON c.bill_id = b.id"
                            " WHERE c.id = %s", key)
    amount = office.scalar("SELECT amount FROM console.corrections WHERE id = %s", key)
    page = office.client("staff").get(f"/correcciones/{key}/acto/apply/").text
    asked = re.search(r'data-confirm="([^"]+)"', page)[1]
    assert "un recibo corregido (serie NC) por $500.82" in asked
    assert f"pasa de ${balance:,.2f} a ${balance + amount:,.2f}." in asked


def test_rejecting_has_a_help_of_its_own(office):
    key = office.correction("submitted")
    client = office.client("commercial_director")
    helps = [re.search(r'id="reason-help">([^<]+)<', client.get(f"/correcciones/{key}/acto/{act}/").text)[1]
             for act in ("reject", "send_back")]
    assert "no se corrige" in helps[0] and "diga qué debe cambiar" in helps[1]
