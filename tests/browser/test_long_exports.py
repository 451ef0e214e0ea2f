"""A long list from its button to its file, as a person takes it: pages followed, looked at, and downloaded."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from admin_views.core import worker
from admin_views.output import exports
from tests.browser.walk import LISTEN, faults_of


@pytest.fixture
def long(monkeypatch):
    monkeypatch.setattr(exports, "LONG", {"csv": 10, "xlsx": 10})


def work(office):
    with office.app.app_context():
        while worker.take_one():
            pass


def test_a_long_list_is_ordered_followed_and_taken(sit, office, long):
    person = sit("staff")
    page = person.page
    page.add_init_script(LISTEN)
    assert faults_of(person, "/recibos/exportar/csv/?orden=folio", "offered") == []
    page.get_by_role("button", name="Preparar el archivo").click()
    page.wait_for_url("**/mis-exportaciones/*/")
    path = page.url.removeprefix(person.address)
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "0")
    assert faults_of(person, path, "running") == []
    work(office)
    with page.expect_download() as begun:       # the page comes again by itself
        page.get_by_role("link", name="Descargar").click()
    file = begun.value
    lines = Path(file.path()).read_text(encoding="utf-8-sig").splitlines()
    assert file.suggested_filename == "recibos.csv" and lines[0].startswith("Recibo,Cuenta")
    assert len(lines) - 1 == office.scalar("SELECT count(*) FROM commercial.bills")
    assert faults_of(person, path, "ready") == [] and person.faults == []


def test_without_javascript_it_is_ordered_and_taken_too(sit, office, long):
    person = sit("auditor", java_script_enabled=False)
    page = person.page
    person.open("/cuentas/")
    page.get_by_role("link", name="Excel", exact=True).click()
    page.get_by_role("button", name="Preparar el archivo").click()
    work(office)
    page.get_by_role("link", name="Actualizar").click()
    with page.expect_download() as begun:
        page.get_by_role("link", name="Descargar").click()
    assert begun.value.suggested_filename == "cuentas.xlsx"
