"""The first page and the pictures in a browser: each office, wide and on a telephone, light and dark."""

import pytest

from tests import psql
from tests.browser.axe import faults
from tests.browser.test_access import LOOKS

OFFICES = ("staff", "unit_head", "commercial_director", "operations_director", "auditor", "administrator")
PICTURES = ["/correcciones/cuadros/", "/correcciones/cuadros/?por=bill", "/cuentas/1/"]
WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def desk(office):
    """Something in every tray, and applied corrections to draw."""
    for state in ("draft", "submitted", "signed", "applied", "rejected"):
        office.correction(state)
    office.send_back(office.correction("submitted"))
    psql.sent(office, 1500)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("role", OFFICES)
def test_everybody_can_use_the_first_page_and_the_pictures(sit, desk, role, look):
    person, found = sit(role, **LOOKS[look]), {}
    paths = ["/", *(PICTURES if role in ("staff", "commercial_director", "auditor") else [])]
    for path in paths:
        assert person.open(path).status == 200
        assert not person.page.evaluate(WIDE), f"{path} scrolls sideways"
        if seen := faults(person.page):
            found[path] = seen
    assert found == {} and person.faults == []


def test_the_bars_take_their_colours_from_the_page(sit, desk):
    """Light, dark and paper are the style sheet's: the drawing itself says no colour."""
    colours = {}
    for scheme in ("light", "dark"):
        person = sit("staff", color_scheme=scheme)
        person.open("/cuentas/1/")
        bar = person.page.locator(".consumption .serie-0 rect").first
        colours[scheme] = bar.evaluate("bar => getComputedStyle(bar).fill")
        accent = person.page.locator(".key.measured").evaluate("key => getComputedStyle(key, '::before').backgroundColor")
        assert colours[scheme] == accent
    assert colours["light"] != colours["dark"]


def test_a_director_goes_from_the_first_page_to_what_waits(sit, desk):
    person = sit("commercial_director", **LOOKS["teléfono oscuro"])
    first = person.page.locator(".tray .row-name").first
    folio = first.inner_text()
    first.click()
    person.page.get_by_role("heading", level=1).wait_for()
    assert folio in person.heading()


def test_staff_asks_for_other_months_and_shares_the_address(sit, desk):
    person = sit("staff")
    person.open("/correcciones/cuadros/")
    person.page.get_by_label("Contar por").select_option(label="Mes del recibo corregido")
    person.page.get_by_role("button", name="Mostrar").click()
    person.page.wait_for_url("**por=bill**")
    assert person.page.get_by_label("Contar por").input_value() == "bill"
    assert person.page.locator(".multiple svg").count() >= 1
