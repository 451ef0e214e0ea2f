"""One case, applied in a batch and by itself: each row that it writes says the same, column by column."""

from types import SimpleNamespace

import psycopg
import pytest

from models.batches import BatchState as B
from policies.batches import acts
from policies.batches.batching import lacking
from policies.corrections.acts import apply, attach, calculate, start_correction, start_reversal
from policies.corrections.cases import definition_of
from policies.corrections.instalments import ASKED
from tests import psql
from tests.admin_views.pages import key_in, send
from tests.admin_views.test_batches import form, prepare, sheet, version_of
from tests.policies.batches import MISREAD, Batches, admit_charges_in_parts

REASON = "La ruta se leyó recorrida."
PAYMENTS = 3
# What differs by nature: keys, folios and codes of its own, instants, and what only one way has.
OWN = {
    "correction": {"id", "folio", "batch_row_id", "drafted_at", "submitted_at", "verification_code", "version", "reason",
                   "instalments_most", "accumulated", "sources", "reversed_by_id"},
    "lines": {"id", "correction_id", "version"}, "note": {"id", "folio", "correction_id", "issued_at"},
    "note_lines": {"id", "credit_note_id"}, "instalments": {"id", "note_id", "version"},
    "letter": {"id", "folio", "correction_id", "about_id", "written_at", "state_since", "version"},
    "fiscal": {"id", "note_id", "opened_at", "version"}}
WRITTEN = """SELECT jsonb_build_object('correction', jsonb_build_array(to_jsonb(c)),
  'lines', (SELECT jsonb_agg(to_jsonb(l) ORDER BY l.position) FROM console.correction_lines l WHERE l.correction_id = c.id),
  'note', jsonb_build_array(to_jsonb(n)),
  'note_lines', (SELECT jsonb_agg(to_jsonb(m) ORDER BY m.position) FROM commercial.credit_note_lines m
                  WHERE m.credit_note_id = n.id),
  'instalments', coalesce((SELECT jsonb_agg(to_jsonb(i) ORDER BY i.number) FROM console.instalments i
                  WHERE i.note_id = n.id), '[]'),
  'letter', (SELECT jsonb_agg(to_jsonb(w)) FROM console.notices w WHERE w.correction_id = c.id),
  'fiscal', (SELECT jsonb_agg(to_jsonb(f)) FROM console.fiscal_records f WHERE f.note_id = n.id))
  FROM console.corrections c JOIN commercial.credit_notes n ON n.correction_id = c.id WHERE c.id = %s"""
# Bills of one month: (what of it was paid, how far its corrected reading is from the billed one).
CASES = {"credit, nothing paid": (0, -2), "credit, all paid": (1, -2), "debit, nothing paid": (0, 20), "debit, all paid": (1, 20)}


@pytest.fixture(scope="module")
def both(cluster, office):
    """case → what was written by the batch, then, once that was undone, by a correction of its own."""
    bills = dict(zip(CASES, chosen(office), strict=True))
    admit_charges_in_parts(cluster, office, PAYMENTS)
    for case, bill in bills.items():
        with psql.unguarded(office, "commercial.bills") as raw:
            raw.execute("UPDATE commercial.bills SET balance = total * (1 - %s) WHERE id = %s", (CASES[case][0], bill.id))
    of_batch = by_batch(office, bills)
    found = {}
    for case, bill in bills.items():
        together = office.scalar(WRITTEN, of_batch[bill.id])
        undone(office, of_batch[bill.id])
        found[case] = together, office.scalar(WRITTEN, by_itself(office, bill))
    return found


def chosen(office):
    """Bills whose reading can be corrected, each with its account and its corrected reading."""
    start, end = Batches(office).month(2)
    with psycopg.connect(office.dsn()) as raw:
        rows = raw.execute(
            "SELECT b.id, a.number, c.value FROM commercial.bills b JOIN commercial.accounts a ON a.id = b.account_id"
            " JOIN commercial.readings c ON c.id = b.current_reading_id WHERE b.period_end BETWEEN %s AND %s"
            " AND b.volume > 15 ORDER BY b.id LIMIT %s", (start, end, len(CASES))).fetchall()
    return [SimpleNamespace(id=key, account=number, reading=value + change)
            for (key, number, value), (_, change) in zip(rows, CASES.values(), strict=True)]


def by_batch(office, bills):
    """bill → its correction, of one applied batch."""
    batches, client = Batches(office), office.client("staff")
    data = form(office, batches, 2, "LECTURA_ERRONEA", file=sheet(
        "Cuenta;Lectura correcta", *(f"{bill.account};{bill.reading}" for bill in bills.values())))
    key = key_in(prepare(office, client, MISREAD, data).location)
    send(office, client, f"/lotes/{key}/acto/compute_batch/", {
        "lectura_correcta__reason": REASON, "note__instalments": str(PAYMENTS)})
    batches.work()
    with office.speaks("staff") as session:
        batch = session.get(acts.CorrectionBatch, key)
        kinds = [item.kind for item in definition_of(batch.procedure_version).evidence] if lacking(batch) else []
    for kind in kinds:
        batches.perform(acts.attach_to_batch, key, {"kind": kind, "file": office.stored(f"{kind} {key}")})
    batches.perform(acts.submit_batch, key)
    for place in office.scalar(psql.BATCH_PLACES, key):
        batches.sign(key, place["role"])
    batches.perform(acts.apply_batch, key)
    batches.work()
    assert batches.state(key) == B.APPLIED, batches.trouble(key)
    with psycopg.connect(office.dsn()) as raw:
        return dict(raw.execute("SELECT c.bill_id, c.id FROM console.corrections c JOIN console.batch_rows r"
                                " ON r.id = c.batch_row_id WHERE r.batch_id = %s", (key,)).fetchall())


def undone(office, key):
    finished(office, office.perform("staff", start_reversal, key, {"reason": "Para aplicarla por separado."}))


def by_itself(office, bill):
    with office.speaks("staff") as session:
        record = session.get(start_correction.model, bill.id)
        ruling = version_of(office, MISREAD)
        way = next(value for ask in start_correction.asks(record, None) if ask.name == "way"
                   for value, _ in ask.choices if value.endswith(f"-{ruling}"))
    key = office.perform("staff", start_correction, bill.id, {"way": way, "reason": REASON}, model=start_correction.model)
    typed = {"reason": REASON, "lectura_correcta": bill.reading, "lectura_correcta.reason": REASON}
    office.perform("staff", calculate, key, typed)
    if office.scalar("SELECT amount > 0 FROM console.corrections WHERE id = %s", key):
        office.perform("staff", calculate, key, typed | {ASKED: str(PAYMENTS)})
    with office.speaks("staff") as session:
        kinds = [item.kind for item in definition_of(session.get(apply.model, key).procedure_version).evidence]
    for kind in kinds:
        office.perform("staff", attach, key, {"kind": kind, "file": office.stored(f"{kind} {key}")})
    finished(office, key)
    return key


def finished(office, key):
    """Sent, signed and applied."""
    office.perform_submit(key)
    for role in psql.roles(office, key):
        office.sign(key, role)
    office.perform("staff", apply, key)


def compared(written, table):
    """The rows of a table without what differs by nature; what a letter says of its own folios is replaced."""
    rows = [{name: value for name, value in row.items() if name not in OWN[table]} for row in written[table]]
    if table == "letter":
        for row in rows:
            for one in ("correction", "note"):
                for name in ("folio", "verification_code"):
                    if said := written[one][0].get(name):
                        row["body"], row["subject"] = (row[part].replace(said, name) for part in ("body", "subject"))
    return rows


@pytest.mark.parametrize("table", OWN)
@pytest.mark.parametrize("case", CASES)
def test_a_batch_and_a_correction_of_its_own_write_the_same(both, case, table):
    together, alone = both[case]
    assert compared(together, table) == compared(alone, table)


def test_the_cases_are_the_ones_that_they_say(both):
    forms = {case: (one["note"][0]["kind"], one["note"][0]["form"], len(one["instalments"])) for case, (one, _) in both.items()}
    assert forms == {"credit, nothing paid": ("credit", "corrected_bill", 0), "credit, all paid": ("credit", "note", 0),
                     "debit, nothing paid": ("debit", "corrected_bill", PAYMENTS), "debit, all paid": ("debit", "note", PAYMENTS)}
    assert "saldo a favor" in both["credit, all paid"][0]["letter"][0]["body"]
