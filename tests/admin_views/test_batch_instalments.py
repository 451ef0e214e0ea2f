"""The charges of a batch in parts: offered once, divided as each bill admits, told in each letter."""

from decimal import Decimal

import psycopg
import pytest

from models.batches import BatchState as B
from models.batches import CorrectionBatch
from policies.batches import acts
from policies.batches.batching import lacking
from policies.corrections.cases import definition_of
from policies.corrections.instalments import parts
from tests import psql
from tests.admin_views.pages import key_in, send
from tests.admin_views.test_batches import form, prepare, sheet
from tests.policies.batches import MISREAD, Batches, admit_charges_in_parts

MOST = 3        # payments that the procedure admits
OFFERED = 5
PAYMENTS = """SELECT c.amount, c.instalments, n.body, (SELECT json_agg(json_build_array(i.number, i.amount::text,
  i.due_on > current_date) ORDER BY i.number) FROM console.instalments i WHERE i.note_id = m.id)
  FROM console.corrections c JOIN console.batch_rows r ON r.id = c.batch_row_id
  JOIN commercial.credit_notes m ON m.correction_id = c.id JOIN console.notices n ON n.correction_id = c.id
 WHERE r.batch_id = %s ORDER BY c.id"""


@pytest.fixture(scope="module")
def batches(office):
    return Batches(office)


@pytest.fixture(scope="module", autouse=True)
def divides(cluster, office):
    """The procedure admits readings above the billed one, and then the charge in parts."""
    admit_charges_in_parts(cluster, office, MOST)


@pytest.fixture(scope="module")
def misread(office, batches):
    """A batch of bills billed too low, ready to be computed; its client."""
    start, end = batches.month(2)
    found = office.scalar(
        "SELECT json_agg(json_build_array(a.number, p.value + b.volume + 20)) FROM (SELECT * FROM commercial.bills b"
        " WHERE b.period_end BETWEEN %s AND %s AND b.volume > 5 ORDER BY b.id LIMIT 6) b"
        " JOIN commercial.accounts a ON a.id = b.account_id"
        " JOIN commercial.readings p ON p.id = b.previous_reading_id", start, end)
    data = form(office, batches, 2, "LECTURA_ERRONEA", file=sheet(
        "Cuenta;Lectura correcta", *(f"{number};{value}" for number, value in found)))
    client = office.client("staff")
    return client, key_in(prepare(office, client, MISREAD, data).location)


def computes(office, misread, offered):
    client, key = misread
    return send(office, client, f"/lotes/{key}/acto/compute_batch/", {
        "lectura_correcta__reason": "La ruta se leyó recorrida.", "note__instalments": offered})


@pytest.mark.parametrize(("typed", "sentence"), [
    ("0", "«0» está fuera de lo que se admite; escriba una cifra de 1 a 60."),
    ("61", "«61» está fuera de lo que se admite; escriba una cifra de 1 a 60."),
    ("2.5", "«2.5» lleva 1 decimal y aquí se admiten solo enteros; corrija la cifra."),
], ids=["0", "61", "2.5"])
def test_a_number_outside_is_refused_with_one_sentence(office, misread, typed, sentence):
    answer = computes(office, misread, typed)
    assert answer.status_code == 422 and sentence in answer.text
    assert f'value="{typed}"' in answer.text      # nothing typed is lost


def test_each_charge_is_divided_as_its_bill_admits_and_its_letter_says_when(office, misread, batches):
    client, key = misread
    assert computes(office, misread, str(OFFERED)).status_code == 302
    batches.work()
    assert batches.state(key) == B.COMPUTED, batches.trouble(key)
    divided = "SELECT bool_and(instalments = %s AND amount > 0) FROM console.batch_rows WHERE batch_id = %s AND eligible"
    assert office.scalar(divided, MOST, key) is True
    sent_and_signed(office, batches, key)
    batches.perform(acts.apply_batch, key)
    batches.work()
    assert batches.state(key) == B.APPLIED, batches.trouble(key)
    with psycopg.connect(office.dsn()) as raw:
        made = raw.execute(PAYMENTS, (key,)).fetchall()
    assert len(made) > 1
    for amount, count, letter, payments in made:
        assert count == MOST
        assert payments == [[number, str(part), True] for number, part in enumerate(parts(amount, MOST), start=1)]
        assert f"La diferencia se paga en {MOST} parcialidades: 1) ${Decimal(payments[0][1]):,.2f}, a más tardar" in letter
        assert "{" not in letter
    assert f"hasta {OFFERED} parcialidades mensuales" in client.get(f"/lotes/{key}/").text
    assert "3 parcialidades" in client.get(f"/correcciones/{child(office, key)}/").text


def test_what_was_signed_of_the_payments_is_what_is_written(office, batches, misread):
    """A row that said another number after it was signed would not be the one that was signed."""
    _, key = misread
    hashes = office.scalar("SELECT bool_and(row_hash = console.batch_row_hash(r)) FROM console.batch_rows r"
                           " WHERE batch_id = %s", key)
    with psycopg.connect(office.dsn()) as raw:
        other = raw.execute(
            "SELECT console.batch_row_hash(jsonb_populate_record(r, '{\"instalments\": 2}')) <> row_hash"
            " FROM console.batch_rows r WHERE batch_id = %s AND eligible LIMIT 1", (key,)).fetchone()[0]
    assert hashes and other


def sent_and_signed(office, batches, key):
    with office.speaks("staff") as session:
        batch = session.get(CorrectionBatch, key)
        kinds = [item.kind for item in definition_of(batch.procedure_version).evidence] if lacking(batch) else []
    for kind in kinds:
        batches.perform(acts.attach_to_batch, key, {"kind": kind, "file": office.stored(f"{kind} {key}")})
    batches.perform(acts.submit_batch, key)
    for slot in office.scalar(psql.BATCH_PLACES, key):
        batches.sign(key, slot["role"])


def child(office, key):
    return office.scalar("SELECT min(c.id) FROM console.corrections c JOIN console.batch_rows r"
                         " ON r.id = c.batch_row_id WHERE r.batch_id = %s", key)
