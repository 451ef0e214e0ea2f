"""The main job in a real browser: staff, director, staff, auditor, and each refusal beside it."""

import re
import subprocess

import pytest
from playwright.sync_api import expect

from tests.office import PDF


@pytest.fixture(scope="module")
def invoice(tmp_path_factory):
    path = tmp_path_factory.mktemp("evidencia") / "factura.pdf"
    path.write_bytes(PDF)
    return path


def start(staff, bill):
    """From a bill to a computed draft with its evidence; returns its address."""
    staff.open(f"/recibos/{bill}/")
    staff.press("Iniciar corrección")
    staff.page.get_by_label("Causa y procedimiento").select_option(
        label="Fuga oculta — Fuga oculta reparada v1")
    staff.page.get_by_label("Motivo").fill("Fuga en la línea interna, vista en la visita.")
    staff.page.get_by_role("button", name="Iniciar corrección").click()
    return re.search(r"/correcciones/\d+/", staff.page.url).group()


def compute(staff):
    staff.press("Capturar datos y calcular")
    staff.page.get_by_label("Sí").check()
    staff.page.get_by_role("button", name="Capturar datos y calcular").click()


def prove(staff, invoice):
    staff.press("Agregar evidencia")
    staff.page.get_by_label("Requisito").select_option(label="Factura de la reparación")
    staff.page.get_by_label("Archivo").set_input_files(invoice)
    staff.page.get_by_role("button", name="Agregar evidencia").click()


def test_the_path_from_bill_to_note(sit, office, invoice, tmp_path):
    staff = sit("staff")
    staff.page.keyboard.press("Control+K")
    staff.page.keyboard.type("NUNEZ avila")
    staff.page.get_by_role("option", name=re.compile("María Guadalupe Núñez Ávila")).wait_for()
    staff.page.keyboard.press("Enter")
    staff.page.wait_for_url("**/cuentas/1/")
    assert staff.reads("María Guadalupe Núñez Ávila")
    assert staff.reads("Doméstico") and staff.reads("$733.29")
    assert staff.page.locator("svg.consumption rect").count() == 24
    desk = start(staff, office.leak_bill())

    assert staff.reads("Falta «La fuga está reparada»")        # submit is closed, and says why
    compute(staff)
    assert staff.reads("$500.82") and staff.reads("A favor del usuario")
    assert staff.reads("Memoria de cálculo") and staff.reads("promedio de 12 periodos")
    assert staff.reads("Falta evidencia")
    prove(staff, invoice)
    assert staff.reads("Factura de la reparación") and staff.lacks("Falta evidencia")
    staff.press("Enviar a firma")
    staff.page.get_by_role("button", name="Enviar a firma").click()
    assert staff.reads("En firma")
    folio = re.search(r"UAS-COR-\d{4}-\d{6}", staff.heading()).group()

    director = sit("commercial_director")
    assert director.reads(folio)
    director.press(folio)
    director.press("Firmar")
    assert director.reads("$500.82") and director.reads("Factura de la reparación")
    director.page.get_by_label("Escriba su contraseña para firmar").fill("otra cosa")
    director.page.get_by_role("button", name="Firmar").click()
    expect(director.page.get_by_text("La contraseña no es correcta")).to_be_visible()
    director.page.get_by_label("Escriba su contraseña para firmar").fill("agua-clara-2026")
    director.page.get_by_role("button", name="Firmar").click()
    assert director.reads("Firmada")

    staff.open("/")
    staff.press(folio)
    staff.press("Aplicar")
    staff.page.get_by_role("button", name="Aplicar").click()
    assert "NC" in staff.page.locator("dialog").inner_text()      # it says what it will write
    staff.page.get_by_role("button", name="Sí, aplicar").click()
    assert staff.reads("Aplicada") and staff.reads("NC-2026-")
    assert office.scalar("SELECT count(*) FROM console.notices WHERE state = 'drafted'") == 1

    with staff.page.expect_download() as download:
        staff.page.evaluate("""address => { const a = document.createElement('a');
            a.href = address; a.download = 'c.pdf'; document.body.append(a); a.click(); }""",
                            f"{desk}cedula.pdf")
    sheet = tmp_path / "cedula.pdf"
    download.value.save_as(sheet)
    words = subprocess.run(["pdftotext", "-layout", sheet, "-"], capture_output=True, text=True,
                           check=True).stdout
    for wanted in (folio, "Memoria de cálculo", "Aplicada", "$500.82", "Héctor Zúñiga Palau",
                   "Cadena original"):
        assert wanted in words

    auditor = sit("auditor")
    auditor.open(desk)
    assert auditor.reads(folio) and auditor.lacks("Núñez")
    auditor.open(f"{desk}historia/")
    assert auditor.reads("Firmada") and auditor.reads("Aplicar")
    auditor.open("/bitacora/verificar/")
    auditor.page.get_by_role("button", name="Verificar ahora").click()
    assert auditor.reads("revisados, sin fallas")
    for person in (staff, director, auditor):
        assert [fault for fault in person.faults if "409" not in fault and "422" not in fault] == []


def submitted(sit, office, invoice):
    staff = sit("staff")
    desk = start(staff, office.leak_bill())
    compute(staff)
    prove(staff, invoice)
    staff.press("Enviar a firma")
    staff.page.get_by_role("button", name="Enviar a firma").click()
    return staff, desk


def test_the_author_cannot_sign_and_is_told_why(sit, office, invoice):
    """Appointed acting director later, and in that office; as staff the act is not theirs at all."""
    staff, desk = submitted(sit, office, invoice)
    answer = staff.open(f"{desk}acto/sign/")
    assert answer.status == 403 and staff.reads("«Firmar» corresponde a: ")
    with office.program() as owner:     # both offices on one day, as an appointment older than the rule against it
        owner.execute("ALTER TABLE console.appointments DISABLE TRIGGER USER")
        owner.execute("INSERT INTO console.appointments (person_id, role, valid_from, letter, acting, state)"
                      " VALUES (%s, 'commercial_director', (now() AT TIME ZONE 'America/Mexico_City')::date, 'DG/9',"
                      " true, 'confirmed')", (office.actor("staff").id,))
        owner.execute("ALTER TABLE console.appointments ENABLE TRIGGER USER")
    staff.open("/cargo")
    staff.page.get_by_role("button", name="Actuar").click()
    assert staff.heading() == "Mi trabajo"
    answer = staff.open(f"{desk}acto/sign/")
    assert answer.status == 403 and staff.reads("Usted participó en la elaboración de esta revisión")


def test_an_auditor_who_posts_changes_nothing(sit, office, invoice):
    _, desk = submitted(sit, office, invoice)
    auditor = sit("auditor")
    auditor.open(desk)
    assert auditor.page.get_by_role("link", name="Firmar", exact=True).count() == 0
    answer = auditor.open(f"{desk}acto/apply/")
    assert answer.status == 403 and auditor.reads("corresponde a: Personal administrativo")


def test_a_page_that_went_stale_keeps_what_was_typed(sit, office):
    first, second = sit("staff"), sit("staff", 1)
    desk = start(first, office.leak_bill())
    second.open(f"{desk}acto/calculate/")
    first.open(f"{desk}acto/calculate/")
    first.page.get_by_label("Sí").check()
    first.page.get_by_role("button", name="Capturar datos y calcular").click()
    second.page.get_by_label("Motivo").fill("Lo que escribió la segunda persona.")
    second.page.get_by_label("Sí").check()
    second.page.get_by_role("button", name="Capturar datos y calcular").click()
    expect(second.page.get_by_text("Otra persona cambió este registro")).to_be_visible()
    assert second.page.get_by_label("Motivo").input_value() == "Lo que escribió la segunda persona."


def test_pressing_apply_twice_leaves_one_note(sit, office, invoice):
    staff, desk = submitted(sit, office, invoice)
    key = int(re.search(r"\d+", desk).group())
    office.sign(key)
    staff.open(f"{desk}acto/apply/")
    again = staff.page.context.new_page()
    again.goto(f"{staff.address}{desk}acto/apply/")
    for page in (staff.page, again):
        page.get_by_role("button", name="Aplicar").click()
        page.get_by_role("button", name="Sí, aplicar").click()
    assert "No procede «Aplicar»" in again.locator("main").inner_text()
    notes = "SELECT count(*) FROM commercial.credit_notes WHERE correction_id = %s"
    assert office.scalar(notes, key) == 1


def test_what_changed_after_the_page_opened_is_not_signed(sit, office, invoice):
    staff, desk = submitted(sit, office, invoice)
    key = int(re.search(r"\d+", desk).group())
    director = sit("commercial_director")
    director.open(f"{desk}acto/sign/")
    office.send_back(key)
    office.perform_submit(key)
    director.page.get_by_label("Escriba su contraseña para firmar").fill("agua-clara-2026")
    director.page.get_by_role("button", name="Firmar").click()
    expect(director.page.get_by_text("Otra persona cambió este registro")).to_be_visible()
    assert office.scalar("SELECT count(*) FROM console.signatures WHERE subject = 'corrections' AND subject_id = %s",
                         key) == 0
