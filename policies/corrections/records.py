"""Named figures that the records give, so that nobody types them; docs/procedures-format.md lists them."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import Row

from policies.procedures.facts import months_back

# Procedures that replace a reading by an estimate: what «estimates_already_used» counts.
ESTIMATES = ("estimation", "meter_failure")


def records(bill: Row, meters: Sequence, corrected: Sequence, minimum: Decimal | None, asked_on: date) -> dict:
    """name → figure for one bill; a name whose figure is not known is left out.

    `meters` are (installed_on, removed_on, state), newest first; `corrected` the corrections of the account
    that stand, (last day of the period, kind of procedure); `minimum` MXN; `asked_on` when it is asked.
    """
    meter = meter_on(meters, bill.period_end)
    installed = None if meter is None else meter[0]
    extra = {
        "adjustments_last_12m": used_since(corrected, months_back(bill.period_start, 12), bill),
        "estimates_already_used": estimates(corrected, installed, bill),
        "meter.state": "absent" if meter is None else meter[2],
        "months_installed": installed and months_between(installed, bill.period_end),
        "minimum_charge": minimum, "reading.previous": None, "reading.billed": None,
        "paid": bill.balance <= 0, "balance": bill.balance,
        "months_since_bill": months_begun(bill.issued_on, asked_on),
        "days_since_bill": (asked_on - bill.issued_on).days, "days_since_due": (asked_on - bill.due_on).days}
    if bill.reading_before is not None and bill.reading_after is not None:
        extra |= {"reading.previous": bill.reading_before, "reading.billed": bill.reading_after}
    return {name: value for name, value in extra.items() if value is not None}


def meter_on(meters: Sequence, day: date) -> Sequence | None:
    """The meter installed on a day, or None."""
    return next((meter for meter in meters if meter[0] <= day and (meter[1] is None or meter[1] >= day)), None)


def used_since(corrected: Sequence, since: date, bill: Row) -> int:
    """How many corrections of the account stand with a last day between `since` and the period of the bill."""
    return sum(since <= day < bill.period_start for day, _ in corrected)


def estimates(corrected: Sequence, installed: date | None, bill: Row) -> int:
    """How many estimates stand since the present meter was installed, or in a year where there is none."""
    since = installed or months_back(bill.period_start, 12)
    return sum(since <= day < bill.period_start and kind in ESTIMATES for day, kind in corrected)


def months_between(early: date, late: date) -> int:
    """Calendar months, whatever the days."""
    return (late.year - early.year) * 12 + late.month - early.month


def months_begun(since: date, day: date) -> int:
    """Months after `since`, the one under way counted: 3 until the very day three months later, 4 from the next."""
    whole = months_between(since, day)
    return max(whole + (day > months_back(since, -whole)), 0)
