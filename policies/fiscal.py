"""What follows a note: its CFDI and its instalments."""

from models.fiscal import FiscalRecord, FiscalState, Instalment
from policies.offices import CORRECTION_READERS
from policies.rules import Rule, declare

SEEN = dict(view=CORRECTION_READERS, export=CORRECTION_READERS)

declare(
    Rule(FiscalRecord, **SEEN, born=FiscalState.PENDING),
    Rule(Instalment, **SEEN),
)
