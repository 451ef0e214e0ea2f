"""What volumes cost in the periods of many bills: tariffs and line rules read once, each price worked out once."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache, partial

from policies.billing.tariffs import DAY, NO_DATE, NoTariff, parts_of, rate_parts
from policies.procedures.exact import exact


@dataclass(frozen=True)
class Block:
    """A price (MXN per m³) above `from_m3` and up to `to_m3`."""

    from_m3: Decimal
    to_m3: Decimal | None
    price: Decimal


@dataclass(frozen=True)
class Row:
    """The whole charge (MXN) at one volume (m³)."""

    volume: Decimal
    charge: Decimal


@dataclass(frozen=True)
class Tariff:
    """The price of water for one class between two dates, with its blocks and rows."""

    code: str
    tariff_class: str
    valid_from: date
    valid_to: date | None
    method: str
    minimum_charge: Decimal
    minimum_volume: Decimal
    blocks: tuple[Block, ...]
    steps: tuple[Row, ...]


@dataclass(frozen=True)
class LineRule:
    """What one service costs and is taxed in one class between two dates."""

    service: str
    tariff_class: str
    valid_from: date
    valid_to: date | None
    percent_of_water: Decimal | None
    tax_percent: Decimal
    rounding_step: Decimal
    rounding_mode: str


def price_list(tariffs, blocks, steps, line_rules):
    """The Prices of the rows that rule some days: the same rows give the same Prices, with all that is worked out."""
    blocks, steps = by_key(blocks, Block), by_key(steps, Row)
    return prices_of(
        tuple(Tariff(*row, blocks.get(key, ()), steps.get(key, ())) for key, *row in tariffs),
        tuple(LineRule(*row) for row in line_rules))


def by_key(rows, kind):
    """key → (instances of `kind`), from rows that begin with the key."""
    found = {}
    for key, *row in rows:
        found.setdefault(key, []).append(kind(*row))
    return {key: tuple(parts) for key, parts in found.items()}


class Prices:
    """Tariffs and line rules, and what has been worked out of them."""

    def __init__(self, tariffs, rules):
        self.tariffs, self.rules, self.alone = tariffs, rules, {}
        self.parts = lru_cache(maxsize=4096)(self.parts_between)
        self.rated = lru_cache(maxsize=16384)(rate_parts)

    def over(self, first, last):
        """rate(volume m³, class, changed=None) for a period, both days included."""
        return partial(self.rate, first, last)

    def rate(self, first, last, volume, tariff_class, changed=None):
        """The lines of a period; `changed` is (former class, first day of `tariff_class`) when it changed inside."""
        return self.rated(exact(volume), self.parts(first, last, str(tariff_class), changed))

    def parts_between(self, first, last, tariff_class, changed):
        former, since = changed or (tariff_class, first)
        later = parts_of(max(first, since), last, tariff_class, self.tariffs, self.rules)
        before = parts_of(first, since - DAY, former, self.tariffs, self.rules) if since > first else ()
        return before + later if before or len(later) > 1 else self.undated(*later)

    def undated(self, part):
        """A period of one part needs no dates: one price serves every such period."""
        rows = part.tariff.code, *((rule.service, rule.valid_from) for rule in part.rules)
        return self.alone.setdefault(rows, (replace(part, first=NO_DATE, last=NO_DATE),))

    def minimum(self, first, last, tariff_class):
        """The whole bill (MXN) of a period with the minimum charge; None without a tariff."""
        try:
            volume = min(part.tariff.minimum_volume for part in self.parts(first, last, tariff_class, None))
            lines = self.rate(first, last, volume, tariff_class)
        except NoTariff:
            return None
        return sum((line.total for line in lines), Decimal(0))


prices_of = lru_cache(maxsize=8)(Prices)
