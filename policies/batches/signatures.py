"""Signing a batch: one signature over all its rows, exactly as they were seen."""

from sqlalchemy import text

from models.batches import BatchRow, CorrectionBatch
from models.batches import BatchState as B
from policies.core.content import files, of_revision
from policies.core.rules import Actor
from policies.core.signing import Signed
from policies.core.signing_acts import Words

# What its bands and its procedure ask for the money that it moves, credits and debits together, or for what one of its
# accounts adds up with other corrections, where that is more. No bill of it moves more, so none escapes a level.
PLACES = """SELECT q.* FROM console.correction_batches c,
       LATERAL (SELECT coalesce(sum(abs(r.amount)), 0) AS moved FROM console.batch_rows r WHERE r.batch_id = c.id) m,
       LATERAL (SELECT CASE WHEN c.state IN ('draft', 'computing', 'computed') THEN console.accumulated_in(c.id)
                            ELSE c.accumulated END AS sum) a,
       console.required_slots(m.moved, greatest(m.moved, (a.sum ->> 'amount')::numeric), console.local_day(),
                              c.procedure_version_id) q"""
# Its places as one text; some that were sent before 0.3 have no deputies, not even none.
ASKED = f"""console.hashed((SELECT coalesce(jsonb_agg(jsonb_build_object('position', p.position, 'role', p.role,
        'band', p.rule) || CASE WHEN p.deputies IS NULL THEN '{{}}' ELSE jsonb_build_object('deputies', p.deputies) END
        ORDER BY p.position), '[]') FROM console.signature_places p WHERE {of_revision(CorrectionBatch)})::text)"""

BATCH = Signed(
    CorrectionBatch, "LOTE", (
        "id", text("c.folio"), "revision", "anomaly_type_id.code", "procedure_version_id.content_hash", "period_from",
        "period_to", "bills", "proceeding", "amount", "subject", "reason", "inputs", text(ASKED),
        text("console.batch_rows_hash(c.id)"), files,
        text("'A|' || console.hashed(nullif(c.accumulated, '{}')::text)")),
    places=PLACES, parts=((BatchRow, "batch_id"),), drafts=("draft", "computing", "computed"),
    decided=("signed", "applying"),
    outdated="EXISTS (SELECT FROM console.outdated_in(c.id, false))")

IN_PART = "Una parte del lote ya se aplicó; termine de aplicarlo."
READ = "Lo leerá quien elaboró el lote."
WORDS = Words(
    sign=("sign_batch", "Firmar lote"), send_back=("send_back_batch", "Devolver para corregir"),
    reject=("reject_batch", "Rechazar lote"), why_back=READ, why_reject=READ,
    not_asked="Este lote no pide firma de su cargo; decide quien lo firma.")


def applied_in_part(batch: CorrectionBatch, actor: Actor) -> str | None:
    """Why it is not sent back, or None: what was applied already is undone by reversals."""
    return IN_PART if batch.state == B.SIGNED and batch.done else None
