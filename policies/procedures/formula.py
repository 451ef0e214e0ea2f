"""Runs the formulas of a procedure in order; a formula that lacks a fact is left out."""
from policies.core.figures import figure
from policies.procedures.caps import apply_limits
from policies.procedures.definition import Definition
from policies.procedures.expressions import evaluate
from policies.procedures.grammar import ExpressionError, UnknownName, names_in
from policies.procedures.trace import Step
from policies.procedures.vocabulary import in_words, meaning, with_values


def run(definition: Definition, names: dict[str, object],
        traced: bool = True) -> tuple[dict[str, object], dict[str, str], list[Step]]:
    """(names with each `out` added, {out: sentence} of the formulas that failed, trace steps). Never raises."""
    names, problems, trace = dict(names), {}, []
    for step in definition.computation:
        try:
            computed = evaluate(step.expr, names)
            names[step.out], moved = apply_limits(definition, step.out, computed, names)
        except UnknownName as fault:
            label = meaning(definition, fault.name)[0]
            problems[step.out] = problems.get(fault.name) or f"falta el dato «{label}»; captúrelo."
        except ExpressionError as fault:
            problems[step.out] = str(fault)
        else:
            trace += _trace_steps(definition, step, computed, moved, names) if traced else []
    return names, problems, trace


def _trace_steps(definition, step, computed, moved, names):
    """How one figure was computed, and each cap that moved it."""
    figures = with_values(definition, names_in(step.expr), names) or "cifras fijas"
    label, rule = step.label or step.out, f"fórmula «{in_words(definition, step.expr)}», con {figures}"
    yield Step(label, rule, computed, step.unit, "fórmula del procedimiento")
    for cap in moved:
        words = f"{figure(computed, step.unit)} queda en el tope «{cap.label or cap.kind}»"
        yield Step(label, words, names[step.out], step.unit, "tope del procedimiento")
