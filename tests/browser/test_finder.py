"""The palette and the keys, by keyboard alone: found, opened, closed, turned off; wide and narrow."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import faults

LOOKS = [(width, scheme) for width in (1280, 360) for scheme in ("light", "dark")]
FOCUSED = "document.activeElement.id || document.activeElement.className || document.activeElement.tagName"


@pytest.fixture
def staff(sit):
    return sit("staff")


def opened(person, key="Control+k"):
    person.page.keyboard.press(key)
    expect(person.page.locator("dialog.finder")).to_be_visible()
    return person.page.locator("#finder-box")


def typed(person, words):
    person.page.keyboard.type(words)
    expect(person.page.locator("dialog.finder [role=status]")).not_to_be_empty()


def test_an_account_is_found_and_opened_without_the_mouse(staff):
    box = opened(staff)
    expect(box).to_be_focused()
    staff.page.keyboard.type("nunez avi")
    first = staff.page.locator("[role=option]").first
    expect(first).to_contain_text("María Guadalupe Núñez Ávila")
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(box).to_have_attribute("aria-activedescendant", first.get_attribute("id"))
    expect(first).to_have_attribute("aria-selected", "true")
    expect(staff.page.locator("dialog [role=status]")).to_contain_text("resultado")
    staff.page.keyboard.press("Enter")
    staff.page.wait_for_url("**/cuentas/1/")
    assert staff.faults == []


def test_arrows_go_round_and_escape_gives_the_focus_back(staff):
    staff.page.locator(".finder-open").focus()
    staff.page.keyboard.press("Enter")
    expect(staff.page.locator("#finder-box")).to_be_focused()
    staff.page.keyboard.type("1000000")
    options = staff.page.locator("[role=option]")
    expect(options).to_have_count(6)   # five accounts, and the list with all
    chosen = staff.page.locator("[role=option][aria-selected=true]")
    staff.page.keyboard.press("ArrowUp")
    expect(chosen).to_have_text("Ver todos en Cuentas")
    staff.page.keyboard.press("ArrowDown")
    staff.page.keyboard.press("ArrowDown")
    expect(chosen).to_contain_text("10000002")
    expect(chosen).to_have_count(1)
    staff.page.keyboard.press("Escape")
    expect(staff.page.locator("dialog.finder")).to_be_hidden()
    assert staff.page.evaluate(FOCUSED) == "finder-open"


def test_what_was_typed_after_the_results_is_not_lost_to_them(staff):
    """Enter before the answer sends the words themselves, never the first of an older answer."""
    opened(staff)
    staff.page.keyboard.type("nunez")
    expect(staff.page.locator("[role=option]").first).to_be_visible()
    staff.page.keyboard.type(" zzqqx")
    staff.page.keyboard.press("Enter")
    staff.page.wait_for_url("**/buscar/?q=nunez+zzqqx")
    assert staff.reads("Nada se encontró con «nunez zzqqx».")


def test_nothing_found_is_said_and_a_whole_number_opens_its_page(staff):
    opened(staff, "/")
    typed(staff, "zzqqx")
    expect(staff.page.locator("dialog [role=status]")).to_contain_text("Nada se encontró con «zzqqx».")
    expect(staff.page.locator("#finder-box")).to_have_attribute("aria-expanded", "false")
    staff.page.locator("#finder-box").fill("10000007")
    staff.page.keyboard.press("Enter")
    staff.page.wait_for_url("**/cuentas/7/")


def test_a_search_that_does_not_answer_says_what_to_do(staff):
    staff.page.route("**/buscar/**parte=1", lambda route: route.abort())
    opened(staff)
    typed(staff, "nunez")
    expect(staff.page.locator("dialog [role=status]")).to_contain_text("oprima Entrar")
    staff.page.unroute("**/buscar/**parte=1")
    staff.page.keyboard.press("Enter")
    staff.page.wait_for_url("**/buscar/?q=nunez")
    assert staff.reads("María Guadalupe Núñez Ávila")


def test_without_javascript_the_same_box_is_a_form(sit, chromium, address, office):
    with_script = sit("staff")
    context = chromium.new_context(java_script_enabled=False, locale="es-MX",
                                   storage_state=with_script.page.context.storage_state())
    page = context.new_page()
    page.goto(address + "/")
    page.get_by_role("searchbox").fill("nunez avi")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("María Guadalupe Núñez Ávila")
    page.get_by_role("link", name="10000001").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("10000001")
    context.close()


# ---- keys

def test_rows_are_walked_and_opened_by_keys(staff):
    staff.open("/cuentas/")
    names = staff.page.locator("main .row-link").all_inner_texts()
    focused = "document.activeElement.innerText"
    for key, row in (("j", 0), ("j", 1), ("ArrowDown", 2), ("k", 1), ("ArrowUp", 0), ("k", 0)):
        staff.page.keyboard.press(key)
        assert staff.page.evaluate(focused) == names[row], key
    staff.page.keyboard.press("o")
    staff.page.wait_for_url("**/cuentas/1/")
    staff.page.keyboard.press("g")
    staff.page.keyboard.press("r")
    staff.page.wait_for_url("**/recibos/")


def test_new_and_edit_have_their_keys_only_where_they_are_offered(sit):
    desk = sit("administrator")
    desk.open("/colonias/")
    desk.page.keyboard.press("n")
    desk.page.wait_for_url("**/colonias/nuevo/")
    desk.open("/colonias/1/")
    desk.page.keyboard.press("e")
    desk.page.wait_for_url("**/colonias/1/editar/")
    clerk = sit("staff")
    clerk.open("/colonias/")
    clerk.page.keyboard.press("n")
    clerk.page.keyboard.press("e")
    clerk.page.wait_for_timeout(300)
    assert clerk.page.url.endswith("/colonias/")


def test_no_key_acts_while_one_types(sit):
    desk = sit("administrator")
    desk.open("/colonias/")
    box = desk.page.get_by_label("Buscar en la lista")
    box.focus()
    desk.page.keyboard.type("n/?jgc e")
    expect(box).to_have_value("n/?jgc e")
    assert desk.page.locator("dialog[open]").count() == 0
    desk.page.keyboard.press("Control+k")
    expect(desk.page.locator("dialog.finder")).to_be_visible()   # a chord is no letter


def test_single_letters_are_turned_off_and_it_is_remembered(staff):
    staff.page.keyboard.press("?")
    keys = staff.page.locator("dialog.shortcuts")
    expect(keys).to_be_visible()
    expect(keys).to_contain_text("Ir a Cuentas")
    staff.page.get_by_label("Usar los atajos de una sola tecla").uncheck()
    staff.page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    staff.open("/cuentas/")
    for key in ("?", "/", "j", "g", "r"):
        staff.page.keyboard.press(key)
    staff.page.wait_for_timeout(300)
    assert staff.page.locator("dialog[open]").count() == 0 and staff.page.url.endswith("/cuentas/")
    assert staff.page.evaluate("document.activeElement.tagName") == "BODY"
    opened(staff)   # the chord stays
    staff.page.keyboard.press("Escape")
    expect(staff.page.locator("dialog.finder")).to_be_hidden()
    staff.page.locator(".person summary").press("Enter")
    staff.page.get_by_role("button", name="Atajos del teclado").press("Enter")
    staff.page.get_by_label("Usar los atajos de una sola tecla").check()
    staff.page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    assert staff.page.evaluate(FOCUSED) == "bar-button"   # the person's menu, which opened it
    staff.page.keyboard.press("j")
    assert staff.page.evaluate(FOCUSED) == "row-link"


def test_the_skip_link_leads_past_the_menu(staff):
    staff.open("/cuentas/")
    staff.page.keyboard.press("Tab")
    expect(staff.page.locator(".skip")).to_be_focused()
    staff.page.keyboard.press("Enter")
    assert staff.page.evaluate(FOCUSED) == "contenido"
    staff.page.keyboard.press("Tab")
    assert staff.page.evaluate("document.activeElement.closest('main') !== null")


# ---- for everybody

@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_axe_finds_nothing_with_the_palette_or_the_keys_open(sit, width, scheme):
    person = sit("staff", viewport={"width": width, "height": 800}, color_scheme=scheme)
    found = {}

    def look(what):
        if seen := faults(person.page):
            found[what] = seen
        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not person.page.evaluate(wide), what
        for box in person.page.locator("dialog[open], dialog[open] [role=option]").all():
            place = box.bounding_box()
            assert place["x"] >= 0 and place["x"] + place["width"] <= width, what
            assert place["height"] >= 24, what
    opened(person)
    look("vacía")
    typed(person, "san")
    expect(person.page.locator("[role=option]").first).to_be_visible()
    look("con resultados")
    person.page.locator("#finder-box").fill("zzqqx")
    expect(person.page.locator("dialog [role=status]")).to_contain_text("Nada se encontró")
    look("sin resultados")
    person.page.keyboard.press("Escape")
    expect(person.page.locator("dialog.finder")).to_be_hidden()
    person.page.wait_for_timeout(300)   # a dialog gives the focus back a moment after it hides
    person.page.keyboard.press("?")
    expect(person.page.locator("dialog.shortcuts")).to_be_visible()
    look("teclas")
    for path in ("/buscar/", "/buscar/?q=san", "/buscar/?q=zzqqx"):
        person.open(path)
        look(path)
    assert found == {} and person.faults == []
