"""The file of a batch as clerks have it: each is understood, or told in one sentence, and nothing of it vanishes."""

import io
import unicodedata
from decimal import Decimal
from html import unescape

import pytest
from werkzeug.datastructures import FileStorage

from admin_views.acts import sheet_rows
from models.batches import BatchState as B
from policies.batches import acts
from policies.core.file_headings import MOST_TITLES
from policies.core.rules import Broken
from policies.procedures.engine import compute
from policies.procedures.facts import LineFacts
from tests.admin_views.importing import book
from tests.admin_views.pages import key_in, send
from tests.admin_views.test_batches import form, prepare, version_of
from tests.admin_views.workbooks import row, workbook
from tests.policies.batches import WITHOUT_SUPPLY, Batches
from tests.policies.entrances import FIGURES
from tests.policies.procedures.cases import adopted, leak_facts, make_bill

DAYS = "Días sin servicio"


@pytest.fixture(scope="module")
def batches(office):
    return Batches(office)


def test_a_file_of_more_rows_than_the_question_takes_is_refused():
    rows = "Cuenta\n" + "1234\n" * (MOST_TITLES + 6)
    with pytest.raises(Broken, match="pasa de 5 renglones; divídalo en varios"):
        sheet_rows.read(FileStorage(io.BytesIO(rows.encode()), "cuentas.csv"), 5)
    taken = sheet_rows.read(FileStorage(io.BytesIO(rows.removesuffix("1234\n").encode()), "cuentas.csv"), 5)
    assert len(taken.rows) == MOST_TITLES + 6


@pytest.fixture(scope="module")
def accounts(office, batches):
    """The numbers of two accounts with a bill in the month of the tests."""
    return office.scalar(
        "SELECT array_agg(number) FROM (SELECT a.number FROM commercial.accounts a JOIN commercial.bills b"
        " ON b.account_id = a.id WHERE b.period_end BETWEEN %s AND %s ORDER BY a.id LIMIT 2) a", *batches.month())


def loaded(office, batches, content, name="cuentas.csv", **more):
    """The answer to preparing a batch from a file."""
    content = content.encode() if isinstance(content, str) else content
    return prepare(office, office.client("staff"), WITHOUT_SUPPLY,
                   form(office, batches, file=(io.BytesIO(content), name), **more))


def kept(office, answer):
    """(what was kept of each account, how the file was read), of the batch that an answer leads to."""
    assert answer.status_code == 302, unescape(answer.text)
    return office.scalar("SELECT json_build_array(accounts, file_notes) FROM console.correction_batches WHERE id = %s",
                         key_in(answer.location))


def lines(accounts, heading=f"Cuenta;{DAYS}", figures=("2.5", "3"), mark=";"):
    return "\n".join((heading, *(f"{number}{mark}{figure}" for number, figure in zip(accounts, figures, strict=True))))


def plain_book(accounts):
    return book([["Cuenta", DAYS], *([int(number), figure] for number, figure in zip(accounts, (2.5, 3), strict=True))])


UNDERSTOOD = {
    "typed cells": (lambda a: plain_book(a), ()),
    "a second sheet without data": (lambda a: workbook(
        row(1, "Cuenta", DAYS) + row(2, a[0], "2.5") + row(3, a[1], "3"), ""), ()),
    "the data on the second sheet": (lambda a: workbook(
        "", row(1, "Cuenta", DAYS) + row(2, a[0], "2.5") + row(3, a[1], "3")), ("Se leyó la hoja «Hoja 2»",)),
    "a hidden sheet": (lambda a: workbook(
        row(1, "Cuenta", DAYS) + row(2, a[0], "2.5") + row(3, a[1], "3"), row(1, "Catálogo"),
        states=("visible", "hidden")), ("hojas ocultas que no se leyeron: «Hoja 2»",)),
    "sep=": (lambda a: "sep=;\n" + lines(a), ()),
    "titles over the headings": (lambda a: "Interapas, San Luis Potosí, S.L.P.\n\nSector Abastos;marzo\n" + lines(a),
                                 ("Los encabezados están en el renglón 4",)),
    "columns that nobody asked for": (lambda a: lines(a, f"Cuenta;{DAYS};Titular;Zona", ("2.5;Ana;Norte", "3;Luis;Sur")),
                                      ("el procedimiento no pide: «Titular», «Zona».",)),
    "a column without heading": (lambda a: lines(a, f"Cuenta;;{DAYS}", ("ojo;2.5", ";3")),
                                 ("no llevan encabezado",)),
    "decomposed headings": (lambda a: unicodedata.normalize("NFD", lines(a)), ()),
    "capitals and two spaces": (lambda a: lines(a, "  NÚMERO  DE CUENTA ;DÍAS  SIN   SERVICIO"), ()),
    "decimal commas": (lambda a: lines(a, figures=("2,5", "3")), ("Los decimales del archivo vienen con coma",)),
    "utf-16": (lambda a: lines(a, mark=";").encode("utf-16"), ())}


@pytest.mark.parametrize("kind", UNDERSTOOD)
def test_a_file_as_clerks_have_it_is_understood_and_what_was_not_used_is_told(office, batches, accounts, kind):
    make, told = UNDERSTOOD[kind]
    found, notes = kept(office, loaded(office, batches, make(accounts)))
    assert found == {accounts[0]: {"dias_sin_servicio": "2.5"}, accounts[1]: {"dias_sin_servicio": "3"}}
    assert len(notes) == len(told) and all(words in note for words, note in zip(told, notes, strict=True))


def test_how_a_file_was_read_stands_on_the_record_of_its_batch(office, batches, accounts):
    answer = loaded(office, batches, lines(accounts, f"Cuenta;{DAYS};Zona", ("2,5;Norte", "3;Sur")))
    for role in ("staff", "unit_head"):
        page = unescape(office.client(role).get(answer.location).text)
        assert "el procedimiento no pide: «Zona»." in page and "Los decimales del archivo vienen con coma" in page


REFUSED = {
    "two sheets with data": (lambda a: workbook(row(1, "Cuenta") + row(2, a[0]), row(1, "Cuenta") + row(2, a[1])),
                             "El libro tiene datos en 2 hojas («Hoja 1», «Hoja 2»); deje en el archivo solo"),
    "a web page called .xls": (lambda a: f"<html><table><tr><td>Cuenta</td></tr><tr><td>{a[0]}</td></tr></table>",
                               "El archivo es una página web con nombre de hoja de cálculo"),
    "a total below": (lambda a: lines(a) + "\nTotal;5.5", "renglón 4: «Total» no es un número de cuenta"),
    "many faults": (lambda a: lines(a) + "\n" + "\n".join(f"x{n};1" for n in range(9)), "Hay 4 renglones más con error."),
    "unquoted decimal commas": (lambda a: lines(a, f"Cuenta,{DAYS}", ("2,5", "3"), ","),
                                "renglón 2: tiene más celdas que los encabezados"),
    "too many decimals": (lambda a: lines(a, figures=("2.33333", "3")), "lleva 5 decimales y aquí se admiten 4 decimales")}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_file_that_is_not_understood_is_refused_in_one_sentence(office, batches, accounts, kind):
    make, told = REFUSED[kind]
    before = office.scalar("SELECT count(*) FROM console.correction_batches")
    answer = loaded(office, batches, make(accounts))
    assert answer.status_code in (409, 422) and told in unescape(answer.text), unescape(answer.text)
    assert office.scalar("SELECT count(*) FROM console.correction_batches") == before


def test_the_consoles_own_export_is_a_file_of_accounts(office, batches, accounts):
    with office.client("staff").get(f"/cuentas/exportar/xlsx/?number={accounts[0]}&number={accounts[1]}") as export:
        found, notes = kept(office, loaded(office, batches, export.data, "cuentas.xlsx"))
    assert found == {number: {} for number in accounts} and "«Titular»" in notes[0]


@pytest.fixture(scope="module")
def unbilled(office):
    """An account that was never billed."""
    return office.scalar(
        "INSERT INTO commercial.accounts (number, holder_name, street, tariff_class, route, status, opened_on,"
        " neighborhood_id, supply_zone_id) SELECT '99990001', holder_name, street, tariff_class, route, status,"
        " opened_on, neighborhood_id, supply_zone_id FROM commercial.accounts LIMIT 1 RETURNING number")


def test_an_account_of_the_file_without_a_bill_in_the_dates_is_named(office, batches, accounts, unbilled):
    client = office.client("staff")
    answer = loaded(office, batches, lines([*accounts, unbilled], figures=("2.5", "3", "4")))
    page = unescape(client.get(answer.location).text)
    assert f"1 cuenta del archivo no tiene recibo en las fechas y con el filtro del lote, y no entran en él: {unbilled}." in page
    with client.get(f"{answer.location}sin-recibo.csv") as listed:
        assert listed.data.decode("utf-8-sig").split() == ["Cuenta", unbilled]


def test_what_has_no_bill_is_asked_again_when_the_batch_changes_and_when_it_is_computed(office, batches, accounts, unbilled):
    client, listed = office.client("staff"), "SELECT unbilled FROM console.correction_batches WHERE id = %s"
    answer = loaded(office, batches, lines(accounts))
    key = key_in(answer.location)
    assert "sin recibo" not in client.get(answer.location).text and office.scalar(listed, key) == []
    changed = send(office, client, f"/lotes/{key}/acto/change_batch/", form(office, batches, file=(
        io.BytesIO(lines([unbilled, *accounts], figures=("1", "2", "3")).encode()), "otras.csv")),
        content_type="multipart/form-data")
    assert changed.status_code == 302 and office.scalar(listed, key) == [unbilled]
    renumbered(office, (unbilled, "99990002"), (accounts[0], unbilled))       # meanwhile it is billed, and another is not
    batches.perform(acts.compute_batch, key, {})
    renumbered(office, (unbilled, accounts[0]), ("99990002", unbilled))
    assert office.scalar(listed, key) == [accounts[0]]
    batches.work()


def renumbered(office, *pairs):
    """The commercial system gives other numbers to its accounts."""
    for old, new in pairs:
        office.scalar("UPDATE commercial.accounts SET number = %s WHERE number = %s RETURNING id", new, old)


# ---- from the file to the money

def test_a_decimal_comma_never_multiplies_the_credit():
    """2.5 days of 30 on a bill of 709.63 are 59.14; 25 days would be 591.36."""
    bill = make_bill(lines=(LineFacts("water", Decimal("709.63"), Decimal(0), Decimal(0)),), days=30)

    def credit(days):
        return compute(adopted("slp-dias-sin-servicio"), leak_facts(bill=bill, inputs={"dias_sin_servicio": days}),
                       None).difference
    assert (credit(Decimal("2.5")), credit(Decimal(25))) == (Decimal("-59.14"), Decimal("-591.36"))
    for entrance, (read, _) in FIGURES.items():
        with pytest.raises(ValueError, match="2.5 o como 25"):
            credit(read("2,5"))
        assert credit(read("2.5")) == Decimal("-59.14"), entrance


def test_a_csv_with_decimal_commas_credits_what_its_points_would(office, batches, accounts):
    client, amounts = office.client("staff"), []
    for figures in (("2,5", "3"), ("2.5", "3")):
        answer = loaded(office, batches, lines(accounts, figures=figures))
        key = key_in(answer.location)
        assert 'name="dias_sin_servicio"' not in client.get(f"/lotes/{key}/acto/compute_batch/").text
        batches.perform(acts.compute_batch, key, {})
        batches.work()
        assert batches.state(key) == B.COMPUTED, batches.trouble(key)
        amounts.append(office.scalar("SELECT json_agg(amount ORDER BY bill_id) FROM console.batch_rows"
                                     " WHERE batch_id = %s", key))
    assert amounts[0] == amounts[1] and any(amounts[0])


@pytest.mark.parametrize("typed", ["2,5", "1.234,5", "1e1"])
def test_a_person_who_types_a_doubtful_figure_is_shown_how_it_reads(office, batches, typed):
    client, bill = office.client("staff"), batches.bill(4)
    key = batches.prepared()
    answer = send(office, client, f"/lotes/{key}/acto/compute_batch/", {"dias_sin_servicio": typed})
    assert answer.status_code == 422 and "escriba" in answer.text and f'value="{typed}"' in answer.text
    version = version_of(office, WITHOUT_SUPPLY)
    folio = office.scalar("SELECT folio FROM commercial.bills WHERE id = %s", bill)
    page = client.get(f"/procedimientos/{version}/probar/", query_string={"recibo": folio, "caso-dias_sin_servicio": typed})
    assert f"«Días sin servicio»: «{typed}» " in unescape(page.text)
