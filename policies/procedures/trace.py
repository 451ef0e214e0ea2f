"""The trace of a computation: each figure with the rule that gave it and the reading, bill or tariff row behind it."""
from dataclasses import dataclass

from policies.core.exact import plain


@dataclass(frozen=True)
class Step:
    """One figure: its Spanish label, the rule in words or as expression, the value, its unit and its source."""

    label: str
    rule: str
    value: object
    unit: str | None = None
    source: str = ""

    def as_document(self) -> dict[str, object]:
        """JSON-able data, numbers without loss."""
        return {"label": self.label, "rule": self.rule, "value": plain(self.value), "unit": self.unit,
                "source": self.source}
