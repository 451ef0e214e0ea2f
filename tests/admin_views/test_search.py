"""The one box: an official number opens its page, words list accounts, and no office sees more."""

import pytest


@pytest.fixture(scope="module")
def applied(office):
    return office.correction("applied")


def went(client, words):
    return client.get("/buscar/", query_string={"q": words}).location


def test_an_official_number_opens_the_page_of_what_it_names(office, applied):
    staff, number = office.client("staff"), office.scalar
    bill = number("SELECT bill_id FROM console.corrections WHERE id = %s", applied)
    folio = number("SELECT folio FROM console.corrections WHERE id = %s", applied)
    note = number("SELECT folio FROM commercial.credit_notes WHERE correction_id = %s", applied)
    meter = number("SELECT m.serial FROM commercial.meters m JOIN commercial.accounts a"
                   " ON a.id = m.account_id WHERE a.number = '10000001'")
    assert went(staff, f" {folio.lower()} ") == f"/correcciones/{applied}/"
    assert went(staff, number("SELECT folio FROM commercial.bills WHERE id = %s", bill)) == f"/recibos/{bill}/"
    assert went(staff, note).startswith("/notas/")
    assert went(staff, "10000001") == went(staff, meter.lower()) == "/cuentas/1/"


@pytest.mark.parametrize("words", ["nunez avila", "", "NC-9999-999999", "\x00", "9" * 300, "%_\\"])
def test_anything_else_lists_the_accounts_that_match(office, words):
    answer = office.client("staff").get("/buscar/", query_string={"q": words})
    assert answer.status_code == 302 and answer.location.startswith("/cuentas/?q=")
    assert office.client("staff").get(answer.location).status_code == 200


def test_an_office_without_accounts_is_told_so(office):
    answer = office.client("administrator").get("/buscar/?q=10000001")
    assert answer.status_code == 403 and "Su cargo no consulta cuentas." in answer.text
