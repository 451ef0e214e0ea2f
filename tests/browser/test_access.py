"""Everybody can use the pages before the door and come in; walk.py looks at those behind it."""

import pytest
from playwright.sync_api import expect

from deploy.demo.people import DEMO_PASSWORD
from tests.browser.axe import violations

LOOKS = {"ancho claro": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
         "teléfono oscuro": {"viewport": {"width": 360, "height": 800}, "color_scheme": "dark"}}


@pytest.mark.parametrize("path", ["/entrar", "/verificar/"])
def test_axe_finds_nothing_on_the_public_pages(chromium, address, path):
    page = chromium.new_page()
    page.goto(address + path)
    assert violations(page) == []
    page.close()


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without it"])
@pytest.mark.parametrize("look", LOOKS)
def test_the_form_of_the_door_lets_them_in(chromium, address, office, look, script):
    page = chromium.new_page(**LOOKS[look], java_script_enabled=script, locale="es-MX")
    faults = []
    page.on("console", lambda said: said.type == "error" and faults.append(said.text))
    page.goto(f"{address}/entrar")
    page.get_by_label("Correo").fill(office.email("staff"))
    page.locator("input[name=password]").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Entrar").click()
    expect(page).to_have_url(f"{address}/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert faults == []
    page.close()
