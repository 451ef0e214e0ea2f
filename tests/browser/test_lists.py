"""A list in a browser: filters, columns and saved views, with JavaScript and without, on a telephone."""

import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import expect

from models.corrections import CorrectionState as S
from tests.browser.axe import faults
from tests.browser.test_access import LOOKS

ASKED = "/correcciones/?state=draft&state=applied&amount.max=0&2:drafted_by=1&densidad=junta"


@pytest.fixture(scope="module")
def corrections(office):
    return {state: office.correction(state) for state in (S.DRAFT, S.SUBMITTED, S.APPLIED)}


def asked(page):
    return parse_qsl(urlsplit(page.url).query)


def listed(page):
    """How many rows the list has, once it is there."""
    page.locator("table.list, p.empty").first.wait_for()
    return page.locator("table.list tbody tr").count()


def test_the_bar_narrows_and_a_chip_widens_again(sit, corrections):
    person = sit("staff")
    person.open("/correcciones/")
    person.page.wait_for_load_state("networkidle")     # before its script is there, the empty boxes travel too
    person.page.get_by_label("Estado").first.select_option(label="Borrador")
    person.press("Filtrar")
    person.page.wait_for_url("**/correcciones/?state=draft")   # nothing else, so that it can be shared
    assert listed(person.page) == 1
    person.page.get_by_role("link", name="Quitar Estado: Borrador").click()
    person.page.wait_for_url("**/correcciones/")
    assert listed(person.page) == 3 and person.faults == []


def test_conditions_are_added_with_boxes_that_fit_them(sit, corrections):
    person = sit("staff")
    person.open("/correcciones/")
    page = person.page
    page.get_by_text("Más filtros").click()
    assert page.locator("[data-condition]").count() == 1
    row = page.locator("[data-condition]").first
    row.get_by_label("Dato").select_option("state")
    assert row.get_by_label("Comparación").locator("option:enabled").all_inner_texts() == ["es", "está vacío"]
    row.get_by_label("Valor").select_option(label="Aplicada")
    person.press("Agregar «o bien»")
    second = page.locator("[data-group='2'] [data-condition]")
    second.get_by_label("Dato").select_option("drafted_at")
    assert second.get_by_label("Valor").get_attribute("type") == "date"
    second.get_by_label("Dato").select_option("amount")
    second.get_by_label("Comparación").select_option("min")
    second.get_by_label("Valor").fill("$5,000.00")
    page.locator("[data-group='2']").get_by_text("Otra condición").click()
    page.locator("[data-group='2'] [data-condition]").nth(1).get_by_label("Dato").select_option("folio")
    page.locator("[data-group='2'] [data-condition]").nth(1).get_by_role("button", name="Quitar").click()
    person.page.locator(".tool-panel").get_by_role("button", name="Filtrar").click()
    page.locator(".chips .or").wait_for()
    assert asked(page) == [("state", "applied"), ("2:amount.min", "5000.00")]
    assert listed(page) == 1 and person.faults == []


HEADS = "thead th:not(.pick, .peek-cell)"   # the columns, without the list's own two


def test_columns_move_by_keyboard_and_stay(sit, corrections):
    person = sit("staff")
    person.open("/correcciones/")
    person.page.get_by_text("Columnas y densidad").click()
    assert not person.page.get_by_label("Lugar de Folio").is_visible()
    person.page.get_by_label("Motivo", exact=True).check()
    person.page.get_by_label("Folio", exact=True).first.uncheck()
    person.page.get_by_role("button", name="Subir Cuenta").press("Enter")
    person.page.get_by_role("button", name="Subir Estado").press("Enter")
    person.page.get_by_label("Renglones juntos").check()
    person.press("Guardar columnas")
    heads = person.page.locator(f"table.list.dense {HEADS}")
    heads.first.wait_for()
    assert heads.all_inner_texts() == ["Cuenta", "Causa", "Estado", "Diferencia (MXN)", "Elaboró",
                                       "Elaborada", "Motivo"]
    person.page.locator("tbody .row-link").first.click()
    person.page.wait_for_url(re.compile(r"/correcciones/\d+/$"))
    person.open("/correcciones/")
    person.page.get_by_text("Columnas y densidad").click()
    person.page.get_by_label("Renglones juntos").uncheck()
    person.press("Volver a las de la pantalla")
    person.page.locator("table.list:not(.dense)").wait_for()
    assert person.page.locator(HEADS).count() == 7 and person.faults == []


def test_a_view_is_saved_opened_by_itself_and_left(sit, corrections):
    person = sit("staff", 1)
    person.open("/correcciones/?state=applied&orden=-amount")
    person.page.get_by_text("Guardar esta vista").click()
    person.page.get_by_label("Nombre de la vista").fill("Ya aplicadas")
    person.page.get_by_label("Abrir siempre con esta vista").check()
    person.press("Guardar vista")
    assert person.reads("La vista «Ya aplicadas» quedó guardada.")
    person.open("/correcciones/")
    assert asked(person.page) == [("state", "applied"), ("orden", "-amount")]
    assert person.page.locator(".views [aria-current]").inner_text() == "Ya aplicadas"
    person.page.get_by_role("link", name="Lista completa").click()
    person.page.wait_for_url("**/?vista=ninguna")
    assert listed(person.page) == 3
    person.page.get_by_text("Guardar esta vista").click()
    person.page.get_by_role("button", name="Borrar la vista «Ya aplicadas»").click()
    assert person.reads("La vista se borró.") and person.faults == []


def test_without_javascript_all_of_it_works(sit, corrections):
    person = sit("staff", java_script_enabled=False)
    person.open("/correcciones/?state=applied")
    page = person.page
    page.get_by_text("Más filtros").click()
    assert not page.get_by_text("Otra condición").first.is_visible()
    spare = page.locator("[data-group='2'] [data-condition]").first
    spare.get_by_label("Dato").select_option("state")
    spare.get_by_label("Valor").fill("borrador")
    person.page.locator(".tool-panel").get_by_role("button", name="Filtrar").click()
    assert asked(page) == [("state", "applied"), ("2:state", "draft")] and listed(page) == 2
    page.get_by_text("Columnas y densidad").click()
    page.get_by_label("Lugar de Estado").fill("0")
    person.press("Guardar columnas")
    assert page.locator(HEADS).first.inner_text() == "Estado"
    assert asked(page) == [("state", "applied"), ("2:state", "draft")]
    page.get_by_text("Columnas y densidad").click()
    person.press("Volver a las de la pantalla")
    assert page.locator(HEADS).first.inner_text() == "Folio"


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_in_the_open_panels(sit, corrections, look):
    person = sit("staff", **LOOKS[look])
    person.open("/correcciones/?state=applied")
    person.page.get_by_text("Guardar esta vista").click()
    person.page.get_by_label("Nombre de la vista").fill(f"Vista {look}")
    person.press("Guardar vista")
    for path in (ASKED, "/recibos/?account=1&total.min=5", "/cuentas/?neighborhood=1&neighborhood=2"):
        person.open(path)
        person.page.locator(".tool").evaluate_all("tools => tools.forEach((tool) => { tool.open = true; })")
        assert faults(person.page) == [], path
        assert person.page.evaluate("document.documentElement.scrollWidth") <= person.page.viewport_size["width"]
    assert person.faults == []


def test_a_telephone_shows_every_chosen_column_as_a_card(sit, corrections):
    person = sit("staff", viewport={"width": 360, "height": 800})
    names = "folio,state,amount,reason,drafted_by,submitted_at,procedure_version,verification_code"
    person.open(f"/correcciones/?columnas={names}")
    cells = person.page.locator("tbody tr").first.locator("td:not(.pick, .peek-cell)")
    assert cells.count() == 7
    row, boxes = cells.first.locator("..").bounding_box(), [cell.bounding_box() for cell in cells.all()]
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= 360 for box in boxes)
    assert all(box["height"] > 0 and box["y"] + box["height"] <= row["y"] + row["height"] for box in boxes)
    assert person.page.evaluate("document.documentElement.scrollWidth") == 360
    expect(person.page.locator("tbody .row-link").first).to_be_visible()
