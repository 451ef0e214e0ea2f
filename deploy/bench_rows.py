"""The rows of a year of a whole city, as text for COPY: the same seed gives the same rows."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import cache
from random import Random

from deploy.demo import names
from deploy.demo.accounts import ACCOUNT_COLUMNS, METER_COLUMNS
from deploy.demo.anomalies import number
from deploy.demo.bills import BILL_COLUMNS, DAYS_TO_PAY, LINE_COLUMNS, READING_COLUMNS, SEASON, USUAL
from deploy.demo.months import RULES_BEGIN, months_until_now
from deploy.demo.tariffs import priced, total
from models.customers import TariffClass

MONTHS = 12
CLASSES = (TariffClass.DOMESTIC,) * 85 + (TariffClass.COMMERCIAL,) * 10 + (TariffClass.INDUSTRIAL,) * 3 + (
    TariffClass.PUBLIC,) * 2
SAME_PREMISE = 50      # one account of so many is at the street of an earlier account of its colonia
LINES = 3              # of a bill: water, sewer, sanitation
TOGETHER = 5_000       # rows of one write


class City:
    """The accounts, and what each of them uses and owes; `first` is the number of its first account."""

    def __init__(self, seed: int, first: int, last: int, places: list):
        self.random, self.first, self.places = Random(f"{seed} accounts"), first, places
        self.rows = range(first, last + 1)
        self.streets: dict[int, str] = {}
        self.accounts = [self.account(row) for row in self.rows]
        self.classes = [TariffClass(account[4]) for account in self.accounts]
        self.usual = [self.usual_of(tariff_class) for tariff_class in self.classes]
        self.behind = [self.random.choice((0,) * 9 + (1,) * 6 + (2, 3, 5, 9, 12)) for _ in self.rows]
        self.values = [self.random.randrange(20, 2500) for _ in self.rows]
        self.swing = Random(f"{seed} months")

    def account(self, row: int) -> tuple:
        """The row of an account."""
        draw = self.random
        neighborhood_id, zone_id, zone = self.places[row % len(self.places)]
        given = draw.choice(names.WOMEN if draw.random() < 0.54 else names.MEN)
        holder = f"{given} {draw.choice(names.SURNAMES)} {draw.choice(names.SURNAMES)}"
        if row % SAME_PREMISE or neighborhood_id not in self.streets:
            self.streets[neighborhood_id] = (f"{draw.choice(names.ROADS)} {draw.choice(names.STREETS)} "
                                             f"{draw.randrange(100, 1000)}")
        return (row, number(row), holder, self.streets[neighborhood_id], draw.choice(CLASSES).value,
                f"{zone:02d}-{draw.randrange(1, 13):02d}", "suspended" if draw.random() < 0.03 else "active",
                RULES_BEGIN - timedelta(days=draw.randrange(1, 9500)), neighborhood_id, zone_id)

    def usual_of(self, tariff_class: TariffClass) -> int:
        """m³ that an account of that class uses in an ordinary month."""
        least, more = USUAL[tariff_class]
        return least + self.random.randrange(more)

    def meters(self) -> Iterator[tuple]:
        """The rows of the meters."""
        return ((row, f"MED-{row:07d}", row, RULES_BEGIN, "working") for row in self.rows)

    def volumes(self, month) -> list[int]:
        """What each account uses in a month, m³; the readings of its meters go on by it."""
        percent = SEASON[month.start.month - 1]
        drawn = self.swing.choices(range(85, 116), k=len(self.usual))
        used = [usual * swing * percent // 10_000 for usual, swing in zip(self.usual, drawn, strict=True)]
        self.values = [value + volume for value, volume in zip(self.values, used, strict=True)]
        return used


@cache
def charged(tariff_class: TariffClass, volume: int) -> tuple:
    """(total, its lines as text after their bill) of one bill, MXN."""
    lines = priced(tariff_class, volume)
    return total(lines), [f"{place}\t{service}\t{amount}\t{percent}\t{tax}\n"
                          for place, (service, amount, percent, tax) in enumerate(lines, start=1)]


def fiscal_uuid(key: int) -> str:
    """A CFDI's folio as it would look, another for every bill."""
    return f"{key:08X}-{key % 65_521:04X}-4{key % 4_093:03X}-A{key % 4_091:03X}-{key * 58_711:012X}"


class Year:
    """The readings, bills and lines of a city's months; `keys` are the last ones used in each table."""

    def __init__(self, city: City, keys: dict[str, int]):
        self.city, self.months, self.size = city, months_until_now(MONTHS), len(city.rows)
        self.keys = keys

    def tables(self) -> Iterator[tuple[str, tuple, Iterable[str]]]:
        """(table, columns, rows as text), in the order in which the commercial system loads them."""
        yield "accounts", ACCOUNT_COLUMNS, copy_lines(self.city.accounts)
        yield "meters", METER_COLUMNS, copy_lines(self.city.meters())
        for place, month in enumerate(self.months):
            used = self.city.volumes(month)
            yield "readings", READING_COLUMNS, self.readings(place, month)
            yield "bills", BILL_COLUMNS, self.bills(place, month, used)
            yield "bill_lines", ("id", *LINE_COLUMNS), self.lines(place, used)

    def readings(self, place, month):
        """Lines of COPY with the readings of a month."""
        key = self.keys["readings"] + place * self.size
        return (f"{key + at}\t{row}\t{month.end}\t{value}\tmeasured\n"
                for at, (row, value) in enumerate(zip(self.city.rows, self.city.values, strict=True), start=1))

    def bills(self, place, month, used):
        """Lines of COPY with the bills of a month."""
        key, reading = (self.keys[table] + place * self.size for table in ("bills", "readings"))
        issued = month.end + timedelta(days=3)
        days = f"{month.start}\t{month.end}\t{issued}\t{issued + timedelta(days=DAYS_TO_PAY)}"
        back = len(self.months) - 1 - place
        whose = zip(self.city.rows, self.city.classes, used, self.city.behind, strict=True)
        for at, (row, tariff_class, volume, behind) in enumerate(whose, start=1):
            amount = charged(tariff_class, volume)[0]
            before = reading + at - self.size if place else "\\N"
            yield (f"{key + at}\tR-{month.tag}-{number(row)}\t{row}\t{days}\t{tariff_class.value}\t{volume}\t{before}"
                   f"\t{reading + at}\t{amount}\t{amount if back < behind else 0}\t{fiscal_uuid(key + at)}\n")

    def lines(self, place, used):
        """Lines of COPY with the lines of the bills of a month."""
        bill = self.keys["bills"] + place * self.size
        key = self.keys["bill_lines"] + place * self.size * LINES
        for tariff_class, volume in zip(self.city.classes, used, strict=True):
            bill += 1
            for line in charged(tariff_class, volume)[1]:
                key += 1
                yield f"{key}\t{bill}\t{line}"


def copy_lines(rows: Iterable[tuple]) -> Iterator[str]:
    """Rows as lines of COPY's text format."""
    return ("\t".join(map(str, row)) + "\n" for row in rows)
