"""Lines with a percentage or a figure of their own, and limits that hold the result inside."""
from datetime import date
from decimal import Decimal

import pytest

from policies.procedures.engine import compute
from policies.procedures.facts import Facts
from policies.procedures.parsing import DefinitionError, parse
from tests.policies.procedures.cases import adopted, leak_facts, make_bill, rate_at

LEAK = adopted("slp-fuga-oculta").as_document()
AMOUNT = {"kind": "amount", "value": "corrected", "direction": "both"}


def treated(*lines, facts=None, **changes):
    return compute(parse(LEAK | {"lines": list(lines)} | changes), facts or leak_facts(), rate_at)


def line(service, treatment="correct", **more):
    return {"service": service, "treatment": treatment, **more}


def by_service(lines):
    return {item.service: item for item in lines}


def amounts(outcome):
    return [str(item.amount) for item in outcome.after]


def total(lines):
    return sum(item.total for item in lines)


def test_a_percentage_moves_a_line_part_of_the_way():
    outcome = treated(line("water", "credit_percent", percent=50), line("sewer"))
    assert amounts(outcome) == ["336.50", "40.50", "63.88"]       # (511 + 162) / 2; 100 %; kept
    assert outcome.after[0].tax == 0 and outcome.after[1].tax == Decimal("6.48")
    assert any(step.source == "tratamiento del renglón" and step.value == Decimal("336.50") for step in outcome.trace)


def test_the_percentage_may_depend_on_the_case():
    rule = line("water", "credit_percent", percent='100 if leak.repaired else 50')
    assert amounts(treated(rule))[0] == "162.00"
    assert amounts(treated(line("water", "credit_percent", percent=0), line("sewer")))[0] == "511.00"


def test_tax_follows_the_part_that_moves():
    outcome = treated(line("sewer", "credit_percent", percent=50))
    sewer = by_service(outcome.after)["sewer"]
    assert (sewer.amount, sewer.tax) == (Decimal("84.13"), Decimal("13.46"))     # (127.75 + 40.50) / 2, and its 16 %


def test_a_line_may_have_its_own_volume():
    outcome = treated(line("water", value="bill.volume - 10"), line("sewer"))
    assert by_service(outcome.after)["water"].amount == by_service(rate_at(24, "domestic"))["water"].amount
    assert by_service(outcome.after)["sewer"].amount == Decimal("40.50")


def test_a_line_may_have_its_own_amount():
    changes = {"result": AMOUNT, "rounding": {"step": "0.01", "mode": "half_up", "where": "bill"},
               "computation": [{"out": "corrected", "expr": "300"}], "worked_examples": []}
    outcome = treated(line("water"), line("sewer", value="50"), line("sanitation"), **changes)
    assert total(outcome.after) == 300 and by_service(outcome.after)["sewer"].total == 50
    half = treated(line("water", "credit_percent", percent=50), line("sewer", value="50"), line("sanitation"), **changes)
    assert by_service(half.after)["sewer"].total == 50 and total(half.after) > 300
    assert half.difference == total(half.after) - total(half.before)


@pytest.mark.parametrize(("rule", "sentence"), [
    (line("water", "credit_percent", percent=101), "El porcentaje del renglón de agua va de 0 a 100"),
    (line("water", "credit_percent", percent="0 - 1"), "El porcentaje del renglón de agua va de 0 a 100"),
    (line("water", value="0 - 1"), "La cifra del renglón de agua no es un número desde cero"),
    (line("water", value="1 / (bill.volume - 34)"), "hay una división entre cero"),
])
def test_a_line_that_cannot_be_computed_changes_nothing(rule, sentence):
    outcome = treated(rule)
    assert sentence in outcome.refusals[0] and outcome.after == outcome.before


@pytest.mark.parametrize(("rule", "result", "sentence"), [
    (line("water", "credit_percent"), None, "credit_percent lleva percent"), (line("water", percent=5), None, "credit_percent lleva percent"),
    (line("water", "keep", value=5), None, "se queda igual no lleva value"),
    (line("water", value=5), {"kind": "tax"}, "value va con un resultado volume o amount"),
    (line("water", "credit_percent", percent=5), {"kind": "tax"}, "percent va con un resultado"),
    (line("water", value="zeta"), None, "depende de «zeta»"),
])
def test_a_wrong_treatment_is_told(rule, result, sentence):
    changes = {"result": result, "rounding": {"step": 1, "mode": "up", "where": "line"}} if result else {}
    with pytest.raises(DefinitionError) as raised:
        parse(LEAK | {"lines": [rule]} | changes)
    assert sentence in str(raised.value)


def limited(*caps, expr="baseline", facts=None, inputs=()):
    names = [{"name": name, "label": name.title(), "origin": "record"} for name in inputs]
    document = LEAK | {"caps": list(caps), "inputs": [*LEAK["inputs"], *names],
                       "computation": [{"out": "corrected_volume", "expr": expr, "unit": "m3", "label": "Corregido"}]}
    return compute(parse(document), facts or leak_facts(), rate_at)


def limit(**bounds):
    return {"kind": "max_volume", "label": "Cuánto", "of": "corrected_volume", "apply": "limit"} | bounds


def test_a_limit_brings_the_figure_to_the_bound_and_says_so():
    outcome = limited(limit(minimum="bill.volume - 15"))
    assert outcome.volume_after == 19
    assert any(step.rule == "14 m³ queda en el tope «Cuánto»" and step.value == 19 for step in outcome.trace)
    assert limited(limit(minimum=3)).volume_after == 14
    assert limited(limit(maximum=12)).volume_after == 12


def test_a_limit_that_depends_on_the_side_looks_back_differently():
    assert limited(limit(maximum=12, when="bill.volume < baseline")).volume_after == 14
    assert limited(limit(maximum=12, when="bill.volume > baseline")).volume_after == 12


def test_several_windows_hold_at_once():
    windows = [{"kind": "frequency", "label": f"En {years} años", "of": f"used_{years}y + 1", "maximum": most, "window": years,
                "unit": "year"} for years, most in ((3, 1), (10, 2))]
    used = {"adjustments_last_12m": 0}
    for three, ten, refused in ((0, 1, None), (1, 1, "En 3 años"), (0, 2, "En 10 años")):
        facts = leak_facts(extra=used | {"used_3y": three, "used_10y": ten})
        outcome = limited(*windows, facts=facts, inputs=("used_3y", "used_10y"))
        assert outcome.eligible == (refused is None)
        assert refused is None or f"«{refused}»" in outcome.refusals[0]


@pytest.mark.parametrize(("ended", "times"), [
    (date(2021, 12, 31), 0), (date(2022, 1, 1), 1), (date(2024, 12, 31), 1), (date(2025, 1, 1), 0)])
def test_a_window_of_years_begins_that_day_and_ends_before_the_period(ended, times):
    facts = Facts(make_bill(), corrected=(ended,))
    assert facts.record("used_3y") == facts.record("used_36m") == times
    assert Facts(make_bill(), extra={"used_3y": 7}).record("used_3y") == 7


def test_a_cap_under_a_condition_and_one_on_the_whole_note():
    document = {"kind": "min_amount", "label": "Por lo menos 600", "of": "0 - difference", "minimum": 600}
    assert "«Por lo menos 600»" in limited(document).refusals[0]
    assert limited(document | {"when": "bill.volume > 100"}).eligible


def test_never_below_the_minimum_charge():
    floor = {"kind": "protect_minimum_charge", "label": "Cuota mínima", "of": "after.total", "minimum": "minimum_charge"}
    facts = leak_facts(extra={"adjustments_last_12m": 0, "minimum_charge": "233"})
    assert "«Cuota mínima»" in limited(floor, facts=facts, inputs=("minimum_charge",)).refusals[0]


def test_a_limit_must_name_a_figure_of_the_computation():
    with pytest.raises(DefinitionError, match="apply: limit nombra en «of»"):
        limited(limit(of="bill.volume", maximum=3))


def test_a_source_that_says_nothing_of_rounding_is_not_adopted():
    document = LEAK | {"rounding": {"stated": False}}
    assert "el redondeo" in compute(parse(document), Facts(make_bill()), rate_at).refusals[0]
    for wrong in ({"stated": True}, {"step": 1, "stated": False}, {"mode": "up", "where": "volume"}):
        with pytest.raises(DefinitionError, match="rounding"):
            parse(LEAK | {"rounding": wrong})
