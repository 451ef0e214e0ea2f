"""The demonstration's calendar: whole months, the last one closed in October 2026."""

from datetime import date, timedelta
from typing import NamedTuple

LAST_CLOSED = date(2026, 10, 31)
RULES_BEGIN = date(2024, 1, 1)       # tariffs, bands and procedures are in force from this day
OFFICES_BEGIN = date(2026, 1, 1)     # the appointments of today's holders


class Month(NamedTuple):
    start: date
    end: date

    @property
    def tag(self):
        """As folios write it: 202610."""
        return f"{self.start:%Y%m}"


def months_until_now(count):
    """The last `count` closed months, oldest first."""
    last = LAST_CLOSED.year * 12 + LAST_CLOSED.month - 1
    return [month(number) for number in range(last - count + 1, last + 1)]


def month(number):
    """The month so many months after the year 0."""
    following = date((number + 1) // 12, (number + 1) % 12 + 1, 1)
    return Month(date(number // 12, number % 12 + 1, 1), following - timedelta(days=1))


def months_ago(back):
    """The closed month `back` months before the last one."""
    return months_until_now(back + 1)[0]
