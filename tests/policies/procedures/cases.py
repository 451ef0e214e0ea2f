"""Plain facts for the tests of the engine: the demonstration tariff, bills and histories, without a database."""
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

from policies import procedures
from policies.billing.tariffs import rate_in_force
from policies.procedures.facts import BillFacts, Facts, LineFacts, PeriodFacts
from policies.procedures.parsing import load

FILES = Path(procedures.__file__).parent
LIBRARY = sorted((FILES / "library").glob("*.yaml"))
ADOPTED = sorted((FILES / "adopted").glob("*.yaml"))
START = date(2024, 1, 1)
PRICES = {"domestic": ("110.00", "13.00", "17.50", "24.00", "31.00"),
          "commercial": ("260.00", "32.00", "32.00", "41.00", "52.00")}


def block(lower, upper, price):
    return SimpleNamespace(from_m3=lower, to_m3=upper, price=Decimal(price))


def tariff(tariff_class="domestic", **changes):
    minimum, *prices = PRICES[tariff_class]
    ranges = ((10, 20), (20, 30), (30, 50), (50, None))
    facts = {"tariff_class": tariff_class, "code": f"{tariff_class[:3].upper()}-2024", "valid_from": START, "valid_to": None,
                 "method": "blocks", "minimum_charge": Decimal(minimum), "minimum_volume": 10, "steps": [],
                 "blocks": [block(*limits, price) for limits, price in zip(ranges, prices)]}
    return SimpleNamespace(**facts | changes)


def line_rule(service, percent, tax, tariff_class="domestic", **changes):
    facts = {"service": service, "tariff_class": tariff_class, "valid_from": START, "valid_to": None,
                 "percent_of_water": percent and Decimal(percent), "tax_percent": Decimal(tax),
                 "rounding_step": Decimal("0.01"), "rounding_mode": "half_up"}
    return SimpleNamespace(**facts | changes)


def line_rules(tariff_class="domestic"):
    water_tax = "0" if tariff_class == "domestic" else "16"
    return [line_rule("water", None, water_tax, tariff_class), line_rule("sewer", "25", "16", tariff_class),
            line_rule("sanitation", "12.5", "16", tariff_class)]


def rate_at(volume, tariff_class, on=date(2025, 1, 31)):
    tariffs = [tariff(name) for name in PRICES]
    rules = [rule for name in PRICES for rule in line_rules(name)]
    return rate_in_force(volume, tariff_class, on, tariffs, rules)


def lines_for(volume, tariff_class="domestic"):
    return tuple(LineFacts(line.service, line.amount, line.tax_percent, line.tax)
                 for line in rate_at(volume, tariff_class))


def make_bill(volume=34, tariff_class="domestic", lines=None, **changes):
    lines = lines_for(volume, tariff_class) if lines is None else lines
    total = sum((line.total for line in lines), Decimal("0.00"))
    facts = {"folio": "R-2025-01", "period_start": date(2025, 1, 1), "period_end": date(2025, 1, 31), "days": 31,
                 "tariff_class": tariff_class, "volume": Decimal(volume), "total": total, "lines": tuple(lines)}
    return BillFacts(**facts | changes)


def make_history(volumes, **changes):
    """Monthly periods, oldest first, the last one just before the bill of January 2025."""
    periods = []
    for back, volume in zip(range(len(volumes), 0, -1), volumes):
        month = 2025 * 12 - back
        start, following = (date(count // 12, count % 12 + 1, 1) for count in (month, month + 1))
        facts = {"folio": f"R-{start:%Y-%m}", "period_start": start, "period_end": following - timedelta(1),
                     "volume": Decimal(volume), "total": Decimal(volume) * 10, "measured": True, "adjusted": False,
                     "tariff_class": "domestic"}
        periods.append(PeriodFacts(**facts | changes))
    return tuple(periods)


def adopted(code):
    return load(FILES / "adopted" / f"{code}.yaml")


def leak_facts(volume=34, history=(14,) * 12, **changes):
    facts = {"bill": make_bill(volume), "history": make_history(history), "inputs": {"leak.repaired": True},
                 "extra": {"adjustments_last_12m": 0}}
    return Facts(**facts | changes)
