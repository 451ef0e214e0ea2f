"""What a volume costs: the tariff and line rules in force turned into lines, each figure with its tariff row."""
import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from policies.procedures.exact import as_decimal, exact, round_to_step
from policies.procedures.figures import day, figure, number, pesos
from policies.procedures.trace import Step
from policies.procedures.vocabulary import class_label, service_label


class NoTariff(LookupError):
    """No single tariff or line rule prices this; the text says for which class and date and what to do."""


@dataclass(frozen=True)
class RatedLine:
    """One line in MXN: service, amount before tax, tax percent, tax; `explanation` names the rows used."""

    service: str
    amount: Decimal
    tax_percent: Decimal
    tax: Decimal
    explanation: tuple[Step, ...] = ()

    @property
    def total(self):
        """Amount plus tax, MXN."""
        return self.amount + self.tax


def in_force(rows, tariff_class, on):
    """The tariffs or line rules of `tariff_class` valid on the day `on` (both ends included); NoTariff if none."""
    found = tuple(row for row in rows if row.tariff_class == tariff_class and row.valid_from <= on
                  and (row.valid_to is None or on <= row.valid_to))
    if not found:
        raise NoTariff(f"No hay tarifa vigente para la clase «{class_label(tariff_class)}» el {day(on)}; "
                       "regístrela o corrija sus fechas de vigencia.")
    return found


def rate_in_force(volume, tariff_class, on, tariffs, line_rules):
    """`rate` of `volume` (m³) with the one tariff and the rules of the class valid on the day `on`."""
    found = in_force(tariffs, tariff_class, on)
    if len(found) > 1:
        codes = ", ".join(tariff.code for tariff in found)
        raise NoTariff(f"Hay más de una tarifa vigente para la clase «{class_label(tariff_class)}» "
                       f"el {day(on)} ({codes}); "
                       "cierre la vigencia de la anterior.")
    return rate(volume, found[0], in_force(line_rules, tariff_class, on))


def rate(volume, tariff, line_rules):
    """The lines that `volume` (m³, not negative) costs: water by the tariff, the others as percent of it, tax on each.

    Each amount and each tax is rounded once, as its line rule says. Raises NoTariff when a row is missing.
    """
    volume = exact(volume)
    if volume < 0:
        raise ValueError(f"El consumo no puede ser negativo ({number(volume)} m³); revise las lecturas.")
    rules = {rule.service: rule for rule in line_rules}
    if "water" not in rules or len(rules) != len(tuple(line_rules)):
        raise NoTariff(f"La clase «{class_label(tariff.tariff_class)}» necesita una sola regla vigente "
                       "por renglón, y la de agua; "
                       "revise las reglas de renglón.")
    charge, steps = _water(volume, tariff)
    water = _line(rules.pop("water"), charge, steps)
    return (water, *(_share(rule, water, tariff) for rule in rules.values()))


def _share(rule, water, tariff):
    if rule.percent_of_water is None:
        raise NoTariff(f"La regla de {service_label(rule.service)} en «{class_label(tariff.tariff_class)}» no dice su "
                       "porcentaje del agua; captúrelo.")
    percent = exact(rule.percent_of_water)
    charge = exact(water.amount) * percent / 100
    words = f"{number(percent)} % de {figure(water.amount, 'MXN')} de agua"
    step = Step(rule.service, words, charge, "MXN", _source(rule))
    return _line(rule, charge, [step])


def _line(rule, charge, steps):
    amount = round_to_step(charge, rule.rounding_step, rule.rounding_mode)
    due = amount * exact(rule.tax_percent) / 100
    tax = round_to_step(due, rule.rounding_step, rule.rounding_mode)
    taxed = Step(rule.service, f"IVA {number(exact(rule.tax_percent))} % de {figure(amount, 'MXN')}", due, "MXN",
                 _source(rule))
    return RatedLine(rule.service, as_decimal(amount), rule.tax_percent, as_decimal(tax),
                     (*steps, *_rounding(rule, charge, amount), taxed, *_rounding(rule, due, tax)))


def _rounding(rule, before, after):
    """The rounding as a step of its own, where it moved something (MXN)."""
    if before != after:
        yield Step(rule.service, f"{pesos(before)} redondeado a {pesos(exact(rule.rounding_step))}", after, "MXN",
                   _source(rule))


def _source(rule):
    return (f"regla de {service_label(rule.service)}, clase {class_label(rule.tariff_class)}, "
            f"vigente desde {day(rule.valid_from)}")


def _water(volume, tariff):
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
    return charge, [Step("water", rule, charge, "MXN", _tariff_source(tariff))]


def _by_table(volume, tariff):
    whole = Fraction(math.ceil(volume))
    steps = {exact(step.volume): step for step in tariff.steps}
    top = max(steps, default=None)
    if whole in steps or (top is not None and whole > top):
        row = steps[min(whole, top)]
        charge = exact(row.charge)
        traced = [Step("water", f"renglón de {row.volume} m³ del tabulador", charge, "MXN", _tariff_source(tariff))]
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
    return Step("water", rule, units * exact(block.price), "MXN", _tariff_source(tariff))


def _tariff_source(tariff):
    return f"tarifa {tariff.code}, vigente desde {day(tariff.valid_from)}"
