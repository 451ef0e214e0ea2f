"""Where each anomaly is planted: the account, the cause, and the volumes that make it one."""

from typing import NamedTuple

from deploy.demo.seed import chance, draw, pick
from models.customers import TariffClass
from models.meters import MeterState

# Around an average: any twelve months in a row, or any six without their highest, give it back.
YEAR = (0, -1, 1, 0, 0, 0, -1, 1, 0, 0, 1, -1)
HALF_YEAR = (0, -1, 1, -1, 1, 2)
BY_HALF_YEAR = ("MEDIDOR_PARADO", "LECTURA_IMPOSIBLE")
ESTIMATED = (*BY_HALF_YEAR, "MEDIDOR_DANADO_ROBADO", "ESTIMADO_CON_LECTURA")
STILL_WORKING = ("ESTIMADO_CON_LECTURA",)    # nobody came to read it that month, and it works
DAYS_TO_LATER = 51     # from the reading before the estimate to the real one after it
BIG, USED = 34, 38     # from here on: larger amounts; accounts that the demonstration corrects
LAST_KNOWN = 60
LEAST_MONTHS = 18    # twelve before the oldest anomaly
NOT_DOUBLE, TOO_NEW = 51, 52
PAID = 50       # its wrong bill was paid before it was corrected: it gets a note, and not a corrected bill


class Plot(NamedTuple):
    """One anomaly: `billed` m³ in the month `back`, where `usual` m³ is the average before."""

    cause: str
    usual: int
    billed: int
    tariff_class: TariffClass = TariffClass.DOMESTIC
    back: int = 0           # months before the last closed one
    fits: bool = True       # whether its procedure accepts it
    short: bool = False     # an account too new to have a history


LEAK = Plot("FUGA_OCULTA", 14, 34)
CLASS = Plot("TARIFA_CLASE_ERRONEA", 30, 34)
STOPPED = Plot("MEDIDOR_PARADO", 18, 42)
UNREADABLE = Plot("LECTURA_IMPOSIBLE", 16, 30)
READING = Plot("LECTURA_ERRONEA", 14, 34)
WRONG_TAX = Plot("CARGO_INDEBIDO", 18, 20)
DAMAGED = Plot("MEDIDOR_DANADO_ROBADO", 20, 45)
BIG_LEAK = Plot("FUGA_OCULTA", 40, 120, TariffClass.COMMERCIAL)
FAST = Plot("MEDIDOR_RAPIDO", 24, 30)          # its test registers 125 %
LATER_READ = Plot("ESTIMADO_CON_LECTURA", 18, 44)
HUGE_READING = Plot("LECTURA_ERRONEA", 320, 1320, TariffClass.INDUSTRIAL)

KNOWN = (
    {1: LEAK, 2: CLASS, 3: STOPPED, 4: UNREADABLE, 5: READING, 6: WRONG_TAX, 7: DAMAGED}
    | dict.fromkeys(range(8, 21), LEAK) | dict.fromkeys(range(21, 24), CLASS)
    | dict.fromkeys((24, 25), STOPPED) | dict.fromkeys((26, 27), UNREADABLE)
    | dict.fromkeys((28, 29), READING) | dict.fromkeys((30, 31), WRONG_TAX)
    | dict.fromkeys((32, 33), DAMAGED)
    | {34: BIG_LEAK, 35: BIG_LEAK, 36: HUGE_READING, 37: HUGE_READING}
    | {38: LEAK, 39: LEAK, 40: LEAK, 41: BIG_LEAK, 42: LEAK, 43: CLASS, 44: LEAK, 45: WRONG_TAX,
       46: LEAK, 47: LEAK, 48: HUGE_READING, 49: STOPPED, 50: BIG_LEAK}
    | {NOT_DOUBLE: LEAK._replace(billed=27, fits=False),
       TOO_NEW: LEAK._replace(fits=False, short=True)}
    | {57: FAST, 58: FAST, 59: LATER_READ, 60: LATER_READ}
)
ANY_MONTH = (LEAK, LEAK, CLASS, WRONG_TAX)
LAST_MONTH = (STOPPED, UNREADABLE, READING, DAMAGED)


def of_row(row):
    """The anomaly of the n-th account, or None: the known ones, then about one in fifty."""
    if row <= LAST_KNOWN:
        return KNOWN.get(row)
    return scattered(row) if chance(2, row, "plot") else None


def scattered(row):
    """An anomaly of an account beyond the known ones."""
    plot = pick((*ANY_MONTH, *LAST_MONTH), row, "cause")
    usual = 11 + draw(14, row, "usual")
    return plot._replace(usual=usual, billed=2 * usual + 1 + draw(usual, row, "excess"),
                         back=draw(6, row, "month") if plot in ANY_MONTH else 0)


def volume(plot, back):
    """The m³ billed `back` months before the anomaly (below 0: after it)."""
    if back == 0:
        return plot.billed
    cycle = HALF_YEAR if plot.cause in BY_HALF_YEAR else YEAR
    return plot.usual + cycle[(back - 1) % len(cycle)]


def meter_state(plot):
    """The state that the commercial system shows for the account's meter."""
    if plot is None or plot.cause not in ESTIMATED or plot.cause in STILL_WORKING:
        return MeterState.WORKING
    unreadable = plot.cause == "LECTURA_IMPOSIBLE"
    return MeterState.UNREADABLE if unreadable else MeterState.BROKEN
