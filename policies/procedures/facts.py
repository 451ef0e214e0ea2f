"""What a correction is computed from: one bill, the periods before it, what people typed, what the records say."""
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

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
    def total(self):
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


@dataclass(frozen=True)
class Facts:
    """Everything one computation reads; `inputs` are typed by people, `extra` comes from the records."""

    bill: BillFacts
    history: tuple[PeriodFacts, ...] = ()
    inputs: dict = field(default_factory=dict)
    extra: dict = field(default_factory=dict)

    def __post_init__(self):
        ends = [period.period_end for period in self.history]
        if ends != sorted(ends) or any(end > self.bill.period_start for end in ends):
            raise ValueError("El historial debe ir del periodo más antiguo al más reciente y terminar antes "
                             "del recibo.")


def bill_names(bill):
    """The names a formula may use of `bill`: bill.volume, bill.total, bill.water.amount and so on."""
    names = {"bill.volume": bill.volume, "bill.total": bill.total, "bill.days": bill.days,
             "bill.tariff_class": bill.tariff_class}
    return names | line_names("bill", bill.lines)


def line_names(prefix, lines):
    """Name → MXN (or percent) for each line: bill.sewer.amount, after.water.tax, …"""
    return {f"{prefix}.{line.service}.{part}": getattr(line, part)
            for line in lines for part in ("amount", "tax_percent", "tax", "total")}


def history_names(history):
    """The volumes (m³) and totals (MXN) of the earlier periods, oldest first."""
    return {"history.volume": [period.volume for period in history],
            "history.total": [period.total for period in history]}
