"""From a computed result to the bill's lines: a volume or class re-rated, an amount spread, a tax recomputed."""
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain

from policies.procedures.exact import exact, round_to_step
from policies.procedures.explained import explained, off_tariff, part_way, unrated
from policies.procedures.expressions import evaluate
from policies.procedures.facts import LineFacts
from policies.procedures.figures import figure, money, pesos
from policies.procedures.grammar import ExpressionError, UnknownName
from policies.procedures.lines import Unspreadable, corrected, plans, rerated, retaxed, spread
from policies.procedures.trace import Step
from policies.procedures.vocabulary import meaning, service_label
from policies.tariffs import NoTariff


class Impossible(ValueError):
    """The result cannot be computed; the text is a Spanish sentence."""


@dataclass(frozen=True)
class Proposal:
    """The lines after, the volume after (m³, None when it does not change by volume) and how they came about.

    `trace` is told once, and only if somebody asks.
    """

    lines: tuple[LineFacts, ...]
    volume: Fraction | None
    trace: Iterable[Step] = ()
    warnings: tuple[str, ...] = ()


def propose(definition, bill, names, problems, rate):
    """The Proposal of `definition` for `bill`; `problems` are the sentences of formulas that failed.

    Raises Impossible when the result, the tariff or the bill does not allow it.
    """
    try:
        value = _value(definition, names, problems)
        return KINDS[definition.result.kind](definition, bill, value, rate, plans(definition, names))
    except (NoTariff, Unspreadable, ExpressionError) as fault:
        raise Impossible(str(fault)) from fault


def _value(definition, names, problems):
    expression = definition.result.value
    if expression is None:
        return None
    try:
        return evaluate(expression, names)
    except UnknownName as fault:
        label = meaning(definition, fault.name)[0]
        reason = problems.get(fault.name) or f"falta el dato «{label}»; captúrelo."
        raise Impossible(f"No se pudo calcular el resultado: {reason}") from fault
    except ExpressionError as fault:
        raise Impossible(f"No se pudo calcular el resultado: {fault}") from fault


def _by_volume(definition, bill, value, rate, planned):
    volume, trace = _rounded(definition, _not_negative(value, "m3"), "volume", "m3")
    rated = _rated(definition, bill, volume, rate, planned)
    warnings = [*unrated(definition, bill, rated), *off_tariff(definition, bill, rate)]
    after = rerated(definition, bill, rated, planned)
    trace = chain(trace, explained(definition, bill, rated), part_way(bill, after, planned))
    return Proposal(after, volume, trace, tuple(warnings))


def _rated(definition, bill, volume, rate, planned):
    """The tariff's lines for `volume` (m³), each service that has a volume of its own rated at that one."""
    rows = list(rate(volume, bill.tariff_class))
    for service, plan in planned.items():
        if plan.value is not None:
            own, _ = _rounded(definition, plan.value, "volume", "m3")
            rows = [row for row in rows if row.service != service]
            rows += [row for row in rate(own, bill.tariff_class) if row.service == service]
    return rows


def _by_class(definition, bill, value, rate, planned):
    rated = rate(exact(bill.volume), value)
    step = Step("Clase tarifaria correcta", f"el mismo consumo, {figure(exact(bill.volume), 'm3')}, con otra clase",
                value, None, definition.result.value)
    after = rerated(definition, bill, rated, planned)
    trace = chain((step,), explained(definition, bill, rated), part_way(bill, after, planned))
    return Proposal(after, exact(bill.volume), trace, tuple(unrated(definition, bill, rated)))


def _by_tax(definition, bill, _value, rate, _planned):
    rated = rate(exact(bill.volume), bill.tariff_class)
    after = retaxed(definition, bill, rated)
    rules = {row.service: row.explanation[-1].source for row in rated}      # the tax is the last step of each
    trace = (step for line in after if corrected(definition, line) and line.service in rules
             for step in _taxed(definition, line, rules[line.service]))
    return Proposal(after, exact(bill.volume), trace, tuple(unrated(definition, bill, rated)))


def _taxed(definition, line, source):
    """The tax of one line (MXN), and its rounding where it moved something."""
    label, due = f"IVA de {service_label(line.service)}", exact(line.amount) * exact(line.tax_percent) / 100
    yield Step(label, f"{figure(line.tax_percent, 'percent')} de {money(line.amount)}", due, "MXN", source)
    if due != line.tax:
        rule = f"{pesos(due)} redondeado a {pesos(definition.rounding.step)}"
        yield Step(label, rule, line.tax, "MXN", "redondeo del procedimiento")


def _by_amount(definition, bill, value, _rate, planned):
    amount, trace = _rounded(definition, _not_negative(value, "MXN"), "bill", "MXN")
    after = spread(definition, bill, amount, planned)
    rule = "en proporción a lo facturado; el residuo, al renglón mayor"
    shares = (Step(f"Parte de {service_label(line.service)}", rule, line.total, "MXN", f"recibo {bill.folio}")
              for line in after if corrected(definition, line))
    return Proposal(after, None, chain(trace, shares, part_way(bill, after, planned)))


def _not_negative(value, unit):
    if not isinstance(value, Fraction):
        raise Impossible("El resultado debe ser un número; revise la fórmula del procedimiento.")
    if value < 0:
        raise Impossible(f"El resultado es negativo ({figure(value, unit)}); revise los datos del caso.")
    return value


def _rounded(definition, value, where, unit):
    rounding = definition.rounding
    if rounding.where != where:
        return value, ()
    rounded = round_to_step(value, rounding.step, rounding.mode)
    return rounded, _rounding(rounding, value, rounded, unit)


def _rounding(rounding, value, rounded, unit):
    words = {"half_up": "al más cercano, la mitad hacia arriba", "half_even": "al más cercano, la mitad al par",
             "up": "hacia arriba", "down": "hacia abajo"}
    rule = f"{figure(value, unit)} redondeado a {figure(rounding.step, unit)}, {words[rounding.mode]}"
    yield Step("Resultado", rule, rounded, unit, "redondeo del procedimiento")


KINDS = {"volume": _by_volume, "class": _by_class, "tax": _by_tax, "amount": _by_amount}
