"""The facts of a computation: one bill, the periods before it, what people typed and what the records hold."""
import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

USED = re.compile(r"used_(\d{1,3})([my])")      # used_24m, used_3y: corrections of the account in that time

# The inputs of origin «record» that the records answer for every bill, and their kind; `used_24m` and its like besides.
RECORDS = {
    "adjustments_last_12m": "number", "estimates_already_used": "number", "meter.state": "text",
    "months_installed": "number", "minimum_charge": "number", "reading.previous": "number",
    "reading.billed": "number", "paid": "bool", "balance": "number", "months_since_bill": "number",
    "days_since_bill": "number", "days_since_due": "number"}
LABELS = {
    "bill.volume": ("consumo facturado", "m3"), "bill.total": ("total del recibo", "MXN"),
    "bill.days": ("días del periodo", "day"), "bill.tariff_class": ("clase tarifaria del recibo", None),
    "history.volume": ("consumos anteriores", "m3"), "history.total": ("recibos anteriores", "MXN"),
    "baseline": ("referencia", None), "baseline.periods": ("periodos promediados", "period"),
    "after.volume": ("consumo corregido", "m3"), "after.total": ("total corregido", "MXN"),
    "difference": ("diferencia", "MXN"),
}


@dataclass(frozen=True)
class LineFacts:
    """One line of a bill in MXN: service ("water", "sewer", …), amount before tax, its tax percent and tax."""

    service: str
    amount: Decimal
    tax_percent: Decimal
    tax: Decimal

    @property
    def total(self) -> Decimal:
        """Amount plus tax, MXN."""
        return self.amount + self.tax


@dataclass(frozen=True)
class BillFacts:
    """The bill to correct: period (both days included), m³ billed, MXN total and its lines."""

    folio: str
    period_start: date
    period_end: date
    days: int
    tariff_class: str
    volume: Decimal
    total: Decimal
    lines: tuple[LineFacts, ...]


@dataclass(frozen=True)
class PeriodFacts:
    """One earlier period: m³, MXN total, whether a reading was taken and whether it was already corrected."""

    folio: str
    period_start: date
    period_end: date
    volume: Decimal
    total: Decimal
    measured: bool
    adjusted: bool
    tariff_class: str
    scope: str = "account"      # "premise": the bill of an earlier holder at the same address

    @property
    def days(self) -> int:
        """Days of the period, both ends included."""
        return (self.period_end - self.period_start).days + 1


@dataclass(frozen=True)
class Facts:
    """Everything that one computation reads; `inputs` are typed by people, `extra` comes from the records.

    `later` are the periods after the bill, for the rules that wait for them; `corrected` the last days of the account's
    periods whose correction stands, for the limits on frequency.
    """

    bill: BillFacts
    history: tuple[PeriodFacts, ...] = ()
    inputs: dict = field(default_factory=dict)
    extra: dict = field(default_factory=dict)
    later: tuple[PeriodFacts, ...] = ()
    corrected: tuple[date, ...] = ()

    def __post_init__(self):
        ends = [period.period_end for period in self.history]
        if ends != sorted(ends) or ends and ends[-1] > self.bill.period_start:
            raise ValueError("El historial debe ir del periodo más antiguo al más reciente y terminar antes "
                             "del recibo.")
        starts = [period.period_start for period in self.later]
        if starts != sorted(starts) or starts and starts[0] < self.bill.period_end:
            raise ValueError("Los periodos posteriores deben empezar al terminar el recibo y venir en orden.")

    def record(self, name: str) -> object:
        """What the records hold of `name`, or None; `used_10y` counts the corrections of the 10 years before the
        period.
        """
        asked = USED.fullmatch(name)
        if name in self.extra or not asked:
            return self.extra.get(name)
        since = months_back(self.bill.period_start, int(asked[1]) * (12 if asked[2] == "y" else 1))
        return sum(since <= day < self.bill.period_start for day in self.corrected)


def months_back(day: date, months: int) -> date:
    """The same day so many months before (after, when negative), or the last day of that month."""
    index = day.year * 12 + day.month - 1 - months
    year, month = max(index // 12, 1), index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def bill_names(bill: BillFacts) -> dict[str, object]:
    """The names a formula may use of `bill`: bill.volume, bill.total, bill.water.amount and so on."""
    names = {"bill.volume": bill.volume, "bill.total": bill.total, "bill.days": bill.days,
             "bill.tariff_class": bill.tariff_class}
    return names | line_names("bill", bill.lines)


def line_names(prefix: str, lines: Iterable[LineFacts]) -> dict[str, Decimal]:
    """Name → MXN (or percent) for each line: bill.sewer.amount, after.water.tax, …"""
    return {f"{prefix}.{line.service}.{part}": getattr(line, part)
            for line in lines for part in ("amount", "tax_percent", "tax", "total")}


def history_names(history: Iterable[PeriodFacts]) -> dict[str, list[Decimal]]:
    """The volumes (m³) and totals (MXN) of the account's earlier periods, oldest first."""
    own = [period for period in history if period.scope == "account"]
    return {"history.volume": [period.volume for period in own], "history.total": [period.total for period in own]}
