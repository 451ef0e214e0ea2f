"""Working days of the dated calendar, and how many of them a correction may rest in one tray.

A day works from Monday to Friday unless the calendar of the utility, signed by the unit head, says
otherwise (`models/organization.py`: Holiday in force). The day on which something arrives does not
count; the day on which it is asked does, if it works.
"""

from datetime import date, timedelta
from typing import NamedTuple

SATURDAY = 5
DAY = timedelta(days=1)


class Target(NamedTuple):
    """From a day on, after how many working days in one tray a correction is late."""

    valid_from: date
    days: int
    source: str


# No public source of the utility says in how many days a correction is signed or applied, and the
# adopted procedures bind only the user. Until the office states a term, this is the proposal of the
# design for an area's answer to the Unit: five working days. It is a target, not a legal term.
TARGETS = (Target(date(2026, 1, 1), 5, "meta interna propuesta, no plazo legal"),)
# Working days, both ends included; the last band has no end.
BANDS = ((0, 2), (3, 5), (6, 10), (11, None))


def target_on(day):
    """The target that rules on that day: the newest begun, or the first for days before it."""
    return max((one for one in TARGETS if one.valid_from <= day), default=TARGETS[0])


def works(day, days_off):
    return day.weekday() < SATURDAY and day not in days_off


def next_working(day, days_off):
    """The day itself, or the first one after it that works."""
    while not works(day, days_off):
        day += DAY
    return day


def elapsed(since, today, days_off):
    """Working days after `since` up to `today`, this one included; 0 for the future."""
    return sum(works(since + DAY * step, days_off) for step in range(1, (today - since).days + 1))


def back(today, count, days_off):
    """The last day from which `count` working days (1 or more) have elapsed today."""
    day = today
    while count:
        count -= works(day, days_off)
        day -= DAY
    return day


def late_since(today, days_off):
    """What rests in its tray since this day, or an earlier one, is late today."""
    return back(today, target_on(today).days + 1, days_off)


def band_starts(today, days_off):
    """For each band but the first, the last day from which something is in it or a later one."""
    return [back(today, low, days_off) for low, _ in BANDS[1:]]
