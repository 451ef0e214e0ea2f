"""Everybody can use the main screens: axe finds nothing, in light and in dark, wide and narrow."""

import pytest
from axe_playwright_python.sync_playwright import Axe

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa",
                                               "wcag22aa", "best-practice"]}}
LOOKS = {"ancho claro": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
         "teléfono oscuro": {"viewport": {"width": 360, "height": 800}, "color_scheme": "dark"}}


@pytest.fixture(scope="module")
def desks(office):
    """A draft, one that waits for its signature and an applied one, each on its page."""
    return {state: f"/correcciones/{office.correction(state)}/"
            for state in ("draft", "submitted", "applied")}


def screens(desks):
    return {
        "staff": ["/", "/cuentas/?q=nunez", "/cuentas/1/", "/recibos/24/", desks["draft"],
                  f"{desks['draft']}acto/calculate/", f"{desks['draft']}acto/attach/",
                  "/correcciones/?state=draft", "/procedimientos/1/"],
        "commercial_director": ["/", desks["submitted"], f"{desks['submitted']}acto/sign/",
                                f"{desks['submitted']}acto/send_back/"],
        "auditor": [desks["applied"], f"{desks['applied']}historia/", "/bitacora/",
                    "/bitacora/1/", "/bitacora/verificar/", f"{desks['applied']}acto/apply/"],
        "administrator": ["/nombramientos/", "/nombramientos/nuevo/", "/accesos/2/", "/cargo"]}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("role", ["staff", "commercial_director", "auditor", "administrator"])
def test_axe_finds_nothing_on_the_screens_of(sit, desks, role, look):
    person, found = sit(role, **LOOKS[look]), {}
    for path in screens(desks)[role]:
        person.open(path)
        violations = Axe().run(person.page, options=RULES).response["violations"]
        if violations:
            found[path] = [(fault["id"], fault["nodes"][0]["html"][:120]) for fault in violations]
    assert found == {}


@pytest.mark.parametrize("path", ["/entrar", "/verificar/"])
def test_axe_finds_nothing_on_the_public_pages(chromium, address, path):
    page = chromium.new_page()
    page.goto(address + path)
    assert Axe().run(page, options=RULES).response["violations"] == []
    page.close()
