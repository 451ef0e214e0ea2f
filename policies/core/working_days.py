"""Working days of the dated calendar, counted forwards and backwards, and when a term ends.

A day works from Monday to Friday unless the calendar of the utility, signed by the unit head, says
otherwise (`models/base/calendar.py`: Holiday in force). The day on which something arrives does not
count; the day on which it is asked does, if it works. `migrations/core/terms.sql` counts the same days
in PostgreSQL: a test compares both.
"""

from calendar import monthrange
from collections.abc import Set
from datetime import date, timedelta

from models.base.calendar import DeadlineRule, TermUnit

SATURDAY = 5
DAY = timedelta(days=1)
# Working days in one tray, both ends included, as the drawing of ages groups them; the last group has no end.
AGES = ((0, 2), (3, 5), (6, 10), (11, None))


def works(day: date, days_off: Set[date]) -> bool:
    """Whether a day is a working day: Monday to Friday, and not among the days off."""
    return day.weekday() < SATURDAY and day not in days_off


def next_working(day: date, days_off: Set[date]) -> date:
    """The day itself, or the first one after it that works."""
    while not works(day, days_off):
        day += DAY
    return day


def after(day: date, count: int, days_off: Set[date]) -> date:
    """The `count`-th working day after that day, which does not count; the day itself for a count of 0."""
    return nth_working(day, count, days_off, DAY)


def before(day: date, count: int, days_off: Set[date]) -> date:
    """The `count`-th working day before that day, which does not count; the day itself for a count of 0."""
    return nth_working(day, count, days_off, -DAY)


def nth_working(day: date, count: int, days_off: Set[date], step: timedelta) -> date:
    """The `count`-th working day from that day, which does not count, in the direction of `step` (one day)."""
    while count > 0:
        day += step
        count -= works(day, days_off)
    return day


def elapsed(since: date, today: date, days_off: Set[date]) -> int:
    """Working days after `since` up to `today`, this one included; 0 for the future."""
    return sum(works(since + DAY * step, days_off) for step in range(1, (today - since).days + 1))


def back(today: date, count: int, days_off: Set[date]) -> date:
    """The last day from which `count` working days (1 or more) have elapsed today."""
    day = today
    while count:
        count -= works(day, days_off)
        day -= DAY
    return day


def months_after(day: date, months: int) -> date:
    """The same day of the month so many months later (earlier if negative), or that month's last."""
    place = day.year * 12 + day.month - 1 + months
    year, month = place // 12, place % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def term_ends(start: date, amount: int, unit: TermUnit, counts_start: bool, days_off: Set[date]) -> date:
    """The last day of a term of `amount` (1 or more) units that starts on `start`.

    `counts_start` says whether the day of the start is the first one. A term of calendar days or months whose last
    day does not work ends on the next one that does (rule of the console for every term that it writes).
    """
    first = start - DAY if counts_start else start
    if unit == TermUnit.WORKING_DAYS:
        return after(first, amount, days_off)
    last = first + DAY * amount if unit == TermUnit.DAYS else months_after(start, amount) - (start - first)
    return next_working(last, days_off)


def late_since(rule: DeadlineRule, today: date, days_off: Set[date]) -> date:
    """The last day from which something that has rested since then is late today by the rule."""
    if rule.unit == TermUnit.WORKING_DAYS:
        return back(today, rule.amount + 1, days_off)
    if rule.unit == TermUnit.DAYS:
        return today - DAY * (rule.amount + 1)
    return months_after(today, -rule.amount) - DAY


def age_starts(today: date, days_off: Set[date]) -> list[date]:
    """For each group of AGES but the first, the last day since which something that rests belongs to it or to a later
    one.
    """
    return [back(today, low, days_off) for low, _ in AGES[1:]]


def unsigned_year(since: date, until: date, signed: Set[int]) -> int | None:
    """The first year between both days, included, whose calendar nobody signed; None where all are signed."""
    return next((year for year in range(since.year, until.year + 1) if year not in signed), None)
