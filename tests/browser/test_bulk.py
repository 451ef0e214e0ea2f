"""Many rows at once and a glance at one, as people do it: keyboard, telephone, without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from deploy.demo.people import DEMO_PASSWORD
from models.corrections import CorrectionState as S
from tests import psql
from tests.browser.axe import faults, violations
from tests.browser.test_access import LOOKS

LIST = "/correcciones/?state=signed"
WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
FOCUSED = "document.activeElement.getAttribute('aria-label') || document.activeElement.textContent"


@pytest.fixture
def waiting(office):
    return [psql.signed(office) for _ in range(3)]


def states(office, keys):
    return [office.scalar("SELECT state FROM console.corrections WHERE id = %s", key) for key in keys]


def ready(person, path=LIST):
    """The list, once its scripts stand."""
    person.open(path)
    person.page.locator("[data-peeks=ready]").wait_for(state="attached")
    return person.page


def box(page, key):
    return page.locator(f"[data-pick][value='{key}']")


def tab_to(page, locator):
    """Walk with Tab until the focus is there."""
    for _ in range(200):
        if locator.evaluate("node => node === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard never reached {locator}")


def test_three_rows_are_applied_by_keyboard_alone_on_a_telephone(sit, office, waiting):
    person = sit("staff", viewport={"width": 360, "height": 800})
    page = ready(person)
    assert page.locator("[data-together-acts]").is_hidden()
    for key in waiting:
        tab_to(page, box(page, key))
        page.keyboard.press("Space")
    expect(page.get_by_role("status").filter(has_text="seleccionados")).to_have_text("3 seleccionados")
    apply = page.get_by_role("button", name="Aplicar…")
    tab_to(page, apply)
    assert not page.evaluate(WIDE)
    page.keyboard.press("Enter")
    assert person.reads("3 proceden") and not page.evaluate(WIDE)
    tab_to(page, page.get_by_role("button", name="Aplicar (3)"))
    page.keyboard.press("Enter")   # a grave act asks first
    tab_to(page, page.get_by_role("button", name="Sí, aplicar"))
    page.keyboard.press("Enter")
    assert person.reads("3 hechos") and not page.evaluate(WIDE)
    assert states(office, waiting) == ["applied"] * 3 and person.faults == []


def test_a_director_signs_three_at_once_by_keyboard(sit, office):
    keys = [psql.sent(office) for _ in range(3)]
    person = sit("commercial_director")
    page = ready(person, "/correcciones/?state=submitted")
    for key in keys:
        tab_to(page, box(page, key))
        page.keyboard.press("Space")
    tab_to(page, page.get_by_role("button", name="Firmar…"))
    page.keyboard.press("Enter")
    assert person.reads("3 proceden")
    shown = page.get_by_role("table", name="Qué se firma de cada corrección")
    assert shown.get_by_role("row").count() == 4 and not page.evaluate(WIDE)
    assert violations(page) == []
    tab_to(page, page.get_by_label("Escriba su contraseña"))
    page.keyboard.type(DEMO_PASSWORD)
    page.keyboard.press("Enter")
    assert person.reads("3 hechos") and states(office, keys) == ["signed"] * 3 and person.faults == []


def test_without_javascript_the_same_is_done(sit, office, waiting):
    person = sit("staff", java_script_enabled=False)
    person.open(LIST)
    for key in waiting[:2]:
        box(person.page, key).check()
    person.page.get_by_role("button", name="Aplicar…").click()
    assert person.heading() == "Aplicar 2 proceden"
    person.page.get_by_role("button", name="Aplicar (2)").click()
    assert person.heading() == "Aplicar 2 hechos" and states(office, waiting) == ["applied", "applied", "signed"]
    person.open(LIST)
    person.page.get_by_role("link", name=re.compile("^Vistazo de ")).first.click()
    assert person.page.locator(".record").count() == 1 and person.page.get_by_role("dialog").count() == 0


def test_all_of_a_page_all_that_match_and_a_range(sit, waiting):
    page = ready(sit("staff"))
    boxes, told = page.locator("[data-pick]"), page.locator("[data-count]")
    whole = page.get_by_label("Seleccionar los renglones de esta página")
    whole.check()
    many = boxes.count()
    expect(told).to_have_text(f"{many} seleccionados")
    boxes.nth(0).uncheck()
    expect(told).to_have_text(f"{many - 1} seleccionados")
    assert whole.evaluate("node => node.indeterminate")
    everything = page.get_by_label(re.compile(r"Seleccionar los \d+ que coinciden"))
    everything.check()
    assert boxes.nth(0).is_checked() and told.inner_text() == f"{everything.get_attribute('data-everything')} seleccionados"
    boxes.nth(1).uncheck()
    assert not everything.is_checked()
    whole.check()
    whole.uncheck()
    expect(told).to_have_text(re.compile("^Marque renglones"))
    boxes.nth(0).check()
    boxes.nth(2).click(modifiers=["Shift"])
    expect(told).to_have_text("3 seleccionados")


def test_a_grave_act_is_asked_again_before_it_is_done(sit, office):
    drafts = [office.draft(), office.draft()]
    person = sit("staff")
    page = ready(person, "/correcciones/?state=draft")
    for key in drafts:
        box(page, key).check()
    page.get_by_role("button", name="Retirar borrador…").click()
    page.get_by_role("button", name="Retirar borrador (2)").click()
    asked = page.get_by_role("dialog")
    assert "¿Retirar borrador: 2 correcciones?" in asked.inner_text()
    asked.get_by_role("button", name="No, volver").click()
    assert states(office, drafts) == ["draft", "draft"]
    page.get_by_role("button", name="Retirar borrador (2)").click()
    asked.get_by_role("button", name="Sí, retirar borrador").click()
    assert person.reads("2 hechos") and states(office, drafts) == ["withdrawn", "withdrawn"]


def test_the_focused_row_is_never_under_the_bar(sit, waiting):
    page = ready(sit("staff", viewport={"width": 1280, "height": 500}))
    for number in range(page.locator("[data-pick]").count()):
        one = page.locator("[data-pick]").nth(number)
        one.focus()
        page.keyboard.press("Space")
        seen = one.evaluate("node => { const at = node.getBoundingClientRect();"
                            " return document.elementFromPoint(at.x + at.width / 2, at.y + at.height / 2) === node }")
        assert seen, number


# ---- the panel

def test_the_panel_opens_walks_the_rows_and_gives_the_focus_back(sit, office, waiting):
    person = sit("staff")
    page = ready(person)
    links = page.locator("[data-peek]")
    names = links.evaluate_all("all => all.map(link => link.getAttribute('aria-label').replace('Vistazo de ', ''))")
    links.nth(0).focus()
    page.keyboard.press("Enter")
    panel = page.get_by_role("dialog")
    expect(panel.locator(".peek-title")).to_contain_text(names[0])
    assert page.url.endswith(LIST) and panel.get_by_role("link", name="Aplicar").count() == 1
    page.keyboard.press("ArrowDown")
    expect(panel.locator(".peek-title")).to_contain_text(names[1])
    page.keyboard.press("ArrowUp")
    expect(panel.locator(".peek-title")).to_contain_text(names[0])
    panel.get_by_role("button", name="Siguiente").click()
    expect(panel.locator(".peek-title")).to_contain_text(names[1])
    page.keyboard.press("Escape")
    expect(links.nth(1)).to_be_focused()
    assert panel.count() == 0
    page.keyboard.press("Enter")
    panel.get_by_role("link", name="Abrir").click()
    page.wait_for_url(re.compile(r"/correcciones/\d+/$"))
    assert person.heading().startswith(names[1]) and person.faults == []


def test_on_a_telephone_the_panel_is_the_whole_screen(sit, waiting):
    page = ready(sit("staff", viewport={"width": 360, "height": 800}))
    page.locator("[data-peek]").first.click()
    page.locator(".peek-title").wait_for()
    assert page.get_by_role("dialog").bounding_box() == {"x": 0, "y": 0, "width": 360, "height": 800}
    assert not page.evaluate(WIDE)
    assert not page.get_by_role("dialog").evaluate("node => node.scrollWidth > node.clientWidth")


def test_what_goes_wrong_in_the_panel_is_one_sentence(sit, office, waiting, monkeypatch):
    person = sit("staff")
    page = ready(person)
    panel, first = page.get_by_role("dialog"), page.locator("[data-peek]").first
    address = first.get_attribute("href")

    def opened(sentence):
        first.click()
        expect(panel).to_contain_text(sentence)
        assert page.url.endswith(LIST) and page.locator("header").count() == 1
        page.keyboard.press("Escape")
    page.route(f"**{address}?panel=1", lambda route: route.continue_(url=route.request.url.replace(address, "/correcciones/999999/")))
    opened("No existe esa página o ese registro")
    page.unroute_all()
    page.route(f"**{address}?panel=1", lambda route: route.abort())
    opened("El servidor no respondió")
    page.unroute_all()
    monkeypatch.setattr("admin_views.records.peek.facts", lambda view, record: 1 / 0)
    opened("Algo falló de nuestro lado")
    monkeypatch.undo()
    page.context.clear_cookies()
    opened("Su sesión terminó")
    first.click()
    panel.get_by_role("link", name="Volver a entrar").click()
    page.get_by_label("Correo").wait_for()


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_in_list_panel_preview_and_result(sit, office, look, waiting):
    office.correction(S.DRAFT)
    person, found = sit("staff", **LOOKS[look]), {}
    page = ready(person, "/correcciones/")

    def check(name):
        found[name] = faults(page)
    page.locator("[data-pick]").first.check()
    check("list")
    page.locator("[data-peek]").first.click()
    page.locator(".peek-title").wait_for()
    check("panel")
    page.keyboard.press("Escape")
    page.locator("[data-everything]").check()
    page.get_by_role("button", name="Aplicar…").click()
    page.locator("input[name=frozen]").wait_for(state="attached")
    check("preview")
    page.get_by_role("button", name=re.compile(r"Aplicar \(\d+\)")).click()
    page.get_by_role("button", name="Sí, aplicar").click()
    page.get_by_role("table", name="Resultado de cada registro").wait_for()
    check("result")
    assert found == dict.fromkeys(found, []) and len(found) == 4 and person.faults == []
