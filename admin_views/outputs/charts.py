"""Drawings made on the server as SVG by pygal: printable, CSP-clean, coloured by our own style sheet.

pygal brings its style, a script and a hidden tooltip inside the drawing; `plain` leaves shapes and
texts alone, so that light, dark and paper are the style sheet's (42-charts.css) and the
policy of the pages forbids nothing. A drawing is one image with a name; its figures stand in the
table beside it.
"""

import pygal
from markupsafe import Markup

from admin_views.words import money, month, number

# Root attributes and parts of pygal that a page of ours has no use for.
DROPPED = {"defs", "desc"}
BASE = {"js": (), "css": (), "disable_xml_declaration": True, "no_prefix": True,
        "show_legend": False, "margin": 4, "spacing": 8, "min_scale": 2, "max_scale": 4,
        "truncate_label": -1, "width": 720, "height": 190, "print_zeroes": False}
KINDS = ("measured", "estimated", "corrected")   # the series of `consumption`, in this order


def plain(told):
    """A filter of pygal's tree: no style, no script, no comments; the whole is an image named `told`."""
    def clean(root):
        for part in list(root.iter()):
            for child in list(part):
                if not isinstance(child.tag, str) or child.tag in DROPPED or superfluous(child, part, root):
                    part.remove(child)
        root.attrib.pop("id", None)
        root.attrib.update({"role": "img", "aria-label": told})
        return root
    return clean


def superfluous(child, part, root):
    """Bars of nothing, the tooltip that a script would fill, the drawing's title and those of the axes."""
    if child.tag == "title":
        return part is root or part.get("class") == "guides"
    if child.tag == "rect":
        return not (float(child.get("width") or 0) and float(child.get("height") or 0))
    return "tooltip" in child.get("class", "").split()


def drawn(chart, told):
    chart.add_xml_filter(plain(told))
    return Markup(chart.render(is_unicode=True))


def consumption(bills):
    """Bars of m³ by month, oldest first; estimated readings are hollow, corrected ones marked."""
    if not bills:
        return Markup("")
    bills = sorted(bills, key=lambda bill: bill.period_end)
    chart = pygal.StackedBar(**BASE, classes=("chart", "consumption"), print_values=True,
                             **months_below([bill.period_end for bill in bills]),
                             print_values_position="top", value_formatter=lambda value: f"{value:,.0f}")
    for kind in KINDS:
        chart.add(kind, [bar(bill.volume, tip(bill)) if kind_of(bill) == kind else None for bill in bills])
    return drawn(chart, f"Consumo en m³ {between(bills)}")


def amounts(bills):
    """What each bill charged, MXN, as one line over the same months."""
    if not bills:
        return Markup("")
    bills = sorted(bills, key=lambda bill: bill.period_end)
    chart = pygal.Line(**BASE | {"height": 130}, classes=("chart",), value_formatter=pesos,
                       **months_below([bill.period_end for bill in bills]), include_x_axis=True)
    chart.add("total", [bar(bill.total, tip(bill)) for bill in bills])
    return drawn(chart, f"Importe de cada recibo en MXN {between(bills)}")


def kind_of(bill):
    estimated = bill.current_reading is not None and bill.current_reading.kind == "estimated"
    return "estimated" if estimated else "corrected" if bill.notes else "measured"


def bar(value, told):
    """A shape with what it says under the pointer; a zero has none."""
    return {"value": float(value), "tooltip": told} if value else None


def tip(bill):
    return f"{month(bill.period_end)}: {number(bill.volume)} m³, {money(bill.total)}"


def between(bills):
    return f"de {month(bills[0].period_end)} a {month(bills[-1].period_end)}"


def months_below(days, most=9):
    """Every month has its place; at most `most` are named, so that names never touch."""
    step = -(-len(days) // most)
    return {"x_labels": [month(day) if place % step == 0 else "" for place, day in enumerate(days)]}


def pesos(value):
    """A tick of an axis: $1,200; cents only where the axis has them."""
    return f"{'−' if value < 0 else ''}${abs(value):,.{0 if value == int(value) else 2}f}"


def whole(value):
    """A tick of an axis of things that are counted: no half corrections."""
    return f"{value:,.0f}" if value == int(value) else ""


def ageing(trays, bands, counts, told):
    """One bar per tray, its parts by age; `counts[tray]` holds one figure per band."""
    chart = pygal.HorizontalStackedBar(**BASE | {"height": 40 + 38 * len(trays), "print_values": True},
                                       classes=("chart", "ageing"), value_formatter=whole,
                                       x_labels=list(reversed(trays.values())))
    for place, band in enumerate(bands):
        chart.add(band, [bar(counts[tray][place], f"{trays[tray]}, {band}: {counts[tray][place]}")
                         for tray in reversed(trays)])
    return drawn(chart, told)


def balance(days, favour, against, told):
    """MXN by month: in favour of the user above the line, against below."""
    chart = pygal.StackedBar(**BASE, classes=("chart", "balance"), **months_below(days), value_formatter=pesos)
    for name, sign, values in (("favour", 1, favour), ("against", -1, against)):
        chart.add(name, [bar(sign * value, f"{month(day)}: {money(value)}")
                         for day, value in zip(days, values)])
    return drawn(chart, told)


def compared(names, before, after, told):
    """Bars of MXN for each name: as it is, where there is something to compare with, and as it would be."""
    chart = pygal.HorizontalBar(**BASE | {"height": 60 + 44 * len(names)}, classes=("chart", "balance"),
                                value_formatter=pesos, x_labels=list(reversed(names)))
    for title, values in (("hoy", before), ("con la versión probada", after)):
        if values is not None:
            chart.add(title, [bar(value, f"{name}, {title}: {money(value)}")
                              for name, value in reversed(list(zip(names, values, strict=True)))])
    return drawn(chart, told)


def small(days, values, top, told):
    """One of several alike: bars on the same scale, `top`, so that they compare at a glance."""
    chart = pygal.Bar(**BASE | {"width": 300, "height": 110}, classes=("chart",), range=(0, top),
                      **months_below(days, 2), value_formatter=whole, y_labels=[0, top])
    chart.add("count", [bar(value, f"{month(day)}: {value}") for day, value in zip(days, values)])
    return drawn(chart, told)
