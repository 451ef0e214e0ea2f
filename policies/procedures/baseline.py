"""The reference figure of a correction: the first way of an ordered chain whose condition holds and that has enough

history.
"""
from dataclasses import dataclass
from fractions import Fraction

from policies.core.exact import exact
from policies.core.figures import figure, with_unit
from policies.procedures.definition import Definition
from policies.procedures.expressions import evaluate
from policies.procedures.facts import Facts
from policies.procedures.grammar import ExpressionError, names_in
from policies.procedures.periods import highest_of, measure, periods_that_count
from policies.procedures.trace import Step
from policies.procedures.vocabulary import with_values


@dataclass(frozen=True)
class Baseline:
    """The value found (m³ or MXN), how many periods it rests on, its trace, or the sentence that says why not."""

    value: Fraction | None
    periods: int = 0
    trace: tuple[Step, ...] = ()
    refusal: str | None = None


def find(definition: Definition, facts: Facts, names: dict[str, object], traced: bool = True) -> Baseline:
    """The Baseline of `definition` for `facts`; its conditions read `names`. Without history, a Baseline with a
    refusal.
    """
    reasons = []
    for step in definition.baseline:
        try:
            if step.when is not None and evaluate(step.when, names) is not True:
                reasons.append(f"no aplica «{step.when}»")
                continue
            found = (_from_formula(definition, step, names, traced) if step.method == "value"
                     else _average(step, facts, names, traced))
        except ExpressionError as fault:
            reasons.append(str(fault).rstrip("."))
            continue
        if found.value is not None:
            return found
        reasons.append(found.refusal)
    return Baseline(None, refusal=f"No hay historial suficiente para la referencia: {'; '.join(reasons)}. "
                                  "Espere a tener más periodos medidos o use otro procedimiento.")


def _unit(step):
    return step.unit or ("MXN" if step.measure == "amount" else "m3")


def _from_formula(definition, step, names, traced):
    value = evaluate(step.value, names)
    if not isinstance(value, Fraction):
        raise ExpressionError(step.value, "la referencia debe ser un número")
    if not traced:
        return Baseline(value)
    rule = f"{step.note or step.value} ({with_values(definition, names_in(step.value), names)})"
    return Baseline(value, 0, (Step("Referencia", rule, value, _unit(step), "datos del expediente"),))


def _average(step, facts, names, traced):
    before, after, set_aside = periods_that_count(step, facts, names)
    periods = [*before, *after]
    if step.window.next and len(after) < step.window.next:
        least = with_unit(step.window.next, "period")
        return Baseline(None, refusal=f"hay que esperar {least} después del recibo y hay {len(after)}")
    if len(periods) < step.minimum_periods:
        aside = ", ".join(f"{count} {why}" for why, count in set_aside.items())
        least = with_unit(step.minimum_periods, "period")
        return Baseline(None, refusal=f"se necesitan al menos {least} y hay {len(periods)}"
                                      + (f" (no cuentan: {aside})" if aside else ""))
    return _mean(step, facts.bill, periods, traced)


def _mean(step, bill, counted_in, traced):
    drops = step.filters.drop_highest and step.filters.drop_from != "history"
    dropped = [highest_of(step, counted_in)] if drops else []
    periods = [period for period in counted_in if not any(period is highest for highest in dropped)]
    if step.measure == "daily":
        volume, days = (sum(exact(getattr(period, part)) for period in periods) for part in ("volume", "days"))
        mean = volume / days * bill.days
    else:
        values = [measure(step, period) for period in periods]
        mean = sum(values, Fraction(0)) / len(values)
    if not traced:
        return Baseline(mean, len(periods))
    if step.measure == "daily":
        rule = f"{figure(volume, 'm3')} en {with_unit(days, 'day')}, por {with_unit(bill.days, 'day')} del recibo"
    else:
        summed = " + ".join(figure(value, None) for value in values)
        rule = f"promedio de {with_unit(len(values), 'period')}: {summed}, entre {len(values)}"
    return Baseline(mean, len(periods), (
        _periods_step("Periodos que cuentan", step, counted_in),
        *(_periods_step("Se deja fuera el más alto", step, [highest]) for highest in dropped),
        Step("Referencia", rule, mean, _unit(step), _folios(periods))))


def _periods_step(label, step, periods):
    part = "volume" if step.measure == "daily" else None
    values = ", ".join(figure(exact(getattr(period, part)) if part else measure(step, period), _unit(step))
                       for period in periods)
    return Step(label, values, len(periods), "period", _folios(periods))


def _folios(periods):
    return "recibos " + ", ".join(period.folio for period in periods)
