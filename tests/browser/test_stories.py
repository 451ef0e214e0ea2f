"""Each kind of correction as the offices click it, from the account to the note, with its figures."""

import re
from decimal import Decimal

import pytest

from admin_views.core.words import money
from deploy.demo import anomalies, plots
from models.corrections import CorrectionState
from policies.corrections.acts import attach
from tests.office import PDF

PASSWORD = "agua-clara-2026"


class Story:
    """One planted anomaly: its account, its bill as it was, and what is found there."""

    def __init__(self, office, account):
        self.office, self.account = office, account
        (row,) = [row for row in anomalies.listed(plots.LAST_KNOWN) if row.account == account]
        self.folio, self.credit = row.folio, row.credit
        self.bill = office.scalar("SELECT id FROM commercial.bills WHERE folio = %s", row.folio)
        self.before = self.balance()

    def balance(self):
        return self.office.scalar("SELECT balance FROM commercial.bills WHERE id = %s", self.bill)

    def note(self):
        """(kind, amount) of the newest note of the bill."""
        with self.office.program() as raw:
            return raw.execute("SELECT kind::text, amount FROM commercial.credit_notes WHERE bill_id = %s"
                               " ORDER BY id DESC LIMIT 1", (self.bill,)).fetchone()


def start(staff, story, way):
    """From the account's page to a draft; its number."""
    staff.open(f"/cuentas/{int(story.account) - anomalies.FIRST}/")
    staff.press(story.folio)
    staff.press("Iniciar corrección")
    staff.page.get_by_label("Causa y procedimiento").select_option(label=way)
    staff.page.get_by_label("Motivo").fill("Reclamo del usuario, revisado en el domicilio.")
    staff.page.get_by_role("button", name="Iniciar corrección").click()
    staff.page.wait_for_url("**/correcciones/*/")
    return int(re.search(r"/correcciones/(\d+)/", staff.page.url).group(1))


def capture(staff, typed=lambda page: None):
    staff.press("Capturar datos y calcular")
    typed(staff.page)
    staff.page.get_by_role("button", name="Capturar datos y calcular").click()


def prove_by_hand(staff, key, requirement, tmp_path):
    path = tmp_path / "prueba.pdf"
    path.write_bytes(PDF)
    staff.press("Agregar evidencia")
    staff.page.get_by_label("Requisito").select_option(label=requirement)
    staff.page.get_by_label("Archivo").set_input_files(path)
    staff.page.get_by_role("button", name="Agregar evidencia").click()
    staff.press("Enviar a firma")
    staff.page.get_by_role("button", name="Enviar a firma").click()
    assert staff.reads("En firma")


def prove(office, key, kind):
    """Its evidence and its sending, which the leak's story does by hand."""
    office.perform("staff", attach, key, {"kind": kind, "file": office.stored(f"{kind} {key}")})
    office.perform_submit(key)


def sign(person, key, *words):
    """Whoever signs reads the effect and the memoria on the page that asks for the password."""
    person.open(f"/correcciones/{key}/acto/sign/")
    for word in (*words, "Memoria de cálculo"):
        assert person.reads(word), word
    person.page.get_by_label("Escriba su contraseña para firmar").fill(PASSWORD)
    person.page.get_by_role("button", name="Firmar").click()
    assert person.reads("quedó registrado")


def apply(staff, key):
    staff.open(f"/correcciones/{key}/acto/apply/")
    staff.page.get_by_role("button", name="Aplicar").click()
    staff.page.get_by_role("button", name="Sí, aplicar").click()
    assert staff.reads("Aplicada")


def credited(staff, story, series="NC"):
    """One note for what was found, on the page and in the balance."""
    assert staff.reads(f"{series}-2026-") and staff.reads(money(story.credit))
    assert story.note() == ("credit", story.credit)
    assert story.balance() == story.before - story.credit


def yes(page):
    page.get_by_label("Sí").check()


@pytest.fixture
def absent(office):
    with office.absence():
        yield


def test_a_leak_signed_in_the_absence_of_the_director(absent, sit, office, tmp_path):
    story = Story(office, anomalies.LEAKS[1])
    staff = sit("staff")
    key = start(staff, story, "Fuga oculta — Fuga oculta reparada v1")
    capture(staff, yes)
    assert staff.reads("promedio de 12 periodos") and staff.reads(money(story.credit))
    prove_by_hand(staff, key, "Factura de la reparación", tmp_path)

    delegate = sit("operations_director")
    delegate.open("/cargo")
    delegate.page.get_by_role("button", name="Actuar como Dirección de Comercialización").click()
    capacity = "por ausencia de Héctor Zúñiga Palau"
    assert capacity in delegate.page.locator("header").inner_text()
    sign(delegate, key, money(story.credit), "A favor del usuario", f"{capacity}, oficio DG/2026/044")
    assert delegate.reads(f"Ramón Turrubiartes Gaitán, {capacity}, oficio DG/2026/044")
    apply(staff, key)
    credited(staff, story)
    assert delegate.faults == [] and staff.faults == []


def test_a_wrong_class(sit, office):
    story = Story(office, anomalies.WRONG_CLASS[0])
    assert story.credit == Decimal("963.79")
    staff, director = sit("staff"), sit("commercial_director")
    key = start(staff, story, "Clase tarifaria equivocada — Clase tarifaria equivocada v1")
    capture(staff, lambda page: page.get_by_label("Clase que corresponde").select_option(label="Doméstico"))
    assert staff.reads("Memoria de cálculo") and staff.reads("$963.79")
    prove(office, key, "use_inspection")
    sign(director, key, "$963.79")
    apply(staff, key)
    credited(staff, story)


def test_a_dead_meter(sit, office):
    story = Story(office, anomalies.STOPPED_METERS[0])
    staff, director = sit("staff"), sit("commercial_director")
    key = start(staff, story, "Medidor parado — Lectura estimada por medidor ilegible o descompuesto v1")
    capture(staff)
    assert staff.reads("18 m³") and staff.reads(money(story.credit))
    prove(office, key, "meter_photo")
    sign(director, key, money(story.credit), "42")
    apply(staff, key)
    credited(staff, story)


def test_a_meter_that_its_test_finds_fast(sit, office):
    story = Story(office, anomalies.FAST_METERS[0])
    staff, director = sit("staff"), sit("commercial_director")
    key = start(staff, story, "Medidor que marca de más — Medidor que mide de más v1")

    def tested(percent):
        def typed(page):
            page.get_by_label("Registro medio en la prueba (%)").fill(percent)
            page.get_by_label("Motivo de «Registro medio").fill("Promedio de tres gastos en el banco.")
        return typed
    capture(staff, tested("102"))
    assert staff.reads("hasta ahí está dentro de tolerancia")     # it is refused within tolerance
    capture(staff, tested("125"))
    assert staff.reads("24 m³") and staff.reads(money(story.credit))
    prove(office, key, "meter_test")
    sign(director, key, money(story.credit), "Promedio de tres gastos")
    apply(staff, key)
    credited(staff, story)


def test_an_estimate_and_the_reading_after_it(sit, office):
    story = Story(office, anomalies.LATER_READINGS[0])
    staff, director = sit("staff"), sit("commercial_director")
    before = office.scalar("SELECT r.value FROM commercial.readings r JOIN commercial.bills b"
                           " ON b.previous_reading_id = r.id WHERE b.id = %s", story.bill)
    key = start(staff, story, "Estimación con lectura posterior — Recibo estimado con lectura real posterior v1")

    def read_again(page):
        yes(page)
        page.get_by_label("Lectura real posterior (m³)", exact=False).first.fill(str(int(before) + 30))
        page.get_by_label("Motivo de «Lectura real").fill("Visita con el usuario presente.")
        page.get_by_label("Días entre la lectura").fill("51")
    capture(staff, read_again)
    assert staff.reads("18 m³") and staff.reads(money(story.credit))      # 30 m³ in 51 days, of 31
    prove(office, key, "meter_photo")
    sign(director, key, money(story.credit), "Visita con el usuario presente")
    apply(staff, key)
    credited(staff, story)


def test_a_reversal_gives_back_what_the_correction_took(sit, office):
    applied = office.correction(CorrectionState.APPLIED)
    bill = office.scalar("SELECT bill_id FROM console.corrections WHERE id = %s", applied)
    story = Story(office, office.scalar("SELECT a.number FROM commercial.bills b JOIN commercial.accounts a"
                                        " ON a.id = b.account_id WHERE b.id = %s", bill))
    staff, director = sit("staff"), sit("commercial_director")
    staff.open(f"/correcciones/{applied}/")
    staff.press("Iniciar reversa")
    staff.page.get_by_label("Motivo").fill("La factura era de otro domicilio.")
    staff.page.get_by_role("button", name="Iniciar reversa").click()
    staff.page.wait_for_url("**/correcciones/*/")
    key = int(re.search(r"/correcciones/(\d+)/", staff.page.url).group(1))
    assert key != applied and staff.reads(money(story.credit)) and staff.reads("A cargo del usuario")
    office.perform_submit(key)
    sign(director, key, money(story.credit), "A cargo del usuario")
    apply(staff, key)
    assert staff.reads("ND-2026-")
    assert story.note() == ("debit", story.credit)
    assert story.balance() == story.before + story.credit
    staff.open(f"/correcciones/{applied}/")
    assert staff.reads("Revertida por UAS-COR-2026-")
