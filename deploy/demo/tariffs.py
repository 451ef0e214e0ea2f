"""The demonstration tariff, MXN, and what a volume costs under it."""

from decimal import Decimal
from functools import cache

from deploy.demo.months import RULES_BEGIN
from deploy.demo.owner import owner_session
from models.customers import TariffClass
from models.tariffs import LineRule, RoundingMode, Service, Tariff, TariffBlock, TariffMethod, TariffStep
from policies.billing.tariffs import rate

# class: code, minimum charge, up to m³, then (more than m³, price per m³)
BLOCKS = {
    TariffClass.DOMESTIC: ("DOM-2024", "110.00", 10, (
        (10, "13.00"), (20, "17.50"), (30, "24.00"), (50, "31.00"))),
    TariffClass.COMMERCIAL: ("COM-2024", "260.00", 10, (
        (10, "32.00"), (20, "32.00"), (30, "41.00"), (50, "52.00"))),
    TariffClass.INDUSTRIAL: ("IND-2024", "890.00", 20, (
        (20, "46.00"), (50, "52.00"), (100, "58.50"), (300, "64.00"))),
}
# The public class is published as a table: one charge per m³ up to 100, a price beyond.
TABLE_CODE, TABLE_MINIMUM, TABLE_FROM, TABLE_TO, BEYOND = "PUB-2024", "180.00", 20, 100, "21.00"
SEWER, SANITATION = Decimal("25"), Decimal("12.5")
NO_TAX, TAX = Decimal("0"), Decimal("16")


def tariffs():
    """The tariffs of every class, not yet saved."""
    return [*(by_blocks(word) for word in BLOCKS), by_table()]


def by_blocks(tariff_class):
    """A tariff of prices per m³ by block."""
    code, minimum, volume, prices = BLOCKS[tariff_class]
    ends = [start for start, _ in prices[1:]] + [None]
    return Tariff(
        code=code, tariff_class=tariff_class, valid_from=RULES_BEGIN, method=TariffMethod.BLOCKS,
        minimum_charge=Decimal(minimum), minimum_volume=Decimal(volume), steps=[],
        blocks=[TariffBlock(from_m3=Decimal(start), price=Decimal(price),
                            to_m3=None if end is None else Decimal(end))
                for (start, price), end in zip(prices, ends, strict=True)])


def by_table():
    """A tariff published as a table of charges."""
    charge, steps = Decimal(TABLE_MINIMUM), []
    for volume in range(TABLE_FROM + 1, TABLE_TO + 1):
        charge += Decimal("14.50") if volume <= 50 else Decimal("18.25")
        steps.append(TariffStep(volume=Decimal(volume), charge=charge))
    return Tariff(
        code=TABLE_CODE, tariff_class=TariffClass.PUBLIC, valid_from=RULES_BEGIN,
        method=TariffMethod.TABLE, minimum_charge=Decimal(TABLE_MINIMUM), steps=steps,
        minimum_volume=Decimal(TABLE_FROM),
        blocks=[TariffBlock(from_m3=Decimal(TABLE_TO), to_m3=None, price=Decimal(BEYOND))])


def line_rules(tariff_class):
    """Water, sewer and sanitation; only the water of a house pays no tax."""
    house = tariff_class == TariffClass.DOMESTIC
    terms = ((Service.WATER, None, NO_TAX if house else TAX),
             (Service.SEWER, SEWER, TAX), (Service.SANITATION, SANITATION, TAX))
    return [LineRule(service=service, tariff_class=tariff_class, valid_from=RULES_BEGIN,
                     percent_of_water=percent, tax_percent=tax, rounding_step=Decimal("0.01"),
                     rounding_mode=RoundingMode.HALF_UP) for service, percent, tax in terms]


def load(app):
    """Add the tariffs and the rules of their lines."""
    with owner_session(app) as session:
        session.add_all(tariffs())
        session.add_all(rule for word in TariffClass for rule in line_rules(word))


@cache
def price_list(tariff_class):
    """(tariff, rules of its lines) of a class."""
    found = next(row for row in tariffs() if row.tariff_class == tariff_class)
    return found, line_rules(tariff_class)


@cache
def priced(tariff_class, volume):
    """((service, amount, tax percent, tax), …) of one bill, MXN, as the console itself rates it."""
    tariff, rules = price_list(tariff_class)
    return tuple((line.service.value, line.amount, line.tax_percent, line.tax)
                 for line in rate(volume, tariff, rules))


def total(lines):
    """What the lines add up to with tax, MXN."""
    return sum((amount + tax for _, amount, _, tax in lines), Decimal("0.00"))
