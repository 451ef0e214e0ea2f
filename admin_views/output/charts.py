"""The drawings of the pages, as data: one bar per tray, a balance by month, a comparison by name, small bars.

A template draws them (parts/chart.html), without style or script of its own; the style sheet (42-charts.css) has their
light, dark and paper colours. Each is one image with a name, and a table beside it holds its figures.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from admin_views.core.words import money, month
from admin_views.output.axes import BAR, FOOT, ROW, Drawing, Lying, Scale, Upright

GAP = 12        # px between the rows of a drawing
ROOM = 7        # percent of the width that a figure inside its part asks for


def pesos(value: float) -> str:
    """A tick of an axis: $1,200; cents only where the axis has them."""
    return f"{'−' if value < 0 else ''}${abs(value):,.{0 if value == int(value) else 2}f}"


def count_tick(value: float) -> str:
    """A tick of an axis of counts."""
    return f"{value:,.0f}"


def ageing(trays: dict[str, str], ages: Sequence[str], counts: dict[str, Sequence[int]], label: str) -> Drawing:
    """One bar per tray, its parts by age; `counts[tray]` holds one figure per age."""
    drawing = Drawing(label, "ageing", len(trays) * (ROW + BAR + GAP) + FOOT)
    over = Lying(drawing, Scale([sum(counts[tray]) for tray in trays], whole=True), count_tick)
    parts = [[] for _ in ages]
    for row, (tray, name) in enumerate(trays.items()):
        top, before = row * (ROW + BAR + GAP), 0
        drawing.words.append((0, top + ROW - 6, "name", name))
        for place, count in enumerate(counts[tray]):
            x, y, width, height, said = over.bar(count, before, top + ROW, f"{name}, {ages[place]}: {count}")
            before += count
            if count:
                parts[place].append((x, y, width, height, said))
            if width >= ROOM:
                drawing.words.append((x + width / 2, y + BAR - 5, "value", count))
    drawing.series = [("", bars) for bars in parts]
    return drawing


def balance(days: Sequence[date], favour: Sequence[Decimal], against: Sequence[Decimal], label: str) -> Drawing:
    """MXN by month: in favour of the user above the line, against below."""
    drawing, below = Drawing(label, "balance", 230), [-value for value in against]
    over = Upright(drawing, days, Scale([*favour, *below]), pesos)
    for name, figures in (("favour", favour), ("against", below)):
        over.bars(name, [(value, f"{month(day)}: {money(abs(value))}")
                         for day, value in zip(days, figures, strict=True)])
    return drawing


def comparison(names: Sequence[str], before: Sequence[Decimal] | None, after: Sequence[Decimal], label: str) -> Drawing:
    """Bars of MXN for each name: as it is, where there is a comparison, and as it would be."""
    both = [(title, values) for title, values in (("hoy", before), ("con la versión probada", after))
            if values is not None]
    each = ROW + len(both) * (BAR + 2) + GAP
    drawing = Drawing(label, "balance lying", len(names) * each + FOOT)
    over = Lying(drawing, Scale([value for _, values in both for value in values]), pesos)
    drawing.words += [(0, row * each + ROW - 6, "name", name) for row, name in enumerate(names)]
    drawing.series = [("", [
        over.bar(value, 0, row * each + ROW + place * (BAR + 2), f"{names[row]}, {title}: {money(value)}")
        for row, value in enumerate(values) if value]) for place, (title, values) in enumerate(both)]
    return drawing


def small_bars(days: Sequence[date], values: Sequence[int], top: int, label: str) -> Drawing:
    """One of several drawings on the same scale, up to `top`, so that they compare at a glance."""
    drawing = Drawing(label, "small", 130)
    over = Upright(drawing, days, Scale([top], 2, whole=True), count_tick)
    over.bars("count", [(value, f"{month(day)}: {value}") for day, value in zip(days, values, strict=True)])
    return drawing
