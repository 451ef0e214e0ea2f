"""Batches on screen: prepared from a form or a file, followed while they run, sampled, signed, on paper."""

import io
import re

import openpyxl
import pytest

from models.batches import BatchState as B
from policies.batches import acts
from tests import psql
from tests.admin_views.pages import key_in, send
from tests.policies.batches import MISREAD, WITHOUT_SUPPLY, Batches


@pytest.fixture(scope="module")
def batches(office):
    return Batches(office)


def version_of(office, code):
    return office.scalar("SELECT v.id FROM console.procedure_versions v JOIN console.procedures p"
                         " ON p.id = v.procedure_id WHERE p.code = %s", code)


def cause_of(office, code):
    return office.scalar("SELECT id FROM console.anomaly_types WHERE code = %s", code)


def form(office, batches, back=3, cause="SERVICIO_NO_PRESTADO", **more):
    start, end = batches.month(back)
    return {"subject": "Sin agua en el sector", "anomaly_type": str(cause_of(office, cause)),
            "reason": "Falla del pozo.", "period_from": str(start), "period_to": str(end), **more}


def sheet(*rows):
    return io.BytesIO("\n".join(rows).encode()), "cuentas.csv"


def prepare(office, client, code, data):
    return send(office, client, f"/procedimientos/{version_of(office, code)}/acto/prepare_batch/", data,
                content_type="multipart/form-data")


def test_a_batch_is_prepared_from_its_list(office, batches):
    client = office.client("staff")
    assert "Preparar lote" in client.get("/lotes/").text
    page = client.get("/lotes/preparar/").text
    assert f"/procedimientos/{version_of(office, WITHOUT_SUPPLY)}/acto/prepare_batch/" in page
    answer = prepare(office, client, WITHOUT_SUPPLY, form(office, batches))
    assert answer.status_code == 302, answer.text
    record = client.get(answer.location).text
    assert "Sin agua en el sector" in record and "Calcular lote" in record and "Borrador" in record


def test_another_office_sees_no_way_to_prepare_one(office):
    page = office.client("commercial_director").get("/lotes/preparar/").text
    assert "acto/prepare_batch" not in page and "corresponde a: Personal administrativo" in page


@pytest.mark.parametrize(("change", "told"), [
    ({"period_from": "2026-05-01", "period_to": "2026-04-01"}, "termina antes de empezar"),
    ({"period_from": "2020-01-01", "period_to": "2026-04-01"}, "pasa de un año"),
    ({"period_from": "2001-01-01", "period_to": "2001-02-01"}, "Ningún recibo termina en esas fechas")])
def test_bad_terms_are_told_and_kept_in_their_form(office, batches, change, told):
    before = office.scalar("SELECT count(*) FROM console.correction_batches")
    answer = prepare(office, office.client("staff"), WITHOUT_SUPPLY, form(office, batches, **change))
    assert answer.status_code == 409 and told in answer.text and "Sin agua en el sector" in answer.text
    assert office.scalar("SELECT count(*) FROM console.correction_batches") == before


@pytest.mark.parametrize(("rows", "told"), [
    (("Cuenta,Lectura correcta", "1,10", "99999999,10"), "renglón 3: la cuenta 99999999 no existe"),
    (("Cuenta,Lectura correcta", "{a},10", "{a},12"), "renglón 3: la cuenta {a} ya venía en el renglón 2"),
    (("Cuenta,Letura corecta", "{a},10"), "no pide «Letura corecta» (¿quiso decir «lectura correcta»?)"),
    (("Cuenta,Lectura correcta,lectura_correcta", "{a},10,11"), "La columna «lectura_correcta» se repite"),
    (("Cuenta,Lectura correcta", "{a},mucho"), "renglón 2, «Lectura correcta»: «mucho» no es una cifra"),
    (("Cuenta,Lectura correcta", "{a},2,5"), "renglón 2: tiene más celdas que los encabezados"),
    (("Cuenta,Lectura correcta", "{a},"), "renglón 2, «Lectura correcta»: falta el dato"),
    (("Cuenta;Lectura correcta", "{a};2,5", "{b};2.5"), "renglón 2, «Lectura correcta»: «2,5» se puede leer como 2.5 o "
     "como 25"),
    (("Cuenta;Lectura correcta", "{a};1,234", "{b};2,5"), "«1,234» se puede leer como 1234 o como 1.234, porque el "
     "archivo trae decimales con coma"),
    (("Lectura correcta", "10"), "Falta la columna «Cuenta»"),
    (("Cuenta,Lectura correcta", "doce,10"), "«doce» no es un número de cuenta"),
    (("Cuenta,Lectura correcta",), "El archivo no trae cuentas")])
def test_a_file_with_a_fault_loads_nothing_and_names_the_row_and_the_mend(office, batches, rows, told):
    account, other = office.scalar("SELECT array_agg(number) FROM (SELECT number FROM commercial.accounts ORDER BY id"
                                   " LIMIT 2) a")
    before = office.scalar("SELECT count(*) FROM console.correction_batches")
    file = sheet(*(row.format(a=account, b=other) for row in rows))
    data = form(office, batches, cause="LECTURA_ERRONEA", file=file)
    answer = prepare(office, office.client("staff"), MISREAD, data)
    assert answer.status_code == 409 and told.format(a=account) in answer.text, answer.text
    assert office.scalar("SELECT count(*) FROM console.correction_batches") == before


def test_a_route_misread_comes_with_the_right_reading_of_each_account(office, batches):
    """LECTURA_ERRONEA with a file: each account its own reading, and one reason for all."""
    start, end = batches.month(2)
    found = office.scalar(
        "SELECT json_agg(json_build_array(a.number, p.value + 1)) FROM (SELECT * FROM commercial.bills b"
        " WHERE b.period_end BETWEEN %s AND %s AND b.volume > 5 ORDER BY b.id LIMIT 12) b"
        " JOIN commercial.accounts a ON a.id = b.account_id"
        " JOIN commercial.readings p ON p.id = b.previous_reading_id", start, end)
    client = office.client("staff")
    data = form(office, batches, 2, "LECTURA_ERRONEA", file=sheet(
        "Cuenta;Lectura correcta", *(f"{number};{value}" for number, value in found)))
    answer = prepare(office, client, MISREAD, data)
    assert answer.status_code == 302, answer.text
    key = key_in(answer.location)
    page = client.get(f"/lotes/{key}/acto/compute_batch/").text
    assert 'name="lectura_correcta"' not in page and 'name="lectura_correcta__reason"' in page
    answer = send(office, client, f"/lotes/{key}/acto/compute_batch/",
                  {"lectura_correcta__reason": "La ruta se leyó con los medidores recorridos."})
    assert answer.status_code == 302, answer.text
    batches.work()
    assert batches.state(key) == B.COMPUTED and batches.figures(key)[0] == len(found)
    assert office.scalar("SELECT count(DISTINCT inputs ->> 'lectura_correcta') FROM console.batch_rows"
                         " WHERE batch_id = %s", key) > 1


def test_the_bar_says_how_far_the_worker_is_and_goes_when_it_ends(office, batches):
    key = batches.prepared()
    batches.perform(acts.compute_batch, key, {"dias_sin_servicio": 6})
    client = office.client("staff")
    page = client.get(f"/lotes/{key}/").text
    assert "<progress" in page and "Recibos calculados: 0 de …" in page and "Actualizar el avance" in page
    part = client.get(f"/lotes/{key}/avance/", headers={"HX-Request": "true"})
    assert "<progress" in part.text and "<html" not in part.text and "HX-Refresh" not in part.headers
    batches.work()
    part = client.get(f"/lotes/{key}/avance/", headers={"HX-Request": "true"})
    assert part.headers["HX-Refresh"] == "true" and "terminó" in part.text
    assert "<progress" not in client.get(f"/lotes/{key}/").text


@pytest.fixture(scope="module")
def submitted(batches):
    return batches.submitted(back=5)


def test_everybody_checks_the_same_sample(office, submitted):
    def sample(role):
        return re.findall(r"/renglones-de-lote/(\d+)/", office.client(role).get(f"/lotes/{submitted}/").text)
    assert len(sample("staff")) == 20 and sample("staff") == sample("auditor") == sample("unit_head")


def test_the_signing_page_shows_what_is_signed(office, submitted):
    director = "unit_head" if batches_ask(office, submitted)[0] == "unit_head" else "commercial_director"
    page = office.client(director).get(f"/lotes/{submitted}/acto/sign_batch/").text
    seen = office.scalar("SELECT console.content_hash('correction_batches', %s)", submitted)
    assert seen in page and "Muestra al azar" in page and "Los de mayor importe" in page
    assert "anexo.pdf" in page and "Reporte de la interrupción" in page and 'name="password"' in page


def batches_ask(office, key):
    return [slot["role"] for slot in office.scalar(psql.BATCH_PLACES, key)]


def test_the_report_is_a_list_of_its_rows_and_leaves_as_a_sheet(office, submitted):
    client = office.client("staff")
    assert client.get(f"/renglones-de-lote/?batch={submitted}").text.count('class="row-link"') == 25
    with client.get(f"/renglones-de-lote/exportar/xlsx/?batch={submitted}") as answer:
        book = openpyxl.load_workbook(io.BytesIO(answer.data))
    bills = office.scalar("SELECT bills FROM console.correction_batches WHERE id = %s", submitted)
    assert book.active.max_row == bills + 1
    row = office.scalar("SELECT min(id) FROM console.batch_rows WHERE batch_id = %s AND eligible", submitted)
    page = client.get(f"/renglones-de-lote/{row}/").text
    assert "Memoria de cálculo" in page and "Días sin servicio" in page and "Corregido con IVA" in page


def test_the_annex_is_paper_with_the_rows_and_the_hash(office, submitted, tmp_path):
    answer = office.client("auditor").get(f"/lotes/{submitted}/anexo.pdf")
    assert answer.status_code == 200 and answer.data.startswith(b"%PDF") and len(answer.data) > 10_000


def test_beyond_what_paper_holds_the_annex_says_where_the_list_is(office, submitted, monkeypatch):
    whole = office.client("auditor").get(f"/lotes/{submitted}/anexo.pdf").data
    monkeypatch.setattr("admin_views.batches.PRINTED", 1)
    assert len(office.client("auditor").get(f"/lotes/{submitted}/anexo.pdf").data) < len(whole)


def test_a_batch_without_figures_has_no_annex(office, batches):
    answer = office.client("staff").get(f"/lotes/{batches.prepared()}/anexo.pdf")
    assert answer.status_code == 409 and "todavía no se calcula" in answer.text


def test_a_correction_of_a_batch_leads_to_it_and_says_who_signed(office, batches):
    key = batches.applied(back=7)
    made, code, folio = office.scalar(
        "SELECT json_build_array(c.id, c.verification_code, b.folio) FROM console.corrections c"
        " JOIN console.batch_rows r ON r.id = c.batch_row_id JOIN console.correction_batches b ON b.id = r.batch_id"
        " WHERE b.id = %s ORDER BY c.id LIMIT 1", key)
    client = office.client("staff")
    page = client.get(f"/correcciones/{made}/").text
    assert f'href="/lotes/{key}/"' in page and folio in page and "firmado en conjunto" in page
    assert client.get(f"/correcciones/{made}/cedula.pdf").status_code == 200
    public = office.stranger().get(f"/verificar/{code}").text
    asked = len(batches_ask(office, key))
    assert folio in public and f"{asked} de {asked}" in public
