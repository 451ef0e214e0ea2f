"""Conditions evaluated on figures around their own thresholds: which hold together, which never hold, and which

thresholds no worked example touches.
"""
import ast
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import product

from policies.procedures.definition import Definition
from policies.procedures.expressions import evaluate, value_for
from policies.procedures.grammar import ExpressionError, names_in, parse_expression
from policies.procedures.reckoning import Computed
from policies.procedures.requisites import Condition

MOST_POINTS = 400
LONGEST = 60        # periods of a history
LISTS = {"history.volume", "history.total"}


def at_threshold(condition: Condition, worked: Iterable[dict[str, object]]) -> bool:
    """Whether one of the worked examples (the names of each) sits exactly on the limit of `condition`."""
    limit = condition.value.expr if isinstance(condition.value, Computed) else None
    for names in worked:
        try:
            wanted = evaluate(limit, names) if limit else value_for(condition.value)
            if evaluate(condition.field, names) == wanted:
                return True
        except ExpressionError:
            continue
    return False


def overlapping_steps(definition: Definition) -> Iterator[tuple[int, int]]:
    """(step, earlier step) of the baseline steps whose conditions can hold together: the earlier one is always used."""
    steps = [(index, step.when) for index, step in enumerate(definition.baseline) if step.when]
    points = _points(definition, [when for _, when in steps])
    for place, (index, when) in enumerate(steps):
        for other, earlier in steps[:place]:
            if any(_holds(when, point) and _holds(earlier, point) for point in points):
                yield index, other
                break


def unreachable_steps(definition: Definition) -> Iterator[tuple[int, str]]:
    """(step, why) of the baseline steps that are never used."""
    certain = next((index for index, step in enumerate(definition.baseline)
                    if step.when is None and step.method == "value" and not names_in(step.value)), None)
    for index, step in enumerate(definition.baseline):
        if certain is not None and index > certain:
            yield index, f"el paso {certain} siempre da una cifra"
        elif step.when and not any(_holds(step.when, point) for point in _points(definition, [step.when])):
            yield index, f"«{step.when}» no se cumple con ningún valor"


def _holds(when, point):
    try:
        return evaluate(when, point) is True
    except ExpressionError:
        return False


def _points(definition, expressions):
    """Values for each name around the figures it is compared with: every combination, up to MOST_POINTS."""
    values = {}
    for expression in expressions:
        constants = {node.value for node in ast.walk(parse_expression(expression)) if isinstance(node, ast.Constant)}
        for name in names_in(expression):
            values.setdefault(name, set()).update(_values(definition, name, constants))
    combined = product(*([(name, value) for value in sorted(each, key=str)] for name, each in values.items()))
    return [dict(point) for _, point in zip(range(MOST_POINTS), combined)]


def _values(definition, name, constants):
    declared = next((item for item in definition.inputs if item.name == name), None)
    if declared is not None and declared.type == "bool":
        return {True, False}
    if declared is not None and declared.choices:
        return set(declared.choices)
    if name in LISTS or declared is not None and declared.type == "list":
        sizes = {int(value) for value in constants if isinstance(value, Fraction) and 0 <= value < LONGEST}
        return {(1,) * (size + step) for size in sizes | {1} for step in (-1, 0, 1) if size + step >= 0}
    texts = {value for value in constants if isinstance(value, str)}
    numbers = {value for value in constants if isinstance(value, Fraction) and not isinstance(value, bool)}
    around = {value + step for value in numbers for step in (-1, 0, 1)}
    if declared is not None and declared.type == "text":
        return texts | {"otro"}
    return around or texts or {Fraction(0), Fraction(1)}
