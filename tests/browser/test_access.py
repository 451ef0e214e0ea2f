"""Everybody can use the pages before the door; walk.py looks at those behind it."""

import pytest

from tests.browser.axe import violations

LOOKS = {"ancho claro": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
         "teléfono oscuro": {"viewport": {"width": 360, "height": 800}, "color_scheme": "dark"}}


@pytest.mark.parametrize("path", ["/entrar", "/verificar/"])
def test_axe_finds_nothing_on_the_public_pages(chromium, address, path):
    page = chromium.new_page()
    page.goto(address + path)
    assert violations(page) == []
    page.close()
