"""Readings, bills, lines and balances of the demonstration, month by month."""

from datetime import timedelta
from typing import NamedTuple

from deploy.demo import plots
from deploy.demo.anomalies import bill_folio, billed
from deploy.demo.owner import copy_rows
from deploy.demo.seed import chance, draw
from deploy.demo.tariffs import priced, total
from models.billing import Bill, BillLine
from models.customers import TariffClass
from models.meters import Reading, ReadingKind

# m³ a month: from, and how much more at most.
USUAL = {TariffClass.DOMESTIC: (7, 21), TariffClass.COMMERCIAL: (8, 55),
         TariffClass.INDUSTRIAL: (90, 700), TariffClass.PUBLIC: (25, 190)}
# January to December, percent: the dry months of spring drink more.
SEASON = (92, 95, 102, 110, 115, 112, 104, 100, 96, 95, 92, 96)
READING_COLUMNS = ("id", "meter_id", "read_on", "value", "kind")
BILL_COLUMNS = ("id", "folio", "account_id", "period_start", "period_end", "issued_on", "due_on",
                "tariff_class", "volume", "previous_reading_id", "current_reading_id", "total",
                "balance", "fiscal_uuid")
LINE_COLUMNS = ("bill_id", "position", "service", "amount", "tax_percent", "tax")
DAYS_TO_PAY = 15


class Charge(NamedTuple):
    """One account's month: what was charged for, and how it was known."""

    start: object
    end: object
    tag: str
    back: int              # months before the last closed one
    volume: int
    tariff_class: TariffClass
    estimated: bool
    lines: tuple


class Ledger:
    """Rows with their numbers, ready to copy, and the accounts' readings linked to their bills."""

    def __init__(self):
        self.readings, self.bills, self.lines = [], [], []

    def add(self, each, months):
        """Add the readings and bills of one account, month by month."""
        value = 20 + draw(2500, each.row, "first reading")
        previous = self.read(each, months[0].start - timedelta(days=1), value, False)
        for month in months:
            value += month.volume
            current = self.read(each, month.end, value, month.estimated)
            self.bill(each, month, previous, current)
            previous = current

    def read(self, each, day, value, estimated):
        """Add a reading; its key, or None for an account without meter."""
        if not each.metered:
            return None
        kind = ReadingKind.ESTIMATED if estimated else ReadingKind.MEASURED
        self.readings.append((len(self.readings) + 1, each.row, day, value, kind.value))
        return len(self.readings)

    def bill(self, each, month, previous, current):
        """Add a bill with its lines."""
        number, issued = len(self.bills) + 1, issue_day(each, month)
        amount = total(month.lines)
        self.bills.append((
            number, bill_folio(month, each.number), each.row, month.start, month.end, issued,
            issued + timedelta(days=DAYS_TO_PAY), month.tariff_class.value, month.volume,
            previous, current, amount, amount if month.back < each.behind else 0,
            fiscal_uuid(bill_folio(month, each.number))))
        self.lines += [(number, position, *line)
                       for position, line in enumerate(month.lines, start=1)]

    def load(self, session):
        """Copy everything into the database."""
        copy_rows(session, Reading, READING_COLUMNS, self.readings)
        copy_rows(session, Bill, BILL_COLUMNS, self.bills)
        copy_rows(session, BillLine, LINE_COLUMNS, self.lines)


def issue_day(each, month):
    """The day on which a bill was issued."""
    return month.end + timedelta(days=2 + draw(4, each.row, "issue"))


def fiscal_uuid(folio):
    """A CFDI's folio as it would look (version 4), always the same for the same bill."""
    drawn = "".join(f"{draw(1 << 32, folio, 'cfdi', part):08X}" for part in range(4))
    return f"{drawn[:8]}-{drawn[8:12]}-4{drawn[13:16]}-A{drawn[17:20]}-{drawn[20:32]}"


def load(session, contracts, months):
    """Copy the readings, bills and lines of every contract; how many of each."""
    ledger = Ledger()
    for each in contracts:
        ledger.add(each, list(months_of(each, months)))
    ledger.load(session)
    return {"readings": len(ledger.readings), "bills": len(ledger.bills),
            "bill_lines": len(ledger.lines)}


def months_of(each, months):
    """The account's months, oldest first."""
    for back in range(each.months_open - 1, -1, -1):
        plain = months[len(months) - 1 - back]
        yield (plotted if each.plot else ordinary)(each, plain, back)


def plotted(each, month, back):
    """The charge of one month of an account with a planted anomaly."""
    plot, before = each.plot, back - each.plot.back
    wrong = before == 0 and plot.cause == "TARIFA_CLASE_ERRONEA"
    return Charge(month.start, month.end, month.tag, back, plots.volume(plot, before),
                  TariffClass.COMMERCIAL if wrong else each.tariff_class,
                  before == 0 and plot.cause in plots.ESTIMATED, billed(plot, before))


def ordinary(each, month, back):
    """The charge of one month of any other account."""
    volume = usual_volume(each, month)
    return Charge(month.start, month.end, month.tag, back, volume, each.tariff_class,
                  not each.metered or chance(2.5, each.row, month.tag, "estimated"),
                  priced(each.tariff_class, volume))


def usual_volume(each, month):
    """What the account uses, by season, give or take fifteen percent; some houses are empty."""
    if each.tariff_class == TariffClass.DOMESTIC and chance(2, each.row, "empty"):
        return draw(3, each.row, month.tag, "drip")
    least, more = USUAL[each.tariff_class]
    usual = least + draw(more, each.row, "usual")
    swing = 85 + draw(31, each.row, month.tag, "swing")
    return usual * SEASON[month.start.month - 1] * swing // 10_000
