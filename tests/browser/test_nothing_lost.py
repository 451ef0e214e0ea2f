"""In a real browser: what is typed is kept by itself, comes back, and is never done twice."""

import re

import psycopg
import pytest
from playwright.sync_api import expect

from policies.corrections.acts import calculate as compute
from tests.browser.axe import faults
from tests.browser.test_access import LOOKS
from tests.browser.test_offices import go_on
from tests.office import PDF
from tests.served import until

LONG = "El usuario dice que el medidor está del otro lado de la barda, con el vecino."


@pytest.fixture
def clock(sit):
    """sit("staff") with a clock that the test moves; what the page does every 20 seconds happens at once."""
    def seat(role, which=0):
        person = sit(role, which)
        person.page.clock.install()
        return person
    return seat


@pytest.fixture(scope="module")
def key(office):
    """One draft for the tests that change nothing of it."""
    return office.draft()


@pytest.fixture(autouse=True)
def nothing_kept(office):
    owner(office, "DELETE FROM console.parked_forms")


def owner(office, statement):
    with psycopg.connect(office.dsn()) as connection:
        connection.execute(statement)


def calculate(office, person, key=None):
    path = f"/correcciones/{key or office.draft()}/acto/calculate/"
    at(person, path)
    return path


def at(person, path):
    """Open a form and wait until the page looks after what is typed in it."""
    person.open(path)
    person.page.locator(".draft-told").wait_for(state="attached")


def told(person, words):
    person.page.locator(".draft-told", has_text=words).wait_for()


def write(person, words=LONG):
    person.page.get_by_label("Motivo").fill(words)


def restored(person):
    return person.page.get_by_label("Motivo").input_value()


def dialogs(person):
    """What the browser asks by itself, one word a time."""
    asked = []
    person.page.on("dialog", lambda dialog: asked.append(dialog.type))
    return asked


def test_a_long_text_is_kept_every_twenty_seconds_and_comes_back(clock, sit, office):
    staff = clock("staff")
    path = calculate(office, staff)
    write(staff)
    staff.page.clock.run_for(21_000)
    told(staff, re.compile(r"^Borrador guardado \d\d:\d\d$"))
    staff.page.context.close()                          # the browser crashes
    back = sit("staff")
    back.open(path)
    assert back.reads("Recuperamos lo que había escrito el") and restored(back) == LONG
    back.press("Descartar")
    assert back.page.locator("dialog").inner_text().startswith("¿Descartar lo que había escrito?")
    back.page.get_by_role("button", name="Sí, descartar").click()
    assert back.reads("Lo que había escrito se descartó.") and restored(back) != LONG


def test_a_form_that_is_sent_leaves_no_draft(clock, office):
    staff = clock("staff")
    path = calculate(office, staff)
    write(staff)
    staff.page.clock.run_for(21_000)
    told(staff, "Borrador guardado")
    staff.page.get_by_label("Sí").check()
    staff.page.get_by_role("button", name="Capturar datos y calcular").click()
    assert staff.reads("«Capturar datos y calcular» quedó registrado.")
    staff.open(path)
    assert staff.lacks("Recuperamos lo que había escrito")


def test_a_tab_closed_before_the_twenty_seconds_is_kept_too(sit, office, key):
    staff = sit("staff")
    path = calculate(office, staff, key)
    write(staff)
    staff.page.goto("about:blank")
    until(lambda: office.scalar("SELECT count(*) FROM console.parked_forms WHERE path = %s", path))
    staff.open(path)
    assert staff.reads("Recuperamos lo que había escrito el") and restored(staff) == LONG


def test_a_short_form_filled_at_once_is_no_draft_and_a_slow_one_is(clock, office):
    desk = clock("administrator")
    at(desk, "/personas/nuevo/")
    desk.page.get_by_label("Nombre").fill("Rápida")
    desk.page.clock.run_for(10_000)
    assert office.scalar("SELECT count(*) FROM console.parked_forms WHERE path = '/personas/nuevo/'") == 0
    desk.page.clock.run_for(31_000)
    told(desk, "Borrador guardado")
    assert office.scalar("SELECT count(*) FROM console.parked_forms WHERE path = '/personas/nuevo/'") == 1


def test_a_session_that_ended_is_said_and_the_words_wait_for_the_login(clock, office):
    staff = clock("staff")
    calculate(office, staff)
    write(staff)
    owner(office, "UPDATE console.web_sessions SET seen_at = now() - interval '4 hours'")
    staff.page.clock.run_for(21_000)
    told(staff, "Su sesión terminó; lo escrito se conserva en esta página.")
    assert restored(staff) == LONG
    after = f"{LONG} Y esto lo escribe después."
    write(staff, after)
    staff.page.context.new_page().goto(f"{staff.address}/entrar")   # as the page itself advises
    staff.page.get_by_label("Sí").check()
    staff.page.get_by_role("button", name="Capturar datos y calcular").click()
    staff.page.get_by_label("Correo").fill(office.email("staff"))
    staff.page.locator("input[name=password]").fill("agua-clara-2026")
    staff.page.get_by_role("button", name="Entrar").click()
    assert staff.reads("Recuperamos lo que había escrito el") and restored(staff) == after
    staff.page.get_by_role("button", name="Capturar datos y calcular").click()
    assert staff.reads("«Capturar datos y calcular» quedó registrado.")


def test_a_console_that_does_not_answer_is_said_and_tried_again(clock, office, key):
    staff = clock("staff")
    calculate(office, staff, key)
    staff.page.route("**/borrador/**", lambda route: route.abort())
    write(staff)
    staff.page.clock.run_for(21_000)
    told(staff, "La consola no responde")
    staff.page.unroute("**/borrador/**")
    staff.page.clock.run_for(21_000)
    told(staff, "Borrador guardado")


def test_a_draft_over_a_record_that_moved_says_what_changed(clock, sit, office):
    staff, key = clock("staff"), office.draft()
    path = calculate(office, staff, key)
    write(staff)
    staff.page.clock.run_for(21_000)
    told(staff, "Borrador guardado")
    office.prove(key)
    back = sit("staff")
    back.open(path)
    expect(back.page.get_by_text("Otra persona cambió este registro")).to_be_visible()
    assert restored(back) == LONG


def leaves(person):
    """Press the first link of the path and say whether the page asked first."""
    person.page.locator(".crumbs a").first.click()
    return person.page.get_by_text("¿Salir sin enviarlo?").count() == 1


@pytest.mark.parametrize("touch", ["text", "radio", "select", "file"])
def test_leaving_half_typed_asks_in_spanish(sit, key, tmp_path, touch):
    file = tmp_path / "factura.pdf"
    file.write_bytes(PDF)
    staff = sit("staff")
    staff.open(f"/correcciones/{key}/acto/{'attach' if touch in ('select', 'file') else 'calculate'}/")
    {"text": lambda: write(staff), "radio": lambda: staff.page.get_by_label("No", exact=True).check(),
     "select": lambda: staff.page.get_by_label("Requisito").select_option(index=1),
     "file": lambda: staff.page.get_by_label("Archivo").set_input_files(file)}[touch]()
    before = staff.page.url
    assert leaves(staff)
    staff.page.get_by_role("button", name="Quedarme").click()
    assert staff.page.url == before and leaves(staff)
    staff.page.get_by_role("button", name="Salir sin enviar").click()
    staff.page.wait_for_url("**/correcciones/")
    assert staff.faults == []


def test_what_was_restored_asks_and_what_was_sent_or_not_touched_does_not(clock, sit, office):
    staff, key = clock("staff"), office.draft()
    path = calculate(office, staff, key)
    assert not leaves(staff)                            # nothing typed
    at(staff, path)
    write(staff)
    staff.page.clock.run_for(21_000)
    told(staff, "Borrador guardado")
    back = sit("staff")
    back.open(path)
    assert leaves(back)                                 # it came back half-typed
    back.page.get_by_role("button", name="Quedarme").click()
    asked = dialogs(back)
    back.page.get_by_label("Sí").check()
    back.page.get_by_role("button", name="Capturar datos y calcular").click()
    assert back.reads("quedó registrado") and not leaves(back)
    back.page.reload()
    assert asked == []


def test_a_double_click_makes_one_record_and_going_back_a_fresh_form(sit, office):
    desk = sit("administrator")
    desk.open("/personas/nuevo/")
    desk.page.get_by_label("Nombre").fill("Doble Clic")
    desk.page.get_by_role("button", name="Guardar").dblclick()
    assert desk.reads("Se guardó.")
    desk.page.go_back()
    assert desk.page.get_by_label("Nombre").input_value() == ""
    assert office.scalar("SELECT count(*) FROM console.people WHERE name = 'Doble Clic'") == 1


def test_typing_again_in_a_dispute_marks_it_as_ones_own(sit, office):
    desk = sit("administrator")
    desk.open("/personas/nuevo/")
    desk.page.get_by_label("Nombre").fill("En Disputa")
    desk.page.get_by_role("button", name="Guardar").click()
    key = int(re.search(r"/personas/(\d+)/", desk.page.url).group(1))
    desk.open(f"/personas/{key}/editar/")
    with psycopg.connect(office.dsn()) as connection:
        connection.execute("UPDATE console.people SET name = 'La De Ella' WHERE id = %s", (key,))
    desk.page.locator("#active").check()
    desk.page.get_by_role("button", name="Guardar").click()
    theirs = desk.page.locator("input[name=keep-name][value=theirs]")
    assert theirs.is_checked()
    desk.page.locator("#name").fill("La Mía")
    assert not theirs.is_checked()
    desk.page.get_by_role("button", name="Guardar").click()
    assert desk.reads("Se guardó.")
    assert office.scalar("SELECT name FROM console.people WHERE id = %s", key) == "La Mía"


@pytest.mark.parametrize("look", LOOKS)
def test_everybody_can_use_what_came_back_what_is_disputed_and_what_was_refused(sit, office, look):
    staff, key = sit("staff", **LOOKS[look]), office.draft()
    path, found = calculate(office, staff, key), {}

    def look_at(what):
        seen = faults(staff.page)
        wide = staff.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        if seen or wide:
            found[what] = wide, seen
    write(staff)
    staff.page.goto("about:blank")
    until(lambda: office.scalar("SELECT count(*) FROM console.parked_forms WHERE path = %s", path))
    office.perform("staff", compute, key, {"reason": "Otro motivo.", "leak.repaired": True})
    staff.open(path)
    assert staff.reads("Qué cambió desde que abrió la página") and staff.reads("Recuperamos")
    look_at("act that moved")
    staff.page.get_by_role("link", name="Cancelar").click()
    look_at("leaving")
    staff.page.get_by_role("button", name="Salir sin enviar").click()
    staff.open(f"/correcciones/{office.correction()}/acto/calculate/")
    look_at("refusal")

    desk = staff = sit("administrator", **LOOKS[look])
    made = office.scalar("SELECT max(id) FROM console.appointments")
    desk.open(f"/nombramientos/{made}/editar/")
    owner(office, f"UPDATE console.appointments SET letter = letter || '{'Z' * 60}' WHERE id = {made}")
    go_on(desk.page, 2)
    desk.page.locator("#letter").fill("DG/2026/999")
    go_on(desk.page)
    desk.page.get_by_role("button", name="Guardar").click()
    assert desk.reads("El registro cambió mientras usted lo editaba")
    look_at("conflict")
    assert found == {}
