"""Any program at PostgreSQL: a correction of a batch is its signed row, once, or it is refused."""

import psycopg
import pytest

from models.batches import BatchState as B
from policies import batches as acts
from policies.corrections import withdraw
from tests.policies.batches import Batches

CHILD = """INSERT INTO console.corrections (folio, bill_id, account_id, anomaly_type_id, procedure_version_id, state,
  reason, inputs, eligible, refusals, volume_before, volume_after, amount, memoria, effects, batch_row_id,
  drafted_by_id, submitted_at)
SELECT console.next_folio('UAS-COR'), r.bill_id, r.account_id, b.anomaly_type_id, b.procedure_version_id, {state},
  {reason}, {inputs}, true, r.refusals, r.volume_before, r.volume_after, {amount}, {memoria}, r.effects, r.id,
  b.drafted_by_id, b.submitted_at
  FROM console.batch_rows r JOIN console.correction_batches b ON b.id = r.batch_id WHERE r.id = %s RETURNING id"""
AS_SIGNED = {"state": "'applied'", "reason": "b.reason", "inputs": "r.inputs", "amount": "r.amount",
             "memoria": "r.memoria"}
LINES = """INSERT INTO console.correction_lines (correction_id, position, service, amount_before, tax_before,
  amount_after, tax_percent_after, tax_after)
SELECT c.id, n, l ->> 'service', (l ->> 'amount_before')::numeric, (l ->> 'tax_before')::numeric,
  (l ->> 'amount_after')::numeric + {more}, (l ->> 'tax_percent_after')::numeric, (l ->> 'tax_after')::numeric
  FROM console.corrections c JOIN console.batch_rows r ON r.id = c.batch_row_id,
       jsonb_array_elements(r.lines) WITH ORDINALITY AS s (l, n) WHERE c.id = %s AND n <= {many}"""
NOTE = """INSERT INTO commercial.credit_notes (folio, kind, bill_id, correction_id, amount)
SELECT console.next_folio('NC'), 'credit', bill_id, id, abs(amount) + {more} FROM console.corrections WHERE id = %s
RETURNING id"""
NOTE_LINES = """INSERT INTO commercial.credit_note_lines (credit_note_id, position, service, amount, tax)
SELECT n.id, l.position, l.service, l.amount_before - l.amount_after + {more}, l.tax_before - l.tax_after
  FROM commercial.credit_notes n JOIN console.correction_lines l ON l.correction_id = n.correction_id
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


def row_of(office, key, where="eligible"):
    """A row that has no correction yet."""
    return office.scalar(f"SELECT id FROM console.batch_rows r WHERE batch_id = %s AND {where} AND NOT EXISTS"
                         " (SELECT FROM console.corrections c WHERE c.batch_row_id = r.id OR c.bill_id = r.bill_id)"
                         " ORDER BY bill_id LIMIT 1", key)


def write(raw, row, lines=(0, 9), note=0, note_lines=(0, 9), **changes):
    """A child by hand, all of it in one transaction."""
    (made,) = raw.execute(CHILD.format(**AS_SIGNED | changes), (row,)).fetchone()
    raw.execute(LINES.format(more=lines[0], many=lines[1]), (made,))
    (paper,) = raw.execute(NOTE.format(more=note), (made,)).fetchone()
    raw.execute(NOTE_LINES.format(more=note_lines[0], many=note_lines[1]), (paper,))
    return made


def refused(office, row, role="staff", **changes):
    """The code with which PostgreSQL refuses it."""
    with pytest.raises(psycopg.Error) as error, office.program(role) as raw:
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


@pytest.mark.parametrize(("changes", "code"), [
    ({"amount": "r.amount - 1"}, "AG008"), ({"memoria": "'[]'"}, "AG008"), ({"reason": "'otro'"}, "AG008"),
    ({"inputs": "'{}'"}, "AG008"), ({"state": "'signed'"}, "AG001"), ({"state": "'draft'"}, "AG002"),
    ({"lines": (1, 9)}, "AG008"), ({"lines": (0, 1), "note_lines": (0, 1)}, "AG008"), ({"note": 1}, "AG008"),
    ({"note_lines": (1, 9)}, "AG008"), ({"note_lines": (0, 1)}, "AG008")])
def test_a_child_that_is_not_its_row_is_refused(office, applying, changes, code):
    assert refused(office, row_of(office, applying), **changes) == code


def test_a_child_without_its_note_does_not_reach_commit(office, applying):
    row = row_of(office, applying)
    with pytest.raises(psycopg.Error) as error, office.program("staff") as raw:
        (made,) = raw.execute(CHILD.format(**AS_SIGNED), (row,)).fetchone()
        raw.execute(LINES.format(more=0, many=9), (made,))
        raw.commit()
    assert error.value.sqlstate == "AG008"


def test_a_bill_is_corrected_once(office, applying):
    row = row_of(office, applying)
    with office.program("staff") as raw:
        write(raw, row)
    assert refused(office, row) == "23505"


def test_a_bill_that_moved_is_refused_to_any_program(office, applying):
    row = row_of(office, applying)
    with office.program() as owner:
        owner.execute("ALTER TABLE commercial.bill_lines DISABLE TRIGGER USER")
        owner.execute("UPDATE commercial.bill_lines SET tax = tax + 1 WHERE position = 1 AND bill_id ="
                      " (SELECT bill_id FROM console.batch_rows WHERE id = %s)", (row,))
    assert refused(office, row) == "AG008"
    with office.program() as owner:
        owner.execute("UPDATE commercial.bill_lines SET tax = tax - 1 WHERE position = 1 AND bill_id ="
                      " (SELECT bill_id FROM console.batch_rows WHERE id = %s)", (row,))
        owner.execute("ALTER TABLE commercial.bill_lines ENABLE TRIGGER USER")


@pytest.mark.parametrize("stage", ["computed", "submitted", "signed"])
def test_a_batch_that_is_not_being_applied_makes_no_correction(office, stages, stage):
    key = stages[stage]
    row = row_of(office, key)
    assert refused(office, row) in ("AG006", "23514")      # without its folio and its day it is no paper at all
    with pytest.raises(psycopg.Error) as error, office.program("staff") as raw:
        raw.execute("SELECT console.apply_batch(%s, 10, '{}', '[]')", (key,))
    assert error.value.sqlstate == "AG005"


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
                    " amount_after, tax_percent_after, tax_after) VALUES (%s, 9, 'other', 0, 0, 5, 0, 0)", (made,))
    assert error.value.sqlstate in ("AG008", "23514")
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
    "UPDATE console.batch_rows SET left_out = 'porque sí', amount = amount - 1 WHERE batch_id = %s",
    "DELETE FROM console.batch_rows WHERE batch_id = %s",
    "INSERT INTO console.batch_rows (batch_id, bill_id, account_id, eligible, refusals, inputs, amount, lines, memoria,"
    " row_hash) SELECT %s, b.id, b.account_id, false, '[]', '{}', 0, '[]', '[]', '' FROM commercial.bills b"
    " WHERE b.period_end < '2025-01-01' LIMIT 1",
    "UPDATE console.correction_batches SET amount = amount - 1 WHERE id = %s",
    "UPDATE console.correction_batches SET reason = 'otro' WHERE id = %s",
    "UPDATE console.correction_batches SET signers = '[]' WHERE id = %s",
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
