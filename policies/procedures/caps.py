"""The limits of a procedure: each cap that can be computed, and a sentence for each one passed."""
from fractions import Fraction

from policies.procedures.expressions import evaluate
from policies.procedures.figures import figure
from policies.procedures.grammar import ExpressionError, UnknownName
from policies.procedures.vocabulary import meaning

# What caps are for: PostgreSQL counts the first one (33_limits.sql), and the lint asks for the last.
KINDS = {"frequency": "cuántas veces en un plazo", "lookback": "hasta qué tan atrás", "max_periods": "cuántos periodos",
         "max_amount": "importe máximo", "min_amount": "importe mínimo", "max_volume": "consumo máximo",
         "protect_minimum_charge": "cuota mínima protegida"}


def within(value, minimum, maximum, names):
    """None when `value` is inside the bounds (expressions or None), else (word, bound): ("menor", 3)."""
    lowest = None if minimum is None else evaluate(minimum, names)
    highest = None if maximum is None else evaluate(maximum, names)
    if lowest is not None and value < lowest:
        return "menor que el mínimo", lowest
    if highest is not None and value > highest:
        return "mayor que el máximo", highest
    return None


def broken(definition, names):
    """(cap, Spanish sentence) for each cap of `definition` that `names` pass or that lacks a figure. Never raises."""
    found = []
    for cap in definition.caps:
        sentence = _sentence(definition, cap, names) if cap.of and cap.apply == "refuse" else None
        if sentence:
            found.append((cap, sentence))
    return tuple(found)


def holds(cap, names):
    """Whether the cap is in force for these figures: always, or when its condition says yes."""
    return cap.when is None or evaluate(cap.when, names) is True


def limited(definition, out, value, names):
    """(`value` brought inside the limits on `out`, the caps that moved it); raises ExpressionError."""
    moved = []
    for cap in definition.caps:
        if cap.of == out and cap.apply == "limit" and isinstance(value, Fraction) and holds(cap, names):
            passed = within(value, cap.minimum, cap.maximum, names)
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
        passed = within(value, cap.minimum, cap.maximum, names)
    except UnknownName as fault:
        label = meaning(definition, fault.name)[0]
        return f"No se puede revisar el tope «{title}»: falta el dato «{label}»; captúrelo."
    except (ExpressionError, TypeError) as fault:
        return f"No se puede revisar el tope «{title}»: {fault}"
    if not passed:
        return None
    unit = meaning(definition, cap.of)[1] if isinstance(value, Fraction) else None
    return f"Se rebasa el tope «{title}»: {figure(value, unit)} es {passed[0]} {figure(passed[1], unit)}."
