"""What volumes cost in the periods of many bills: tariffs and line rules are read once, and each price computed once.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache, partial

from policies.billing.tariffs import DAY, NO_DATE, NoTariff, Part, RatedLine, parts_of, rate_parts
from policies.core.exact import exact


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


def price_list(tariffs: Iterable[tuple], blocks: Iterable[tuple], steps: Iterable[tuple],
               line_rules: Iterable[tuple]) -> "Prices":
    """The Prices of these rows; equal rows give the same object, with the prices that it has already computed."""
    blocks, steps = by_key(blocks, Block), by_key(steps, Row)
    return prices_of(
        tuple(Tariff(*row, blocks.get(key, ()), steps.get(key, ())) for key, *row in tariffs),
        tuple(LineRule(*row) for row in line_rules))


def by_key(rows: Iterable[tuple], kind: type) -> dict[object, tuple]:
    """key → instances of `kind`, from rows that begin with the key."""
    found = {}
    for key, *row in rows:
        found.setdefault(key, []).append(kind(*row))
    return {key: tuple(parts) for key, parts in found.items()}


class Prices:
    """Tariffs and line rules, and a cache of the prices computed from them."""

    def __init__(self, tariffs: tuple[Tariff, ...], rules: tuple[LineRule, ...]) -> None:
        self.tariffs, self.rules, self.alone = tariffs, rules, {}
        self.parts = lru_cache(maxsize=4096)(self.parts_between)
        self.rated = lru_cache(maxsize=16384)(rate_parts)

    def over(self, first: date, last: date) -> Callable[..., tuple[RatedLine, ...]]:
        """rate(volume m³, class, changed=None) for a period, both days included."""
        return partial(self.rate, first, last)

    def rate(self, first: date, last: date, volume: object, tariff_class: object,
             changed: tuple[str, date] | None = None) -> tuple[RatedLine, ...]:
        """The lines of a period; `changed` is (former class, first day of `tariff_class`) when it changed inside.
        Raises

        NoTariff.
        """
        return self.rated(exact(volume), self.parts(first, last, str(tariff_class), changed))

    def parts_between(self, first: date, last: date, tariff_class: str,
                      changed: tuple[str, date] | None) -> tuple[Part, ...]:
        """The parts of a period, each with one tariff and one set of line rules; raises NoTariff where a day has none.
        """
        former, since = changed or (tariff_class, first)
        later = parts_of(max(first, since), last, tariff_class, self.tariffs, self.rules)
        before = parts_of(first, since - DAY, former, self.tariffs, self.rules) if since > first else ()
        return before + later if before or len(later) > 1 else self.without_dates(*later)

    def without_dates(self, part: Part) -> tuple[Part, ...]:
        """The part without its dates, so that one price serves every period that consists of that part alone."""
        rows = part.tariff.code, *((rule.service, rule.valid_from) for rule in part.rules)
        return self.alone.setdefault(rows, (replace(part, first=NO_DATE, last=NO_DATE),))

    def minimum(self, first: date, last: date, tariff_class: str) -> Decimal | None:
        """The whole bill (MXN) of a period with the minimum charge; None without a tariff."""
        try:
            volume = min(part.tariff.minimum_volume for part in self.parts(first, last, tariff_class, None))
            lines = self.rate(first, last, volume, tariff_class)
        except NoTariff:
            return None
        return sum((line.total for line in lines), Decimal(0))


prices_of = lru_cache(maxsize=8)(Prices)
