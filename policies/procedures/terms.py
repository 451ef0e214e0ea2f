"""When a term of a procedure ends: hours, calendar or working days, weeks, months, or a date by rule."""
from calendar import monthrange
from datetime import date, timedelta

from policies.working_days import works

DAY = timedelta(days=1)


class NoTerm(ValueError):
    """The term gives no date for these facts; its text is a Spanish sentence."""


def due(deadline, anchored, days_off=(), billing_dates=(), stopped=()):
    """The last day of `deadline` (the moment, for hours) counted from `anchored`, which itself does not count.

    `anchored` is a date (a datetime for hours); `days_off` are the days that do not work; `billing_dates` the days on
    which the account's next bills are issued; `stopped` are (first, last) days in which the clock did not run.
    """
    if deadline.rule == "next_bill" or deadline.unit == "billing_cycle":
        return _nth_bill(deadline, anchored, billing_dates)
    count = _whole(deadline)
    if deadline.unit == "hour":
        return anchored + timedelta(hours=count) + _stopped_days(stopped, anchored.date()) * DAY
    if deadline.unit in ("month", "year"):
        day = _months_later(anchored, count * (12 if deadline.unit == "year" else 1))
        day = day.replace(day=monthrange(day.year, day.month)[1]) if deadline.rule == "end_of_month" else day
        return day + _stopped_days(stopped, anchored, day) * DAY
    if deadline.unit in ("day", "week", "working_day"):
        counts = (lambda day: works(day, days_off)) if deadline.unit == "working_day" else (lambda day: True)
        return _nth_day(anchored, count * (7 if deadline.unit == "week" else 1), counts, stopped)
    raise NoTerm(f"El plazo «{deadline.name}» no se puede contar; dele unidad o regla en el procedimiento.")


def expired(deadline, anchored, on, **calendar):
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


def _months_later(day, months):
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


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
