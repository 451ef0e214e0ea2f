"""Whether the records that a correction was computed from are still the same, and what it would be with those of now.

PostgreSQL compares them and refuses, for any program (migrations/sql/corrections/sources.sql); here a person is told
before pressing, with the figures of then and of now.
"""

from sqlalchemy.orm import object_session

from models.batches import BatchState, CorrectionBatch
from models.corrections import OPEN, Correction, CorrectionState
from models.queries import batches as find
from policies.batches.computing import recomputed
from policies.corrections.glance import fact_of
from policies.corrections.proposals import outcome_of
from policies.procedures.outcome import Outcome

KINDS = {
    "bill": "las lecturas o los datos del recibo", "prices": "la tarifa o las reglas por renglón",
    "history": "los recibos anteriores de la cuenta", "premises": "los recibos de titulares anteriores del predio",
    "later": "los recibos posteriores", "meters": "el medidor de la cuenta",
    "corrected": "las correcciones de la cuenta", "balance": "el saldo del recibo"}
NO_FINGERPRINTS = "El cálculo es de una versión anterior de la consola; calcule de nuevo."
NOT_RULING = "La versión del procedimiento ya no rige el último día del recibo; "
SHOWN = 10
OPEN_BATCH = (BatchState.COMPUTED, BatchState.SUBMITTED, BatchState.SIGNED)


def outdated(correction: Correction) -> str | None:
    """Why the correction no longer says what the records say, and what to do; None when it does."""
    if correction.state not in OPEN:
        return None
    return why(correction, set(fact_of(correction, "changed")))


def why(correction: Correction, kinds: set[str]) -> str | None:
    """The sentence for the kinds of records that changed (see console.changed_sources)."""
    draft = correction.state == CorrectionState.DRAFT
    if correction.reversal_of_id is not None:
        return None
    if "procedure" in kinds:
        return NOT_RULING + ("retire este borrador" if draft else "devuélvala, retírela") + " e inicie otra corrección."
    if correction.sources is None and draft:
        return NO_FINGERPRINTS if correction.amount else None   # nothing was computed yet
    if kinds:
        words = ", ".join(sentence for kind, sentence in KINDS.items() if kind in kinds)
        return f"Desde que se calculó cambió algo con que se hizo: {words}; " + (
            "calcule de nuevo." if draft else "devuélvala para que se calcule de nuevo.")
    if correction.sources is None and differs(correction, outcome_of(correction)):
        return "Calculada de nuevo, la corrección da otras cifras; devuélvala para que se calcule de nuevo."
    return None


def differs(correction: Correction, outcome: Outcome) -> bool:
    """Whether a computation made now gives other lines."""
    then = {line.service.value: (line.amount_after, line.tax_after) for line in correction.lines}
    return then != {line.service: (line.amount, line.tax) for line in outcome.after}


def comparison(correction: Correction) -> dict | None:
    """Then and now, MXN with tax, of each line and of the difference; None when nothing changed."""
    sentence = outdated(correction)
    if sentence is None:
        return None
    outcome = outcome_of(correction)
    now = {line.service: line.total for line in outcome.after}
    lines = [(line.service.label, line.amount_after + line.tax_after, now.get(line.service.value))
             for line in correction.lines]
    return {"why": sentence, "lines": lines, "difference": (correction.amount, outcome.difference),
            "refusals": outcome.refusals}


def changed_rows(batch: CorrectionBatch, keys: list | None = None) -> dict | None:
    """Of the rows of a batch (all that proceed, or those of `keys`), those whose records changed.

    {"count", "rows": the first SHOWN, each (row, MXN that it would move with the records of now)}; None if none did.
    """
    session = object_session(batch)
    if batch.state not in OPEN_BATCH:
        return None
    found = session.scalars(find.outdated_rows(batch, keys)).all()
    if not found:
        return None
    rows = session.scalars(find.rows_by_key(batch, sorted(found)[:SHOWN])).all()
    now = recomputed(session, batch, rows)
    return {"count": len(found), "rows": [(row, now[row.id]) for row in rows]}
