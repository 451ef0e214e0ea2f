"""The parts of a procedure that say who, what proof and until when; field names are the keys in the file."""
from dataclasses import MISSING, dataclass, field
from fractions import Fraction

from policies.procedures.declared import among, formula

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
    """A named figure the computation needs: typed by a person or taken from the records."""

    name: str
    label: str
    type: str = among("number", "bool", "choice", "text", "list", "date", default="number")
    origin: str = among("person", "record", default="person")
    unit: str | None = None
    required: bool = True
    choices: tuple[str, ...] = ()
    minimum: str | None = formula()    # so that a bound may depend on other facts
    maximum: str | None = formula()
    decimals: int | None = None        # that its figure may have; none said: 2 of MXN, 3 of m3, 4 of others
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
    """A term: how long (or a date by rule), from what, whose, and what its end means.

    `anchor`, `rule` and `on_expiry` are what deadlines.py computes with; `starts` and `effect` say it in words.
    """

    name: str
    value: object = None
    unit: str | None = among(*TERM_UNITS, default=None)
    starts: str | None = None
    who: str | None = None
    effect: str | None = None
    anchor: str | None = among(*ANCHORS, default=None)
    rule: str | None = among(*DATE_RULES, default=None)
    on_expiry: str | None = among(*EXPIRIES, default=None)


@dataclass(frozen=True)
class EffectWhen:
    """An effect that follows only when its condition holds: paid → credit note, unpaid → new bill."""

    effect: str
    when: str = formula(MISSING)


@dataclass(frozen=True)
class WorkedExample:
    """Named inputs and earlier periods with what the rule must give, exactly."""

    expected: dict
    inputs: dict = field(default_factory=dict)
    history: tuple = ()
    later: tuple = ()                  # the periods after the bill
    provenance: str = among("verbatim", "derived", default="derived")     # verbatim: printed by the source
    note: str | None = None


@dataclass(frozen=True)
class Units:
    """The units of the source: of volume (m3, gal, …) and of money (MXN, USD, …)."""

    volume: str = "m3"
    currency: str = "MXN"
