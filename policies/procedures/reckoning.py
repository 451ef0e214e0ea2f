"""The parts of a procedure that are computed; the field names are the keys people write in the file."""
from dataclasses import MISSING, dataclass
from fractions import Fraction

from policies.procedures.declared import among, formula
from policies.procedures.exact import MODES


@dataclass(frozen=True)
class Computed:
    """A value to compute instead of a literal one: {"expr": "2 * baseline"}."""

    expr: str = formula(MISSING)


@dataclass(frozen=True)
class Window:
    """How far back a baseline looks: so many periods, or so many months before the bill."""

    last: int | None = None
    months: int | None = None


@dataclass(frozen=True)
class Filters:
    """Which periods enter a baseline; those already adjusted never do."""

    measured_only: bool = False
    non_zero: bool = False
    same_class: bool = False
    max_age_years: int | None = None
    drop_highest: bool = False


@dataclass(frozen=True)
class BaselineStep:
    """One way to a reference figure; the first of the chain whose `when` holds and has the data is used."""

    method: str = among("average", "value")      # average of the history, or an expression
    measure: str = among("volume", "amount", default="volume")
    unit: str | None = None
    when: str | None = formula()
    window: Window = Window()
    filters: Filters = Filters()
    minimum_periods: int = 1           # counted before the highest is dropped
    value: str | None = formula()
    note: str | None = None


@dataclass(frozen=True)
class FormulaStep:
    """One figure of the computation, in order: `out` is the name later steps use."""

    out: str
    expr: str = formula(MISSING)
    unit: str | None = None
    label: str | None = None


@dataclass(frozen=True)
class Result:
    """What the computation changes: m³, MXN, class or tax (`figures`: nothing on a bill), and which way."""

    kind: str = among("volume", "amount", "class", "tax", "figures", default="figures")
    value: str | None = formula()
    direction: str = among("credit", "debit", "both", default="both")


@dataclass(frozen=True)
class LineTreatment:
    """Whether one service's line is recomputed ("correct") or left as billed ("keep")."""

    service: str
    treatment: str = among("correct", "keep")
    note: str | None = None


@dataclass(frozen=True)
class Cap:
    """A limit on `of`; one without `of` is kept as the source says it but is not computed."""

    kind: str
    label: str | None = None
    of: str | None = formula()
    minimum: str | None = formula()
    maximum: str | None = formula()
    window: int | None = None
    unit: str | None = None
    scope: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Rounding:
    """Multiple to round to, how, and where; `stated` is False when the source does not say it."""

    step: Fraction
    mode: str = among(*MODES)
    where: str = among("volume", "line", "bill")
    stated: bool = True
