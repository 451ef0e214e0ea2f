"""The reference figure: an ordered chain of ways, the first that holds and has enough history is used."""
from dataclasses import dataclass
from fractions import Fraction

from policies.procedures.exact import exact
from policies.procedures.expressions import evaluate
from policies.procedures.figures import counted, figure
from policies.procedures.grammar import ExpressionError, names_in
from policies.procedures.trace import Step
from policies.procedures.vocabulary import with_values


@dataclass(frozen=True)
class Baseline:
    """The value found (m³ or MXN), how many periods it rests on, its trace, or the sentence that says why not."""

    value: Fraction | None
    periods: int = 0
    trace: tuple[Step, ...] = ()
    refusal: str | None = None


def find(definition, facts, names):
    """The Baseline of `definition` for `facts`; `names` are the other facts its conditions read. Never raises."""
    reasons = []
    for step in definition.baseline:
        try:
            if step.when is not None and evaluate(step.when, names) is not True:
                reasons.append(f"no aplica «{step.when}»")
                continue
            found = _computed(definition, step, names) if step.method == "value" else _average(step, facts)
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


def _computed(definition, step, names):
    value = evaluate(step.value, names)
    if not isinstance(value, Fraction):
        raise ExpressionError(step.value, "la referencia debe ser un número")
    rule = f"{step.note or step.value} ({with_values(definition, names_in(step.value), names)})"
    return Baseline(value, 0, (Step("Referencia", rule, value, _unit(step), "datos del expediente"),))


def _average(step, facts):
    usable, set_aside = _usable(step, facts)
    if len(usable) < step.minimum_periods:
        aside = ", ".join(f"{count} {why}" for why, count in set_aside.items() if count)
        least = counted(step.minimum_periods, "period")
        return Baseline(None, refusal=f"se necesitan al menos {least} y hay {len(usable)}"
                                      + (f" (no cuentan: {aside})" if aside else ""))
    averaged, trace = usable, [_listed("Periodos que cuentan", step, usable)]
    if step.filters.drop_highest:
        highest = max(usable, key=lambda period: _measure(step, period))
        averaged = [period for period in usable if period is not highest]
        trace.append(_listed("Se deja fuera el más alto", step, [highest]))
    values = [_measure(step, period) for period in averaged]
    mean = sum(values, Fraction(0)) / len(values)
    rule = f"promedio de {counted(len(values), 'period')}: " + " + ".join(figure(value, None) for value in values)
    trace.append(Step("Referencia", f"{rule}, entre {len(values)}", mean, _unit(step), _folios(averaged)))
    return Baseline(mean, len(values), tuple(trace))


def _usable(step, facts):
    wanted = step.filters
    tests = {
        "ya corregidos": lambda period: not period.adjusted,
        "sin medición": lambda period: period.measured or not wanted.measured_only,
        "en cero": lambda period: _measure(step, period) != 0 or not wanted.non_zero,
        "de otra clase": lambda period: period.tariff_class == facts.bill.tariff_class or not wanted.same_class,
        "demasiado antiguos": lambda period: _recent(step, period, facts.bill),
    }
    usable, set_aside = [], dict.fromkeys(tests, 0)
    for period in facts.history:
        failed = next((why for why, passes in tests.items() if not passes(period)), None)
        if failed:
            set_aside[failed] += 1
        else:
            usable.append(period)
    return (usable[-step.window.last:] if step.window.last else usable), set_aside


def _recent(step, period, bill):
    limits = [step.window.months, step.filters.max_age_years and step.filters.max_age_years * 12]
    # Whole calendar months: billing days move a little from month to month.
    age = (bill.period_start.year - period.period_start.year) * 12 + bill.period_start.month - period.period_start.month
    return all(age <= limit for limit in limits if limit)


def _measure(step, period):
    return exact(period.total if step.measure == "amount" else period.volume)


def _listed(label, step, periods):
    values = ", ".join(figure(_measure(step, period), _unit(step)) for period in periods)
    return Step(label, values, len(periods), "period", _folios(periods))


def _folios(periods):
    return "recibos " + ", ".join(period.folio for period in periods)
