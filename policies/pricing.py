"""What volumes cost in the periods of many bills: tariffs and line rules read once, each price worked out once."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial

from models.queries import gathering as ask
from policies.procedures.exact import exact
from policies.tariffs import NoTariff, in_force, rate_in_force


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


def price_list(session, first, last):
    """The Prices of every day between two."""
    found = session.execute(ask.tariffs(first, last)).all()
    keys = [row.id for row in found]
    blocks = by_key(session.execute(ask.blocks(keys)), Block)
    steps = by_key(session.execute(ask.steps(keys)), Row)
    return Prices(
        tuple(Tariff(*row, blocks.get(key, ()), steps.get(key, ())) for key, *row in found),
        tuple(LineRule(*row) for row in session.execute(ask.line_rules(first, last))))


def by_key(rows, kind):
    """key → (instances of `kind`), from rows that begin with the key."""
    found = {}
    for key, *row in rows:
        found.setdefault(key, []).append(kind(*row))
    return {key: tuple(parts) for key, parts in found.items()}


class Prices:
    """Tariffs and line rules, and what has been worked out of them."""

    def __init__(self, tariffs, rules):
        self.tariffs, self.rules, self.known = tariffs, rules, {}

    def over(self, first, last):
        """rate(volume m³, class) for a period, both days included."""
        return partial(self.rate, first, last)

    def rate(self, first, last, volume, tariff_class):
        wanted = last, exact(volume), str(tariff_class)
        if wanted not in self.known:
            self.known[wanted] = rate_in_force(wanted[1], wanted[2], last, self.tariffs, self.rules)
        return self.known[wanted]

    def minimum(self, first, last, tariff_class):
        """The whole bill (MXN) of a period with the minimum charge; None without a tariff."""
        try:
            (tariff, *_) = in_force(self.tariffs, tariff_class, last)
            lines = self.rate(first, last, tariff.minimum_volume, tariff_class)
        except NoTariff:
            return None
        return sum((line.total for line in lines), Decimal(0))
