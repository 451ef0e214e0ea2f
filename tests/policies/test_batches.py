"""A batch from its filter to its notes: computed and applied by the worker, signed once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

import policies
from admin_views.core import worker
from models.batches import BatchState as B
from models.batches import CorrectionBatch
from models.corrections import Correction
from policies.batches import acts
from policies.core.rules import Broken, Denied
from policies.core.signing_acts import content_hash
from policies.corrections.acts import start_reversal
from tests import psql
from tests.policies.batches import Batches
from tests.psql import unguarded


@pytest.fixture(scope="module")
def batches(office):
    return Batches(office)


@pytest.fixture
def small(monkeypatch):
    """Chunks of seven: a month of the office takes many, and the last one is not full."""
    monkeypatch.setattr(acts, "CHUNK", 7)


def rows(office, key, what="id", where="eligible"):
    return office.scalar(f"SELECT json_agg({what} ORDER BY bill_id) FROM console.batch_rows r"
                         f" WHERE batch_id = %s AND {where}", key)


def test_every_bill_of_the_month_gets_its_own_note(office, batches, small):
    key = batches.applied(back=3)
    bills, proceeding, amount = batches.figures(key)
    assert batches.state(key) == B.APPLIED, batches.trouble(key)
    assert bills > 40 and proceeding > 40 and proceeding % acts.CHUNK and amount < 0
    assert batches.notes(key) == (proceeding, proceeding, amount)
    assert office.scalar("SELECT count(*) FROM console.notices n JOIN console.corrections c ON c.id = n.correction_id"
                         " JOIN console.batch_rows r ON r.id = c.batch_row_id WHERE r.batch_id = %s", key) == proceeding


def test_a_row_says_what_the_engine_says_of_that_bill_alone(office, batches):
    key = batches.computed(back=4, days=6)
    bill, amount, memoria, folio = office.scalar(
        "SELECT json_build_array(r.bill_id, r.amount::text, r.memoria, b.folio) FROM console.batch_rows r"
        " JOIN commercial.bills b ON b.id = r.bill_id WHERE batch_id = %s AND eligible ORDER BY amount LIMIT 1", key)
    total, days = office.scalar("SELECT json_build_array(total::text, period_end - period_start + 1)"
                                " FROM commercial.bills WHERE id = %s", bill)
    assert abs(float(amount) + float(total) * 6 / days) < 0.02
    told = " ".join(f"{step['label']} {step['how']} {step['figure']}" for step in memoria)
    assert "Días sin servicio" in told and folio in told


def test_a_chunk_more_or_less_changes_nothing(office, batches, monkeypatch):
    hashes = []
    for chunk in (1000, 7, 1):
        monkeypatch.setattr(acts, "CHUNK", chunk)
        hashes.append(rows(office, batches.computed(back=4), "row_hash", "true"))
    assert hashes[0] == hashes[1] == hashes[2]


def test_computing_again_begins_from_nothing(office, batches, small):
    key = batches.computed(back=4, days=6)
    before = batches.figures(key)
    batches.perform(acts.compute_batch, key, {"dias_sin_servicio": 3})
    batches.work()
    assert batches.state(key) == B.COMPUTED and batches.figures(key)[0] == before[0]
    assert before[2] < batches.figures(key)[2] < 0
    assert office.scalar("SELECT count(*) FROM console.batch_rows WHERE batch_id = %s", key) == before[0]


def test_a_bill_with_a_correction_does_not_proceed_and_says_which(office, batches):
    bill = batches.bill(back=6)
    made = batches.begun(bill)
    key = batches.computed(back=6)
    why = office.scalar("SELECT refusals FROM console.batch_rows WHERE batch_id = %s AND bill_id = %s", key, bill)
    assert why == ["El recibo ya tiene otra corrección; revíselo aparte.", f"Es Borrador {made}."]


def test_what_changed_since_is_left_out_with_its_reason_and_stops_nobody(office, batches, small):
    key = batches.signed(back=8)
    bills, proceeding, amount = batches.figures(key)
    taken = rows(office, key, "bill_id")[9]
    batches.begun(taken)
    batches.perform(acts.apply_batch, key)
    batches.work()
    assert batches.state(key) == B.APPLIED, batches.trouble(key)
    why, lost = office.scalar("SELECT json_build_array(left_out, amount::text) FROM console.batch_rows"
                              " WHERE batch_id = %s AND left_out IS NOT NULL", key)
    assert why == "El recibo tiene una corrección en borrador; revíselo aparte."
    count, distinct, moved = batches.notes(key)
    assert (count, distinct) == (proceeding - 1, proceeding - 1) and f"{amount - moved}" == lost


def test_a_bill_whose_lines_moved_is_left_out_too(office, batches):
    key = batches.signed(back=9)
    bill = rows(office, key, "bill_id")[0]
    with office.program() as owner:
        owner.execute("ALTER TABLE commercial.bill_lines DISABLE TRIGGER USER")
        owner.execute("UPDATE commercial.bill_lines SET amount = amount + 1 WHERE bill_id = %s AND position = 1", (bill,))
        owner.execute("ALTER TABLE commercial.bill_lines ENABLE TRIGGER USER")
    batches.perform(acts.apply_batch, key)
    batches.work()
    assert batches.state(key) == B.APPLIED
    assert "Los renglones del recibo cambiaron" in office.scalar(
        "SELECT left_out FROM console.batch_rows WHERE batch_id = %s AND bill_id = %s", key, bill)


def test_a_batch_whose_bills_moved_is_not_sent(office, batches):
    key = batches.computed(back=10)
    batches.begun(rows(office, key, "bill_id")[0])
    batches.perform(acts.attach_to_batch, key, {"kind": "outage_report", "file": office.stored("reporte 10")})
    with pytest.raises(Broken, match="1 recibos del lote cambiaron"):
        batches.perform(acts.submit_batch, key)


def test_nor_one_whose_bills_say_other_lines(office, batches):
    key = batches.computed(back=21)
    with unguarded(office, "commercial.bill_lines") as raw:
        raw.execute("UPDATE commercial.bill_lines SET amount = amount + 1 WHERE bill_id = %s AND position = 1",
                    (rows(office, key, "bill_id")[0],))
    batches.perform(acts.attach_to_batch, key, {"kind": "outage_report", "file": office.stored("reporte 21")})
    with pytest.raises(Broken, match="1 recibos del lote cambiaron"):
        batches.perform(acts.submit_batch, key)


def test_a_batch_waits_for_its_evidence(office, batches):
    key = batches.computed(back=11)
    with pytest.raises(Broken, match="Falta evidencia: reporte de la interrupción"):
        batches.perform(acts.submit_batch, key)


def test_the_offices_that_its_money_asks_for_sign_in_order_and_nobody_who_drafted(office, batches):
    key = batches.submitted(back=11)
    asked = [slot["role"] for slot in office.scalar(
        psql.BATCH_PLACES, key)]
    assert asked == ["unit_head", "commercial_director", "general_director"][:len(asked)] and len(asked) > 1
    with pytest.raises(Broken, match="La siguiente firma corresponde a: Titular"):
        batches.sign(key, "commercial_director")
    with pytest.raises(Broken, match="El contenido cambió"):
        batches.perform(acts.sign_batch, key, {"seen_hash": "0" * 64, "method": "password"}, "unit_head")
    with pytest.raises(Denied):
        batches.sign(key, "staff")
    for role in asked:
        batches.sign(key, role)
    assert batches.state(key) == B.SIGNED


def test_a_returned_batch_opens_a_revision_and_its_signatures_no_longer_count(office, batches):
    key = batches.submitted(back=12)
    batches.sign(key, "unit_head")
    batches.perform(acts.send_back_batch, key, {"reason": "Faltan dos días."}, "unit_head")
    assert batches.state(key) == B.DRAFT
    assert office.scalar("SELECT revision FROM console.correction_batches WHERE id = %s", key) == 2
    batches.perform(acts.compute_batch, key, {"dias_sin_servicio": 8})
    batches.work()
    batches.perform(acts.submit_batch, key)
    assert office.scalar("SELECT console.fully_signed('correction_batches', %s)", key) is False
    with pytest.raises(Broken, match="En firma"):
        batches.perform(acts.apply_batch, key)


def test_a_job_that_cannot_go_on_stops_with_its_reason(office, batches):
    """The filter found bills when it was prepared, and none when it is computed."""
    key = batches.prepared(back=3, route=office.scalar("SELECT route FROM commercial.accounts ORDER BY id LIMIT 1"))
    with office.program() as owner:
        owner.execute("UPDATE commercial.accounts SET route = route || 'X'")
    batches.perform(acts.compute_batch, key, {"dias_sin_servicio": 6})
    batches.work()
    with office.program() as owner:
        owner.execute("UPDATE commercial.accounts SET route = rtrim(route, 'X')")
    assert batches.state(key) == B.DRAFT and batches.trouble(key).startswith("Ningún recibo termina en esas fechas")


def test_somebody_else_takes_over_the_work_of_who_left(office, batches, small):
    key = batches.signed(back=13)
    batches.perform(acts.apply_batch, key)
    with office.app.app_context():
        assert worker.take_one()
    gone = office.scalar("SELECT run_by_id FROM console.correction_batches WHERE id = %s", key)
    with office.program() as owner:
        owner.execute("UPDATE console.people SET active = false WHERE id = %s", (gone,))
    batches.work()
    assert batches.state(key) == B.APPLYING and batches.notes(key)[0] == acts.CHUNK
    batches.perform(acts.resume_batch, key, which=1)
    batches.work()
    with office.program() as owner:
        owner.execute("UPDATE console.people SET active = true WHERE id = %s", (gone,))
    assert batches.state(key) == B.APPLIED
    assert batches.notes(key) == (batches.figures(key)[1], batches.figures(key)[1], batches.figures(key)[2])


def test_stopped_half_way_it_goes_on_from_there(office, batches, small):
    key = batches.applying(back=14)
    with office.app.app_context():
        assert worker.take_one() and worker.take_one()
    batches.perform(acts.stop_applying, key, {"why": "Se revisa una queja."})
    assert batches.state(key) == B.SIGNED and batches.notes(key)[0] == 2 * acts.CHUNK
    with pytest.raises(Broken, match="Una parte del lote ya se aplicó"):
        batches.perform(acts.send_back_batch, key, {"reason": "No."}, "unit_head")
    batches.perform(acts.apply_batch, key)
    batches.work()
    assert batches.notes(key)[:2] == (batches.figures(key)[1],) * 2


def test_two_workers_do_each_bill_once(office, batches, small):
    key = batches.applying(back=15)
    worker.resting.clear()

    def works(_):
        with office.app.app_context():
            while worker.take_one():
                pass
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(works, range(2)))
    worker.resting.clear()
    batches.work()
    assert batches.state(key) == B.APPLIED, batches.trouble(key)
    assert batches.notes(key) == (batches.figures(key)[1], batches.figures(key)[1], batches.figures(key)[2])


def test_a_child_is_undone_by_its_own_reversal(office, batches):
    key = batches.applied(back=16)
    made = office.scalar("SELECT c.id FROM console.corrections c JOIN console.batch_rows r ON r.id = c.batch_row_id"
                         " WHERE r.batch_id = %s ORDER BY c.id LIMIT 1", key)
    back = office.perform("staff", start_reversal, made, {"reason": "Sí hubo agua en esa casa."})
    office.perform_submit(back)
    with office.speaks("staff") as session:
        roles = [place.role for place in session.get(Correction, back).places]
    for role in roles:
        office.sign(back, role)
    office.perform("staff", policies.corrections.acts.apply, back)
    assert office.scalar("SELECT reversed_by_id FROM console.corrections WHERE id = %s", made) == back


def test_the_content_is_the_same_whoever_asks(office, batches):
    key = batches.submitted(back=17)
    with office.speaks("auditor") as session:
        assert content_hash(session.scalar(select(CorrectionBatch).where(CorrectionBatch.id == key))) == office.scalar(
            "SELECT console.content_hash('correction_batches', %s)", key)


def test_a_batch_is_changed_stripped_of_a_document_withdrawn_or_rejected(office, batches):
    key = batches.computed(back=18)
    batches.perform(acts.attach_to_batch, key, {"kind": "outage_report", "file": office.stored("reporte 18")})
    paper = office.scalar("SELECT id::text FROM console.attachments WHERE subject = 'correction_batches' AND subject_id = %s", key)
    batches.perform(acts.detach_from_batch, key, {"document": paper})
    with office.speaks("staff") as session:
        _, terms = batches.terms(session, back=19)
    batches.perform(acts.change_batch, key, terms)
    assert batches.state(key) == B.DRAFT
    batches.perform(acts.withdraw_batch, key)
    assert batches.state(key) == B.WITHDRAWN
    other = batches.submitted(back=19)
    batches.perform(acts.reject_batch, other, {"reason": "No hubo interrupción."}, "unit_head")
    assert batches.state(other) == B.REJECTED


def test_a_cut_short_computation_counts_for_nothing(office, batches, small):
    key = batches.prepared(back=20)
    batches.perform(acts.compute_batch, key, {"dias_sin_servicio": 6})
    with office.app.app_context():
        assert worker.take_one() and worker.take_one()
    batches.perform(acts.stop_computing, key, {"why": "Son otros días."})
    assert batches.state(key) == B.DRAFT and batches.trouble(key) == "Son otros días."
    for job in (acts.compute_chunk, acts.apply_chunk):
        with pytest.raises(Broken, match="Borrador"):
            batches.perform(job, key)
