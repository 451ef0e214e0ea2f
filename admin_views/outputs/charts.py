"""Drawings made on the server as SVG with presentation attributes: printable, and CSP-clean."""

from markupsafe import Markup, escape

from admin_views.words import money, month, number

WIDE, HIGH, FOOT = 720, 180, 28


def consumption(bills):
    """Bars of m³ by month, oldest first; estimated readings are hollow, corrected ones marked."""
    if not bills:
        return Markup("")
    bills = sorted(bills, key=lambda bill: bill.period_end)
    top = max(float(bill.volume) for bill in bills) or 1.0
    step = WIDE / len(bills)
    bars = [bar(bill, place, step, top) for place, bill in enumerate(bills)]
    told = f"Consumo en m³ de {month(bills[0].period_end)} a {month(bills[-1].period_end)}"
    return Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
                  ).format(WIDE, HIGH, told, Markup("").join(bars))


def bar(bill, place, step, top):
    high = (HIGH - FOOT - 14) * float(bill.volume) / top
    x, y = place * step + step * 0.15, HIGH - FOOT - high
    estimated = bill.current_reading is not None and bill.current_reading.kind == "estimated"
    kind = "estimated" if estimated else "corrected" if bill.notes else "measured"
    tip = f"{month(bill.period_end)}: {number(bill.volume)} m³, {money(bill.total)}"
    tick = "" if place % 3 else Markup(
        '<text class="tick" x="{:.1f}" y="{}" text-anchor="middle">{}</text>').format(
            x + step * 0.35, HIGH - 8, month(bill.period_end))
    figure = Markup('<text class="value" x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>'
                    ).format(x + step * 0.35, y - 4, number(bill.volume))
    return Markup('<g><title>{}</title><rect class="bar {}" x="{:.1f}" y="{:.1f}" width="{:.1f}"'
                  ' height="{:.1f}" rx="2"/>{}{}</g>').format(
        escape(tip), kind, x, y, step * 0.7, max(high, 1), figure, tick)
