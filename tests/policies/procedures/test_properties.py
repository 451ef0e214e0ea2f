"""What holds for every correction, whatever the figures: no negative line, exact difference, same answer twice."""
from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from policies.procedures.engine import compute
from policies.procedures.facts import Facts, LineFacts
from policies.procedures.lines import spread
from tests.policies.procedures.cases import (
    adopted,
    leak_facts,
    make_bill,
    make_history,
    rate_at,
)

volumes = st.integers(0, 400)
histories = st.lists(volumes, max_size=14)
cents = st.integers(0, 10_000_000).map(lambda value: Decimal(value).scaleb(-2))
LEAK, ESTIMATE, DAMAGED, CLASS, READING = map(adopted, (
    "slp-fuga-oculta", "slp-lectura-estimada", "slp-medidor-danado", "slp-clase-tarifaria", "slp-error-lectura"))


def total(lines):
    return sum((line.total for line in lines), Decimal("0.00"))


def sound(outcome):
    assert all(line.amount >= 0 and line.tax >= 0 for line in outcome.after)
    assert outcome.difference == total(outcome.after) - total(outcome.before)
    assert outcome.eligible == (not outcome.refusals)
    assert outcome.eligible or outcome.after == outcome.before
    assert not outcome.eligible or outcome.difference != 0
    return outcome


def computed(definition, facts):
    outcome = sound(compute(definition, facts, rate_at))
    assert compute(definition, facts, rate_at) == outcome
    return outcome


@given(volumes, histories)
def test_leak_only_lowers(volume, history):
    assert computed(LEAK, leak_facts(volume, history)).difference <= 0


@given(volumes, histories)
def test_estimate(volume, history):
    computed(ESTIMATE, Facts(make_bill(volume), make_history(history), {}, {"meter.state": "broken"}))


@given(volumes, histories, st.booleans(), st.integers(0, 5))
def test_damaged_meter(volume, history, fault, months):
    extra = {"meter.state": "broken", "months_installed": months, "estimates_already_used": 0, "minimum_charge": "157.85"}
    inputs = {"user_fault": fault, "user_fault.reason": "acta", "fault_finding_folio": "DR-7"}
    computed(DAMAGED, Facts(make_bill(volume), make_history(history), inputs, extra))


@given(volumes, st.sampled_from(["domestic", "commercial"]), st.sampled_from(["domestic", "commercial", "industrial"]))
def test_class(volume, billed, right):
    computed(CLASS, Facts(make_bill(volume, billed), inputs={"correct_class": right}))


@given(st.integers(-5, 405), st.integers(0, 400))
def test_reading_only_lowers(typed, volume):
    inputs = {"lectura_correcta": typed, "lectura_correcta.reason": "foto"}
    outcome = computed(READING, Facts(make_bill(volume), (), inputs, {"reading.previous": 0, "reading.billed": volume}))
    assert outcome.eligible == (0 <= typed < volume and outcome.difference != 0)


@given(st.lists(st.tuples(cents, st.sampled_from(["0", "8", "16"])), min_size=1, max_size=4), cents)
def test_amount_spread_over_any_lines_adds_up_to_the_cent(rows, amount):
    names = ("water", "sewer", "sanitation", "reconnection")
    lines = [LineFacts(name, value, Decimal(percent), Decimal(0)) for name, (value, percent) in zip(names, rows)]
    definition = replace(DAMAGED, lines=tuple(replace(DAMAGED.lines[0], service=name) for name in names))
    bill = make_bill(34, lines=lines)
    if bill.total == 0:
        return
    after = spread(definition, bill, amount)
    assert total(after) == amount
    assert all(line.amount >= 0 and line.tax >= 0 for line in after)
    largest = max(range(len(lines)), key=lambda index: lines[index].total)
    for index, line in enumerate(after):
        gap = line.total - lines[index].total * amount / bill.total
        assert gap < Decimal("0.04") if index == largest else Decimal("-0.011") < gap < Decimal("0.001")
