"""The limits of a procedure: each cap that can be computed, and a sentence for each one passed."""
from fractions import Fraction

from policies.core.figures import figure
from policies.procedures.definition import Definition
from policies.procedures.expressions import evaluate
from policies.procedures.grammar import ExpressionError, UnknownName
from policies.procedures.reckoning import Cap
from policies.procedures.refusal import Refusal
from policies.procedures.vocabulary import meaning

# What caps are for: PostgreSQL counts the first one (migrations/sql/corrections/limits.sql); lint.py asks for the last.
KINDS = {"frequency": "cuántas veces en un plazo", "lookback": "hasta qué tan atrás", "max_periods": "cuántos periodos",
         "max_amount": "importe máximo", "min_amount": "importe mínimo", "max_volume": "consumo máximo",
         "protect_minimum_charge": "cuota mínima protegida"}


def bound_passed(value: Fraction, minimum: str | None, maximum: str | None,
                 names: dict[str, object]) -> tuple[str, Fraction] | None:
    """(words, bound) of the bound that `value` passes: («menor que el mínimo», 3); None when it is inside both.

    `minimum` and `maximum` are expressions or None. Raises ExpressionError when a bound cannot be computed.
    """
    lowest = None if minimum is None else evaluate(minimum, names)
    highest = None if maximum is None else evaluate(maximum, names)
    if lowest is not None and value < lowest:
        return "menor que el mínimo", lowest
    if highest is not None and value > highest:
        return "mayor que el máximo", highest
    return None


def violations(definition: Definition, names: dict[str, object]) -> tuple[tuple[Cap, str], ...]:
    """(cap, Spanish sentence) of each cap that the figures pass or that lacks a figure. Never raises."""
    found = []
    for cap in definition.caps:
        sentence = _sentence(definition, cap, names) if cap.of and cap.apply == "refuse" else None
        if sentence:
            found.append((cap, Refusal(sentence, f"Tope: {cap.label or cap.kind}")))
    return tuple(found)


def holds(cap: Cap, names: dict[str, object]) -> bool:
    """Whether the cap applies to these figures: always without a condition, otherwise when the condition is true."""
    return cap.when is None or evaluate(cap.when, names) is True


def apply_limits(definition: Definition, out: str, value: Fraction,
                 names: dict[str, object]) -> tuple[Fraction, list[Cap]]:
    """(`value` moved to the limits on the figure `out`, the caps that moved it); raises ExpressionError."""
    moved = []
    for cap in definition.caps:
        if cap.of == out and cap.apply == "limit" and isinstance(value, Fraction) and holds(cap, names):
            passed = bound_passed(value, cap.minimum, cap.maximum, names)
            if passed:
                value = passed[1]
                moved.append(cap)
    return value, moved


def _sentence(definition, cap, names):
    title = cap.label or cap.kind
    try:
        if not holds(cap, names):
            return None
        value = evaluate(cap.of, names)
        passed = bound_passed(value, cap.minimum, cap.maximum, names)
    except UnknownName as fault:
        label = meaning(definition, fault.name)[0]
        return f"No se puede revisar el tope «{title}»: falta el dato «{label}»; captúrelo."
    except (ExpressionError, TypeError) as fault:
        return f"No se puede revisar el tope «{title}»: {fault}"
    if not passed:
        return None
    unit = meaning(definition, cap.of)[1] if isinstance(value, Fraction) else None
    return f"Se rebasa el tope «{title}»: {figure(value, unit)} es {passed[0]} {figure(passed[1], unit)}."
