"""The drawings of an account's bills: what it consumed, and what each bill charged."""

from collections.abc import Sequence

from admin_views.core.words import money, month, number
from admin_views.output.axes import Drawing, Scale, Upright
from admin_views.output.charts import pesos
from models.billing import Bill

KINDS = ("measured", "estimated", "corrected")   # the series of `consumption`, in this order


def consumption(bills: Sequence[Bill]) -> Drawing | None:
    """Bars of m³ by month, oldest first; estimated readings are hollow, corrected ones marked. None without bills."""
    if not bills:
        return None
    bills = sorted(bills, key=lambda bill: bill.period_end)
    drawing = Drawing(f"Consumo en m³ {between(bills)}", "consumption", 230)
    volumes = [bill.volume for bill in bills]
    over = Upright(drawing, [bill.period_end for bill in bills], Scale(volumes), cubic_metres)
    for kind in KINDS:
        over.bars(kind, [(bill.volume if kind_of(bill) == kind else 0, tip(bill)) for bill in bills])
    over.values(volumes)
    return drawing


def amounts(bills: Sequence[Bill]) -> Drawing | None:
    """The total of each bill, MXN, as one line over the same months. None without bills."""
    if not bills:
        return None
    bills = sorted(bills, key=lambda bill: bill.period_end)
    drawing = Drawing(f"Importe de cada recibo en MXN {between(bills)}", "", 180)
    totals = [bill.total for bill in bills]
    over = Upright(drawing, [bill.period_end for bill in bills], Scale(totals, 3), pesos)
    over.dots([(bill.total, tip(bill)) for bill in bills])
    return drawing


def kind_of(bill: Bill) -> str:
    """Whether a bill is corrected, estimated or measured."""
    estimated = bill.current_reading is not None and bill.current_reading.kind == "estimated"
    return "estimated" if estimated else "corrected" if bill.notes else "measured"


def tip(bill: Bill) -> str:
    """The words for a bill: month, m³ and MXN."""
    return f"{month(bill.period_end)}: {number(bill.volume)} m³, {money(bill.total)}"


def between(bills: Sequence[Bill]) -> str:
    """The months of the bills in words."""
    return f"de {month(bills[0].period_end)} a {month(bills[-1].period_end)}"


def cubic_metres(value: float) -> str:
    """A tick of an axis: 1,200 m³."""
    return f"{number(round(value, 3))} m³"
