"""A procedure as data: what one dated version says, from who may use it to what the result is."""
import hashlib
import json
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date
from functools import cached_property

from policies.core.exact import plain
from policies.procedures.reckoning import (
    BaselineStep,
    Cap,
    FormulaStep,
    Instalments,
    LineTreatment,
    Result,
    Rounding,
)
from policies.procedures.requisites import (
    Approval,
    Condition,
    Deadline,
    EffectWhen,
    Evidence,
    InputField,
    Source,
    Units,
    WorkedExample,
)

NOTHING_ON_A_BILL = Result()


@dataclass(frozen=True)
class Definition:
    """One version of one procedure, as its YAML file or JSONB column says it."""

    code: str
    name: str
    version: int
    sources: tuple[Source, ...]
    units: Units
    anomaly_types: tuple[str, ...]
    kind: str | None = None
    status: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    inputs: tuple[InputField, ...] = ()
    eligibility: tuple[Condition, ...] = ()
    exclusions: tuple[str, ...] = ()
    baseline: tuple[BaselineStep, ...] = ()
    computation: tuple[FormulaStep, ...] = ()
    result: Result = NOTHING_ON_A_BILL
    lines: tuple[LineTreatment, ...] = ()
    caps: tuple[Cap, ...] = ()
    rounding: Rounding | None = None
    evidence: tuple[Evidence, ...] = ()
    approval: tuple[Approval, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    effects: tuple[str, ...] = ()
    effects_when: tuple[EffectWhen, ...] = ()
    instalments: Instalments | None = None
    worked_examples: tuple[WorkedExample, ...] = ()
    notes: tuple[str, ...] = ()
    not_stated: tuple[str, ...] = ()

    def as_document(self) -> dict[str, object]:
        """JSON-able data; parsing it gives an equal Definition."""
        return _document(self)

    @cached_property
    def corrected_services(self) -> frozenset[str]:
        """The services whose line the procedure changes."""
        return frozenset(line.service for line in self.lines if line.treatment != "keep")

    @cached_property
    def wordings(self) -> dict[str, str]:
        """Expression → its Spanish words, kept so that a batch puts the same expressions in words once, not for each
        bill.
        """
        return {}

    def content_hash(self) -> str:
        """SHA-256 (hexadecimal) of the canonical JSON of the document: equal content gives the same hash."""
        return self._hash

    @cached_property
    def _hash(self):
        text = json.dumps(self.as_document(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def _document(value):
    if is_dataclass(value):
        kept = ((part.name, getattr(value, part.name)) for part in fields(value)
                if part.default is MISSING or getattr(value, part.name) != part.default)
        return {name: _document(item) for name, item in kept}
    if isinstance(value, dict):
        return {str(name): _document(item) for name, item in value.items()}
    if isinstance(value, tuple):
        return [_document(item) for item in value]
    return plain(value)
