"""The parts of a procedure about who, what proof and until when; the names of the fields are the keys of the file."""
from dataclasses import MISSING, dataclass, field
from fractions import Fraction

from policies.procedures.declared import formula_field, word_field

COMPARISONS = ("eq", "ne", "gt", "gte", "lt", "lte", "in", "not_in", "exists")
TERM_UNITS = ("hour", "day", "working_day", "week", "month", "year", "billing_cycle", "date")
DATE_RULES = ("end_of_month", "next_bill")
ANCHORS = ("bill_issue", "bill_receipt", "due_date", "payment", "event", "high_consumption", "discovery", "notice",
           "inspection", "installation", "test", "reading", "repair", "return_to_normal", "filing", "decision", "order")
EXPIRIES = ("reject_late", "accept_reading", "deemed_granted", "deemed_withdrawn", "bill_metered", "estimate")


@dataclass(frozen=True)
class Source:
    """Where the rule was read; `procedure` names the library entry that an adopted version comes from."""

    title: str
    url: str | None = None
    basis: str | None = None
    procedure: str | None = None


@dataclass(frozen=True)
class InputField:
    """A named figure that the computation needs: typed by a person or taken from the records."""

    name: str
    label: str
    type: str = word_field("number", "bool", "choice", "text", "list", "date", default="number")
    origin: str = word_field("person", "record", default="person")
    unit: str | None = None
    required: bool = True
    choices: tuple[str, ...] = ()
    minimum: str | None = formula_field()    # so that a bound may depend on other facts
    maximum: str | None = formula_field()
    decimals: int | None = None        # most decimals of its figure; without it: 2 of MXN, 3 of m3, 4 of others
    reason_required: bool = False
    when: dict | None = None           # {an earlier input: its value}: asked only then


@dataclass(frozen=True)
class Condition:
    """One test of eligibility; those with the same `group` are alternatives, all else must hold."""

    field: str = formula_field(MISSING)
    op: str = word_field(*COMPARISONS)
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
    when: str | None = formula_field()


@dataclass(frozen=True)
class Approval:
    """Who signs, in which order, how many; a level with a band signs only for amounts inside it (both ends)."""

    level: int
    office: str
    signatures: int = 1                # of a body with members: its quorum
    note: str | None = None
    minimum: Fraction | None = None    # in the money of the source
    maximum: Fraction | None = None
    deputies: tuple[str, ...] = ()
    members: tuple[str, ...] = ()


@dataclass(frozen=True)
class Deadline:
    """A term: how long (or a date by rule), from when, for whom, and what happens at its end.

    terms.py computes with `anchor`, `rule` and `on_expiry`; `starts` and `effect` say the same in words.
    """

    name: str
    value: object = None
    unit: str | None = word_field(*TERM_UNITS, default=None)
    starts: str | None = None
    who: str | None = None
    effect: str | None = None
    anchor: str | None = word_field(*ANCHORS, default=None)
    rule: str | None = word_field(*DATE_RULES, default=None)
    on_expiry: str | None = word_field(*EXPIRIES, default=None)


@dataclass(frozen=True)
class EffectWhen:
    """An effect that follows only when its condition holds: paid → credit note, unpaid → new bill."""

    effect: str
    when: str = formula_field(MISSING)


@dataclass(frozen=True)
class WorkedExample:
    """Inputs and earlier periods with the exact values that the rule must give."""

    expected: dict
    inputs: dict = field(default_factory=dict)
    history: tuple = ()
    later: tuple = ()                  # the periods after the bill
    provenance: str = word_field("verbatim", "derived", default="derived")     # verbatim: printed by the source
    note: str | None = None


@dataclass(frozen=True)
class Units:
    """The units of the source: of volume (m3, gal, …) and of money (MXN, USD, …)."""

    volume: str = "m3"
    currency: str = "MXN"
