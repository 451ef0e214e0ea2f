"""Accounts and meters of the demonstration, as the commercial system would load them."""

from datetime import date, timedelta
from typing import NamedTuple

from deploy.demo import names, plots
from deploy.demo.anomalies import number
from deploy.demo.owner import copy_rows
from deploy.demo.plots import Plot
from deploy.demo.seed import chance, draw, pick
from models.customers import Account, AccountStatus, TariffClass
from models.meters import Meter, MeterState

KNOWN_HOLDERS = {1: "María Guadalupe Núñez Ávila", 2: "Tomás Ibáñez Peña"}
# Of the few accounts that a test loads, the plain ones show the other classes.
KNOWN_CLASSES = {53: TariffClass.COMMERCIAL, 54: TariffClass.INDUSTRIAL, 55: TariffClass.PUBLIC,
                 56: TariffClass.PUBLIC}
HOLDERS = {TariffClass.DOMESTIC: names.person, TariffClass.COMMERCIAL: names.business,
           TariffClass.INDUSTRIAL: names.factory, TariffClass.PUBLIC: names.institution}
ACCOUNT_COLUMNS = ("id", "number", "holder_name", "street", "tariff_class", "route", "status",
                   "opened_on", "neighborhood_id", "supply_zone_id")
METER_COLUMNS = ("id", "serial", "account_id", "installed_on", "state")


class Contract(NamedTuple):
    """What the rest of the load asks of an account."""

    row: int
    number: str
    tariff_class: TariffClass
    opened_on: date
    months_open: int       # how many of the loaded months it has bills for
    metered: bool
    behind: int            # its newest bills that are not paid
    plot: Plot | None


def contract(row, months):
    """The contract of the n-th account."""
    plot = plots.of_row(row)
    open_for = months_open(row, plot, len(months))
    return Contract(row, number(row), tariff_class(row, plot), opened_on(row, months, open_for),
                    open_for, plot is not None or row <= plots.LAST_KNOWN
                    or not chance(1, row, "unmetered"), behind(row, plot), plot)


def tariff_class(row, plot):
    """The tariff class of the n-th account."""
    if plot is not None:
        return plot.tariff_class
    share = draw(100, row, "class")
    words = ((85, TariffClass.DOMESTIC), (95, TariffClass.COMMERCIAL),
             (98, TariffClass.INDUSTRIAL), (100, TariffClass.PUBLIC))
    return KNOWN_CLASSES.get(row) or next(word for upto, word in words if share < upto)


def months_open(row, plot, months):
    """All of the months, but for the few accounts opened meanwhile."""
    if plot is not None:
        return min(months, 4) if plot.short else months
    new = row > plots.LAST_KNOWN and chance(3, row, "new")
    return 2 + draw(months - 1, row, "age") if new else months


def opened_on(row, months, open_for):
    """The day on which an account was opened: before the loaded months, or with the first that it has."""
    if open_for < len(months):
        return months[-open_for].start
    return date(1996, 1, 1) + timedelta(days=draw(9500, row, "opened"))


def behind(row, plot):
    """Most pay on time, some late, a few owe many months."""
    habit = draw(100, row, "habit")
    if plot is not None:
        return 0 if row == plots.PAID else plot.back + 1
    if habit < 60:
        return 0 if habit < 45 else 1
    return 1 + draw(3, row, "late") if habit < 92 else 4 + draw(11, row, "arrears")


def load(session, contracts, places):
    """Copy the accounts and their meters."""
    copy_rows(session, Account, ACCOUNT_COLUMNS,
              (account(each, places) for each in contracts))
    copy_rows(session, Meter, METER_COLUMNS, (meter(each) for each in contracts if each.metered))


def account(each, places):
    """The row of an account, in the order of ACCOUNT_COLUMNS."""
    neighborhood_id, zone_id, zone = pick(places, each.row, "colonia")
    suspended = each.behind > 6 and chance(40, each.row, "suspended")
    return (each.row, each.number, KNOWN_HOLDERS.get(each.row) or HOLDERS[each.tariff_class](each.row),
            names.address(each.row), each.tariff_class.value,
            f"{zone:02d}-{1 + draw(12, each.row, 'route'):02d}",
            (AccountStatus.SUSPENDED if suspended else AccountStatus.ACTIVE).value,
            each.opened_on, neighborhood_id, zone_id)


def meter(each):
    # None is younger than its account, nor than the first loaded reading of an old account.
    """The row of a meter, in the order of METER_COLUMNS."""
    placed = max(each.opened_on, date(2014, 1, 1) + timedelta(days=draw(3600, each.row, "placed")))
    state = plots.meter_state(each.plot)
    worn = each.plot is None and each.row > plots.LAST_KNOWN and chance(1, each.row, "worn")
    return (each.row, f"MED-{each.row:07d}", each.row, placed,
            (MeterState.UNREADABLE if worn else state).value)
