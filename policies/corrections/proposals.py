"""What the engine found, written on the correction: lines before and after, and the memoria."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from sqlalchemy.orm import object_session

from models.corrections import Correction, CorrectionLine
from models.queries.gathering import sources
from models.tariffs import Service
from policies.core.figures import money
from policies.core.guard import settle
from policies.corrections.cases import case_of, definition_of, lines_of
from policies.procedures.engine import compute
from policies.procedures.facts import LineFacts
from policies.procedures.memoria import paragraphs
from policies.procedures.outcome import Outcome


def recompute(correction: Correction) -> None:
    """Write what the engine proposes with the records as they are now, in place of the former proposal."""
    if correction.reversal_of_id is not None:
        write_reversal(correction)
    else:
        write_outcome(correction)


def outcome_of(correction: Correction) -> Outcome:
    """The engine's answer for this correction as the records stand now."""
    facts, rate = case_of(correction)
    return compute(definition_of(correction.procedure_version), facts, rate)


def write_outcome(correction: Correction) -> None:
    # Before the records are read: of what changes in between, the fingerprints say the former.
    """Write the lines, figures, memoria and effects of a correction that its procedure computes."""
    correction.sources = dict(object_session(correction).execute(
        sources([correction.bill_id], correction.procedure_version_id)).all())[correction.bill_id]
    outcome = outcome_of(correction)
    write_lines(correction, outcome.before, outcome.after)
    settle(correction)
    correction.eligible, correction.refusals = outcome.eligible, list(outcome.refusals)
    correction.volume_before, correction.volume_after = outcome.volume_before, outcome.volume_after
    correction.amount = outcome.difference
    correction.memoria = paragraphs(outcome)
    correction.effects, correction.instalments_most = list(outcome.effects), outcome.instalments_most
    correction.instalments = min(correction.instalments, outcome.instalments_most)


def write_reversal(correction: Correction) -> None:
    """Write a reversal: from what stands now back to what stood before the correction that is undone."""
    undone = correction.reversal_of
    before = lines_of(correction.bill)
    former = {line.service.value: line for line in undone.lines}
    after = tuple(LineFacts(line.service, former[line.service].amount_before, line.tax_percent,
                            former[line.service].tax_before) for line in before)
    write_lines(correction, before, after)
    settle(correction)
    correction.eligible, correction.refusals = True, []
    correction.volume_before, correction.volume_after = undone.volume_after, undone.volume_before
    correction.amount = total(after) - total(before)
    correction.memoria = [
        {"label": "Reversa", "how": f"deja sin efecto {undone.folio}", "figure": ""},
        {"label": "Diferencia", "figure": money(correction.amount),
         "how": f"total anterior {money(total(after))} menos total vigente "
                f"{money(total(before))}"}]


def total(lines: Iterable[LineFacts]) -> Decimal:
    """The sum of the lines with tax, MXN."""
    return sum((line.total for line in lines), Decimal(0))


def write_lines(correction: Correction, before: Sequence[LineFacts], after: Sequence[LineFacts]) -> None:
    """Write the lines, each in the row of its service where there is one, so that the trail shows only what changed."""
    session = object_session(correction)
    known = {line.service.value: line for line in correction.lines}
    for position, (old, new) in enumerate(zip(before, after, strict=True), start=1):
        line = known.pop(new.service, None) or CorrectionLine(
            correction_id=correction.id, service=Service(new.service))
        line.position = position
        line.amount_before, line.tax_before = old.amount, old.tax
        line.amount_after, line.tax_after = new.amount, new.tax
        line.tax_percent_after = new.tax_percent
        session.add(line)
    for gone in known.values():
        session.delete(gone)
