"""The end of a procedure's term: hours, calendar or working days, weeks, months, or a date by rule."""
from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction

from policies.core.figures import number
from policies.core.working_days import months_after, works
from policies.procedures.definition import Definition
from policies.procedures.requisites import Deadline

DAY = timedelta(days=1)
UNITS = {"hour": ("hora", "horas"), "day": ("día", "días"), "working_day": ("día hábil", "días hábiles"),
         "week": ("semana", "semanas"), "month": ("mes", "meses"), "year": ("año", "años")}
ANCHORED = {
    "bill_issue": "la emisión del recibo", "bill_receipt": "la entrega del recibo",
    "due_date": "el vencimiento del recibo", "payment": "el pago", "event": "el suceso",
    "high_consumption": "el consumo alto", "discovery": "el hallazgo", "notice": "el aviso",
    "inspection": "la inspección", "installation": "la instalación", "test": "la prueba", "reading": "la lectura",
    "repair": "la reparación", "return_to_normal": "la vuelta al consumo normal", "filing": "la solicitud",
    "decision": "la resolución", "order": "la orden"}


class NoTerm(ValueError):
    """The term has no date for these facts; the text is a Spanish sentence."""


def due(deadline: Deadline, anchored: date | datetime, days_off: Collection[date] = (),
        billing_dates: Iterable[date] = (), stopped: Collection[tuple[date, date]] = ()) -> date | datetime:
    """The last day of `deadline` (the moment, for hours) counted from `anchored`, which itself does not count.

    `anchored` is a date (a datetime for hours); `days_off` are the days that do not work; `billing_dates` the days on
    which the account's next bills are issued; `stopped` the (first, last) days on which the clock did not run. Raises
    NoTerm.
    """
    if deadline.rule == "next_bill" or deadline.unit == "billing_cycle":
        return _nth_bill(deadline, anchored, billing_dates)
    count = _whole(deadline)
    if deadline.unit == "hour":
        return anchored + timedelta(hours=count) + _stopped_days(stopped, anchored.date()) * DAY
    if deadline.unit in ("month", "year"):
        day = months_after(anchored, count * (12 if deadline.unit == "year" else 1))
        day = day.replace(day=monthrange(day.year, day.month)[1]) if deadline.rule == "end_of_month" else day
        return day + _stopped_days(stopped, anchored, day) * DAY
    if deadline.unit in ("day", "week", "working_day"):
        counts = (lambda day: works(day, days_off)) if deadline.unit == "working_day" else (lambda day: True)
        return _nth_day(anchored, count * (7 if deadline.unit == "week" else 1), counts, stopped)
    raise NoTerm(f"El plazo «{deadline.name}» no se puede contar; dele unidad o regla en el procedimiento.")


def has_expired(deadline: Deadline, anchored: date | datetime, on: date | datetime, **calendar: object) -> bool:
    """Whether the term has ended before the day (or moment) `on`; the last day itself is still in time."""
    return on > due(deadline, anchored, **calendar)


def _whole(deadline):
    if isinstance(deadline.value, str) or deadline.value is None or deadline.value != int(deadline.value):
        raise NoTerm(f"El plazo «{deadline.name}» no dice su duración con un número entero; corrija el procedimiento.")
    return int(deadline.value)


def _nth_bill(deadline, anchored, billing_dates):
    later = sorted(day for day in billing_dates if day > anchored)
    count = _whole(deadline)
    if len(later) < count:
        raise NoTerm(f"El plazo «{deadline.name}» espera recibos que aún no tienen fecha; regístrela.")
    return later[count - 1]


def _runs(day, stopped):
    return not any(first <= day <= last for first, last in stopped)


def _nth_day(day, count, counts, stopped):
    while count:
        day += DAY
        count -= counts(day) and _runs(day, stopped)
    return day


def _stopped_days(stopped, since, until=date.max):
    return sum((min(last, until) - max(first, since + DAY)).days + 1 for first, last in stopped
               if first <= until and last > since)


@dataclass(frozen=True)
class Term:
    """One deadline of a procedure in one case: its last day (a moment, for hours), or why it has none."""

    deadline: object
    ends: object = None
    why: str = ""

    def has_ended(self, on: date) -> bool:
        """Whether the term is over on that day; the last day itself is still in time, and a term without date never
        ends.
        """
        last = self.ends.date() if isinstance(self.ends, datetime) else self.ends
        return last is not None and on > last


def terms_of(definition: Definition, anchors: Mapping[str, date], **calendar: object) -> tuple[Term, ...]:
    """A Term for each deadline of `definition`; `anchors` are the days known in this case, by anchor.

    `calendar` is passed to due(): days off, billing dates, days on which the clock did not run.
    """
    return tuple(_term(deadline, anchors.get(deadline.anchor), calendar) for deadline in definition.deadlines)


def _term(deadline, anchored, calendar):
    if isinstance(deadline.value, str) and deadline.rule is None:
        return Term(deadline, why="lo dice con palabras; cuéntelo una persona")
    if deadline.anchor is None:
        return Term(deadline, why="el procedimiento no dice desde qué fecha se cuenta")
    if anchored is None:
        return Term(deadline, why=f"falta {ANCHORED[deadline.anchor]}")
    if deadline.unit == "hour" and not isinstance(anchored, datetime):
        anchored = datetime.combine(anchored, time.min)
    elif deadline.unit != "hour" and isinstance(anchored, datetime):
        anchored = anchored.date()
    try:
        return Term(deadline, due(deadline, anchored, **calendar))
    except NoTerm as fault:
        return Term(deadline, why=str(fault).rstrip("."))


def term_words(deadline: Deadline) -> str:
    """A deadline in words: «Solicitar: 3 meses, desde el recibo»."""
    since = deadline.starts or (ANCHORED[deadline.anchor] if deadline.anchor else "la resolución")
    return f"{deadline.name[:1].upper()}{deadline.name[1:]}: {_length(deadline)}, desde {since}"


def _length(deadline):
    value = number(deadline.value) if isinstance(deadline.value, (int, Fraction)) else deadline.value
    if deadline.rule == "next_bill" or deadline.unit == "billing_cycle":
        return "el siguiente recibo" if deadline.value == 1 else f"{value} recibos después"
    if value is None:
        return "sin duración escrita"
    one, many = UNITS.get(deadline.unit, ("", ""))
    words = f"{value} {one if deadline.value == 1 else many}".strip()
    return f"{words}, hasta el último día del mes" if deadline.rule == "end_of_month" else words
