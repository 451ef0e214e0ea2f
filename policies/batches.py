"""Batches: one proposal over many bills, computed and applied by the worker, signed once."""

from models.batches import BatchDocument, BatchRow, BatchState, CorrectionBatch
from policies.offices import CORRECTION_READERS
from policies.rules import Rule, declare

SEEN = dict(view=CORRECTION_READERS, export=CORRECTION_READERS)

declare(
    Rule(CorrectionBatch, **SEEN, edit_while=frozenset({BatchState.DRAFT}), born=BatchState.DRAFT),
    Rule(BatchRow, **SEEN),
    Rule(BatchDocument, **SEEN),
)
