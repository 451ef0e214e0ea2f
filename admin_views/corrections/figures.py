"""Pictures of the corrections: how long they rest, why they are made, and what they move."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask import flash, request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views.core.base import VERBS
from admin_views.core.words import money, month
from admin_views.door.offices import today
from admin_views.output import charts, sheets
from admin_views.output.axes import Drawing
from models import db
from models.queries import figures as ask
from models.queries import trays
from models.queries.calendar import days_off
from policies.core import working_days
from policies.corrections.trays import target_said

VERBS |= {"figures_view": "view", "figures_export_view": "export"}

MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
USUAL, MOST_MONTHS, OFFERED = 12, 36, 60
COUNTED_BY = {"note": "Mes en que se aplicó", "bill": "Mes del recibo corregido"}
LABELS = ("Mes", "Causa", "Correcciones", "A favor del usuario (MXN)", "A cargo del usuario (MXN)")
AGES = tuple(f"{low} a {high} días" if high else f"{low} días o más" for low, high in working_days.AGES)
# The trays in the order of the path; whose drafts they are does not matter to their age.
TRAYS = {"drafts": "Borradores", "returned": "Devueltas para corregir", "in_sign": "En firma",
         "to_apply": "Firmadas, por aplicar"}


@dataclass
class Period:
    """Whole months, both included, and by which date a correction falls in one."""

    first: date
    last: date
    by: str

    def months(self) -> list[date]:
        """The first day of each month of the period."""
        count = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        return [later(self.first, step) for step in range(count)]

    def terms(self) -> dict[str, str]:
        """The period as the query string of an address says it."""
        return {"desde": f"{self.first:%Y-%m}", "hasta": f"{self.last:%Y-%m}", "por": self.by}


def later(day: date, months: int) -> date:
    """The first day of the month that is so many months after that day's, or before it for a negative number."""
    place = day.year * 12 + day.month - 1 + months
    return date(place // 12, place % 12 + 1, 1)


def asked_period() -> tuple[Period, list[str]]:
    """(the period that the address asks for, sentences about what it asks and is not shown)."""
    now = later(today(), 0)
    last, first = asked_month("hasta") or now, asked_month("desde")
    if first is None:
        first = later(last, 1 - USUAL)
    by = request.args.get("por") if request.args.get("por") in COUNTED_BY else "note"
    if first > last:
        return Period(later(now, 1 - USUAL), now, by), [
            "El mes «desde» es posterior al mes «hasta»; se muestran los últimos doce meses."]
    if first < later(last, 1 - MOST_MONTHS):
        return Period(later(last, 1 - MOST_MONTHS), last, by), [
            f"Se muestran {MOST_MONTHS} meses como máximo; pida los anteriores por separado."]
    return Period(first, last, by), []


def asked_month(name: str) -> date | None:
    """The month of one parameter of the address; None where it names none."""
    found = MONTH.fullmatch(request.args.get(name, ""))
    return date(int(found[1]), int(found[2]), 1) if found else None


def offered(period: Period) -> list[date]:
    """The months to choose from, newest first: five years, and those of the period."""
    now = later(today(), 0)
    return list(reversed(Period(min(period.first, later(now, 1 - OFFERED)), max(period.last, now), "").months()))


def causes(period: Period) -> list[tuple]:
    """Rows of the table: (first day of the month, cause, count, in favour, against), MXN."""
    return [tuple(row) for row in db.session.execute(
        ask.by_cause(period.by, period.first, later(period.last, 1)))]


class Figures:
    """What the screen of corrections shows besides its list and its records."""

    links = (("Estadísticas", ".figures_view"),)

    @expose("/cuadros/")
    def figures_view(self) -> ResponseReturnValue:
        """The page of the pictures and their tables."""
        period, lost = asked_period()
        for sentence in lost:
            flash(sentence, "warning")
        rows = causes(period)
        return self.show("figures.html", period=period, counted_by=COUNTED_BY, rows=rows, months=offered(period),
                         ageing=ageing(today()), target=target_said(db.session, today()), bands=AGES,
                         totals=totals(rows), panels=panels(period, rows), chart=chart(period, rows))

    @expose("/cuadros/exportar/<kind>/")
    def figures_export_view(self, kind: str) -> ResponseReturnValue:
        """The table of causes by month as a file."""
        rows = causes(asked_period()[0])
        return sheets.table(kind, LABELS, rows, "Correcciones por causa y mes", "correcciones-por-causa",
                            self.model)


def ageing(day: date) -> dict:
    """The picture and the table of the trays: how many corrections, and MXN, rest in each by age."""
    starts = working_days.age_starts(day, set(db.session.scalars(days_off())))
    found = {(tray, band): (count, worth) for tray, band, count, worth in db.session.execute(
        trays.ageing(starts))}
    table = {key: [found.get((key, place), (0, Decimal(0))) for place in range(len(AGES))] for key in TRAYS}
    counts = {key: [count for count, _ in cells] for key, cells in table.items()}
    picture = charts.ageing(TRAYS, AGES, counts, "Correcciones abiertas por bandeja y días hábiles sin moverse")
    return {"picture": picture, "any": any(map(any, counts.values())),
            "rows": [(TRAYS[key], cells, sum(count for count, _ in cells), sum(worth for _, worth in cells))
                     for key, cells in table.items()]}


def totals(rows: Sequence[tuple]) -> tuple:
    """(how many, MXN in favour, MXN against) of the whole table."""
    return tuple(sum((row[place] for row in rows), Decimal(0)) for place in (2, 3, 4))


def chart(period: Period, rows: Sequence[tuple]) -> Drawing:
    """The drawing of MXN by month, in favour of the user and against."""
    months = period.months()
    favour, against = ([sum((row[place] for row in rows if row[0] == day), Decimal(0)) for day in months]
                       for place in (3, 4))
    return charts.balance(months, favour, against, "Importe de las notas por mes, MXN: a favor del usuario "
                          "hacia arriba y a cargo hacia abajo")


def panels(period: Period, rows: Sequence[tuple]) -> list[dict]:
    """One small drawing for each cause, the most frequent first, all on one scale."""
    months, by_cause = period.months(), {}
    for day, cause, count, favour, against in rows:
        by_cause.setdefault(cause, {})[day] = (count, favour, against)
    top = max((row[2] for row in rows), default=1)
    several = sorted(by_cause.items(), key=lambda item: -sum(cell[0] for cell in item[1].values()))
    return [panel(cause, cells, months, top) for cause, cells in several]


def panel(cause: str, cells: dict[date, tuple], months: Sequence[date], top: int) -> dict:
    """One cause: how many, MXN moved, and its drawing on a scale up to `top`."""
    count, favour, against = (sum(cell[place] for cell in cells.values()) for place in range(3))
    picture = charts.small_bars(months, [cells.get(day, (0,))[0] for day in months], top,
                                f"{cause}: correcciones aplicadas de {month(months[0])} a {month(months[-1])}")
    moved = " · ".join(f"{money(worth)} {way}" for worth, way in ((favour, "a favor"), (against, "a cargo")) if worth)
    return {"cause": cause, "count": count, "moved": moved, "picture": picture}
