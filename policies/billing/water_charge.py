"""What the water of a whole period costs by one tariff: a minimum, then blocks, or a row of its table."""
import math
from fractions import Fraction

from policies.core.exact import exact
from policies.core.figures import day, figure, number
from policies.procedures.trace import Step


class NoTariff(LookupError):
    """No single tariff or line rule prices this; the text says for which class and date, and what to do."""


def water_charge(volume: Fraction, tariff: object) -> tuple[Fraction, list[Step]]:
    """(charge in MXN, not rounded; its steps) of `volume` (m³) in a whole period; raises NoTariff when a row is
    missing.
    """
    if tariff.method == "table":
        return _by_table(volume, tariff)
    if tariff.method == "blocks":
        charge, steps = _minimum(tariff)
        start = exact(tariff.minimum_volume)
        return _by_blocks(volume, start, charge, steps, tariff)
    raise NoTariff(f"La tarifa {tariff.code} tiene un método desconocido («{tariff.method}»); use blocks o table.")


def _minimum(tariff):
    charge = exact(tariff.minimum_charge)
    rule = f"cuota mínima, hasta {figure(exact(tariff.minimum_volume), 'm3')}"
    return charge, [Step("water", rule, charge, "MXN", tariff_source(tariff))]


def _by_table(volume, tariff):
    whole = Fraction(math.ceil(volume))
    steps = {exact(step.volume): step for step in tariff.steps}
    top = max(steps, default=None)
    if whole in steps or (top is not None and whole > top):
        row = steps[min(whole, top)]
        charge = exact(row.charge)
        traced = [Step("water", f"renglón de {row.volume} m³ del tabulador", charge, "MXN", tariff_source(tariff))]
        return _by_blocks(whole, top, charge, traced, tariff)
    if whole <= exact(tariff.minimum_volume):
        return _minimum(tariff)
    raise NoTariff(f"El tabulador {tariff.code} no tiene renglón para {figure(whole, 'm3')}; captúrelo.")


def _by_blocks(volume, start, charge, steps, tariff):
    """Adds to `charge` the m³ above `start`, block by block; every one of them must have a price."""
    priced, steps = Fraction(0), list(steps)
    for block in sorted(tariff.blocks, key=lambda block: block.from_m3):
        top = volume if block.to_m3 is None else min(volume, exact(block.to_m3))
        units = max(Fraction(0), top - max(start, exact(block.from_m3)))
        if units:
            priced += units
            charge += units * exact(block.price)
            steps.append(_block_step(block, units, tariff))
    if priced != max(Fraction(0), volume - start):
        raise NoTariff(f"Los rangos de la tarifa {tariff.code} no dan un solo precio para {figure(volume, 'm3')}; "
                       "revise desde y hasta de cada rango.")
    return charge, steps


def _block_step(block, units, tariff):
    upper = f" hasta {number(exact(block.to_m3))}" if block.to_m3 is not None else " en adelante"
    rule = (f"{figure(units, 'm3')} × {figure(exact(block.price), 'MXN')}, rango de más de "
            f"{number(exact(block.from_m3))}{upper} m³")
    return Step("water", rule, units * exact(block.price), "MXN", tariff_source(tariff))


def tariff_source(tariff: object) -> str:
    """The tariff and its first day, as the source of a step."""
    return f"tarifa {tariff.code}, vigente desde {day(tariff.valid_from)}"
