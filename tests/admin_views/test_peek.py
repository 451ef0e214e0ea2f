"""A glance at a record: the same permissions and the same record of reading as opening it."""

import pytest

from models.base.people import Role
from tests.house.addresses import screens

READS = "SELECT count(*) FROM console.read_entries WHERE table_name = 'accounts' AND row_id = 1 AND role = %s"


@pytest.fixture(scope="module")
def desk(office):
    return f"/correcciones/{office.correction('draft')}/"


def test_a_peek_is_a_fragment_with_the_facts_and_the_acts_that_are_open(office, desk):
    page = office.client("staff").get(f"{desk}?panel=1")
    assert page.status_code == 200 and page.text.lstrip().startswith("<div data-fragment>")
    assert not any(word in page.text for word in ("<html", "<header", "<nav", "csrf_token"))
    assert "Borrador" in page.text and "Fuga reparada por el usuario." in page.text and "−$500.82" in page.text
    assert f'href="{desk}"' in page.text and f'href="{desk}acto/calculate/"' in page.text
    assert "acto/apply/" not in page.text and "acto/sign/" not in page.text
    assert "acto/" not in office.client("auditor").get(f"{desk}?panel=1").text


@pytest.mark.parametrize("role", list(Role), ids=str)
def test_a_peek_opens_exactly_where_its_record_opens(office, desk, role):
    client = office.client(role)
    for view in screens(office.app).values():
        for path in (f"{view.url}/1/", f"{view.url}/{2**40}/"):
            whole, part = client.get(path), client.get(f"{path}?panel=1")
            assert whole.status_code == part.status_code, path
            assert "<html" in whole.text and "<html" not in part.text and "data-fragment" in part.text, path


def test_a_refusal_in_the_panel_is_its_sentence(office, desk):
    answer = office.client("operations_director").get(f"{desk}?panel=1")
    assert answer.status_code == 403 and "Su cargo no permite abrir esta pantalla." in answer.text
    missing = office.client("staff").get("/correcciones/999999/?panel=1")
    assert missing.status_code == 404 and "No existe esa página o ese registro" in missing.text


def test_a_failure_in_the_panel_is_its_sentence(office, desk, monkeypatch):
    client = office.client("staff")
    monkeypatch.setattr("admin_views.records.peek.facts", lambda view, record: 1 / 0)
    answer = client.get(f"{desk}?panel=1")
    assert answer.status_code == 500 and "con el folio" in answer.text and "<html" not in answer.text


def test_personal_data_read_in_the_panel_is_recorded_as_opening_it_is(office):
    client = office.client("staff")
    before = office.scalar(READS, "staff")
    name = office.scalar("SELECT holder_name FROM commercial.accounts WHERE id = 1")
    assert name in client.get("/cuentas/1/?panel=1").text
    assert office.scalar(READS, "staff") == before + 1
    assert name not in office.client("auditor").get("/cuentas/1/?panel=1").text
    assert office.scalar(READS, "auditor") == 0


def test_every_row_of_every_list_offers_it_by_name_and_as_a_link(office, desk):
    client = office.client("staff")
    page = client.get("/cuentas/").text
    number = office.scalar("SELECT number FROM commercial.accounts WHERE id = 1")
    assert 'href="/cuentas/1/" hx-get="/cuentas/1/?panel=1"' in page
    assert f'aria-label="Vistazo de {number}"' in page and page.count("data-peek>") == 25


def test_a_stranger_is_sent_to_the_login(office, desk):
    answer = office.stranger().get(f"{desk}?panel=1")
    assert answer.status_code == 302 and answer.location.startswith("/entrar?next=")


def test_a_row_of_a_log_is_called_by_its_first_column_and_not_by_its_class(office, desk):
    auditor = office.client("auditor")
    auditor.get("/recibos/nuevo/")                   # a refusal
    assert '<h2 class="peek-title">Asiento 1 ' in auditor.get("/bitacora/1/?panel=1").text
    refused = office.scalar("SELECT max(id) FROM console.refusals")
    page = auditor.get(f"/negados/{refused}/?panel=1").text
    assert f'<h2 class="peek-title">Intento negado {refused} ' in page and "Refusal" not in page
