"""What the engine found, written on the correction: lines before and after, and the memoria."""

from decimal import Decimal

from sqlalchemy.orm import object_session

from models.corrections import CorrectionLine
from models.queries.gathering import sources
from models.tariffs import Service
from policies.core.figures import money
from policies.core.guard import settle
from policies.corrections.cases import case_of, definition_of, lines_of
from policies.procedures.engine import compute
from policies.procedures.facts import LineFacts
from policies.procedures.memoria import paragraphs


def recompute(correction):
    """Propose again from the records as they are now; nothing of the former proposal remains."""
    if correction.reversal_of_id is not None:
        write_reversal(correction)
    else:
        write_outcome(correction)


def outcome_of(correction):
    """The engine's answer for this correction as the records stand now."""
    facts, rate = case_of(correction)
    return compute(definition_of(correction.procedure_version), facts, rate)


def write_outcome(correction):
    # Before the records are read: of what changes in between, the fingerprints say the former.
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


def write_reversal(correction):
    """From what stands now back to what stood before the correction that is undone."""
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


def total(lines):
    return sum((line.total for line in lines), Decimal(0))


def write_lines(correction, before, after):
    """Lines keep their row between computations, so that the trail shows only what changed."""
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
