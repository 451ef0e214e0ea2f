"""Long forms as people use them: by keyboard, on a telephone, and without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from admin_views.forms import pickers
from tests.browser.axe import faults
from tests.browser.test_access import LOOKS
from tests.browser.test_offices import go_on

PASTED = "Orden\tFirma\n1\tTitular de la unidad de atención social\n2\tDIRECCION GENERAL\n3\tGerencia de nada\n"
SLOTS = ("SELECT string_agg(position || ' ' || role, ', ' ORDER BY position) FROM console.approval_slots"
         " WHERE band_id = %s")


@pytest.fixture
def many(monkeypatch):
    """Every table is too long to be sent whole, so pickers ask the server."""
    monkeypatch.setattr(pickers, "MOST_CHOICES", 3)


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def paste(page, cell, words):
    """Ctrl+V in a cell, as the browser delivers it."""
    cell.focus()
    page.evaluate("""words => { const held = new DataTransfer(); held.setData("text/plain", words);
        document.activeElement.dispatchEvent(new ClipboardEvent("paste",
            {clipboardData: held, bubbles: true, cancelable: true})); }""", words)


def test_an_appointment_by_keyboard_alone(sit, office, many):
    desk = sit("administrator")
    page, keys = desk.page, desk.page.keyboard
    desk.open("/nombramientos/nuevo/")
    page.locator(".ts-wrapper").wait_for()
    page.get_by_role("combobox", name="Persona").focus()
    keys.type("quib jos")
    page.get_by_role("option", name="Josefina Quibrera Niño").wait_for()
    keys.press("Enter")
    expect(page.locator(".ts-control .item")).to_have_text("Josefina Quibrera Niño")
    keys.press("Tab")
    keys.type("Contra")
    keys.press("Tab")
    keys.press("Space")
    keys.press("Enter")                     # goes on to the next step, sends nothing
    expect(page.get_by_label("Desde")).to_be_visible()
    assert page.evaluate("document.activeElement.textContent") == "2. Vigencia"
    page.get_by_label("Desde").fill("2032-01-01")
    page.get_by_label("Hasta").fill("2032-06-30")
    keys.press("Enter")
    page.get_by_label("Oficio").fill("CI/2032/001")
    keys.press("Enter")
    assert desk.reads("Revise antes de enviar") and desk.reads("01/ene/2032")
    assert desk.reads("Contraloría Interna y auditores") and desk.reads("Josefina Quibrera Niño")
    page.get_by_role("button", name="Guardar").focus()
    keys.press("Enter")
    assert desk.reads("Se guardó") and desk.reads("30/jun/2032")
    assert office.scalar("SELECT person_id FROM console.appointments WHERE letter = 'CI/2032/001'"
                         ) == office.actor("staff", 2).id
    assert desk.faults == []


def test_a_picker_says_what_it_waits_for_and_what_it_does_not_find(sit, many):
    desk = sit("administrator")
    desk.open("/accesos/nuevo/")
    desk.page.locator(".ts-wrapper").wait_for()
    box = desk.page.get_by_role("combobox", name="Persona")
    box.focus()
    box.press("ArrowDown")
    expect(desk.page.get_by_text("Escriba para buscar", exact=True)).to_be_visible()
    box.press_sequentially("zzz")
    expect(desk.page.get_by_text("Sin resultados", exact=True)).to_be_visible()
    box.fill("nino")
    expect(desk.page.get_by_role("option", name="Josefina Quibrera Niño")).to_be_visible()
    assert desk.faults == []


def test_what_was_chosen_stays_after_an_error_and_a_link_leads_to_its_step(sit, many):
    desk = sit("administrator")
    page = desk.page
    desk.open("/nombramientos/nuevo/")
    page.locator(".ts-wrapper").wait_for()
    box = page.get_by_role("combobox", name="Persona")
    box.press_sequentially("beatriz")
    page.get_by_role("option", name="Beatriz Muñoz Castañón").click()
    page.get_by_label("Cargo").select_option(label="Contraloría Interna y auditores")
    page.get_by_label("Encargado de despacho").check()
    go_on(page)
    page.get_by_label("Desde").fill("2032-01-01")
    go_on(page, 2)
    assert desk.reads("Falta: es obligatorio")
    page.get_by_role("button", name="Guardar").click()
    expect(page.get_by_role("link", name=re.compile("^Hasta: Escriba la fecha"))).to_be_visible()
    expect(page.get_by_label("Hasta")).to_be_visible()              # the first error's step is open
    page.get_by_role("link", name=re.compile("^Oficio")).click()
    expect(page.get_by_label("Oficio")).to_be_focused()
    page.get_by_role("button", name="Persona y cargo").click()
    expect(page.locator(".ts-control .item")).to_have_text("Beatriz Muñoz Castañón")


def test_a_band_with_pasted_signatures_and_one_bad_row(sit, office):
    desk = sit("administrator")
    page = desk.page
    desk.open("/niveles/nuevo/")
    page.get_by_label("Nivel").fill("Desde $700,000.00")
    page.get_by_label("Desde (MXN)").fill("$700,000.00")
    go_on(page)
    page.get_by_label("Vigente desde").fill("2041-01-01")
    go_on(page)
    paste(page, page.get_by_label("Renglón 1, Orden"), PASTED)
    assert desk.reads("Se pegaron 3 renglones.")
    go_on(page)
    page.get_by_role("button", name="Guardar").click()
    expect(page.get_by_role("link", name="Renglón 3, Firma: elija una opción de la lista.")).to_be_visible()
    assert page.get_by_label("Renglón 2, Firma").input_value() == "general_director"
    assert page.get_by_label("Renglón 3, Firma").input_value() == "Gerencia de nada"
    page.get_by_label("Renglón 3, Firma").select_option(label="Dirección de Comercialización")
    page.get_by_role("button", name="Agregar renglón").click()
    expect(page.get_by_label("Renglón 5, Orden")).to_be_focused()
    page.get_by_label("Quitar renglón 5").click()
    expect(page.get_by_label("Renglón 5, Orden")).to_have_count(0)
    page.get_by_label("Quitar renglón 1").click()
    go_on(page)
    assert desk.lacks("Titular de la Unidad")
    page.get_by_role("button", name="Guardar").click()
    assert desk.reads("Se guardó")
    key = int(re.search(r"/niveles/(\d+)/", page.url).group(1))
    assert office.scalar(SLOTS, key) == "2 general_director, 3 commercial_director"
    desk.open(f"/niveles/{key}/editar/")
    page.locator(".progress button").nth(2).click()
    page.get_by_label("Quitar renglón 1").check()
    page.locator(".progress button").nth(3).click()
    page.get_by_role("button", name="Guardar").click()
    assert desk.reads("Se guardó") and office.scalar(SLOTS, key) == "3 commercial_director"


def test_a_paste_reaches_a_list_that_has_the_focus(sit):
    desk = sit("administrator")
    desk.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.open("/niveles/nuevo/")
    desk.page.locator(".progress button").nth(2).click()
    desk.page.evaluate("navigator.clipboard.writeText('Dirección General\\nContraloría interna y auditores')")
    desk.page.get_by_label("Renglón 1, Firma").focus()
    desk.page.keyboard.press("Control+V")
    expect(desk.page.get_by_label("Renglón 2, Firma")).to_have_value("auditor")
    assert desk.page.get_by_label("Renglón 1, Firma").input_value() == "general_director"


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_on_the_widgets_open_and_closed(sit, many, look):
    desk, found = sit("administrator", **LOOKS[look]), {}
    page = desk.page

    def look_at(what):
        found[what] = faults(page) + ([] if fits(page) else ["scrolls sideways"])
    desk.open("/nombramientos/nuevo/")
    page.locator(".ts-wrapper").wait_for()
    look_at("closed")
    box = page.get_by_role("combobox", name="Persona")
    box.press_sequentially("a")
    page.get_by_role("option").first.wait_for()
    look_at("open")
    box.press_sequentially("zzz")
    page.get_by_text("Sin resultados", exact=True).wait_for()
    look_at("nothing found")
    box.fill("beatriz")
    page.get_by_role("option", name="Beatriz").click()
    look_at("chosen")
    go_on(page, 3)
    look_at("the last look")
    page.get_by_role("button", name="Guardar").click()
    page.locator(".error-summary").wait_for()
    look_at("with errors")
    desk.open("/niveles/nuevo/")
    page.locator(".progress button").nth(2).click()
    paste(page, page.get_by_label("Renglón 1, Orden"), PASTED)
    look_at("rows")
    page.locator(".progress button").last.click()
    page.get_by_role("button", name="Guardar").click()
    page.locator(".error-summary").wait_for()
    page.locator(".progress button").nth(2).click()
    look_at("rows with errors")
    assert {what: wrong for what, wrong in found.items() if wrong} == {} and len(found) == 8


def test_a_question_hides_until_its_answer_and_opens_with_it(sit, office):
    """The meter's procedure asks for the finding only where the user is at fault."""
    staff = sit("staff")
    bill = office.scalar(
        "SELECT max(b.id) FROM commercial.bills b JOIN commercial.meters m ON m.account_id = b.account_id"
        " WHERE m.state = 'broken' AND NOT EXISTS (SELECT FROM console.corrections c WHERE c.bill_id = b.id)")
    staff.open(f"/recibos/{bill}/acto/start_correction/")
    way = staff.page.locator("option", has_text="Medidor dañado v1").first.get_attribute("value")
    staff.page.get_by_label("Causa y procedimiento").select_option(way)
    staff.page.get_by_label("Motivo").fill("Medidor roto.")
    staff.page.get_by_role("button", name="Iniciar corrección").click()
    staff.press("Capturar datos y calcular")
    finding = staff.page.get_by_label("Folio del dictamen de responsabilidad")
    expect(finding).to_be_hidden()
    staff.page.get_by_label("Sí").check()
    expect(finding).to_be_visible()
    finding.fill("DR-1")
    staff.page.get_by_label("No", exact=True).check()
    expect(finding).to_be_hidden()
    assert staff.faults == []


def test_without_javascript_the_same_forms_are_plain(sit, office, many):
    desk = sit("administrator", java_script_enabled=False)
    page = desk.page
    desk.open("/nombramientos/nuevo/")
    for title in ("1. Persona y cargo", "2. Vigencia", "3. Oficio"):
        expect(page.get_by_role("group", name=title)).to_be_visible()
    page.get_by_label("Persona").fill("nadie de aqui")
    page.get_by_label("Cargo").select_option(label="Contraloría Interna y auditores")
    page.get_by_label("Desde").fill("2033-01-01")
    page.get_by_label("Oficio").fill("CI/2033/001")
    page.get_by_role("button", name="Guardar").click()
    assert desk.reads("Nadie ni nada se llama así; revise el nombre.")
    assert page.get_by_label("Persona").input_value() == "nadie de aqui"
    page.get_by_label("Persona").fill("josefina quibrera nino")
    page.get_by_role("button", name="Guardar").click()
    assert desk.reads("Josefina Quibrera Niño") and desk.reads("CI/2033/001")
    desk.open("/niveles/nuevo/")
    page.get_by_label("Nivel").fill("Sin JavaScript")
    page.get_by_label("Desde (MXN)").fill("900,000")
    page.get_by_label("Vigente desde").fill("2042-01-01")
    page.get_by_label("Renglón 1, Orden").fill("1")
    page.get_by_label("Renglón 1, Firma").select_option(label="Dirección General")
    page.get_by_role("button", name="Guardar").click()
    assert desk.reads("Se guardó")
    key = int(re.search(r"/niveles/(\d+)/", page.url).group(1))
    assert office.scalar(SLOTS, key) == "1 general_director"
