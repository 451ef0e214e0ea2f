"""Each procedure this office adopted, computed whole over the demonstration tariff."""
from dataclasses import replace
from decimal import Decimal

import pytest

from policies.procedures.engine import compute
from policies.procedures.facts import Facts, LineFacts
from tests.policies.procedures.cases import adopted, make_bill, make_history, rate_at


def totals(lines):
    return sum(line.total for line in lines)


def estimate(bill=None, history=(30, 32, 28, 90, 31, 29), **state):
    facts = Facts(bill or make_bill(10), make_history(history), {}, {"meter.state": "broken"} | state)
    return compute(adopted("slp-lectura-estimada"), facts, rate_at)


def test_estimated_reading_drops_the_highest_and_may_raise_the_bill():
    outcome = estimate()
    assert outcome.volume_after == 30
    assert outcome.difference == totals(rate_at(30, "domestic")) - totals(rate_at(10, "domestic")) > 0


def test_estimated_reading_needs_four_measured_months():
    assert "se necesitan al menos 4 periodos y hay 3" in estimate(history=(30, 31, 32)).refusals[0]


def test_nothing_to_correct_is_refused():
    assert estimate(make_bill(30)).refusals == ("El resultado es igual al recibo: no hay nada que corregir.",)


def damaged(history=(20, 30), inputs=None, **extra):
    inputs = {"fault_finding_folio": "DR-7"} | (inputs or {"user_fault": False, "user_fault.reason": "dictamen 7"})
    facts = Facts(make_bill(34), make_history(history), inputs,
                  {"meter.state": "broken", "months_installed": 14, "estimates_already_used": 0} | extra)
    return compute(adopted("slp-medidor-danado"), facts, rate_at)


def test_damaged_meter_bills_the_mean_of_two_totals_spread_over_the_lines():
    outcome = damaged()
    assert totals(outcome.after) == Decimal("250.00")
    assert [str(line.total) for line in outcome.after] == ["174.22", "50.52", "25.26"]
    assert all(line.amount >= 0 and line.tax >= 0 for line in outcome.after)
    assert outcome.volume_after is None


def test_damage_by_the_user_costs_double():
    outcome = damaged(inputs={"user_fault": True, "user_fault.reason": "acta 12"})
    assert totals(outcome.after) == Decimal("500.00")
    assert any(step.rule == "captura de una persona; motivo: acta 12" for step in outcome.trace)


def test_new_account_pays_the_minimum():
    assert totals(damaged(months_installed=1, minimum_charge=Decimal("157.85")).after) == Decimal("157.85")


def test_judgement_needs_its_reason():
    assert damaged(inputs={"user_fault": True, "user_fault.reason": "  "}).refusals == (
        "Falta el motivo de «El daño es intencional o imputable al usuario»; escriba por qué se fija esa cifra.",)


def test_one_estimate_per_event():
    assert damaged(estimates_already_used=1).refusals == (
        "Se rebasa el tope «Una estimación por suceso»: 2 es mayor que el máximo 1.",)


def test_an_amount_needs_lines_to_be_spread_over():
    facts = Facts(make_bill(0, lines=[LineFacts("water", Decimal(0), Decimal(0), Decimal(0))]), make_history([20, 30]),
                  {"user_fault": False, "user_fault.reason": "x"},
                  {"meter.state": "broken", "months_installed": 14, "estimates_already_used": 0})
    outcome = compute(adopted("slp-medidor-danado"), facts, rate_at)
    assert outcome.refusals == ("El recibo no tiene cargos sobre los cuales repartir el importe; vuelva a facturarlo.",)


def test_an_amount_below_the_lines_that_stay_is_refused():
    fee = LineFacts("reconnection", Decimal("500.00"), Decimal(0), Decimal(0))
    facts = Facts(make_bill(34, lines=[*make_bill(34).lines, fee]), make_history([20, 30]),
                  {"user_fault": False, "user_fault.reason": "x"},
                  {"meter.state": "broken", "months_installed": 14, "estimates_already_used": 0})
    assert compute(adopted("slp-medidor-danado"), facts, rate_at).refusals == (
        "El importe calculado es menor que los renglones que no se corrigen; revise el caso.",)


def test_wrong_class_rebills_the_same_volume():
    facts = Facts(make_bill(34, "commercial"), inputs={"correct_class": "domestic"})
    outcome = compute(adopted("slp-clase-tarifaria"), facts, rate_at)
    assert outcome.difference == Decimal("733.29") - Decimal("1697.08")
    assert (outcome.volume_before, outcome.volume_after) == (34, 34)
    assert any(step.source == "fórmula del procedimiento" and step.value == Decimal("-963.79") for step in outcome.trace)


def test_the_same_class_or_one_out_of_the_list_is_refused():
    same = compute(adopted("slp-clase-tarifaria"), Facts(make_bill(), inputs={"correct_class": "domestic"}), rate_at)
    assert "No procede: La clase del recibo no es la del uso: Clase que corresponde al uso es doméstico y debe ser " \
           "distinto de doméstico (clase tarifaria del recibo)." in same.refusals
    other = compute(adopted("slp-clase-tarifaria"), Facts(make_bill(), inputs={"correct_class": "rural"}), rate_at)
    assert other.refusals[0] == ("«Clase que corresponde al uso» no admite «rural»; elija uno de: doméstico, comercial, "
                                 "industrial, público.")


def test_tax_is_recomputed_by_line_and_the_amounts_stay():
    water, *others = make_bill(34).lines
    taxed = replace(water, tax_percent=Decimal(16), tax=Decimal("81.76"))
    outcome = compute(adopted("slp-iva-por-linea"), Facts(make_bill(34, lines=[taxed, *others])), rate_at)
    assert outcome.difference == Decimal("-81.76")
    assert [line.amount for line in outcome.after] == [line.amount for line in outcome.before]
    assert outcome.after[1:] == tuple(others)


def test_right_tax_leaves_nothing_to_correct():
    outcome = compute(adopted("slp-iva-por-linea"), Facts(make_bill(34)), rate_at)
    assert outcome.refusals == ("El resultado es igual al recibo: no hay nada que corregir.",)


def misread(reading, reason="fotografía del medidor"):
    facts = Facts(make_bill(34), (), {"lectura_correcta": reading, "lectura_correcta.reason": reason},
                  {"reading.previous": 1200, "reading.billed": 1234})
    return compute(adopted("slp-error-lectura"), facts, rate_at)


def test_right_reading_gives_the_volume():
    assert misread("1214").difference == Decimal("-500.82")


@pytest.mark.parametrize(("reading", "sentence"), [
    (1235, "«Lectura correcta» es 1,235 m³, mayor que el máximo permitido 1,234 m³; corrija la cifra."),
    (1199, "«Lectura correcta» es 1,199 m³, menor que el mínimo permitido 1,200 m³; corrija la cifra."),
    ("mil", "«Lectura correcta»: «mil» no es una cifra; escríbala con cifras, por ejemplo 1,234.50."),
    ("", "Falta «Lectura correcta»; captúrelo en el caso."),
])
def test_typed_reading_stays_inside_its_bounds(reading, sentence):
    assert sentence in misread(reading).refusals


def test_a_bound_itself_is_allowed():
    assert misread(1200).volume_after == 0


def test_typed_reading_needs_its_reason():
    assert misread(1214, reason="").refusals == (
        "Falta el motivo de «Lectura correcta»; escriba por qué se fija esa cifra.",)
