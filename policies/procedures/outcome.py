"""The result of a computation: whether it applies, the lines before and after, and the trace."""
from dataclasses import dataclass
from decimal import Decimal

from policies.core.exact import plain
from policies.procedures.facts import LineFacts
from policies.procedures.trace import Step


@dataclass(frozen=True)
class Outcome:
    """A proposal: when not `eligible`, `refusals` say why and the bill stays as it is.

    `difference` is MXN after minus before (negative: credit); volumes are m³.
    """

    eligible: bool
    refusals: tuple[str, ...]
    before: tuple[LineFacts, ...]
    after: tuple[LineFacts, ...]
    volume_before: Decimal
    volume_after: Decimal | None
    difference: Decimal
    trace: tuple[Step, ...] = ()
    warnings: tuple[str, ...] = ()
    procedure: str = ""
    version: int = 0
    content_hash: str = ""
    effects: tuple[str, ...] = ()       # words of effects.EFFECTS that follow from this case
    instalments_most: int = 1           # payments in which a debit may be made

    def as_document(self) -> dict[str, object]:
        """JSON-able data with every figure exact, kept with the correction."""
        return {
            "eligible": self.eligible, "refusals": list(self.refusals), "warnings": list(self.warnings),
            "before": [line_document(line) for line in self.before],
            "after": [line_document(line) for line in self.after],
            "volume_before": plain(self.volume_before), "volume_after": plain(self.volume_after),
            "difference": str(self.difference), "trace": [step.as_document() for step in self.trace],
            "procedure": self.procedure, "version": self.version, "content_hash": self.content_hash,
            "effects": list(self.effects), "instalments_most": self.instalments_most,
        }


def line_document(line: LineFacts) -> dict[str, str]:
    """One line as JSON-able data."""
    return {"service": line.service, "amount": str(line.amount), "tax_percent": str(line.tax_percent),
            "tax": str(line.tax)}
