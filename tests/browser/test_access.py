"""Everybody can use the pages before the door; walk.py looks at those behind it."""

import pytest
from axe_playwright_python.sync_playwright import Axe

RULES = {"resultTypes": ["violations"],
         "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa",
                                               "wcag22aa", "best-practice"]}}
LOOKS = {"ancho claro": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
         "teléfono oscuro": {"viewport": {"width": 360, "height": 800}, "color_scheme": "dark"}}


@pytest.mark.parametrize("path", ["/entrar", "/verificar/"])
def test_axe_finds_nothing_on_the_public_pages(chromium, address, path):
    page = chromium.new_page()
    page.goto(address + path)
    assert Axe().run(page, options=RULES).response["violations"] == []
    page.close()
