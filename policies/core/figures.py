"""Figures as people in Mexico read them: $1,234.50, 34 m³, sí, no."""
from datetime import date
from decimal import Decimal

from policies.core.exact import CENT, exact, round_to_step

ONE = {"hour": "hora", "day": "día", "week": "semana", "month": "mes", "year": "año", "period": "periodo",
       "gal": "galón", "USD": "dólar"}
MANY = {"m3": "m³", "hour": "horas", "day": "días", "week": "semanas", "month": "meses", "year": "años",
        "period": "periodos", "percent": "%", "gal": "galones", "USD": "dólares"}
UNITS = {"MXN": "pesos"} | MANY     # units that have Spanish words; others are shown as they are written
MONTHS = ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic")
IN_CENTS = Decimal("0.01")
DECIMALS = 6        # of a figure that no rule has rounded yet; «…» follows one that has more


def day(value: date) -> str:
    """A day as 22/nov/2026."""
    return f"{value.day:02}/{MONTHS[value.month - 1]}/{value.year}"


def money(value: object) -> str:
    """MXN with thousands and cents: $1,234.50, or −$500.82 for a credit; rounds to cents, halves up."""
    if isinstance(value, Decimal) and value.same_quantum(IN_CENTS):      # most of a list and of a memoria
        return f"{'−' if value < 0 else ''}${abs(value):,.2f}"
    cents = int(round_to_step(abs(exact(value)), CENT, "half_up") * 100)
    return f"{'−' if value < 0 and cents else ''}${cents // 100:,}.{cents % 100:02d}"


def decimal_text(value: object, least: int = 0) -> str:
    """The absolute `value` with all its decimals, `least` of them at least: 34, 1,234.50, 335.0766 or 14.333333…

    It is never rounded, so that a reader who repeats an operation with it gets the figure of the next line.
    """
    value = exact(value)
    units, rest = divmod(abs(value.numerator) * 10**DECIMALS, value.denominator)
    more = "…" if rest else ""
    decimals = f"{units % 10**DECIMALS:0{DECIMALS}d}"
    if not more:
        decimals = decimals.rstrip("0").ljust(least, "0")
    return f"{units // 10**DECIMALS:,}" + (f".{decimals}" if decimals else "") + more


def number(value: object) -> str:
    """A number with its decimals and no useless zeros: 34, −0.5, 14.333333…"""
    return f"{'−' if value < 0 else ''}{decimal_text(value)}"


def pesos(value: object) -> str:
    """MXN that no rule has rounded yet: $1,234.50, $335.0766, −$14.333333…"""
    return f"{'−' if value < 0 else ''}${decimal_text(value, least=2)}"


def with_unit(value: object, unit: str) -> str:
    """A number and its unit: 34 m³, 1 periodo, 12 periodos."""
    words = MANY.get(unit, unit)
    return f"{number(value)} {ONE.get(unit, words) if value == 1 else words}"


def figure(value: object, unit: str | None = None) -> str:
    """Any value of a trace in words, with its unit («m3», «MXN», «month», …)."""
    if value is None:
        return "sin dato"
    if isinstance(value, bool):
        return "sí" if value else "no"
    if isinstance(value, str):
        return f"«{value}»"
    if isinstance(value, (list, tuple)):
        return ", ".join(figure(item, unit) for item in value) or "ninguno"
    if unit == "MXN":
        return pesos(value)
    return with_unit(value, unit) if unit else number(value)
