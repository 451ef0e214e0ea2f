"""What holds for every correction, whatever the figures: no negative line, exact difference, same answer twice."""
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from policies.procedures.engine import compute
from policies.procedures.expressions import evaluate
from policies.procedures.facts import Facts, LineFacts
from policies.procedures.grammar import ExpressionError
from policies.procedures.lines import spread
from policies.procedures.parsing import DefinitionError, load, parse
from tests.policies.procedures.cases import (
    ADOPTED,
    adopted,
    leak_facts,
    make_bill,
    make_history,
    rate_at,
)

PUBLISHED = Path(__file__).parent / "published" / "inventada-fuga-por-temporada.yaml"
calm = settings(deadline=None)      # a busy machine is no fault of the rule
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
    ways = {after.total > before.total for before, after in zip(outcome.before, outcome.after, strict=True)
            if after.total != before.total}
    assert len(ways) <= 1, "a note moves one way"
    return outcome


def computed(definition, facts):
    outcome = sound(compute(definition, facts, rate_at))
    assert compute(definition, facts, rate_at) == outcome
    # Told or not, the same: figures, refusals, warnings and what follows.
    assert compute(definition, facts, rate_at, traced=False) == replace(outcome, trace=())
    return outcome


@calm
@given(volumes, histories)
def test_leak_only_lowers(volume, history):
    assert computed(LEAK, leak_facts(volume, history)).difference <= 0


@calm
@given(volumes, histories)
def test_estimate(volume, history):
    computed(ESTIMATE, Facts(make_bill(volume), make_history(history), {}, {"meter.state": "broken"}))


@calm
@given(volumes, histories, st.booleans(), st.integers(0, 5))
def test_damaged_meter(volume, history, fault, months):
    extra = {"meter.state": "broken", "months_installed": months, "estimates_already_used": 0, "minimum_charge": "157.85"}
    inputs = {"user_fault": fault, "user_fault.reason": "acta", "fault_finding_folio": "DR-7"}
    computed(DAMAGED, Facts(make_bill(volume), make_history(history), inputs, extra))


@calm
@given(volumes, st.sampled_from(["domestic", "commercial"]), st.sampled_from(["domestic", "commercial", "industrial"]))
def test_class(volume, billed, right):
    computed(CLASS, Facts(make_bill(volume, billed), inputs={"correct_class": right}))


@calm
@given(st.integers(-5, 405), st.integers(0, 400))
def test_reading_only_lowers(typed, volume):
    inputs = {"lectura_correcta": typed, "lectura_correcta.reason": "foto"}
    outcome = computed(READING, Facts(make_bill(volume), (), inputs, {"reading.previous": 0, "reading.billed": volume}))
    assert outcome.eligible == (0 <= typed < volume and outcome.difference != 0)


@calm
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
    for before, line in zip(lines, after, strict=True):
        assert abs(line.total - before.total * amount / bill.total) < Decimal("0.011")      # test_cents.py: the nearest


ALL = [load(path) for path in ADOPTED]
UNSEEN = load(PUBLISHED)
WORDS = st.sampled_from(["broken", "unreadable", "stopped", "stolen", "working", "domestic", "commercial", "DR-7"])
typed = {"bool": st.booleans(), "text": WORDS, "choice": WORDS, "number": st.integers(-2, 200), "list": st.lists(volumes)}


def wanted(definition, item):
    """Values that the conditions of a procedure ask of one input, so that many cases qualify."""
    for condition in definition.eligibility:
        if condition.field == item.name and condition.op in ("eq", "in"):
            values = condition.value if condition.op == "in" else (condition.value,)
            return st.sampled_from([*values] * 6)
    counts = [0, 0, 0, 1] if item.unit is None else [0, 1, 14, 40, 157]
    return st.sampled_from(counts) if item.type == "number" else typed[item.type]


@st.composite
def cases(draw, definition):
    """A plausible case for whatever a procedure asks, sometimes with a figure missing or out of place."""
    told = {"person": {}, "record": {}}
    for item in definition.inputs:
        usual = st.sampled_from(item.choices) if item.choices else wanted(definition, item)
        if draw(st.integers(0, 19)):
            told[item.origin][item.name] = draw(usual if draw(st.integers(0, 9)) else typed[item.type])
            if item.reason_required:
                told[item.origin][item.name + ".reason"] = "acta"
    plausible = st.lists(st.integers(1, 40), min_size=6, max_size=14)
    history = draw(plausible if draw(st.integers(0, 4)) else histories)
    bill = make_bill(draw(volumes), draw(st.sampled_from(["domestic", "commercial"])))
    if definition.result.kind == "tax" and draw(st.booleans()):
        wrong = draw(cents)
        first, *others = bill.lines
        bill = replace(bill, lines=(replace(first, tax=first.tax + wrong), *others), total=bill.total + wrong)
    return Facts(bill, make_history(history), told["person"], told["record"])


@calm
@given(st.data(), st.sampled_from([*ALL, UNSEEN]))
def test_every_procedure_gives_a_sound_note(data, definition):
    facts = data.draw(cases(definition))
    outcome = computed(definition, facts)
    assert total(outcome.after) >= 0
    if outcome.eligible:
        moved = [after.total - before.total for before, after in zip(outcome.before, outcome.after, strict=True)]
        assert sum(moved) == outcome.difference
        if definition.result.direction == "credit":
            assert outcome.difference < 0


# A share of what was billed (a meter's test) would take its share again of what is left: what stops it is
# that a bill has one standing correction, in the database. Every other rule says where the bill must end.
SETTLING = [item for item in ALL if item.result.kind in ("volume", "class", "tax")
            and not any("bill.volume" in (step.value or "") for step in item.baseline)]


@calm
@given(st.data(), st.sampled_from(SETTLING))
def test_a_corrected_bill_recomputed_is_stable(data, definition):
    """The same answer over the corrected bill leaves it as it is: nothing is credited twice."""
    facts = data.draw(cases(definition))
    first = computed(definition, facts)
    if not first.eligible:
        return
    bill = replace(facts.bill, lines=first.after, total=total(first.after), volume=first.volume_after,
                   tariff_class=facts.inputs.get("correct_class", facts.bill.tariff_class))
    again = compute(definition, replace(facts, bill=bill), rate_at)
    assert again.after == first.after and not again.eligible


@settings(calm, max_examples=60)
@given(st.data())
def test_any_treatment_of_the_lines_keeps_the_note_sound(data):
    percents = st.integers(0, 100)
    treatments = [st.just({"treatment": "correct"}), st.just({"treatment": "keep"}),
                  percents.map(lambda percent: {"treatment": "credit_percent", "percent": percent}),
                  st.tuples(percents, volumes).map(lambda pair: {"treatment": "credit_percent", "percent": pair[0], "value": pair[1]})]
    lines = [{"service": service} | data.draw(st.one_of(treatments)) for service in ("water", "sewer", "sanitation")]
    definition = parse(LEAK.as_document() | {"lines": lines, "result": {"kind": "volume", "value": "corrected_volume"}})
    computed(definition, leak_facts(data.draw(volumes), data.draw(histories)))


@st.composite
def rules(draw):
    """A procedure out of the grammar: any result, treatments, limits and baseline that may be written together."""
    kind = draw(st.sampled_from(["volume", "amount", "class", "tax"]))
    figures = ["bill.volume", "baseline", "(bill.volume + baseline) / 2", "min(bill.volume, baseline)", "bill.volume - 2 * baseline",
               "bill.volume / (baseline - 7)", "bill.total * 0.7", "tier(bill.volume, [0, 10, 30], [0, 7, 15])",
               "bill.total if bill.volume > baseline else 2 * bill.total", "ceil_to(baseline, 5)", "baseline.periods * 9", "0 - bill.volume", "bracket(bill.volume, [0, 20], [5, 9])"]
    out = draw(st.sampled_from(figures))
    step = {"method": "average", "window": draw(st.sampled_from([{"last": 3}, {"months": 12}, {"same_period_years": 1}]))}
    treatment = st.sampled_from([{"treatment": "correct"}, {"treatment": "keep"}, {"treatment": "correct"}] + (
        [] if kind == "tax" else [{"treatment": "credit_percent", "percent": "bill.days"}]) + (
        [{"treatment": "correct", "value": "baseline + 1"}] if kind in ("volume", "amount") else []))
    value = {"tax": None, "class": "'commercial' if bill.tariff_class == 'domestic' else 'domestic'"}.get(kind, "figure")
    where = {"volume": "volume", "amount": "bill"}.get(kind, "line")
    cap = {"kind": "max", "of": "figure", "minimum": 5, "maximum": 300, "apply": draw(st.sampled_from(["limit", "refuse"]))}
    return parse(LEAK.as_document() | {
        "inputs": [], "eligibility": [], "worked_examples": [], "baseline": [step, {"method": "value", "value": "12"}],
        "computation": [{"out": "figure", "expr": out}], "caps": draw(st.sampled_from([[], [cap]])),
        "result": {"kind": kind, "direction": draw(st.sampled_from(["credit", "debit", "both"]))} | ({"value": value} if value else {}),
        "lines": [{"service": service} | draw(treatment) for service in ("water", "sewer", "sanitation")],
        "rounding": {"step": draw(st.sampled_from(["0.01", "1", "5"])), "mode": draw(st.sampled_from(["half_up", "half_even", "up", "down"])),
                     "where": where},
        "effects": [], "effects_when": [{"effect": "debit_note", "when": "difference > 0"}, {"effect": "credit_note", "when": "difference < 0"}],
        "instalments": {"most": "bill.volume / 10"}})


@settings(calm, max_examples=150)
@given(rules(), volumes, histories, st.sampled_from(["domestic", "commercial"]), st.booleans())
def test_no_rule_of_the_grammar_yields_an_unsound_note(definition, volume, history, tariff_class, taxed):
    bill = make_bill(volume, tariff_class)
    if taxed:       # a bill with a wrong tax, as an anomaly leaves it
        first, *others = bill.lines
        bill = replace(bill, lines=(replace(first, tax=first.tax + 7), *others), total=bill.total + 7)
    outcome = computed(definition, Facts(bill, make_history(history)))
    assert total(outcome.after) >= 0
    assert outcome.effects == (() if not outcome.eligible else ("debit_note",) if outcome.difference > 0 else ("credit_note",))
    assert outcome.instalments_most == (
        min(max(volume // 10, 1), 60, int(outcome.difference * 100)) if outcome.difference > 0 else 1)


def test_lines_that_would_move_both_ways_are_refused():
    lines = [{"service": "water"} | {"treatment": "correct"}, {"service": "sewer", "treatment": "correct", "value": 60}]
    outcome = compute(parse(LEAK.as_document() | {"lines": lines}), leak_facts(), rate_at)
    assert not outcome.eligible and "sube unos renglones del recibo y baja otros" in outcome.refusals[0]


junk = st.one_of(
    st.text(max_size=600), st.integers(1, 10**40).map(lambda size: f"{size} ** {size}"),
    st.integers(1, 700).map(lambda size: "9" * size), st.integers(1, 300).map(lambda size: "*".join(["big"] * size)),
    st.integers(1, 300).map(lambda size: "[" * size + "]" * size), st.integers(1, 300).map(lambda size: "'" + "x" * size + "'"),
    st.integers(1, 700).map(lambda size: "avg(many)" + " + avg(many)" * (size % 40)),
    st.integers(1, 120).map(lambda size: "max(" * size + "1" + ")" * size))


@calm
@given(junk)
def test_whatever_is_written_is_refused_or_stays_small(text):
    """A power or a product of this size, once begun, would never end: that the test ends is the bound."""
    try:
        value = evaluate(text, {"big": 2**250, "many": [10**20] * 600})
    except ExpressionError:
        return
    assert len(str(value)) < 2_000


@calm
@given(st.recursive(st.one_of(st.text(max_size=20), st.integers(), st.booleans(), st.none(), st.floats()),
                    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)), max_leaves=8),
       st.sampled_from(sorted(LEAK.as_document())))
def test_a_broken_document_is_refused_with_its_place(value, field):
    document = LEAK.as_document() | {field: value}
    try:
        definition = parse(document, "x.yaml")
    except DefinitionError as refused:
        assert refused.problems and all(problem.startswith("x.yaml: ") for problem in refused.problems)
    else:
        assert parse(json.loads(json.dumps(definition.as_document()))) == definition
