"""Whether a larger consumption can give a smaller corrected bill: each worked example is evaluated over a grid."""
from fractions import Fraction

from policies.procedures.definition import Definition
from policies.procedures.expressions import evaluate
from policies.procedures.grammar import ExpressionError
from policies.procedures.worked import names_of_example

DRIVERS = {"volume": "bill.volume", "amount": "bill.total"}
MOST_EXAMPLES = 12
STEPS = 48      # points of the grid, from zero to three times the example's own figure


def falls(definition: Definition) -> tuple[tuple[Fraction, Fraction, Fraction, Fraction], ...]:
    """At most one (smaller, larger, what each pays), in the unit of the result, where the larger consumption pays less.

    A bill that is not eligible pays what was billed. Covers only results in volume or amount that depend on the bill.
    """
    driver = DRIVERS.get(definition.result.kind)
    if driver is None:
        return ()
    for example in definition.worked_examples[:MOST_EXAMPLES]:
        centre = example.inputs.get(driver)
        if isinstance(centre, (int, Fraction)) and centre > 0:
            found = _fall(definition, example, driver, Fraction(centre))
            if found:
                return (found,)
    return ()


def _fall(definition, example, driver, centre):
    before = None
    for step in range(STEPS * 3 // 2 + 1):
        figure = centre * step / (STEPS // 2)
        paid = _amount_due(definition, example, driver, figure)
        if paid is None:
            continue
        if before and paid < before[1]:
            return before[0], figure, before[1], paid
        before = figure, paid
    return None


def _amount_due(definition, example, driver, figure):
    names = names_of_example(definition, example, **{driver: figure})
    if names["eligible"] is False:
        return figure
    try:
        value = evaluate(definition.result.value, names)
    except ExpressionError:
        return None
    if not isinstance(value, Fraction):
        return None
    return min(value, figure) if definition.result.direction == "credit" else value
