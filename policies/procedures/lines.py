"""The bill's lines after a correction: re-rated, an amount spread pro rata, or their tax recomputed."""
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from policies.billing.tariffs import RatedLine
from policies.core.exact import CENT, as_decimal, exact, round_to_step, to_cents
from policies.procedures.definition import Definition
from policies.procedures.expressions import evaluate
from policies.procedures.facts import BillFacts, LineFacts
from policies.procedures.vocabulary import service_label


class Unspreadable(ValueError):
    """The result cannot be put on the bill's lines; its text is a Spanish sentence."""


def bill_problems(bill: BillFacts) -> list[str]:
    """Spanish sentences for what makes `bill` impossible to correct by computation; empty when it can be."""
    problems = []
    services = [line.service for line in bill.lines]
    for service in sorted({name for name in services if services.count(name) > 1}):
        problems.append(f"El recibo repite el renglón de {service_label(service)}; únalo antes de corregir.")
    if any(line.amount < 0 or line.tax < 0 for line in bill.lines):
        problems.append("El recibo tiene un renglón negativo; revíselo a mano, no se puede corregir por cálculo.")
    if sum((exact(line.total) for line in bill.lines), Fraction(0)) != exact(bill.total):
        problems.append("La suma de los renglones no es el total del recibo; concílielo antes de corregir.")
    return problems


@dataclass(frozen=True)
class Plan:
    """How one line changes: how much of the way to its target it moves (percent), and its own figure if it has one."""

    percent: Fraction = Fraction(100)
    value: Fraction | None = None


def plans(definition: Definition, names: dict[str, object]) -> dict[str, Plan]:
    """Service → Plan of each line that changes; raises ExpressionError or Unspreadable when a figure is not usable."""
    found = {}
    for line in definition.lines:
        if line.treatment == "keep":
            continue
        percent = Fraction(100) if line.percent is None else evaluate(line.percent, names)
        value = None if line.value is None else evaluate(line.value, names)
        service = service_label(line.service)
        if not isinstance(percent, Fraction) or not 0 <= percent <= 100:
            raise Unspreadable(f"El porcentaje del renglón de {service} va de 0 a 100; revise el procedimiento.")
        if value is not None and (not isinstance(value, Fraction) or value < 0):
            raise Unspreadable(f"La cifra del renglón de {service} no es un número desde cero; revise el caso.")
        found[line.service] = Plan(percent, value)
    return found


def is_corrected(definition: Definition, line: LineFacts) -> bool:
    """Whether the procedure changes this line; a service that it does not name is kept."""
    return line.service in definition.corrected_services


def rerate(definition: Definition, bill: BillFacts, rated: Iterable[RatedLine],
           planned: dict[str, Plan] | None = None) -> tuple[LineFacts, ...]:
    """The bill's lines moved toward `rated` as `planned` says (all the way without it); no line is added."""
    by_service, planned = {line.service: line for line in rated}, planned or {}
    return tuple(_move_toward(line, _as_line(by_service[line.service]), planned.get(line.service, Plan()).percent)
                 if is_corrected(definition, line) and line.service in by_service else line for line in bill.lines)


def _move_toward(line, target, percent):
    """`percent` of the way from `line` to `target`, in cents, with the tax of the target (MXN)."""
    if percent == 100:
        return target
    way = (exact(target.amount) - exact(line.amount)) * percent / 100
    amount = round_to_step(exact(line.amount) + way, CENT, "half_up")
    tax = round_to_step(amount * exact(target.tax_percent) / 100, CENT, "half_up")
    return LineFacts(line.service, as_decimal(amount), target.tax_percent, as_decimal(tax))


def _as_line(rated):
    return LineFacts(rated.service, rated.amount, rated.tax_percent, rated.tax)


def retax(definition: Definition, bill: BillFacts, rated: Iterable[RatedLine]) -> tuple[LineFacts, ...]:
    """The same amounts with the tax that the rules of `rated` give, rounded as the procedure says (MXN)."""
    percents = {line.service: line.tax_percent for line in rated}
    rounding = definition.rounding
    after = []
    for line in bill.lines:
        if not is_corrected(definition, line) or line.service not in percents:
            after.append(line)
            continue
        percent = percents[line.service]
        tax = round_to_step(exact(line.amount) * exact(percent) / 100, rounding.step, rounding.mode)
        after.append(LineFacts(line.service, line.amount, percent, as_decimal(tax)))
    return tuple(after)


def spread(definition: Definition, bill: BillFacts, amount: object,
           planned: dict[str, Plan] | None = None) -> tuple[LineFacts, ...]:
    """The lines with totals that add up to `amount` (MXN), pro rata, each at the nearest cent that the sum allows.

    A line with a figure of its own takes that one and leaves the rest to the others; a percentage is applied last.
    Raises Unspreadable when there is nothing to spread over, or the amount is less than the lines that are kept.
    """
    planned = planned or {}
    own = {service: round_to_step(plan.value, CENT, "half_up") for service, plan in planned.items()
           if plan.value is not None}
    before = {line.service: exact(line.total) for line in bill.lines}
    movable = {line.service: before[line.service] for line in bill.lines
               if is_corrected(definition, line) and line.service not in own}
    fixed = [own.get(service, total) for service, total in before.items() if service not in movable]
    target = exact(amount) - sum(fixed, Fraction(0))
    base = sum(movable.values(), Fraction(0))
    if base <= 0 and (target or not own):
        raise Unspreadable("El recibo no tiene cargos sobre los cuales repartir el importe; vuelva a facturarlo.")
    if target < 0:
        raise Unspreadable("El importe calculado es menor que los renglones que no se corrigen; revise el caso.")
    part = target / base if base else Fraction(0)
    shares = {service: own.get(service, total * part) for service, total in before.items()
              if service in own or base and service in movable}
    for service in shares.keys() & planned.keys():
        shares[service] = before[service] + (shares[service] - before[service]) * planned[service].percent / 100
    totals = dict(zip(shares, to_cents(shares.values()), strict=True))
    return tuple(_split(line, totals[line.service]) if line.service in totals else line for line in bill.lines)


def _split(line, total):
    """The line with that total (MXN), part of it tax; one whose total stays is left as it is."""
    if total == exact(line.total):
        return line
    amount = round_to_step(total * _before_tax(line.tax_percent), CENT, "half_up")
    return LineFacts(line.service, as_decimal(amount), line.tax_percent, as_decimal(total - amount))


@lru_cache
def _before_tax(percent):
    """What part of a total with tax is the amount before it."""
    return 100 / (100 + exact(percent))
