"""The one reader of figures: what a person types, a file brings, an address asks or a YAML document says.

The point marks decimals. A comma marks thousands, and counts only between whole groups of three digits. A text
that could be read in two ways is refused with both, so that no figure is ever multiplied in silence.
"""

import re
import unicodedata
from decimal import Decimal

MOST_DECIMALS = 4               # where nothing declares fewer
MOST = Decimal("999999999.9999")
ECHOED = 40                     # letters of a refused text that its sentence repeats
FIGURE = re.compile(r"(?P<sign>[-+\u2212]?)(?:\$\s?)?"
                    r"(?P<whole>\d{1,60}|[1-9]\d{0,2}(?:,\d{3}){1,20})(?:\.(?P<part>\d{1,60}))?", re.ASCII)
ATTEMPT = re.compile(r"[-+\u2212]?(?:\$\s?)?[.,]?\d[\d.,_']*(?:[eE][-+]?\d{1,3})?")   # digits of any script
POWER = re.compile(r"(.+)[eE]([-+]?\d)", re.ASCII)
EXAMPLES = ("1,234.50", "1,234.5", "1,234", "12", "1")


class NoFigure(ValueError):
    """A text that is no figure, or more than one; its sentence says how it could be read and how to write it."""


def figure(text: str, decimals: int = MOST_DECIMALS, least: Decimal = -MOST, most: Decimal = MOST,
           percent: bool = False) -> Decimal:
    """The exact figure that `text` says, with no more than `decimals` of them and between both bounds, included.

    `percent`: it is a percentage, which may be written with its sign. Raises NoFigure, whose text is one whole
    Spanish sentence.
    """
    value = parsed(text.strip().removesuffix("%") if percent else text)
    if value is None:
        raise NoFigure(refusal(text, decimals, least, most))
    places = -value.as_tuple().exponent
    if places > decimals:
        raise NoFigure(too_fine(text, value, places, decimals))
    if not least <= value <= most:
        raise NoFigure(f"«{echo(text)}» está fuera de lo que se admite; escriba una cifra de {bound_words(least)} a "
                       f"{bound_words(most)}.")
    return value


def parsed(text: str) -> Decimal | None:
    """The figure that `text` says, of any size, or None where it says none or could say two."""
    return value_of(FIGURE.fullmatch(text.strip()))


def value_of(found: re.Match | None) -> Decimal | None:
    """The figure of the groups sign, whole and part of a match."""
    if found is None:
        return None
    sign = "-" if found["sign"] in ("-", "\u2212") else ""
    whole = re.sub("[.,]", "", found["whole"])
    return Decimal(f"{sign}{whole}.{found['part']}" if found["part"] else f"{sign}{whole}")


def attempted(text: str) -> bool:
    """Whether `text` is written with the signs of a figure alone, well or badly: «2,5», «1.2.3», «1e3»."""
    return ATTEMPT.fullmatch(text.strip()) is not None


def readings(text: str) -> list[str]:
    """The ways in which a text that is no figure could be meant, as each would be written; none where it is words."""
    if len(text) > ECHOED:
        return []
    plain = unicodedata.normalize("NFKC", text)
    plain = "".join(str(unicodedata.decimal(letter, letter)) for letter in plain)
    plain = re.sub(r"[\s_'$]", "", plain).replace("\u2212", "-")
    if power := POWER.fullmatch(plain):
        value = parsed(power[1])
        return [] if value is None else [f"{value.scaleb(int(power[2])):f}"]
    if not re.fullmatch(r"[-+]?[\d.,]*\d[\d.,]*", plain, re.ASCII):
        return []
    without_commas = plain.replace(",", "")
    together = without_commas if without_commas.count(".") < 2 else without_commas.replace(".", "")
    return list(dict.fromkeys(tidied(way) for way in (last_mark_as_point(plain), together)))


def last_mark_as_point(plain: str) -> str:
    """The text with its last comma or point as the decimal point, and the others gone."""
    head, tail = re.fullmatch(r"(.*)[.,](.*)|(.*)", plain).group(1, 2)
    return plain if head is None else f"{re.sub('[.,]', '', head)}.{tail}"


def tidied(plain: str) -> str:
    """«+02.» as 2, «.5» as 0.5."""
    sign, whole, part = re.fullmatch(r"([-+]?)(\d*)\.?(\d*)", plain).groups()
    return f"{sign.replace('+', '')}{whole.lstrip('0') or '0'}" + (f".{part}" if part else "")


def refusal(text: str, decimals: int = MOST_DECIMALS, least: Decimal = -MOST, most: Decimal = MOST) -> str:
    """Why `text` is no figure: its two readings, its only one, or an example that its field takes."""
    ways = readings(text)
    if len(ways) == 2:
        return (f"«{echo(text)}» se puede leer como {ways[0]} o como {ways[1]}; escriba una de las dos: el punto marca "
                "los decimales y la coma, los miles.")
    if ways:
        return f"«{echo(text)}» no se admite escrita así; escriba {ways[0]}."
    shown = next((way for way in EXAMPLES if fits(parsed(way), decimals, least, most)), bound_words(most))
    return f"«{echo(text)}» no es una cifra; escríbala con cifras, por ejemplo {shown}."


def fits(value: Decimal, decimals: int, least: Decimal, most: Decimal) -> bool:
    """Whether a field takes this figure."""
    return -value.as_tuple().exponent <= decimals and least <= value <= most


def too_fine(text: str, value: Decimal, places: int, decimals: int) -> str:
    """A figure with more decimals than its field has; three of them may have been thousands."""
    thousands = f" Si el punto separaba miles, escriba {value.scaleb(places):,f}." if places % 3 == 0 else ""
    return (f"«{echo(text)}» lleva {places} {'decimal' if places == 1 else 'decimales'} y aquí "
            f"{admitted(decimals)}; corrija la cifra.{thousands}")


def admitted(decimals: int) -> str:
    """How many decimals a field takes, in words."""
    return {0: "se admiten solo enteros", 1: "se admite 1 decimal"}.get(decimals, f"se admiten {decimals} decimales")


def bound_words(value: Decimal) -> str:
    """A bound as people read it: 1,234.5, −3."""
    text = f"{abs(value):,f}"
    return f"{'−' if value < 0 else ''}{text.rstrip('0').rstrip('.') if '.' in text else text}"


def echo(text: str) -> str:
    """The refused text, cut where it is long."""
    plain = text.strip()
    return plain if len(plain) <= ECHOED else f"{plain[:ECHOED]}…"
