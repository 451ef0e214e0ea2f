"""Figures as people in México read them: $1,234.50, 34 m³, sí, no."""
from policies.procedures.exact import CENT, exact, round_to_step

UNIT_WORDS = {"m3": "m³", "day": "días", "month": "meses", "period": "periodos", "percent": "%", "gal": "galones"}


def money(value):
    """MXN with thousands and cents: $1,234.50, or -$500.82 for a credit."""
    cents = int(round_to_step(abs(exact(value)), CENT, "half_up") * 100)
    return f"{'-' if value < 0 and cents else ''}${cents // 100:,}.{cents % 100:02d}"


def number(value):
    """At most three decimals, without useless zeros: 34, 14.333."""
    thousandths = int(round_to_step(abs(exact(value)), "0.001", "half_up") * 1000)
    decimals = f"{thousandths % 1000:03d}".rstrip("0")
    sign = "-" if value < 0 and thousandths else ""
    return f"{sign}{thousandths // 1000:,}" + (f".{decimals}" if decimals else "")


def figure(value, unit=None):
    """Any value of a trace with its unit ("m3", "MXN", "month", …) in words a person reads."""
    if value is None:
        return "sin dato"
    if isinstance(value, bool):
        return "sí" if value else "no"
    if isinstance(value, str):
        return f"«{value}»"
    if isinstance(value, (list, tuple)):
        return ", ".join(figure(item, unit) for item in value) or "ninguno"
    if unit == "MXN":
        return money(value)
    return f"{number(value)} {UNIT_WORDS.get(unit, unit)}" if unit else number(value)
