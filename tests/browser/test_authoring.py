"""A procedure changed by the office itself: copied, written, seen red and green, tried, sent, signed twice, superseding."""

import re

import pytest
from playwright.sync_api import expect

from tests.office import PDF


@pytest.fixture(scope="module")
def agreement(tmp_path_factory):
    path = tmp_path_factory.mktemp("acuerdo") / "acuerdo.pdf"
    path.write_bytes(PDF)
    return path


def sign(person, draft):
    person.open("/")
    person.press("Fuga oculta reparada v2")
    person.press("Firmar versión")
    assert person.reads("El máximo de «Un ajuste por cuenta en 12 meses» pasa de 1 a 2.")
    person.page.get_by_label("Escriba su contraseña para firmar").fill("agua-clara-2026")
    person.page.get_by_role("button", name="Firmar versión").click()
    assert person.reads("«Firmar versión» quedó registrado.")


def test_the_office_changes_its_own_procedure(sit, office, agreement):
    staff = sit("staff")
    page = staff.page
    staff.open("/procedimientos/")
    page.locator("td, th").get_by_role("link", name="Fuga oculta reparada", exact=True).click()
    former = re.search(r"/procedimientos/(\d+)/", page.url)[1]
    staff.press("Preparar versión nueva")
    page.get_by_label("Rige desde").fill("2026-12-01")
    page.get_by_label("Qué cambia y por qué").fill("La junta admite un segundo ajuste al año.")
    page.get_by_role("button", name="Preparar versión nueva").click()
    draft = re.search(r"/procedimientos/\d+/", page.url).group()
    assert staff.reads("Las dos dicen lo mismo") or staff.reads("La vigencia desde pasa")

    page.get_by_role("navigation", name="Partes del procedimiento").get_by_role("link", name="Topes").click()
    page.locator("form[data-ready]").wait_for()
    assert staff.reads("Todos salen")
    page.locator("#caps-0-maximum").fill("2")
    page.locator("#caps-0-maximum").press("Tab")
    assert staff.reads("1 no sale")                     # beside the form, and nothing was saved
    page.get_by_role("button", name="Guardar", exact=True).last.click()
    assert staff.reads("Se guardó «Topes».")
    page.get_by_role("link", name="Ejemplos").click()
    page.locator("form[data-ready]").wait_for()
    expected = page.locator("[id='worked_examples-3-expected']")
    expected.fill("eligible: sí\nbaseline: 14")
    expected.press("Tab")
    assert staff.reads("Todos salen")
    page.get_by_role("button", name="Guardar", exact=True).last.click()
    assert staff.reads("Se guardó «Ejemplos».")

    folio = office.scalar("SELECT folio FROM commercial.bills WHERE id = %s", office.leak_bill())
    staff.open(f"{draft}probar/")
    page.locator(".ts-wrapper").wait_for()
    page.get_by_role("combobox", name="Folio del recibo").press_sequentially(folio)
    page.locator(".ts-dropdown").get_by_role("option", name=folio).click()
    assert staff.reads("No procede")                    # at once, and the box still says which bill
    expect(page.locator(".ts-control .item")).to_have_text(folio)
    expect(page.locator(".ts-dropdown")).to_be_hidden()
    page.get_by_label("La fuga está reparada").select_option(label="Sí")
    assert staff.reads("Procede: a favor del usuario") and staff.reads("$500.82")
    page.get_by_role("button", name="Probar").click()
    page.locator(".ts-wrapper").wait_for()
    assert staff.reads("Procede: a favor del usuario") and staff.reads("$500.82")

    staff.open(draft)
    staff.press("Adjuntar documento autorizado")
    page.get_by_label("Documento autorizado").set_input_files(agreement)
    page.get_by_role("button", name="Adjuntar documento autorizado").click()
    staff.press("Enviar versión a firma")
    page.get_by_role("button", name="Enviar versión a firma").click()
    assert staff.reads("En firma")

    for role in ("unit_head", "commercial_director"):
        sign(sit(role), draft)
    staff.open(draft)
    assert staff.reads("Autorizada")
    staff.open(f"/procedimientos/{former}/")
    assert staff.reads("Sustituida") and staff.reads("30/nov/2026")
    assert staff.faults == []
