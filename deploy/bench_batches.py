"""Thirty thousand bills corrected as one batch, beside the same change as plain SQL with the same trail."""

import resource
import time

import psycopg
from sqlalchemy import select

import policies
from admin_views.core import worker
from deploy.demo import files
from deploy.demo.people import actor
from models import db
from models.batches import CorrectionBatch
from models.procedures import AnomalyType, Procedure, ProcedureVersion
from policies.batches import acts as batches
from policies.core.signing_acts import content_hash

ACCOUNTS = 2_600        # of which a year holds thirty thousand bills
PROCEDURE, CAUSE = "slp-dias-sin-servicio", "SERVICIO_NO_PRESTADO"
OFFICES = {"unit_head": "titular", "commercial_director": "comercial", "general_director": "general"}
# The guards of the change; what stays is the trail (y_audit), the version and the foreign keys.
GUARDED = {"console.corrections": ("a_born", "c_hands", "d_declared", "f_children", "f_child_not_its_row", "e_child",
                                   "f_limits_new", "e_instalments_born", "e_letter_correction_applied"),
           "console.notices": ("a_born", "d_declared", "d_time", "e_begin"),
           "console.correction_lines": ("b_part", "c_hands_insert", "f_child_line_not_its_row", "f_lines_new"),
           "commercial.credit_notes": ("d_guard", "d_balance", "e_complete", "e_form", "x_fiscal"),
           "commercial.credit_note_lines": ("f_note_line_not_signed",)}


def batch_of_many(app, dsn, say, **terms):
    """Compute and apply, timed; the same rows again by plain SQL, in a transaction that is undone.

    `terms` say which bills; without them, those of the last year.
    """
    with app.app_context():
        key = prepared(dsn, terms)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        begun = time.perf_counter()
        act(key, batches.compute_batch, dias_sin_servicio="6")
        work()
        computed = time.perf_counter() - begun
        sent_and_signed(app, key)
        plain = by_plain_sql(dsn, key)
        begun = time.perf_counter()
        act(key, batches.apply_batch)
        work()
        applied = time.perf_counter() - begun
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with psycopg.connect(dsn) as raw:
        state, bills, proceeding, trouble = raw.execute(
            "SELECT state, bills, proceeding, trouble FROM console.correction_batches WHERE id = %s", (key,)).fetchone()
    assert state == "applied", (state, trouble)
    say(f"lote de {bills:,} recibos ({proceeding:,} proceden): calcularlo", computed, "s")
    say("el mismo lote: aplicarlo", applied, "s")
    say("el mismo cambio en SQL simple, con la misma bitácora", plain, "s")
    say("calcular y aplicar, contra el SQL simple", (computed + applied) / plain, "veces", "meta: 3 o menos")
    say("memoria que creció el trabajador", (after - before) / 1024, "MB")


def prepared(dsn, terms):
    """The key of a draft batch over those bills."""
    with psycopg.connect(dsn) as raw:
        start, end = raw.execute("SELECT max(period_end) - 360, max(period_end) FROM commercial.bills").fetchone()
    staff = actor("personal")
    with policies.speaks(db.session, staff, "bench") as session:
        version = session.scalar(select(ProcedureVersion).join(Procedure).where(Procedure.code == PROCEDURE))
        cause = session.scalar(select(AnomalyType.id).where(AnomalyType.code == CAUSE))
        made = policies.perform(session, batches.prepare_batch, version, staff, {
            "subject": "Medición", "anomaly_type": str(cause), "reason": "Medición.", "period_from": start,
            "period_to": end, **terms})
        session.commit()
        return made.id


def act(key, step, mailbox="personal", **answers):
    """Take one act on a batch, as somebody of the demonstration."""
    who = actor(mailbox)
    with policies.speaks(db.session, who, "bench") as session:
        policies.perform(session, step, session.get(CorrectionBatch, key), who, answers)
        session.commit()
    db.session.remove()


def work():
    """Let the worker go on until nothing is left."""
    while worker.take_one():
        pass


def sent_and_signed(app, key):
    """Send a batch to be signed and sign it, office by office."""
    file = files.paper(app.config["FILES"], "reporte", "Interrupción.")
    act(key, batches.attach_to_batch, kind="outage_report", file=file)
    act(key, batches.submit_batch)
    with policies.speaks(db.session, actor("personal"), "bench", read_only=True) as session:
        batch = session.get(CorrectionBatch, key)
        seen, asked = content_hash(batch), [place.role for place in batch.places_now]
    for role in asked:
        act(key, batches.sign_batch, OFFICES[role], seen_hash=seen, method="password")


PLAIN = (
    """INSERT INTO console.corrections (folio, bill_id, account_id, anomaly_type_id, procedure_version_id, state,
         reason, inputs, eligible, refusals, volume_before, volume_after, amount, memoria, effects, batch_row_id,
         drafted_by_id, submitted_at)
       SELECT 'P-' || r.id, r.bill_id, r.account_id, b.anomaly_type_id, b.procedure_version_id, 'applied', b.reason,
         r.inputs, true, r.refusals, r.volume_before, r.volume_after, r.amount, r.memoria, r.effects, r.id,
         b.drafted_by_id, b.submitted_at
         FROM console.batch_rows r JOIN console.correction_batches b ON b.id = r.batch_id
        WHERE r.batch_id = %(key)s AND r.eligible""",
    """INSERT INTO console.correction_lines (correction_id, position, service, amount_before, tax_before,
         amount_after, tax_percent_after, tax_after)
       SELECT c.id, n, l ->> 'service', (l ->> 'amount_before')::numeric, (l ->> 'tax_before')::numeric,
         (l ->> 'amount_after')::numeric, (l ->> 'tax_percent_after')::numeric, (l ->> 'tax_after')::numeric
         FROM console.corrections c JOIN console.batch_rows r ON r.id = c.batch_row_id,
              jsonb_array_elements(r.lines) WITH ORDINALITY AS s (l, n) WHERE r.batch_id = %(key)s""",
    """INSERT INTO commercial.credit_notes (folio, kind, bill_id, correction_id, amount)
       SELECT 'N-' || c.id, CASE WHEN c.amount < 0 THEN 'credit' ELSE 'debit' END, c.bill_id, c.id, abs(c.amount)
         FROM console.corrections c JOIN console.batch_rows r ON r.id = c.batch_row_id WHERE r.batch_id = %(key)s""",
    """INSERT INTO commercial.credit_note_lines (credit_note_id, position, service, amount, tax)
       SELECT n.id, l.position, l.service, abs(l.amount_after - l.amount_before), abs(l.tax_after - l.tax_before)
         FROM commercial.credit_notes n JOIN console.correction_lines l ON l.correction_id = n.correction_id
         JOIN console.corrections c ON c.id = n.correction_id JOIN console.batch_rows r ON r.id = c.batch_row_id
        WHERE r.batch_id = %(key)s""",
    """INSERT INTO console.fiscal_records (note_id, original_uuid)
       SELECT n.id, l.fiscal_uuid FROM commercial.credit_notes n JOIN commercial.bills l ON l.id = n.bill_id
         JOIN console.corrections c ON c.id = n.correction_id JOIN console.batch_rows r ON r.id = c.batch_row_id
        WHERE r.batch_id = %(key)s""",
    """UPDATE commercial.bills b SET balance = b.balance + r.amount FROM console.batch_rows r
        WHERE r.bill_id = b.id AND r.batch_id = %(key)s AND r.eligible""",
    """INSERT INTO console.notices (folio, template_id, state_since, about, about_id, account_id, subject, body)
       SELECT 'C-' || c.id, (SELECT min(id) FROM console.letter_templates), now(), 'corrections', c.id, c.account_id,
              'Corrección ' || c.folio, repeat('Una carta. ', 40)
         FROM console.corrections c JOIN console.batch_rows r ON r.id = c.batch_row_id WHERE r.batch_id = %(key)s""",
)


def by_plain_sql(dsn, key):
    """Seconds of the same rows as seven statements, without the guards and with the trail; then undone."""
    with psycopg.connect(dsn) as raw:
        for table, triggers in GUARDED.items():
            for trigger in triggers:
                raw.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
        begun = time.perf_counter()
        for statement in PLAIN:
            raw.execute(statement, {"key": key})
        taken = time.perf_counter() - begun
        raw.rollback()
    return taken
