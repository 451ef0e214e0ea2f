"""A record's page in a browser: its address to paste, its sheet of paper, and nothing clipped."""

import re
import subprocess

import pytest

from tests.browser.axe import faults
from tests.browser.test_access import LOOKS


@pytest.fixture(scope="module")
def applied(office):
    return office.correction("applied")


def words_of(page, path):
    """The printed page as text, and how many sheets it takes."""
    page.pdf(path=path, prefer_css_page_size=True)
    words = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True).stdout
    told = subprocess.run(["pdfinfo", path], capture_output=True, text=True, check=True).stdout
    return words, int(re.search(r"Pages:\s+(\d+)", told)[1])


def test_the_link_is_copied_as_it_is_shared(sit, applied):
    staff = sit("staff", permissions=["clipboard-read", "clipboard-write"])
    staff.open(f"/correcciones/{applied}/?volver=1")
    staff.page.get_by_role("button", name="Copiar enlace").click()
    staff.page.get_by_role("button", name="Enlace copiado").wait_for()
    assert staff.page.evaluate("navigator.clipboard.readText()") == f"{staff.address}/correcciones/{applied}/"
    assert staff.faults == []


def test_without_script_the_page_offers_no_dead_button(sit, applied):
    staff = sit("staff")
    cookies = staff.page.context.cookies()
    plain = staff.page.context.browser.new_context(java_script_enabled=False)
    plain.add_cookies(cookies)
    page = plain.new_page()
    page.goto(f"{staff.address}/correcciones/{applied}/")
    assert page.get_by_text("Copiar enlace").count() == 0
    page.get_by_role("link", name="Ver todo lo que pasó").click()
    assert page.get_by_role("heading", level=1).inner_text().startswith("Historia")
    plain.close()


def test_the_printed_record_is_a_sheet(sit, office, applied, tmp_path):
    staff = sit("staff")
    staff.open(f"/correcciones/{applied}/")
    words, sheets = words_of(staff.page, tmp_path / "hoja.pdf")
    folio = office.scalar("SELECT folio FROM console.corrections WHERE id = %s", applied)
    for wanted in (folio, "Qué cambia", "Memoria de cálculo", "Historia", "$500.82", f"Página 1 de {sheets}",
                   f"/correcciones/{applied}/"):
        assert wanted in words, wanted
    for unwanted in ("Copiar enlace", "Iniciar reversa", "Por qué no puedo", "Ver todo", "Buscar", "Mi trabajo",
                     "Cédula en PDF"):
        assert unwanted not in words, unwanted
    assert sheets <= 5


def test_a_grave_act_asks_and_may_be_left(sit, office):
    key = office.correction("signed")
    staff = sit("staff")
    staff.open(f"/correcciones/{key}/acto/apply/")
    staff.page.get_by_role("button", name="Aplicar").click()
    asked = staff.page.locator("dialog").inner_text()
    assert "recibo corregido (serie NC) por $500.82" in asked and "saldo del recibo" in asked
    staff.page.get_by_role("button", name="No, volver").click()
    assert office.scalar("SELECT state FROM console.corrections WHERE id = %s", key) == "signed"


def test_the_trail_fits_its_list(sit):
    auditor = sit("auditor")
    auditor.open("/bitacora/")
    inside, shown = auditor.page.eval_on_selector(".scroll", "box => [box.scrollWidth, box.clientWidth]")
    assert inside <= shown


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_on_what_a_record_shows(sit, office, applied, look):
    staff, found = sit("staff", **LOOKS[look]), {}
    signed = office.correction("signed")
    note = office.scalar("SELECT max(id) FROM commercial.credit_notes")
    for path in (f"/correcciones/{applied}/", f"/correcciones/{applied}/historia/", f"/notas/{note}/", "/personas/1/",
                 "/zonas-de-abasto/1/relacionados/accounts/", f"/correcciones/{signed}/acto/apply/", "/cuentas/1/"):
        staff.open(path)
        for more in staff.page.locator("details").all():
            more.evaluate("part => { part.open = !part.closest('header'); }")
        if seen := faults(staff.page):
            found[path] = seen
        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not staff.page.evaluate(wide), path
    assert found == {} and staff.faults == []
