"""Exact numbers: read without floats, rounded once where a rule says so, written without loss."""
import math
import re
from collections.abc import Iterable
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import lru_cache

from policies.core.typed_figures import NoFigure, figure

MODES = ("half_up", "half_even", "up", "down")
NUMBER_TEXT = re.compile(r"-?\d{1,24}(\.\d{1,24}|/[1-9]\d{0,23})?", re.ASCII)
MOST_DIGITS = 24        # before and after the point
CENT, HALF, LARGEST = Fraction(1, 100), Fraction(1, 2), Decimal(10) ** MOST_DIGITS - 1


class InexactNumber(ValueError):
    """A value that cannot be read as an exact number; its text says what to write instead."""


def looks_like_number(value: object) -> bool:
    """True for a text such as "34", "-0.5" or "43/3": the only texts read as numbers."""
    return isinstance(value, str) and NUMBER_TEXT.fullmatch(value) is not None


def exact(value: object) -> Fraction:
    """The Fraction equal to `value` (int, Fraction, finite Decimal or number text); raises InexactNumber."""
    if type(value) is Fraction:
        return value
    if type(value) is Decimal and value.is_finite() and abs(value.adjusted()) <= 24:
        return _of_decimal(value)
    if isinstance(value, (bool, float)):
        raise InexactNumber(f"«{value}» no es un número exacto; escríbalo con cifras, por ejemplo 0.01.")
    if isinstance(value, (int, Fraction)):
        return Fraction(value)
    if looks_like_number(value):
        return Fraction(value)
    try:
        return Fraction(figure(str(value), MOST_DIGITS, -LARGEST, LARGEST))
    except NoFigure as fault:
        raise InexactNumber(str(fault)) from fault


@lru_cache(maxsize=2**16)
def _of_decimal(value):
    return Fraction(value)       # the same few volumes and amounts come again and again


def round_to_step(value: object, step: object, mode: str) -> Fraction:
    """`value` rounded to the nearest multiple of `step` (same unit) by `mode`, one of MODES; raises ValueError."""
    step = exact(step)
    if step <= 0:
        raise ValueError("El paso del redondeo debe ser mayor que cero.")
    value = exact(value)
    many, parts = value.numerator * step.denominator, value.denominator * step.numerator   # many / parts steps
    if mode == "half_up":
        whole = (2 * many + parts) // (2 * parts)
    elif mode == "half_even":
        whole = round(Fraction(many, parts))
    elif mode in ("up", "down"):
        whole = -(-many // parts) if mode == "up" else many // parts
    else:
        raise ValueError(f"El modo de redondeo «{mode}» no existe; use uno de: {', '.join(MODES)}.")
    return Fraction(whole * step.numerator, step.denominator)


def to_cents(shares: Iterable[object]) -> list[Fraction]:
    """The shares of an amount (MXN) in whole cents that add up to it, each the nearest that the sum allows.

    Each is rounded down and the cents left over go one by one to the largest remainders (the largest remainder method;
    the first of equal ones), so that no share is a cent away from its exact value.
    """
    shares = [exact(share) * 100 for share in shares]
    cents = [math.floor(share) for share in shares]
    left = math.floor(sum(shares, HALF)) - sum(cents)
    by_remainder = sorted(range(len(shares)), key=lambda place: cents[place] - shares[place])
    for place in by_remainder[:left]:
        cents[place] += 1
    return [Fraction(each, 100) for each in cents]


def as_decimal(value: object) -> Decimal:
    """The Decimal equal to `value`, with two places at least; raises InexactNumber if it has no finite decimal."""
    value = exact(value)
    if 100 % value.denominator == 0 and abs(value.numerator) < 10**24:      # in cents, as nearly all money is
        return Decimal(value.numerator * (100 // value.denominator)).scaleb(-2)
    with localcontext() as context:
        context.prec = 60
        decimal = Decimal(value.numerator) / Decimal(value.denominator)
        if Fraction(decimal) != value:
            raise InexactNumber(f"{value} no cabe en decimales; redondéelo antes de guardarlo.")
        return decimal if decimal.as_tuple().exponent <= -2 else decimal.quantize(Decimal("0.01"))


def plain_number(value: object) -> int | str:
    """`value` for JSON, without loss: an int, or a text such as "37.5" or "43/3"."""
    value = exact(value)
    if value.denominator == 1:
        return value.numerator
    try:
        return format(as_decimal(value).normalize(), "f")
    except InexactNumber:
        return f"{value.numerator}/{value.denominator}"


def plain(value: object) -> object:
    """Numbers, texts, dates and lists of them as JSON-able data that reads back equal."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return plain_number(value)
