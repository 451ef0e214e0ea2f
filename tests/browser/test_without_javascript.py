"""JavaScript off: reading, capturing, attaching, sending and signing still work; so does a conflict."""

import re

import psycopg
import pytest
from playwright.sync_api import expect

from deploy.demo.people import DEMO_PASSWORD
from tests.office import PDF


@pytest.fixture
def plain(sit):
    """sit("staff") in a browser that runs no script."""
    return lambda role, which=0: sit(role, which, java_script_enabled=False)


def press(person, name):
    person.page.get_by_role("button", name=name, exact=True).click()


def test_a_correction_is_captured_proven_sent_and_signed(plain, office, tmp_path):
    invoice = tmp_path / "factura.pdf"
    invoice.write_bytes(PDF)
    staff = plain("staff")
    staff.page.get_by_label("Buscar en toda la consola").fill("nunez avila")
    staff.page.keyboard.press("Enter")
    assert staff.reads("María Guadalupe Núñez Ávila")
    staff.open(f"/recibos/{office.leak_bill()}/")
    staff.press("Iniciar corrección")
    staff.page.get_by_label("Causa y procedimiento").select_option(label="Fuga oculta — Fuga oculta reparada v1")
    press(staff, "Iniciar corrección")
    assert staff.reads("Falta este dato; escríbalo.")              # said by the server
    staff.page.get_by_label("Motivo").fill("Fuga en la línea interna.")
    press(staff, "Iniciar corrección")
    desk = re.search(r"/correcciones/\d+/", staff.page.url).group()
    staff.press("Capturar datos y calcular")
    staff.page.get_by_label("Sí").check()
    press(staff, "Capturar datos y calcular")
    staff.press("Agregar evidencia")
    staff.page.get_by_label("Requisito").select_option(label="Factura de la reparación")
    staff.page.get_by_label("Archivo").set_input_files(invoice)
    press(staff, "Agregar evidencia")
    assert staff.reads("Factura de la reparación")
    staff.press("Enviar a firma")
    press(staff, "Enviar a firma")
    assert staff.reads("En firma")

    director = plain("commercial_director")
    director.open(desk)
    director.press("Firmar")
    director.page.get_by_label("Escriba su contraseña para firmar").fill(DEMO_PASSWORD)
    press(director, "Firmar")
    assert director.reads("Firmada")
    key = int(re.search(r"\d+", desk).group())
    assert office.scalar("SELECT count(*) FROM console.signatures WHERE subject = 'corrections' AND subject_id = %s", key) == 1


def test_a_conflict_is_decided_by_its_own_buttons(plain, office):
    desk = plain("administrator")
    desk.open("/personas/nuevo/")
    desk.page.get_by_label("Nombre").fill("Sin Guion Alguno")
    press(desk, "Guardar")
    key = int(re.search(r"/personas/(\d+)/", desk.page.url).group(1))
    desk.open(f"/personas/{key}/editar/")
    with psycopg.connect(office.dsn()) as owner:
        owner.execute("UPDATE console.people SET name = 'Con Guion Ajeno' WHERE id = %s", (key,))
    desk.page.get_by_label("Nombre", exact=False).last.fill("Con Guion Propio")
    press(desk, "Guardar")
    assert desk.reads("El registro cambió mientras usted lo editaba")
    assert desk.reads("Sin Guion Alguno") and desk.reads("Con Guion Ajeno")
    desk.page.locator("input[name=keep-name][value=theirs]").check()
    press(desk, "Guardar")
    assert desk.reads("Se guardó.")
    assert office.scalar("SELECT name FROM console.people WHERE id = %s", key) == "Con Guion Ajeno"


def test_a_double_click_makes_one_record(plain, office):
    desk = plain("administrator")
    desk.open("/personas/nuevo/")
    desk.page.get_by_label("Nombre").fill("Doble Clic Sin Guion")
    desk.page.get_by_role("button", name="Guardar").dblclick()
    assert desk.reads("Doble Clic Sin Guion") and desk.heading() == "Doble Clic Sin Guion"
    assert office.scalar("SELECT count(*) FROM console.people WHERE name = 'Doble Clic Sin Guion'") == 1


def test_a_session_that_ended_while_writing_gives_the_words_back(plain, office):
    desk = plain("administrator")
    desk.open("/personas/nuevo/")
    desk.page.get_by_label("Nombre").fill("Mientras Escribía")
    with psycopg.connect(office.dsn()) as owner:
        owner.execute("UPDATE console.web_sessions SET seen_at = now() - interval '4 hours'")
    press(desk, "Guardar")
    expect(desk.page.get_by_label("Correo")).to_be_visible()
    desk.page.get_by_label("Correo").fill(office.email("administrator"))
    desk.page.locator("input[name=password]").fill(DEMO_PASSWORD)
    press(desk, "Entrar")
    assert desk.reads("Recuperamos lo que había escrito el")
    assert desk.page.get_by_label("Nombre").input_value() == "Mientras Escribía"
    press(desk, "Descartar")
    assert desk.page.get_by_label("Nombre").input_value() == ""
