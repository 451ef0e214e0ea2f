"""The bill's lines after a correction: re-rated, an amount spread pro rata, or their tax recomputed."""
from fractions import Fraction

from policies.procedures.exact import CENT, as_decimal, exact, round_to_step
from policies.procedures.facts import LineFacts
from policies.procedures.vocabulary import service_label


class Unspreadable(ValueError):
    """The result cannot be put on the bill's lines; its text is a Spanish sentence."""


def unfit(bill):
    """Spanish sentences for what makes `bill` impossible to correct by computation; empty when fit."""
    problems = []
    services = [line.service for line in bill.lines]
    for service in sorted({name for name in services if services.count(name) > 1}):
        problems.append(f"El recibo repite el renglón de {service_label(service)}; únalo antes de corregir.")
    if any(line.amount < 0 or line.tax < 0 for line in bill.lines):
        problems.append("El recibo tiene un renglón negativo; revíselo a mano, no se puede corregir por cálculo.")
    if sum((exact(line.total) for line in bill.lines), Fraction(0)) != exact(bill.total):
        problems.append("La suma de los renglones no es el total del recibo; concílielo antes de corregir.")
    return problems


def treatments(definition):
    """Service → "correct" or "keep"; a service that is not named is kept."""
    return {line.service: line.treatment for line in definition.lines}


def corrected(definition, line):
    """True when the procedure recomputes this line."""
    return treatments(definition).get(line.service) == "correct"


def rerated(definition, bill, rated):
    """The bill's lines with those to correct taken from `rated`; lines the bill lacks are not added."""
    by_service = {line.service: line for line in rated}
    return tuple(_as_line(by_service[line.service])
                 if corrected(definition, line) and line.service in by_service else line for line in bill.lines)


def _as_line(rated):
    return LineFacts(rated.service, rated.amount, rated.tax_percent, rated.tax)


def retaxed(definition, bill, rated):
    """The same amounts with the tax that the rules of `rated` give, rounded as the procedure says (MXN)."""
    percents = {line.service: line.tax_percent for line in rated}
    rounding = definition.rounding
    after = []
    for line in bill.lines:
        if not corrected(definition, line) or line.service not in percents:
            after.append(line)
            continue
        percent = percents[line.service]
        tax = round_to_step(exact(line.amount) * exact(percent) / 100, rounding.step, rounding.mode)
        after.append(LineFacts(line.service, line.amount, percent, as_decimal(tax)))
    return tuple(after)


def spread(definition, bill, amount):
    """Lines whose totals add up to `amount` (MXN): pro rata in cents, what is left over on the largest."""
    movable = [line for line in bill.lines if corrected(definition, line)]
    target = exact(amount) - sum((exact(line.total) for line in bill.lines if line not in movable), Fraction(0))
    base = sum((exact(line.total) for line in movable), Fraction(0))
    if base <= 0:
        raise Unspreadable("El recibo no tiene cargos sobre los cuales repartir el importe; vuelva a facturarlo.")
    if target < 0:
        raise Unspreadable("El importe calculado es menor que los renglones que no se corrigen; revise el caso.")
    shares = _shares(movable, target, base)
    return tuple(_split(line, shares[line.service]) if line.service in shares else line for line in bill.lines)


def _shares(movable, target, base):
    # Rounding down leaves a residue that is never negative, so no line can end below zero.
    shares = {line.service: round_to_step(exact(line.total) * target / base, CENT, "down") for line in movable}
    largest = max(movable, key=lambda line: line.total).service
    shares[largest] += target - sum(shares.values())
    return shares


def _split(line, total):
    amount = round_to_step(total * 100 / (100 + exact(line.tax_percent)), CENT, "half_up")
    return LineFacts(line.service, as_decimal(amount), line.tax_percent, as_decimal(total - amount))
