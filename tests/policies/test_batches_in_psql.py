"""A batch as any program could touch it: what PostgreSQL itself refuses, state by state."""

from decimal import Decimal

import psycopg
import pytest

from admin_views.core import worker
from policies.batches import acts
from tests import psql
from tests.policies import drafting
from tests.policies.batches import WITHOUT_SUPPLY, Batches
from tests.psql import refused

CHANGE = "UPDATE console.correction_batches SET {} WHERE id = %s"
SENT = "state = 'submitted', folio = {}"
AS_IT_IS_SENT = SENT.format("console.next_folio('UAS-LOT')")
FIGURES = ("bills = (SELECT count(*) FROM console.batch_rows r WHERE r.batch_id = correction_batches.id) + {},"
           " proceeding = (SELECT count(*) FROM console.batch_rows r WHERE r.batch_id = correction_batches.id AND eligible) + {},"
           " amount = (SELECT coalesce(sum(r.amount), 0) FROM console.batch_rows r WHERE r.batch_id = correction_batches.id) + {}")
FORGED = """INSERT INTO console.correction_batches (folio, subject, revision, anomaly_type_id, procedure_version_id, period_from,
  period_to, bills, proceeding, amount, done, trouble, run_by_id, run_as, drafted_by_id, drafted_at, submitted_at,
  decision_reason)
SELECT 'UAS-LOT-2026-000099', 'x', 7, {cause}, {version}, period_from, period_to, 5, 5, -5, 5, 'x', drafted_by_id,
  'staff', drafted_by_id, '2020-01-01', now(), 'x' FROM console.correction_batches WHERE id = %s
RETURNING folio, revision, bills, proceeding, amount, done, trouble, run_by_id, run_as::text, submitted_at,
  decision_reason, drafted_at > now() - interval '1 day', drafted_by_id"""
ROW = """INSERT INTO console.batch_rows (batch_id, bill_id, account_id, eligible, refusals, inputs, amount, lines, memoria,
  row_hash, left_out)
SELECT {batch}, b.id, {account}, true, '[]', '{{}}', {amount}, '[]', '[]', '', 'x' FROM commercial.bills b
 WHERE {which} AND NOT EXISTS (SELECT FROM console.batch_rows r WHERE r.batch_id = {batch} AND r.bill_id = b.id)
 ORDER BY b.id LIMIT 1 RETURNING left_out"""
HANDS = ("SELECT array_agg(person_id ORDER BY person_id) FROM console.contributions WHERE subject = 'correction_batches'"
         " AND subject_id = %s AND revision = %s")
PAPER = ("INSERT INTO console.attachments (subject, subject_id, kind, label, document_id, file_name)"
         " SELECT 'correction_batches', %s, %s, 'x', min(id), 'x.pdf' FROM console.documents"
         " RETURNING added_by_id, added_at > now() - interval '1 day'")


@pytest.fixture(scope="module")
def batches(office):
    return Batches(office)


@pytest.fixture(scope="module")
def stages(office, batches):
    """state → a batch there: one signed is applied in part, the one that is being computed has all its rows."""
    made = {stage: getattr(batches, stage)(back=back) for stage, back in (
        ("computed", 4), ("submitted", 5), ("signed", 6))}
    made["draft"], made["applying"], made["returned"] = (
        batches.prepared(back=3), batches.signed(back=9), batches.submitted(back=8))
    with pytest.MonkeyPatch.context() as small:
        small.setattr(acts, "CHUNK", 7)
        batches.perform(acts.apply_batch, made["signed"])
        carried(office, acts.apply_chunk, made["signed"], 1)
    batches.perform(acts.stop_applying, made["signed"], {"why": "Se revisa."})
    batches.perform(acts.apply_batch, made["applying"])
    made["computing"] = batches.prepared(back=7)
    batches.perform(acts.compute_batch, made["computing"], {"dias_sin_servicio": 6})
    carried(office, acts.compute_chunk, made["computing"], 2)
    return made


def carried(office, job, key, times):
    """So many chunks of that batch; the others that wait stay where they are."""
    with office.app.app_context():
        for _ in range(times):
            worker.carry(job, key)


# ---- how it begins, and whose hands are on it

def test_a_batch_begins_with_nothing_but_its_terms(office, stages):
    with office.program("staff", 1) as raw:
        born = raw.execute(FORGED.format(cause="anomaly_type_id", version="procedure_version_id"),
                           (stages["draft"],)).fetchone()
        raw.rollback()
    assert born == (None, 1, 0, 0, Decimal(0), 0, *[None] * 5, True, office.actor("staff", 1).id)


def test_a_batch_begins_by_a_procedure_that_ruled_and_mends_its_cause(office, stages):
    other = "(SELECT max(id) FROM console.anomaly_types t WHERE t.id <> anomaly_type_id)"
    for terms in ({"cause": "anomaly_type_id", "version": drafting.draft(office, code=WITHOUT_SUPPLY)},
                  {"cause": other, "version": "procedure_version_id"}):
        with refused(office, "AG008"), office.program("staff") as raw:
            raw.execute(FORGED.format(**terms), (stages["draft"],))


def test_whoever_begins_changes_or_documents_a_batch_puts_a_hand_on_it(office, batches):
    first, second = sorted((office.actor("staff").id, office.actor("staff", 1).id))
    changed, documented = batches.prepared(back=8), batches.prepared(back=8)
    assert office.scalar(HANDS, changed, 1) == [office.actor("staff").id]
    with office.program("staff", 1) as raw:
        raw.execute(CHANGE.format("subject = 'Otro asunto'"), (changed,))
        assert raw.execute(PAPER, (documented, "outage_report")).fetchone() == (office.actor("staff", 1).id, True)
    assert office.scalar(HANDS, changed, 1) == office.scalar(HANDS, documented, 1) == [first, second]


@pytest.mark.parametrize("statement", [
    "DELETE FROM console.batch_rows WHERE id = (SELECT min(id) FROM console.batch_rows WHERE batch_id = {batch})",
    ROW.format(batch="{batch}", account="b.account_id", which="true", amount=-1).replace("'{}'", "'{{}}'")])
def test_whoever_writes_or_takes_away_a_row_puts_a_hand_on_its_batch(office, stages, statement):
    with office.program("staff", 1) as raw:
        raw.execute(statement.format(batch=stages["computing"]))
        hands = raw.execute(HANDS, (stages["computing"], 1)).fetchone()[0]
        raw.rollback()
    assert office.actor("staff", 1).id in hands


def test_a_requirement_is_named_by_a_word(office, stages):
    for kind in ("a|b", "a\nb"):
        with refused(office, "23514"), office.program("staff") as raw:
            raw.execute(PAPER, (stages["draft"], kind))


def test_a_returned_batch_keeps_its_hands_and_its_folio_and_its_judge_puts_none(office, batches, stages):
    key = stages["returned"]
    batches.perform(acts.send_back_batch, key, {"reason": "Falta un día."}, "unit_head")
    assert office.scalar(HANDS, key, 2) == [office.actor("staff").id]
    batches.perform(acts.compute_batch, key, {"dias_sin_servicio": 6})
    carried(office, acts.compute_chunk, key, 3)
    for folio in ("NULL", "console.next_folio('UAS-LOT')"):
        with pytest.raises(psycopg.Error) as caught, office.program("staff") as raw:
            raw.execute(CHANGE.format(SENT.format(folio)), (key,))
        assert caught.value.sqlstate == "AG002"


# ---- what stands still

@pytest.mark.parametrize("change", [
    "revision = revision + 1", "drafted_at = now()", "drafted_by_id = drafted_by_id + 1", "decision_reason = 'x'",
    "submitted_at = '2020-01-01'", "bills = bills + 1", "proceeding = proceeding + 1", "amount = amount - 1",
    "folio = 'UAS-LOT-2026-000099'", "done = done + 1", "moved = moved - 1", "accumulated = '{\"x\": 1}'"])
@pytest.mark.parametrize("state", ["draft", "computed", "submitted", "signed"])
def test_what_the_database_says_of_a_batch_nobody_else_does(office, stages, state, change):
    with refused(office, "AG002"), office.program() as raw:
        raw.execute(CHANGE.format(change), (stages[state],))


def test_the_clock_says_when_it_was_sent(office, stages):
    assert office.scalar("SELECT bool_and(submitted_at > now() - interval '1 day') FROM console.correction_batches WHERE id IN"
                         " (%s, %s)", stages["submitted"], stages["signed"])


def test_a_folio_comes_from_its_counter_when_it_is_sent(office, stages):
    with refused(office, "AG002"), office.program("staff") as raw:
        raw.execute(CHANGE.format("folio = console.next_folio('UAS-LOT')"), (stages["computed"],))
    with refused(office, "AG002"), office.program("staff") as raw:
        raw.execute(CHANGE.format(SENT.format("'UAS-LOT-2026-000999'")), (stages["computed"],))


@pytest.mark.parametrize(("change", "code"), [
    ("state = 'rejected'", "AG008"), ("state = 'rejected', decision_reason = ' '", "AG008"),
    ("state = 'draft', revision = revision + 1", "AG008"), ("state = 'draft', decision_reason = 'x'", "AG002"),
    ("state = 'signed'", "AG006")])
def test_no_decision_without_its_reason_and_no_signed_state_without_signatures(office, stages, change, code):
    with refused(office, code), office.program("unit_head") as raw:
        raw.execute(CHANGE.format(change), (stages["submitted"],))


def test_nobody_works_in_the_name_of_another(office, stages):
    mine = office.actor("staff", 1).id
    for change in (f"run_by_id = {office.actor('unit_head').id}", "run_by_id = NULL", "run_as = 'unit_head'",
                   f"run_by_id = {mine}, run_as = 'unit_head'"):
        with refused(office, "AG002"), office.program("staff", 1) as raw:
            raw.execute(CHANGE.format(change), (stages["computing"],))


# ---- what its rows say

@pytest.mark.parametrize("wrong", [(1, 0, 0), (0, -1, 0), (0, 0, -1), None])
def test_a_batch_is_computed_when_its_figures_are_those_of_its_rows(office, stages, wrong):
    change = (CHANGE.format("state = 'computed', " + FIGURES.format(*wrong or (0, 0, 0))), (stages["computing"],))
    if wrong:
        with refused(office, "AG008"), office.program("staff") as raw:
            raw.execute(*change)
        return
    with office.program("staff") as raw:        # as they are: nothing else was in the way
        assert raw.execute(*change).rowcount == 1
        raw.rollback()


def sent_with(office, key, *statements):
    """The rows are changed, the batch is computed and sent, in one transaction."""
    with office.program("staff") as raw:
        for statement in statements:
            raw.execute(statement)
        raw.execute(CHANGE.format("state = 'computed', " + FIGURES.format(0, 0, 0)), (key,))
        raw.execute(CHANGE.format(AS_IT_IS_SENT), (key,))
        raw.rollback()


def test_a_batch_is_sent_when_some_bill_proceeds_and_all_are_of_its_account_and_period(office, stages):
    key = stages["computing"]
    sent_with(office, key)                      # as it is: nothing else was in the way
    some = f"SELECT r.id FROM console.batch_rows r WHERE r.batch_id = {key} AND eligible ORDER BY id LIMIT 1"
    with refused(office, "AG008"):
        sent_with(office, key, f"DELETE FROM console.batch_rows WHERE batch_id = {key} AND eligible")
    with refused(office, "AG008"):
        sent_with(office, key, f"DELETE FROM console.batch_rows WHERE id = ({some})", ROW.format(
            batch=key, account="b.account_id + 1", amount=-1,
            which=f"b.period_end = (SELECT period_to FROM console.correction_batches WHERE id = {key})"))
    with refused(office, "AG008"):
        sent_with(office, key, ROW.format(
            batch=key, account="b.account_id", amount=-1,
            which=f"b.period_end < (SELECT period_from FROM console.correction_batches WHERE id = {key})"))


@pytest.mark.parametrize("change", ["valid_from = '2031-01-01'", "valid_from = '2019-01-01', valid_to = '2020-01-01'",
                                    "state = 'withdrawn'"])
def test_a_batch_is_not_sent_by_a_version_that_no_longer_rules_its_bills(office, stages, change):
    def put(what, *values):
        with psql.unguarded(office, "console.procedure_versions") as raw:
            raw.execute(f"UPDATE console.procedure_versions SET {what} WHERE id = (SELECT procedure_version_id FROM"
                        " console.correction_batches WHERE id = %s)", (*values, stages["computed"]))
    was = office.scalar("SELECT json_build_array(v.valid_from, v.valid_to, v.state) FROM console.procedure_versions v JOIN"
                        " console.correction_batches b ON b.procedure_version_id = v.id WHERE b.id = %s", stages["computed"])
    put(change)
    try:
        with refused(office, "AG008"), office.program("staff") as raw:
            raw.execute(CHANGE.format(AS_IT_IS_SENT), (stages["computed"],))
    finally:
        put("valid_from = %s, valid_to = %s, state = %s", *was)


def test_a_batch_is_not_sent_for_a_cause_that_its_procedure_does_not_mend(office, stages):
    with refused(office, "AG008"), office.program("staff") as raw:
        raw.execute(CHANGE.format("anomaly_type_id = (SELECT max(id) FROM console.anomaly_types t WHERE t.id <> anomaly_type_id)"),
                    (stages["computed"],))
        raw.execute(CHANGE.format(AS_IT_IS_SENT), (stages["computed"],))


def test_the_bands_are_asked_by_credits_and_debits_together(office, stages):
    key = stages["computing"]
    with office.program("staff") as raw:
        raw.execute(ROW.format(batch=key, account="b.account_id", which="true", amount=(
            f"(SELECT -sum(r.amount) FROM console.batch_rows r WHERE r.batch_id = {key})")))
        asked = raw.execute("SELECT array_agg(role ORDER BY position) FROM console.asked_places('correction_batches', %s)",
                            (key,)).fetchone()[0]
        due = raw.execute("SELECT array_agg(s.role ORDER BY position) FROM console.required_slots((SELECT sum(abs(amount)) FROM"
                          " console.batch_rows WHERE batch_id = %s), current_date) s", (key,)).fetchone()[0]
        raw.rollback()
    assert asked == due and len(due) > 1


def test_a_batch_applied_in_part_is_not_returned_and_is_applied_to_its_last_bill(office, stages):
    with refused(office, "AG002"), office.program("unit_head") as raw:
        raw.execute(CHANGE.format("state = 'draft', revision = revision + 1, decision_reason = 'x'"), (stages["signed"],))
    with refused(office, "AG008"), office.program("staff") as raw:
        raw.execute(CHANGE.format("state = 'applied'"), (stages["applying"],))


# ---- its rows

def test_a_row_is_never_born_left_out(office, stages):
    with office.program("staff") as raw:
        assert raw.execute(ROW.format(batch=stages["computing"], account="b.account_id", which="true", amount=-1)
                           ).fetchone() == (None,)
        raw.rollback()


def test_a_row_is_left_out_once_and_only_while_its_batch_is_applied(office, stages):
    leave = "UPDATE console.batch_rows SET left_out = {} WHERE batch_id = %s"
    for state in ("computing", "computed", "submitted", "signed"):
        with refused(office, "AG002"), office.program() as raw:
            raw.execute(leave.format("'x'"), (stages[state],))
    for again in ("'y'", "NULL"):
        with refused(office, "AG002"), office.program() as raw:
            raw.execute(leave.format("'x'"), (stages["applying"],))
            raw.execute(leave.format(again), (stages["applying"],))


def test_a_batch_does_not_move_from_under_the_rows_that_are_being_written(office, stages):
    key = stages["computing"]
    with office.program("staff") as writer, pytest.raises(psycopg.errors.LockNotAvailable), office.program("staff") as mover:
        writer.execute(ROW.format(batch=key, account="b.account_id", which="true", amount=-1))
        mover.execute("SET lock_timeout = '200ms'")
        mover.execute(CHANGE.format("state = 'draft'"), (key,))
