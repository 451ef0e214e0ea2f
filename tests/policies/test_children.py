"""Any program at PostgreSQL: a correction of a batch is its signed row, once, or it is refused."""

from contextlib import contextmanager

import psycopg
import pytest

from models.batches import BatchState as B
from policies.batches import acts
from policies.corrections.acts import withdraw
from tests.policies.batches import Batches
from tests.psql import LETTER, unguarded

AS_SIGNED = {
    "folio": "console.next_folio('UAS-COR')", "bill_id": "r.bill_id", "account_id": "r.account_id",
    "anomaly_type_id": "b.anomaly_type_id", "procedure_version_id": "b.procedure_version_id", "state": "'applied'",
    "reason": "b.reason", "inputs": "r.inputs", "eligible": "true", "refusals": "r.refusals",
    "volume_before": "r.volume_before", "volume_after": "r.volume_after", "amount": "r.amount", "memoria": "r.memoria",
    "effects": "r.effects", "batch_row_id": "r.id", "drafted_by_id": "b.drafted_by_id", "submitted_at": "b.submitted_at"}
CHILD = """INSERT INTO console.corrections ({}) SELECT {}
  FROM console.batch_rows r JOIN console.correction_batches b ON b.id = r.batch_id WHERE r.id = %s RETURNING id"""
LINE = {
    "service": "l ->> 'service'", "amount_before": "(l ->> 'amount_before')::numeric",
    "tax_before": "(l ->> 'tax_before')::numeric", "amount_after": "(l ->> 'amount_after')::numeric",
    "tax_percent_after": "(l ->> 'tax_percent_after')::numeric", "tax_after": "(l ->> 'tax_after')::numeric"}
LINES = """INSERT INTO console.correction_lines (correction_id, position, {})
SELECT c.id, n, {} FROM console.corrections c JOIN console.batch_rows r ON r.id = c.batch_row_id,
       jsonb_array_elements(r.lines) WITH ORDINALITY AS s (l, n) WHERE c.id = %s AND n <= %s"""
PAPER = {"folio": "console.next_folio('NC')", "kind": "'credit'", "bill_id": "bill_id", "correction_id": "id",
         "amount": "abs(amount)"}
NOTE = "INSERT INTO commercial.credit_notes ({}) SELECT {} FROM console.corrections WHERE id = %s RETURNING id"
NOTE_LINES = """INSERT INTO commercial.credit_note_lines (credit_note_id, position, service, amount, tax)
SELECT n.id, l.position, l.service, side * (l.amount_before - l.amount_after) + {more},
       side * (l.tax_before - l.tax_after) + {tax}
  FROM commercial.credit_notes n JOIN console.correction_lines l ON l.correction_id = n.correction_id,
       LATERAL (SELECT CASE n.kind WHEN 'credit' THEN 1 ELSE -1 END AS side) s
 WHERE n.id = %s AND l.position <= {many}"""


@pytest.fixture(scope="module")
def batches(office):
    return Batches(office)


@pytest.fixture(scope="module")
def stages(office, batches):
    """Batches on their way; made before the one that waits for its worker, which would do that one too."""
    held = batches.begun(batches.bill(back=7))
    made = {stage: getattr(batches, stage)(back=back) for stage, back in (
        ("computed", 4), ("submitted", 5), ("signed", 7))}
    office.perform("staff", withdraw, held, which=1)
    return made


@pytest.fixture(scope="module")
def applying(batches, stages):
    """A batch whose worker has not begun."""
    return batches.applying(back=3)


def row_of(office, key, where="eligible AND left_out IS NULL"):
    """A row that has no correction yet."""
    return office.scalar(f"SELECT id FROM console.batch_rows r WHERE batch_id = %s AND {where} AND NOT EXISTS"
                         " (SELECT FROM console.corrections c WHERE c.batch_row_id = r.id OR c.bill_id = r.bill_id)"
                         " ORDER BY bill_id LIMIT 1", key)


def born(raw, row, **changes):
    """The correction alone, by hand."""
    said = AS_SIGNED | changes
    return raw.execute(CHILD.format(", ".join(said), ", ".join(said.values())), (row,)).fetchone()[0]


def lined(raw, made, many=9, **changes):
    said = LINE | changes
    raw.execute(LINES.format(", ".join(said), ", ".join(said.values())), (made, many))


def write(raw, row, lines=(), note=(), note_lines=(0, 9, 0), **changes):
    """A child by hand, all of it in one transaction."""
    made, said = born(raw, row, **changes), PAPER | dict(note)
    lined(raw, made, **dict(lines))
    (paper,) = raw.execute(NOTE.format(", ".join(said), ", ".join(said.values())), (made,)).fetchone()
    raw.execute(NOTE_LINES.format(more=note_lines[0], many=note_lines[1], tax=note_lines[2]), (paper,))
    raw.execute(LETTER, (made,))
    return made


def refused(office, row, role="staff", which=0, **changes):
    with pytest.raises(psycopg.Error) as error, office.program(role, which) as raw:
        write(raw, row, **changes)
        raw.commit()
    return error.value.sqlstate


def test_what_equals_its_row_is_taken_from_any_program(office, batches, applying):
    """Else the refusals below would prove nothing."""
    row = row_of(office, applying)
    before = office.scalar("SELECT b.balance FROM commercial.bills b JOIN console.batch_rows r ON r.bill_id = b.id"
                           " WHERE r.id = %s", row)
    with office.program("staff") as raw:
        write(raw, row)
    after, amount = office.scalar("SELECT json_build_array(b.balance, r.amount) FROM commercial.bills b"
                                  " JOIN console.batch_rows r ON r.bill_id = b.id WHERE r.id = %s", row)
    assert round(after - float(before), 2) == amount


ANY = "(SELECT min(id) FROM console.corrections WHERE state = 'applied')"


@pytest.mark.parametrize(("changes", "code"), [
    ({"amount": "r.amount - 1"}, "AG008"), ({"memoria": "'[]'"}, "AG008"), ({"reason": "'otro'"}, "AG008"),
    ({"inputs": "'{}'"}, "AG008"), ({"volume_before": "7.123"}, "AG008"), ({"volume_after": "7.123"}, "AG008"),
    ({"refusals": "'[\"x\"]'"}, "AG008"), ({"effects": "'[\"refund\"]'"}, "AG008"), ({"eligible": "false"}, "AG008"),
    ({"account_id": "r.account_id + 1"}, "AG008"), ({"anomaly_type_id": "b.anomaly_type_id + 1"}, "AG008"),
    ({"procedure_version_id": "(SELECT max(id) FROM console.procedure_versions)"}, "AG008"),
    ({"bill_id": "(SELECT min(id) FROM commercial.bills)"}, "AG008"), ({"drafted_by_id": "b.drafted_by_id + 1"}, "AG008"),
    ({"submitted_at": "now()"}, "AG008"), ({"instalments_most": "2", "instalments": "2"}, "23514"),   # no debit
    ({"state": "'signed'"}, "AG001"), ({"state": "'draft'"}, "AG002"), ({"folio": "'UAS-COR-2026-009999'"}, "AG002"),
    ({"folio": "NULL"}, "AG002"), ({"revision": "2"}, "AG002"), ({"decision_reason": "'x'"}, "AG002"),
    ({"reversal_of_id": ANY}, "AG002"), ({"reversed_by_id": ANY}, "AG002"),
    *(({"lines": {column: f"{said} + 1"}}, "AG008") for column, said in LINE.items() if column != "service"),
    ({"lines": {"service": "CASE n WHEN 1 THEN 'sewer' WHEN 2 THEN 'water' ELSE l ->> 'service' END"}}, "AG008"),
    ({"lines": {"many": 1}, "note_lines": (0, 1, 0)}, "AG008"), ({"note": {"amount": "abs(amount) + 1"}}, "AG008"),
    ({"note": {"bill_id": "(SELECT min(id) FROM commercial.bills)"}}, "AG008"),
    ({"note": {"kind": "'debit'", "folio": "console.next_folio('ND')"}}, "AG008"),
    ({"note": {"folio": "'NC-2026-009999'"}}, "AG002"),
    ({"note_lines": (1, 9, 0)}, "AG008"), ({"note_lines": (0, 9, 1)}, "AG008"), ({"note_lines": (0, 1, 0)}, "AG008")])
def test_a_child_that_is_not_its_row_is_refused(office, applying, changes, code):
    assert refused(office, row_of(office, applying), **changes) == code


def test_a_child_without_its_note_does_not_reach_commit(office, applying):
    row = row_of(office, applying)
    with pytest.raises(psycopg.Error) as error, office.program("staff") as raw:
        lined(raw, born(raw, row))
        raw.commit()
    assert error.value.sqlstate == "AG008"


def test_a_bill_is_corrected_once(office, applying):
    row = row_of(office, applying)
    with office.program("staff") as raw:
        write(raw, row)
    assert refused(office, row) == "23505"


@contextmanager
def meanwhile(office, table, change, back):
    """Somebody with no guard in the way changes something, and puts it back afterwards."""
    with unguarded(office, table) as raw:
        raw.execute(change)
    yield
    with unguarded(office, table) as raw:
        raw.execute(back)


@pytest.mark.parametrize(("change", "back"), [
    ("UPDATE commercial.bill_lines SET tax = tax + 1 WHERE position = 1 AND bill_id = {}",
     "UPDATE commercial.bill_lines SET tax = tax - 1 WHERE position = 1 AND bill_id = {}"),
    ("UPDATE commercial.bill_lines SET amount = amount + 1 WHERE position = 1 AND bill_id = {}",
     "UPDATE commercial.bill_lines SET amount = amount - 1 WHERE position = 1 AND bill_id = {}")])
def test_a_bill_that_moved_is_refused_to_any_program(office, applying, change, back):
    row = row_of(office, applying)
    bill = office.scalar("SELECT bill_id FROM console.batch_rows WHERE id = %s", row)
    with meanwhile(office, "commercial.bill_lines", change.format(bill), back.format(bill)):
        assert refused(office, row) == "AG008"


@pytest.mark.parametrize("lines", ["lines - 2", """lines || '[{"service": "otro", "amount_before": 1, "tax_before": 0}]'"""])
def test_a_bill_with_a_line_more_or_less_than_its_row_has_moved(office, applying, lines):
    row = row_of(office, applying)
    with unguarded(office, "console.batch_rows") as raw:
        raw.execute(f"UPDATE console.batch_rows SET lines = {lines} WHERE id = %s", (row,))
        assert raw.execute("SELECT console.moved_rows(ARRAY[%s])", (row,)).fetchall() == [(row,)]
        raw.rollback()


def test_the_database_says_when_a_child_began_and_by_which_code_it_is_verified(office, applying):
    with office.program("staff") as raw:
        made = write(raw, row_of(office, applying), drafted_at="'2020-01-01'", verification_code="'elegido'",
                     note={"issued_at": "'2020-01-01'"})
    assert office.scalar("SELECT json_build_array(c.drafted_at > now() - interval '1 day', c.verification_code = 'elegido',"
                         " n.issued_at > now() - interval '1 day') FROM console.corrections c JOIN commercial.credit_notes n"
                         " ON n.correction_id = c.id WHERE c.id = %s", made) == [True, False, True]


def test_no_program_writes_a_child_without_an_office(office, applying):
    row = row_of(office, applying)
    with pytest.raises(psycopg.Error) as error, office.program() as owner:
        write(owner, row)
    assert error.value.sqlstate == "42501"


def test_what_was_left_out_makes_no_correction(office, applying):
    row = row_of(office, applying)
    with office.program() as owner:
        owner.execute("UPDATE console.batch_rows SET left_out = 'Cambió.' WHERE id = %s", (row,))
    assert refused(office, row) == "AG008"


def test_a_child_of_a_batch_that_is_no_longer_what_was_signed_is_refused(office, applying):
    change = f"UPDATE console.correction_batches SET inputs = inputs {{}} WHERE id = {applying}"
    with meanwhile(office, "console.correction_batches", change.format("|| '{\"x\": 1}'"), change.format("- 'x'")):
        assert refused(office, row_of(office, applying)) == "AG006"


def test_a_batch_does_not_stop_from_under_a_child_that_is_being_written(office, applying):
    row = row_of(office, applying)
    with office.program("staff") as writer, pytest.raises(psycopg.errors.LockNotAvailable), office.program("staff") as mover:
        write(writer, row)
        mover.execute("SET lock_timeout = '200ms'")
        mover.execute("UPDATE console.correction_batches SET state = 'signed' WHERE id = %s", (applying,))


@pytest.mark.parametrize("stage", ["computed", "submitted", "signed"])
def test_a_batch_that_is_not_being_applied_makes_no_correction(office, stages, stage):
    key = stages[stage]
    row = row_of(office, key)
    assert refused(office, row) in ("AG006", "23514")      # without its folio and its day it is no paper at all


def test_only_whoever_runs_a_batch_writes_its_corrections(office, applying):
    assert refused(office, row_of(office, applying), which=1) == "AG005"


def test_a_row_that_does_not_proceed_makes_no_correction(office, batches, stages):
    """Its bill had a correction when it was computed, which was withdrawn since."""
    key = stages["signed"]
    batches.perform(acts.apply_batch, key)
    row = office.scalar("SELECT id FROM console.batch_rows WHERE batch_id = %s AND NOT eligible", key)
    assert refused(office, row, amount="r.amount - 1") == "AG008"


def test_no_line_is_added_to_a_child_later(office, applying):
    with office.program("staff") as raw:
        made = write(raw, row_of(office, applying))
    with pytest.raises(psycopg.Error) as error, office.program("staff") as raw:
        raw.execute("INSERT INTO console.correction_lines (correction_id, position, service, amount_before, tax_before,"
                    " amount_after, tax_percent_after, tax_after) VALUES (%s, 9, 'water', 0, 0, 5, 0, 0)", (made,))
    assert error.value.sqlstate == "23505"      # each service has its line already
    with pytest.raises(psycopg.Error), office.program("staff") as raw:
        raw.execute("DELETE FROM console.correction_lines WHERE correction_id = %s", (made,))


def test_a_correction_does_not_change_its_batch(office, applying):
    other = office.draft()
    row = row_of(office, applying)
    with pytest.raises(psycopg.Error) as error, office.program() as owner:
        owner.execute("UPDATE console.corrections SET batch_row_id = %s WHERE id = %s", (row, other))
    assert error.value.sqlstate == "AG002"


@pytest.mark.parametrize("statement", [
    "UPDATE console.batch_rows SET amount = amount - 1 WHERE batch_id = %s",
    "UPDATE console.batch_rows SET left_out = 'porque sí', amount = amount - 1 WHERE batch_id = %s AND left_out IS NULL",
    "DELETE FROM console.batch_rows WHERE batch_id = %s",
    "INSERT INTO console.batch_rows (batch_id, bill_id, account_id, eligible, refusals, inputs, amount, lines, memoria,"
    " row_hash) SELECT %s, b.id, b.account_id, false, '[]', '{}', 0, '[]', '[]', '' FROM commercial.bills b"
    " WHERE b.period_end < '2025-01-01' LIMIT 1",
    "UPDATE console.correction_batches SET amount = amount - 1 WHERE id = %s",
    "UPDATE console.correction_batches SET reason = 'otro' WHERE id = %s",
    "UPDATE console.correction_batches SET folio = 'UAS-LOT-2026-000099' WHERE id = %s",
    "DELETE FROM console.correction_batches WHERE id = %s"])
@pytest.mark.parametrize("stage", ["submitted", "applying"])
def test_what_is_signed_is_frozen_even_for_the_owner(office, stages, applying, stage, statement):
    key = applying if stage == "applying" else stages["submitted"]
    with pytest.raises(psycopg.Error) as error, office.program() as owner:
        owner.execute(statement, (key,))
    assert error.value.sqlstate == "AG002"


def test_a_row_that_is_put_in_while_it_is_computed_enters_the_hash_that_is_signed(office, batches):
    key = batches.prepared(back=8)
    batches.perform(acts.compute_batch, key, {"dias_sin_servicio": 6})
    before = office.scalar("SELECT console.batch_rows_hash(%s)", key)
    with office.program("staff") as raw:
        raw.execute("INSERT INTO console.batch_rows (batch_id, bill_id, account_id, eligible, refusals, inputs, amount,"
                    " lines, memoria, row_hash) SELECT %s, b.id, b.account_id, false, '[]', '{}', 0, '[]', '[]',"
                    " 'lo que sea' FROM commercial.bills b LIMIT 1", (key,))
    after = office.scalar("SELECT console.batch_rows_hash(%s)", key)
    assert after != before
    assert office.scalar("SELECT row_hash ~ '^[0-9a-f]{64}$' FROM console.batch_rows WHERE batch_id = %s", key)


def test_folios_taken_as_a_block_have_no_gap(office, batches, applying):
    batches.work()
    assert batches.state(applying) == B.APPLIED, batches.trouble(applying)
    for series in ("UAS-COR", "NC"):
        last, used = office.scalar(
            "SELECT json_build_array((SELECT last FROM console.folio_counters WHERE series = %s), (SELECT count(*) FROM"
            " (SELECT folio FROM console.corrections UNION SELECT folio FROM commercial.credit_notes) f"
            " WHERE folio LIKE %s))", series, f"{series}-%")
        assert last == used, series


def test_a_number_of_the_block_that_stays_unused_is_refused(office):
    with pytest.raises(psycopg.Error) as error, office.program() as owner:
        owner.execute("SELECT console.take_folios('NC', 3)")
        owner.commit()
    assert error.value.sqlstate == "AG002"
