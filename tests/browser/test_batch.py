"""Days without supply in one zone, in a real browser: prepared, computed, sampled, signed, applied."""

import re

import pytest
from playwright.sync_api import expect

from admin_views.core import worker
from tests import psql
from tests.office import PDF
from tests.policies.batches import Batches


@pytest.fixture(scope="module")
def batches(office):
    return Batches(office)


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    path = tmp_path_factory.mktemp("evidencia") / "reporte.pdf"
    path.write_bytes(PDF)
    return path


def prepare(staff, batches, zone):
    """A batch over one zone and one month; its address."""
    start, end = batches.month(3)
    staff.open("/lotes/")
    staff.press("Preparar lote")
    staff.press("Días sin servicio v1")
    staff.page.get_by_label("Asunto").fill("Sin servicio en el sector")
    staff.page.get_by_label("Causa").select_option(label="Servicio no prestado")
    staff.page.get_by_label("Motivo").fill("Falla del pozo, según la bitácora de operación.")
    staff.page.get_by_label("Recibos que terminan desde").fill(str(start))
    staff.page.get_by_label("Recibos que terminan hasta").fill(str(end))
    staff.page.locator(".ts-wrapper").first.wait_for()     # the script has made its picker
    staff.page.get_by_role("combobox", name="Zona de abasto").fill(zone.removeprefix("Sector "))
    staff.page.get_by_role("option", name=re.compile(zone)).first.click()
    staff.page.get_by_role("button", name="Preparar lote").click()
    return re.search(r"/lotes/\d+/", staff.page.url).group()


def sign(director, desk):
    director.open(f"{desk}acto/sign_batch/")
    assert director.reads("Muestra al azar") and director.reads("Los de mayor importe")
    director.page.get_by_label("Escriba su contraseña para firmar").fill("agua-clara-2026")
    director.page.get_by_role("button", name="Firmar lote").click()


def one_chunk(office):
    with office.app.app_context():
        assert worker.take_one()


def test_days_without_supply_in_one_zone(sit, office, batches, report, monkeypatch):
    monkeypatch.setattr("policies.batches.acts.CHUNK", 4)
    zone, name, many = office.scalar(
        "SELECT json_build_array(z.id, z.name, count(*)) FROM commercial.accounts a JOIN console.supply_zones z"
        " ON z.id = a.supply_zone_id GROUP BY z.id, z.name ORDER BY count(*) DESC LIMIT 1")
    staff = sit("staff")
    desk = prepare(staff, batches, name)
    key = int(re.search(r"\d+", desk).group())
    staff.press("Calcular lote")
    staff.page.get_by_label("Días sin servicio").fill("6")
    staff.page.get_by_role("button", name="Calcular lote").click()
    assert staff.reads("Recibos calculados")
    expect(staff.page.get_by_role("progressbar")).to_be_visible()

    one_chunk(office)                     # it counts its bills
    one_chunk(office)
    expect(staff.page.get_by_role("progressbar")).to_have_attribute("value", "4")    # the bar moved by itself
    batches.work()                        # what the worker's own process does
    expect(staff.page.get_by_role("heading", name="Muestra al azar")).to_be_visible()   # the page came by itself
    assert staff.reads("A favor del usuario") and staff.reads("Falta evidencia: reporte de la interrupción")
    staff.page.get_by_role("link", name=re.compile("^Memoria de la cuenta")).first.click()
    assert staff.reads("Memoria de cálculo") and staff.reads("Días sin servicio") and staff.reads("6 días")

    staff.open(desk)
    staff.press("Agregar documento")
    staff.page.get_by_label("Requisito").select_option(label="Reporte de la interrupción")
    staff.page.get_by_label("Archivo").set_input_files(report)
    staff.page.get_by_role("button", name="Agregar documento").click()
    staff.press("Enviar a firma")
    assert staff.reads("Quién va a firmar")
    staff.page.get_by_role("button", name="Enviar a firma").click()
    folio = re.search(r"UAS-LOT-\d{4}-\d{6}", staff.heading()).group()

    for slot in office.scalar(psql.BATCH_PLACES, key):
        sign(sit(slot["role"]), desk)
    staff.open(desk)
    assert staff.reads("Firmado")
    staff.press("Aplicar lote")
    staff.page.get_by_role("button", name="Aplicar lote").click()
    assert "cada uno con su nota" in staff.page.locator("dialog").inner_text()
    staff.page.get_by_role("button", name="Sí, aplicar lote").click()
    assert staff.reads("Recibos aplicados")
    one_chunk(office)
    expect(staff.page.get_by_role("progressbar")).to_have_attribute("value", "4")
    batches.work()
    expect(staff.page.locator("h1")).to_contain_text("Aplicado")
    bills, proceeding, amount = batches.figures(key)
    assert 0 < proceeding <= bills <= many and batches.notes(key) == (proceeding, proceeding, amount)

    made = office.scalar("SELECT min(c.id) FROM console.corrections c JOIN console.batch_rows r"
                         " ON r.id = c.batch_row_id WHERE r.batch_id = %s", key)
    staff.open(f"/correcciones/{made}/")
    assert staff.reads(folio) and staff.reads("Nota de crédito NC-")
    assert staff.faults == []
