"""From a computed result to the bill's lines: a volume or class re-rated, an amount spread, a tax recomputed."""
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import chain

from policies.billing.tariffs import NoTariff, RatedLine
from policies.core.exact import exact, round_to_step
from policies.core.figures import day, figure, money, pesos
from policies.procedures.definition import Definition
from policies.procedures.explained import off_tariff, partial_steps, tariff_steps, unchanged_lines
from policies.procedures.expressions import evaluate
from policies.procedures.facts import BillFacts, LineFacts
from policies.procedures.grammar import ExpressionError, UnknownName, names_in
from policies.procedures.lines import Unspreadable, is_corrected, plans, rerate, retax, spread
from policies.procedures.trace import Step
from policies.procedures.vocabulary import meaning, service_label


class Impossible(ValueError):
    """The result cannot be computed; the text is a Spanish sentence."""


@dataclass(frozen=True)
class Proposal:
    """The lines after, the volume after (m³; None when the result is no volume) and the steps that led to them.

    `trace` is an iterator: it is computed only when read, and once.
    """

    lines: tuple[LineFacts, ...]
    volume: Fraction | None
    trace: Iterable[Step] = ()
    warnings: tuple[str, ...] = ()


def propose(definition: Definition, bill: BillFacts, names: dict[str, object], problems: dict[str, str],
            rate: Callable[..., tuple[RatedLine, ...]]) -> Proposal:
    """The Proposal of `definition` for `bill`; `problems` holds the sentences of the formulas that failed.

    Raises Impossible when the result, the tariff or the bill does not allow it.
    """
    try:
        value = _figure(definition, definition.result.value, names, problems)
        more = {"since": _since(definition, bill, names, problems)} if definition.result.kind == "class" else {}
        return KINDS[definition.result.kind](definition, bill, value, rate, plans(definition, names), **more)
    except (NoTariff, Unspreadable, ExpressionError) as fault:
        raise Impossible(str(fault)) from fault


def _figure(definition, expression, names, problems):
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
    volume, trace = _round(definition, _not_negative(value, "m3"), "volume", "m3")
    rated = _rate_lines(definition, bill, volume, rate, planned)
    warnings = [*unchanged_lines(definition, bill, rated), *off_tariff(definition, bill, rate)]
    after = rerate(definition, bill, rated, planned)
    trace = chain(trace, tariff_steps(definition, bill, rated), partial_steps(bill, after, planned))
    return Proposal(after, volume, trace, tuple(warnings))


def _rate_lines(definition, bill, volume, rate, planned):
    """The tariff's lines for `volume` (m³), each service that has a volume of its own rated at that one."""
    rows = list(rate(volume, bill.tariff_class))
    for service, plan in planned.items():
        if plan.value is not None:
            own, _ = _round(definition, plan.value, "volume", "m3")
            rows = [row for row in rows if row.service != service]
            rows += [row for row in rate(own, bill.tariff_class) if row.service == service]
    return rows


def _by_class(definition, bill, value, rate, planned, since=None):
    """The same volume in another class: the whole period, or the days from `since` on."""
    inside = since is not None and since > bill.period_start
    rated = rate(exact(bill.volume), value, (bill.tariff_class, since)) if inside else rate(exact(bill.volume), value)
    when = f" desde el {day(since)}, y la del recibo los días anteriores" if inside else ""
    how = f"el mismo consumo, {figure(exact(bill.volume), 'm3')}, con otra clase{when}"
    step = Step("Clase tarifaria correcta", how, value, None, definition.result.value)
    after = rerate(definition, bill, rated, planned)
    trace = chain((step,), tariff_steps(definition, bill, rated), partial_steps(bill, after, planned))
    return Proposal(after, exact(bill.volume), trace, tuple(unchanged_lines(definition, bill, rated)))


def _since(definition, bill, names, problems):
    """The day from which the class is the right one; None (the whole period) where it is not asked or not answered."""
    if definition.result.since is None or not names_in(definition.result.since) <= names.keys():
        return None
    try:
        since = date.fromisoformat(_figure(definition, definition.result.since, names, problems))
    except (TypeError, ValueError) as fault:
        raise Impossible("El día en que cambió la clase no es una fecha; escríbalo por ejemplo 2026-03-15.") from fault
    if since > bill.period_end:
        raise Impossible(f"La clase cambió el {day(since)}, después del recibo; corrija el recibo de ese periodo.")
    return since


def _by_tax(definition, bill, _value, rate, _planned):
    rated = rate(exact(bill.volume), bill.tariff_class)
    after = retax(definition, bill, rated)
    trace = _tax_steps(definition, after, rated)
    return Proposal(after, exact(bill.volume), trace, tuple(unchanged_lines(definition, bill, rated)))


def _tax_steps(definition, after, rated):
    rules = {row.service: row.explanation[-1].source for row in rated}      # the tax is the last step of each
    for line in after:
        if is_corrected(definition, line) and line.service in rules:
            yield from _tax_steps_of_line(definition, line, rules[line.service])


def _tax_steps_of_line(definition, line, source):
    """The tax of one line (MXN), and its rounding where it moved something."""
    label, due = f"IVA de {service_label(line.service)}", exact(line.amount) * exact(line.tax_percent) / 100
    yield Step(label, f"{figure(line.tax_percent, 'percent')} de {money(line.amount)}", due, "MXN", source)
    if due != line.tax:
        rule = f"{pesos(due)} redondeado a {pesos(definition.rounding.step)}"
        yield Step(label, rule, line.tax, "MXN", "redondeo del procedimiento")


def _by_amount(definition, bill, value, _rate, planned):
    amount, trace = _round(definition, _not_negative(value, "MXN"), "bill", "MXN")
    after = spread(definition, bill, amount, planned)
    rule = "en proporción a lo facturado, al centavo más cercano con el que suman el total"
    shares = (Step(f"Parte de {service_label(line.service)}", rule, line.total, "MXN", f"recibo {bill.folio}")
              for line in after if is_corrected(definition, line))
    return Proposal(after, None, chain(trace, shares, partial_steps(bill, after, planned)))


def _not_negative(value, unit):
    if not isinstance(value, Fraction):
        raise Impossible("El resultado debe ser un número; revise la fórmula del procedimiento.")
    if value < 0:
        raise Impossible(f"El resultado es negativo ({figure(value, unit)}); revise los datos del caso.")
    return value


def _round(definition, value, where, unit):
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
