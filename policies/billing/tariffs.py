"""What a volume costs: the tariff and line rules in force turned into lines, each figure with its tariff row.

Where the tariff, a line rule or the class changes inside a period, the days before and the days after are priced apart.
Volume, block limits and minimum are shared out by days, which is the same as pricing the whole volume by each tariff
and taking its part of the days: nobody pays two minimums, nor enters the cheap blocks twice.
"""
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from policies.billing.water_charge import NoTariff, tariff_source, water_charge
from policies.core.exact import as_decimal, exact, round_to_step
from policies.core.figures import day, figure, number, pesos
from policies.procedures.trace import Step
from policies.procedures.vocabulary import class_label, service_label

DAY = timedelta(days=1)
NO_DATE = date(1, 1, 1)


@dataclass(frozen=True)
class RatedLine:
    """One line in MXN: service, amount before tax, tax percent, tax; `explanation` names the rows used."""

    service: str
    amount: Decimal
    tax_percent: Decimal
    tax: Decimal
    explanation: tuple[Step, ...] = ()

    @property
    def total(self) -> Decimal:
        """Amount plus tax, MXN."""
        return self.amount + self.tax


@dataclass(frozen=True, eq=False)
class Part:
    """The days of a period, both ends included, priced by one tariff and one set of line rules. Compared by identity.
    """

    first: date
    last: date
    tariff: object
    rules: tuple

    @property
    def days(self) -> int:
        """Days of the part, both ends included."""
        return (self.last - self.first).days + 1

    def __str__(self):
        return f"del {day(self.first)} al {day(self.last)}"


def in_force(rows: Iterable, tariff_class: str, on: date) -> tuple:
    """The tariffs or line rules of `tariff_class` valid on the day `on` (both ends included); raises NoTariff if none.
    """
    found = tuple(row for row in rows if row.tariff_class == tariff_class and row.valid_from <= on
                  and (row.valid_to is None or on <= row.valid_to))
    if not found:
        raise NoTariff(f"No hay tarifa vigente para la clase «{class_label(tariff_class)}» el {day(on)}; "
                       "regístrela o corrija sus fechas de vigencia.")
    return found


def parts_of(first: date, last: date, tariff_class: str, tariffs: Iterable, line_rules: Iterable) -> tuple[Part, ...]:
    """The Parts of the days from `first` to `last`, each with one tariff and its rules; raises NoTariff where a day has
    none.
    """
    changes = {change for row in (*tariffs, *line_rules) if row.tariff_class == tariff_class
               for change in (row.valid_from, row.valid_to and row.valid_to + DAY) if change and first < change <= last}
    starts = [first, *sorted(changes)]
    ends = [start - DAY for start in starts[1:]] + [last]
    return tuple(Part(start, end, _one(in_force(tariffs, tariff_class, start), tariff_class, start),
                      in_force(line_rules, tariff_class, start)) for start, end in zip(starts, ends, strict=True))


def _one(found, tariff_class, on):
    if len(found) > 1:
        codes = ", ".join(tariff.code for tariff in found)
        raise NoTariff(f"Hay más de una tarifa vigente para la clase «{class_label(tariff_class)}» "
                       f"el {day(on)} ({codes}); "
                       "cierre la vigencia de la anterior.")
    return found[0]


def rate_in_force(volume: object, tariff_class: str, on: date, tariffs: Iterable,
                  line_rules: Iterable) -> tuple[RatedLine, ...]:
    """What `volume` (m³) costs in a period priced whole by the tariff and the rules of the day `on`; raises NoTariff.
    """
    return rate_parts(volume, parts_of(on, on, tariff_class, tariffs, line_rules))


def rate(volume: object, tariff: object, line_rules: Iterable) -> tuple[RatedLine, ...]:
    """What `volume` (m³) costs in a period of one tariff; raises NoTariff."""
    return rate_parts(volume, (Part(NO_DATE, NO_DATE, tariff, tuple(line_rules)),))


def rate_parts(volume: object, parts: tuple[Part, ...]) -> tuple[RatedLine, ...]:
    """The lines of `volume` (m³, not negative): water by the tariffs, the others as a percentage of it, and their tax.

    Each amount, each tax and the tax percentage follow the line rule of the last part, since the tax is owed when the
    whole is charged; each is rounded once. Raises NoTariff when a row is missing, ValueError for a negative volume.
    """
    volume = exact(volume)
    if volume < 0:
        raise ValueError(f"El consumo no puede ser negativo ({number(volume)} m³); revise las lecturas.")
    rules = [_by_service(part) for part in parts]
    charges, steps = _water(volume, parts)
    water = _line(rules[-1]["water"], sum(charges), steps)
    shares = _water_by_part(exact(water.amount), charges, parts)
    services = dict.fromkeys(service for each in reversed(rules) for service in each if service != "water")
    return (water, *(_share(service, rules, shares, parts) for service in services))


def _by_service(part):
    rules = {rule.service: rule for rule in part.rules}
    if "water" not in rules or len(rules) != len(part.rules):
        raise NoTariff(f"La clase «{class_label(part.tariff.tariff_class)}» necesita una sola regla vigente "
                       "por renglón, y la de agua; "
                       "revise las reglas de renglón.")
    return rules


def _water(volume, parts):
    """([MXN of each part, not rounded], steps)."""
    if len(parts) == 1:
        charge, steps = water_charge(volume, parts[0].tariff)
        return [charge], steps
    charges, traced, days = [], [], sum(part.days for part in parts)
    for part in parts:
        whole, steps = water_charge(volume, part.tariff)
        charges.append(whole * part.days / days)
        rule = f"{part.days} de {days} días, {part}, de {pesos(whole)}"
        traced += [*steps, Step("water", rule, charges[-1], "MXN", tariff_source(part.tariff))]
    words = " + ".join(pesos(charge) for charge in charges)
    return charges, [*traced, Step("water", f"suma de las partes del periodo: {words}", sum(charges), "MXN",
                                 tariff_source(parts[-1].tariff))]


def _water_by_part(amount, charges, parts):
    """The rounded water (MXN) of each part: in proportion to its charge, or to its days where nothing is charged."""
    weights = charges if sum(charges) else [Fraction(part.days) for part in parts]
    return [amount * weight / sum(weights) for weight in weights]


def _share(service, rules, shares, parts):
    """The line of a service that costs a percentage of the water of the days in which its rule is in force."""
    charge, steps = Fraction(0), []
    for each, share, part in zip(rules, shares, parts, strict=True):
        if service not in each:
            continue
        rule, percent = each[service], each[service].percent_of_water
        if percent is None:
            raise NoTariff(f"La regla de {service_label(service)} en «{class_label(part.tariff.tariff_class)}» no dice "
                           "su porcentaje del agua; captúrelo.")
        due = share * exact(percent) / 100
        charge += due
        of_days = "" if len(parts) == 1 else f", {part}"
        words = f"{number(exact(percent))} % de {pesos(share)} de agua{of_days}"
        steps.append(Step(service, words, due, "MXN", _source(rule)))
    return _line(rule, charge, steps)


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
