"""The functions that a formula may call; each is exact and always ends."""
from fractions import Fraction

from policies.core.exact import round_to_step


class BadArgument(ValueError):
    """A function was given a value that it has no meaning for; the text ends a Spanish sentence."""


def _numbers(values, name):
    if not isinstance(values, (list, tuple)) or not all(isinstance(item, Fraction) for item in values):
        raise BadArgument(f"{name} necesita una lista de números")
    return list(values)


def _number(value, name):
    if not isinstance(value, Fraction):
        raise BadArgument(f"{name} necesita números")
    return value


def total(values: list[Fraction]) -> Fraction:
    """Sum of a list; zero when empty."""
    return sum(_numbers(values, "total"), Fraction(0))


def avg(values: list[Fraction]) -> Fraction:
    """Mean of a list; raises BadArgument when it is empty."""
    if not _numbers(values, "avg"):
        raise BadArgument("no hay datos que promediar")
    return total(values) / len(values)


def count(values: list) -> Fraction:
    """How many items a list holds."""
    if not isinstance(values, (list, tuple)):
        raise BadArgument("count necesita una lista")
    return Fraction(len(values))


def last(values: list[Fraction], how_many: Fraction) -> list[Fraction]:
    """The last `how_many` (a whole number from 1) of a list, oldest first."""
    if _number(how_many, "last").denominator != 1 or how_many < 1:
        raise BadArgument("last necesita un número entero desde 1")
    return _numbers(values, "last")[-int(how_many):]


def drop_max(values: list[Fraction]) -> list[Fraction]:
    """The list without one of its highest, in ascending order."""
    return sorted(_numbers(values, "drop_max"))[:-1]


def drop_zero(values: list[Fraction]) -> list[Fraction]:
    """The list without zeros."""
    return [item for item in _numbers(values, "drop_zero") if item != 0]


def dot(left: list[Fraction], right: list[Fraction]) -> Fraction:
    """Sum of products of two lists of the same length."""
    left, right = _numbers(left, "dot"), _numbers(right, "dot")
    if len(left) != len(right):
        raise BadArgument("dot necesita dos listas del mismo tamaño")
    return sum((a * b for a, b in zip(left, right)), Fraction(0))


def _several(values, name):
    values = values[0] if len(values) == 1 else values
    if not _numbers(values, name):
        raise BadArgument(f"{name} necesita al menos un número")
    return values


def minimum(*values: Fraction | list[Fraction]) -> Fraction:
    """The least of the numbers, or of one list."""
    return min(_several(values, "min"))


def maximum(*values: Fraction | list[Fraction]) -> Fraction:
    """The greatest of the numbers, or of one list."""
    return max(_several(values, "max"))


def absolute(value: Fraction) -> Fraction:
    """The number without its sign."""
    return abs(_number(value, "abs"))


def _ladder(starts, values, name):
    starts, values = _numbers(starts, name), _numbers(values, name)
    if not starts or len(starts) != len(values) or starts != sorted(set(starts)):
        raise BadArgument(f"{name} necesita inicios ascendentes y un valor para cada uno")
    return starts, values


def tier(volume: Fraction, starts: list[Fraction], prices: list[Fraction], step: Fraction | None = None) -> Fraction:
    """Charge of increasing blocks: block k covers (starts[k], starts[k+1]] at prices[k]; the last has no top.

    With a `step`, each block's charge is rounded to it (halves up) before they are added.
    """
    _number(volume, "tier")
    starts, prices = _ladder(starts, prices, "tier")
    tops = [min(volume, top) for top in starts[1:]] + [volume]
    charges = [max(Fraction(0), top - start) * price for start, top, price in zip(starts, tops, prices)]
    rounded = charges if step is None else [_stepper("tier", "half_up")(charge, step) for charge in charges]
    return sum(rounded, Fraction(0))


def bracket(value: Fraction, starts: list[Fraction], values: list[Fraction]) -> Fraction:
    """Value of the bracket of `value`: starts[k] <= value < starts[k+1]; below the first start, the first value."""
    _number(value, "bracket")
    starts, values = _ladder(starts, values, "bracket")
    reached = [result for start, result in zip(starts, values) if value >= start]
    return reached[-1] if reached else values[0]


def _stepper(name, mode):
    def to_step(value, step):
        if _number(step, name) <= 0:
            raise BadArgument(f"{name} necesita un paso mayor que cero")
        return round_to_step(_number(value, name), step, mode)
    return to_step


FUNCTIONS = {
    "avg": avg, "total": total, "sum": total, "n": count, "count": count, "last": last, "drop_max": drop_max,
    "drop_zero": drop_zero, "dot": dot, "min": minimum, "max": maximum, "abs": absolute, "tier": tier,
    "bracket": bracket, "ceil_to": _stepper("ceil_to", "up"), "floor_to": _stepper("floor_to", "down"),
    "round_to": _stepper("round_to", "half_up"),
}
