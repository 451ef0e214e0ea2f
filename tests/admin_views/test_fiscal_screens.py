"""The desk of fiscal documents over HTTP, the file for the stamping system, and the papers of a note."""

import json
import subprocess
from decimal import Decimal

import pytest

from policies.corrections.acts import apply
from policies.fiscal import register_substitute
from tests import psql
from tests.policies.test_fiscal import applied, does, fresh, row
from tests.policies.test_instalments import split


@pytest.fixture(scope="module")
def unpaid(office):
    """The fiscal record of a bill of which nothing was paid, over 1,000 MXN."""
    return applied(office, total=5000)


def note_of(office, key):
    return office.scalar("SELECT note_id FROM console.fiscal_records WHERE id = %s", key)


def words(answer):
    """The text of a PDF."""
    return subprocess.run(["pdftotext", "-layout", "-", "-"], input=answer.data, capture_output=True, check=True).stdout.decode()


# ---- the desk


def test_the_path_over_http(office, unpaid):
    client, page = office.client("staff"), f"/comprobantes/{unpaid}/"
    shown = client.get(page)
    assert "Pendiente" in shown.text and "Con errores, con relación (01)" in shown.text
    assert "Primero registre el comprobante sustituto" in shown.text
    uuid = fresh()
    for step, data in (("register_substitute", {"uuid": f" {uuid.lower()} "}), ("request_cancellation", {}),
                       ("register_acceptance", {}), ("register_cancellation", {})):
        path = f"{page}acto/{step}/"
        form = client.get(path)
        version = form.text.split('name="version"')[1].split('value="')[1].split('"')[0]
        answer = office.post(client, path, {**data, "version": version})
        assert answer.status_code == 302, (step, answer.text[-3000:])
    assert "Original cancelado" in client.get(page).text and row(office, unpaid)["substitute_uuid"] == uuid


def test_a_bad_folio_gets_one_sentence_and_is_kept(office):
    client, key = office.client("staff"), applied(office)
    path = f"/comprobantes/{key}/acto/register_substitute/"
    version = client.get(path).text.split('name="version"')[1].split('value="')[1].split('"')[0]
    answer = office.post(client, path, {"uuid": "1B2C-esto-no-es", "version": version})
    assert answer.status_code == 409 and "32 cifras hexadecimales" in answer.text
    assert "1B2C-esto-no-es" in answer.text and row(office, key)["state"] == "pending"


def test_a_folio_of_another_document_is_told_in_spanish(office):
    client, key, other, uuid = office.client("staff"), applied(office), applied(office), fresh()
    does(office, register_substitute, other, uuid=uuid)
    path = f"/comprobantes/{key}/acto/register_substitute/"
    bill = office.scalar("SELECT original_uuid FROM console.fiscal_records WHERE id = %s", other)
    for typed, told in ((uuid, "ya está registrado en otra nota"), (bill, "es de otro documento")):
        version = client.get(path).text.split('name="version"')[1].split('value="')[1].split('"')[0]
        answer = office.post(client, path, {"uuid": typed, "version": version})
        assert answer.status_code == 409 and told in answer.text


def test_who_reads_corrections_reads_them_and_nobody_else(office):
    for role in office.actors:
        seen = office.client(role).get("/comprobantes/").status_code
        assert (seen == 200) == (role in {"staff", "unit_head", "commercial_director", "general_director", "auditor"}), role


# ---- the file for the stamping system


def stamped(client):
    with client.get("/comprobantes/para-timbrar.json") as answer:
        assert answer.status_code == 200 and "attachment" in answer.headers["Content-Disposition"]
        return {note["folio"]: note for note in json.loads(answer.data)["notas"]}


def test_the_file_says_what_each_cfdi_must(office):
    keys = {"corrected": applied(office), "credit": applied(office, 0), "debit": applied(office, 0, 10),
            "bare": applied(office, total=10), "orphan": applied(office, uuid=False), "done": applied(office)}
    does(office, register_substitute, keys["done"], uuid=fresh())
    folios = {name: office.scalar("SELECT folio FROM commercial.credit_notes WHERE id = %s", note_of(office, key))
              for name, key in keys.items()}
    notes = stamped(office.client("staff"))
    assert folios["bare"] not in notes and folios["done"] not in notes
    corrected, credit, debit, orphan = (notes[folios[name]] for name in ("corrected", "credit", "debit", "orphan"))
    assert (corrected["tipo"], corrected["relacion"]["tipo"], corrected["motivo_cancelacion"]) == ("I", "04", "01")
    assert (credit["tipo"], credit["relacion"]["tipo"], credit["motivo_cancelacion"]) == ("E", "01", None)
    assert (debit["tipo"], debit["relacion"]["tipo"]) == ("I", "02") and orphan["relacion"] is None
    assert corrected["relacion"]["uuid"] == row(office, keys["corrected"])["original_uuid"]
    assert credit["total"] == debit["total"] == "10.00"
    left = office.scalar("SELECT sum(amount_after + tax_after) FROM console.correction_lines l JOIN"
                         " commercial.credit_notes n USING (correction_id) WHERE n.id = %s", note_of(office, keys["corrected"]))
    assert corrected["total"] == f"{left:.2f}"
    for note in notes.values():
        assert sum(Decimal(line["importe"]) + Decimal(line["iva"]) for line in note["renglones"]) == Decimal(note["total"])


def test_the_file_names_nobody_and_is_an_export(office):
    client = office.client("staff")
    names = office.scalar("SELECT array_agg(holder_name) FROM commercial.accounts")
    with client.get("/comprobantes/para-timbrar.json") as answer:
        text = answer.data.decode()
    assert not [name for name in names if name in text] and '"cuenta"' in text
    assert office.scalar("SELECT count(*) FROM console.export_entries WHERE table_name = 'fiscal_records'"
                         " AND rows > 0 AND length(sha256) = 64")
    for kind in ("csv", "xlsx"):
        with client.get(f"/comprobantes/exportar/{kind}/") as answer:
            assert answer.status_code == 200


# ---- papers


def test_the_apply_page_says_which_document_and_why(office):
    for share, told in ((1, ("Recibo corregido", "porque del recibo no se ha pagado nada")),
                        (0, ("Nota de crédito", "porque el recibo ya tiene pagos"))):
        key = psql.signed(office)
        with office.program() as raw:
            raw.execute("UPDATE commercial.bills SET balance = total * %s WHERE id = %s", (share, psql.bill_of(office, key)))
        page = office.client("staff").get(f"/correcciones/{key}/acto/apply/").text
        assert all(sentence in page for sentence in told), told


def test_the_corrected_bill_says_what_is_owed_and_a_note_has_none(office):
    client, key = office.client("staff"), applied(office)
    note = note_of(office, key)
    answer = client.get(f"/notas/{note}/recibo-corregido.pdf")
    assert answer.status_code == 200 and answer.data.startswith(b"%PDF") and b"/StructTreeRoot" in answer.data
    text = words(answer)
    left = office.scalar("SELECT b.balance FROM commercial.credit_notes n JOIN commercial.bills b ON b.id = n.bill_id"
                         " WHERE n.id = %s", note)
    name = office.scalar("SELECT a.holder_name FROM commercial.credit_notes n JOIN commercial.bills b ON b.id = n.bill_id"
                         " JOIN commercial.accounts a ON a.id = b.account_id WHERE n.id = %s", note)
    assert "Total por pagar" in text and f"${left:,.2f}" in text and "Vence el" in text and name in text
    assert f"/notas/{note}/recibo-corregido.pdf" in client.get(f"/notas/{note}/").text
    assert name not in words(office.client("auditor").get(f"/notas/{note}/recibo-corregido.pdf"))
    paid = note_of(office, applied(office, 0))
    assert client.get(f"/notas/{paid}/recibo-corregido.pdf").status_code == 404


def test_instalments_are_on_the_note_the_sheet_and_the_corrected_bill(office):
    key = split(office, 3)
    bill = psql.bill_of(office, key)
    with office.program() as raw:
        raw.execute("UPDATE commercial.bills SET balance = total WHERE id = %s", (bill,))
    client = office.client("staff")
    assert "3 pagos: 1 de $33.34 y 2 de $33.33" in client.get(f"/correcciones/{key}/acto/apply/").text
    office.perform("staff", apply, key)
    note = office.scalar("SELECT id FROM commercial.credit_notes WHERE correction_id = %s", key)
    page = client.get(f"/notas/{note}/").text
    assert "Parcialidades" in page and "$33.34" in page
    assert "La diferencia se paga en 3 parcialidades" in client.get(f"/correcciones/{key}/").text
    sheet = words(client.get(f"/correcciones/{key}/cedula.pdf"))
    assert "en 3 parcialidades mensuales" in sheet and "Recibo corregido, movimiento ND-" in sheet
    assert "Parcialidades de la diferencia" in words(client.get(f"/notas/{note}/recibo-corregido.pdf"))


def test_the_number_of_payments_is_chosen_on_its_page(office):
    key = psql.new_draft(office, 60)
    with psql.unguarded(office, "console.corrections") as raw:
        raw.execute("UPDATE console.corrections SET instalments_most = 3 WHERE id = %s", (key,))
    page = office.client("staff").get(f"/correcciones/{key}/acto/calculate/").text
    assert "En cuántos pagos" in page and "3 pagos de $20.00" in page and "4 pagos" not in page


def test_the_report_says_it_in_spanish_and_masked(office):
    key = split(office, 2)
    office.perform("staff", apply, key)
    with office.program(login="auditor") as raw:
        said = raw.execute("SELECT DISTINCT documento FROM report.notas").fetchall()
        assert {word for (word,) in said} <= {"Nota", "Recibo corregido"}
        assert raw.execute("SELECT count(*) FROM report.parcialidades").fetchone()[0] >= 2
        states = raw.execute("SELECT DISTINCT estado, motivo FROM report.comprobantes_fiscales").fetchall()
        assert states and not [word for pair in states for word in pair if word and word.islower()]
