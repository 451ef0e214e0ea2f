"""The parts of a procedure that say who, what proof and until when; field names are the keys in the file."""
from dataclasses import MISSING, dataclass, field

from policies.procedures.declared import among, formula

COMPARISONS = ("eq", "ne", "gt", "gte", "lt", "lte", "in", "not_in", "exists")


@dataclass(frozen=True)
class Source:
    """Where the rule was read; `procedure` names the library entry that an adopted version comes from."""

    title: str
    url: str | None = None
    basis: str | None = None
    procedure: str | None = None


@dataclass(frozen=True)
class InputField:
    """A named figure the computation needs: typed by a person or taken from the records."""

    name: str
    label: str
    type: str = among("number", "bool", "choice", "text", "list", default="number")
    origin: str = among("person", "record", default="person")
    unit: str | None = None
    required: bool = True
    choices: tuple[str, ...] = ()
    minimum: str | None = formula()    # so that a bound may depend on other facts
    maximum: str | None = formula()
    reason_required: bool = False
    when: dict | None = None           # {an earlier input: its value}: asked only then


@dataclass(frozen=True)
class Condition:
    """One test of eligibility; those with the same `group` are alternatives, all else must hold."""

    field: str = formula(MISSING)
    op: str = among(*COMPARISONS)
    value: object
    group: str | None = None
    label: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Evidence:
    """A typed document; within a `group` one whole `alternative` suffices; `when` makes it conditional."""

    kind: str
    label: str
    group: str | None = None
    alternative: str | None = None
    when: str | None = formula()


@dataclass(frozen=True)
class Approval:
    """Who signs, in which order, how many."""

    level: int
    office: str
    signatures: int = 1
    note: str | None = None


@dataclass(frozen=True)
class Deadline:
    """A term: how long (or a date by rule, in words), from what, whose, and what its end means."""

    name: str
    value: object = None
    unit: str | None = None
    starts: str | None = None
    who: str | None = None
    effect: str | None = None


@dataclass(frozen=True)
class WorkedExample:
    """Named inputs and earlier periods with what the rule must give, exactly."""

    expected: dict
    inputs: dict = field(default_factory=dict)
    history: tuple = ()
    provenance: str = among("verbatim", "derived", default="derived")     # verbatim: printed by the source
    note: str | None = None


@dataclass(frozen=True)
class Units:
    """The units of the source: of volume (m3, gal, …) and of money (MXN, USD, …)."""

    volume: str = "m3"
    currency: str = "MXN"
