"""The parts of a procedure that are computed; the names of the fields are the keys of the file."""
from dataclasses import MISSING, dataclass
from fractions import Fraction

from policies.core.exact import MODES
from policies.procedures.declared import formula_field, word_field


@dataclass(frozen=True)
class Computed:
    """A value to compute instead of a literal one: {"expr": "2 * baseline"}."""

    expr: str = formula_field(MISSING)


@dataclass(frozen=True)
class Window:
    """Which periods a baseline looks at; `last` and `next` together mean before and after the bill."""

    last: int | None = None                 # so many periods before it
    months: int | None = None               # so many months before it
    same_period_years: int | None = None    # the same days of so many years before it
    next: int | None = None                 # so many periods after it; the correction waits for them
    scope: str = word_field("account", "premise", default="account")    # premise: earlier holders too


@dataclass(frozen=True)
class Filters:
    """Which periods enter a baseline; those already adjusted never do."""

    measured_only: bool = False
    non_zero: bool = False
    same_class: bool = False
    max_age_years: int | None = None
    drop_highest: bool = False
    drop_from: str | None = word_field("window", "history", default=None)    # where the highest is sought; None: window
    where: str | None = formula_field()      # over period.volume, period.total, period.days, …


@dataclass(frozen=True)
class BaselineStep:
    """One way to a reference figure; the first of the chain whose `when` holds and has the data is used."""

    method: str = word_field("average", "value")      # average of the history, or an expression
    measure: str = word_field("volume", "amount", "daily", default="volume")   # daily: m³ a day × the bill's days
    unit: str | None = None
    when: str | None = formula_field()
    window: Window = Window()
    filters: Filters = Filters()
    minimum_periods: int = 1           # counted before the highest is dropped
    value: str | None = formula_field()
    note: str | None = None


@dataclass(frozen=True)
class FormulaStep:
    """One figure of the computation, in order: `out` is the name later steps use."""

    out: str
    expr: str = formula_field(MISSING)
    unit: str | None = None
    label: str | None = None


@dataclass(frozen=True)
class Result:
    """What the computation changes: m³, MXN, class or tax (`figures`: nothing on a bill), and which way."""

    kind: str = word_field("volume", "amount", "class", "tax", "figures", default="figures")
    value: str | None = formula_field()
    direction: str = word_field("credit", "debit", "both", default="both")
    since: str | None = formula_field()     # of a class: the day of the period from which it is the right one


@dataclass(frozen=True)
class Instalments:
    """The most payments in which a debit may be made: a formula, such as the months that the error lasted."""

    most: str | None = formula_field()


@dataclass(frozen=True)
class LineTreatment:
    """Whether one service's line is recomputed, moves only a percentage of the way, or stays as billed.

    `value` is the line's own figure: m³ when the result is a volume, MXN with tax when it is an amount.
    """

    service: str
    treatment: str = word_field("correct", "keep", "credit_percent")
    percent: str | None = formula_field()
    value: str | None = formula_field()
    note: str | None = None


@dataclass(frozen=True)
class Cap:
    """A limit on `of`; one without `of` is shown as the source says it and is not computed.

    `refuse` refuses a figure that passes it; `limit` moves that figure of the computation to the bound.
    """

    kind: str
    label: str | None = None
    of: str | None = formula_field()
    minimum: str | None = formula_field()
    maximum: str | None = formula_field()
    when: str | None = formula_field()
    apply: str = word_field("refuse", "limit", default="refuse")
    window: int | None = None
    unit: str | None = None
    scope: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Rounding:
    """The multiple to round to, how, and where; `stated` is False when the source does not say it.

    `stated: false` alone records only that the source is silent: the office that adopts it fills in the rest.
    """

    step: Fraction | None = None
    mode: str | None = word_field(*MODES, default=None)
    where: str | None = word_field("volume", "line", "bill", "tier", default=None)
    stated: bool = True
