"""The inputs and figures of a procedure that nothing uses."""
from collections.abc import Iterator

from policies.procedures.definition import Definition
from policies.procedures.grammar import names_in
from policies.procedures.reckoning import Computed


def unused_names(definition: Definition) -> Iterator[tuple[str, str, str]]:
    """Warnings (severity, place, sentence) for the inputs and figures that no formula, condition, cap or example uses.
    """
    used = set()
    for expression in _expressions(definition):
        used |= names_in(expression)
    for name in {name for example in definition.worked_examples for name in example.expected}:
        used.add(name)
    used |= {name for item in definition.inputs for name in item.when or ()}
    for index, item in enumerate(definition.inputs):
        if item.name not in used and not item.reason_required and item.type != "text":
            yield "warning", f"inputs[{index}]", f"nada usa «{item.name}»; quítelo o úselo."
    for index, step in enumerate(definition.computation):
        if step.out not in used:
            yield "warning", f"computation[{index}]", f"nada usa «{step.out}»; quítelo o dígalo en un ejemplo."


def _expressions(definition):
    yield from (step.expr for step in definition.computation)
    for step in definition.baseline:
        yield from (part for part in (step.when, step.value, step.filters.where) if part)
    for condition in definition.eligibility:
        yield condition.field
        if isinstance(condition.value, Computed):
            yield condition.value.expr
    for cap in definition.caps:
        yield from (part for part in (cap.of, cap.minimum, cap.maximum, cap.when) if part)
    for line in definition.lines:
        yield from (part for part in (line.percent, line.value) if part)
    for item in definition.inputs:
        yield from (part for part in (item.minimum, item.maximum) if part)
    yield from (item.when for item in (*definition.evidence, *definition.effects_when) if item.when)
    if definition.result.value:
        yield definition.result.value
