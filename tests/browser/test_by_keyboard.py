"""A whole correction captured, and one signed, with the keyboard alone on a telephone's width."""

import re

import pytest
from playwright.sync_api import TimeoutError, expect

from deploy.demo.people import DEMO_PASSWORD
from tests.office import PDF

NARROW = {"viewport": {"width": 360, "height": 800}}
FOCUSED = """() => { const at = document.activeElement;
  return [at.labels?.[0]?.innerText, at.ariaLabel, at.innerText, at.value].filter(Boolean).join(" | "); }"""
SEEN = """() => { const box = document.activeElement.getBoundingClientRect();
  return box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight; }"""
MOST = 150   # no page of the path has more stops than this


class Hands:
    """Somebody who never touches the mouse."""

    def __init__(self, person):
        self.page, self.keys = person.page, person.page.keyboard

    def reach(self, words, kind=""):
        """Tab until the focus stands on what says these words; it must be in sight."""
        for _ in range(MOST):
            self.keys.press("Tab")
            said = self.page.evaluate(FOCUSED)
            if re.search(words, said) and self.page.evaluate(
                    "(kind) => document.activeElement.matches(kind || '*')", kind):
                assert self.page.evaluate(SEEN), f"«{said}» has the focus out of sight"
                return self
        raise AssertionError(f"the keyboard does not reach «{words}» on {self.page.url}")

    def press(self, words, kind="a, button, summary"):
        """Reach it and press Enter; a new page or a new part of it follows."""
        self.reach(words, kind)
        before = self.page.url
        self.keys.press("Enter")
        self.page.wait_for_load_state()
        return before

    def go(self, words, address):
        """Press what leads to another page, and wait until it is there."""
        self.press(words)
        self.page.wait_for_url(re.compile(address))
        return self

    def type(self, words, text):
        self.reach(words, "input, textarea")
        self.keys.type(text)
        return self

    def choose(self, words, letters):
        """In a list to choose from, the letters of the option."""
        self.reach(words, "select")
        self.keys.type(letters)
        return self


@pytest.fixture(scope="module")
def invoice(tmp_path_factory):
    path = tmp_path_factory.mktemp("evidencia") / "factura.pdf"
    path.write_bytes(PDF)
    return path


def chosen_file(page, tries=3):
    """The file dialog that the space bar opens; a busy browser may lose the key, and a person presses again."""
    page.bring_to_front()
    try:
        with page.expect_file_chooser() as chooser:
            page.keyboard.press("Space")
    except TimeoutError:
        if tries == 1:
            raise
        return chosen_file(page, tries - 1)
    return chooser.value


def test_a_correction_is_captured_and_submitted_by_keyboard_at_360_pixels(sit, office, invoice):
    staff = sit("staff", **NARROW)
    bill = office.leak_bill()
    folio = office.scalar("SELECT folio FROM commercial.bills WHERE id = %s", bill)
    hands = Hands(staff)
    staff.page.keyboard.press("/")
    staff.page.keyboard.type(folio)
    staff.page.keyboard.press("Enter")
    staff.page.wait_for_url(re.compile(rf"/recibos/{bill}/"))
    hands.go("^Iniciar corrección", r"acto/start_correction")
    hands.choose("Causa y procedimiento", "Fuga oculta")
    hands.type("Motivo", "Fuga en la línea interna, vista en la visita.")
    hands.go("^Iniciar corrección", r"/correcciones/\d+/$")
    desk = re.search(r"/correcciones/(\d+)/", staff.page.url)
    hands.go("^Capturar datos y calcular", r"acto/calculate")
    hands.reach("Sí", "input[type=radio]")
    staff.page.keyboard.press("Space")
    hands.go("^Capturar datos y calcular", rf"{desk.group()}$")
    hands.go("^Agregar evidencia", r"acto/attach")
    hands.choose("Requisito", "Factura")
    hands.reach("Archivo", "input[type=file]")
    chosen_file(staff.page).set_files(invoice)
    hands.go("^Agregar evidencia", rf"{desk.group()}$")
    hands.go("^Enviar a firma", r"acto/submit")
    hands.go("^Enviar a firma", rf"{desk.group()}$")
    assert staff.reads("En firma")
    assert office.scalar("SELECT state FROM console.corrections WHERE id = %s",
                         int(desk.group(1))) == "submitted"


def test_a_correction_is_signed_by_keyboard_at_360_pixels(sit, office):
    key = office.correction("submitted")
    folio = office.scalar("SELECT folio FROM console.corrections WHERE id = %s", key)
    director = sit("commercial_director", **NARROW)
    hands = Hands(director)
    hands.go(folio, rf"/correcciones/{key}/$")
    hands.go("^Firmar", r"acto/sign")
    hands.type("Escriba su contraseña", DEMO_PASSWORD)
    hands.go("^Firmar", rf"/correcciones/{key}/$")
    assert office.scalar("SELECT count(*) FROM console.signatures WHERE subject = 'corrections' AND subject_id = %s", key) == 1


def test_a_grave_act_asks_and_no_is_the_first_answer(sit, office):
    """A confirmation still asks under the strict policy; Enter pressed by habit does nothing."""
    key = office.correction("submitted")
    director = sit("commercial_director", **NARROW)
    hands = Hands(director)
    director.open(f"/correcciones/{key}/acto/reject/")
    hands.type("Motivo", "El recibo ya se corrigió por otra vía.")
    hands.press("^Rechazar", "button")
    expect(director.page.get_by_role("dialog")).to_be_visible()
    director.page.keyboard.press("Enter")
    assert director.page.get_by_role("dialog").count() == 0
    assert office.scalar("SELECT state FROM console.corrections WHERE id = %s", key) == "submitted"
    hands.press("^Rechazar", "button")
    director.page.keyboard.press("Tab")
    director.page.keyboard.press("Enter")
    director.page.wait_for_url(re.compile(rf"/correcciones/{key}/$"))
    assert office.scalar("SELECT state FROM console.corrections WHERE id = %s", key) == "rejected"
