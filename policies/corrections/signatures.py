"""Signing a correction: who, in which order, over exactly what they saw."""

from collections.abc import Sequence

from sqlalchemy import text

from models.corrections import Correction, CorrectionLine
from models.queries import reports as find
from policies.core.content import asked_places, children, files
from policies.core.offices import SIGNERS
from policies.core.rules import Actor
from policies.core.signing import Signed
from policies.core.signing_acts import Words, signing
from policies.core.sql.functions import AUDITORS, may_call
from policies.core.sql.reports import reports
from policies.corrections import limits
from policies.corrections.outdated import outdated

# Its report states their hashes; a view reads tables as its owner and calls functions as its reader.
may_call("console.content_hash(text, bigint)", by=(AUDITORS,))
reports(correcciones=find.corrections(), correcciones_renglones=find.correction_lines(), firmas=find.signatures(),
        notas=find.notes())

# What its account adds up is written as it is sent: what others send later, even in the same transaction, counts it.
PLACES = """SELECT q.* FROM console.corrections c,
       LATERAL (SELECT CASE c.state WHEN 'draft' THEN console.accumulated_with(c) ELSE c.accumulated END AS sum) a,
       console.required_slots(c.amount, coalesce((a.sum ->> 'amount')::numeric, abs(c.amount)), console.local_day(),
                              c.procedure_version_id) q"""
# The row of the batch that it was born of, whose document was signed for it.
ROW = """(SELECT concat_ws('|', 'LOTE', o.folio, w.row_hash) FROM console.batch_rows w
         JOIN console.correction_batches o ON o.id = w.batch_id WHERE w.id = c.batch_row_id)"""

CORRECTION = Signed(
    Correction, "CORRECCION", (
        "id", text("c.folio"), "revision", "bill_id.folio", "account_id.number", "anomaly_type_id.code",
        "procedure_version_id.content_hash", "reversal_of_id.folio", "volume_before", "volume_after", "amount",
        "reason", "inputs", "memoria",
        children("L", CorrectionLine, "service amount_before tax_before amount_after tax_percent_after tax_after",
                 "position id"),
        files, text(ROW), asked_places,
        # One payment adds nothing to what was signed, nor does an account that adds up nothing else.
        text("CASE WHEN c.instalments > 1 THEN 'P|' || c.instalments END"),
        text("'A|' || console.hashed(nullif(c.accumulated, '{}')::text)")),
    places=PLACES, decided=("signed", "applied"), parts=((CorrectionLine, "correction_id"),),
    outdated="NOT console.agrees_with_bill(c.id) OR EXISTS (SELECT FROM console.changed_sources(c.id))",
    through="SELECT 'correction_batches', r.batch_id::bigint FROM console.batch_rows r WHERE r.id = c.batch_row_id")

WORDS = Words(
    sign=("sign", "Firmar"), send_back=("send_back", "Devolver para corregir"), reject=("reject", "Rechazar"),
    not_asked="Esta corrección no pide firma de su cargo; decide quien la firma.",
    why_back="Lo leerá quien elaboró la corrección; diga qué debe cambiar.",
    why_reject="Por qué no procede de ningún modo; queda en el expediente y no se corrige: quien insista iniciará "
               "otra. Si algo se puede mejorar, use «Devolver para corregir».")


def not_alike(corrections: Sequence[Correction]) -> str | None:
    """Why these are not signed together, or None: they must have one cause and one version of a procedure, so that one
    look judges all.
    """
    if len({(one.anomaly_type_id, one.procedure_version_id) for one in corrections}) < 2:
        return None
    return ("Solo se firman juntas correcciones de una misma causa y de una misma versión del procedimiento; "
            "filtre la lista por «Causa» y por «Procedimiento» y seleccione de nuevo.")


def changed(correction: Correction, actor: Actor) -> str | None:
    """Why it is not signed as it stands, or None: its bill or what it was computed from changed."""
    return limits.drifted(correction) or outdated(correction)


sign, send_back, reject = signing(CORRECTION, SIGNERS, WORDS, changed, returned=("submitted", "signed"),
                                  together=True, at_most=50, alike=not_alike)
