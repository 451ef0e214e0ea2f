"""The reference figure: which periods count, the order of the chain, and what is said when it fails."""
from decimal import Decimal
from fractions import Fraction

import pytest

from policies.procedures.baseline import find
from policies.procedures.facts import Facts
from policies.procedures.parsing import parse
from tests.policies.procedures.cases import make_bill, make_history

INPUTS = [{"name": name, "label": label, "origin": "record", "required": False}
          for name, label in (("months_installed", "Meses"), ("fee", "Cuota"))]


def found(*steps, history=(), names=None):
    document = {"code": "x", "name": "X", "version": 1, "sources": [], "units": {}, "anomaly_types": [],
                "inputs": INPUTS, "baseline": list(steps)}
    return find(parse(document), Facts(make_bill(), tuple(history)), names or {})


def average(last=6, **changes):
    return {"method": "average", "window": {"last": last}, **changes}


def test_average_of_the_last_periods_is_exact():
    result = found(average(3), history=make_history([99, 14, 14, 15]))
    assert (result.value, result.periods) == (Fraction(43, 3), 3)


def test_trace_names_each_bill_and_the_sum():
    step = found(average(2), history=make_history([14, 16])).trace[-1]
    assert step.rule == "promedio de 2 periodos: 14 + 16, entre 2"
    assert (step.value, step.unit, step.source) == (15, "m3", "recibos R-2024-11, R-2024-12")


def test_months_window_leaves_out_what_is_older():
    history = make_history([50, *[14] * 12])
    assert found({"method": "average", "window": {"months": 12}}, history=history).value == 14
    assert found({"method": "average", "window": {"months": 13}}, history=history).periods == 13


def test_adjusted_periods_never_enter():
    history = (*make_history([14] * 3)[:2], *make_history([90], adjusted=True))
    assert found(average(), history=history).value == 14


@pytest.mark.parametrize(("filters", "changes", "expected"), [
    ({"measured_only": True}, {"measured": False}, 14), ({}, {"measured": False}, Fraction(40, 3)),
    ({"non_zero": True}, {"volume": Decimal(0)}, 14), ({}, {"volume": Decimal(0)}, Fraction(28, 3)),
    ({"same_class": True}, {"tariff_class": "commercial"}, 14), ({}, {"tariff_class": "commercial"}, Fraction(40, 3)),
])
def test_filters(filters, changes, expected):
    history = (*make_history([14] * 3)[:2], *make_history([12], **changes))
    assert found(average(filters=filters), history=history).value == expected


def test_periods_older_than_the_years_allowed_are_left_out():
    history = make_history([99, *[14] * 12])
    assert found(average(20, filters={"max_age_years": 1}), history=history).value == 14


def test_highest_is_dropped_from_the_window_once():
    history = make_history([500, 30, 32, 28, 90, 90, 29])
    result = found(average(6, filters={"drop_highest": True}, minimum_periods=4), history=history)
    assert (result.value, result.periods) == (Fraction(30 + 32 + 28 + 90 + 29, 5), 5)
    assert result.trace[1].rule == "90 m³"


def test_amounts_are_averaged_when_the_measure_says_so():
    result = found(average(2, measure="amount"), history=make_history([18, 21, 19]))
    assert (result.value, result.trace[-1].unit) == (200, "MXN")


def test_chain_takes_the_first_step_that_holds_and_has_data():
    chain = [average(2, when="months_installed >= 2", minimum_periods=2), {"method": "value", "value": "fee * 2"}]
    history = make_history([10, 20])
    assert found(*chain, history=history, names={"months_installed": 3, "fee": 4}).value == 15
    assert found(*chain, history=history, names={"months_installed": 1, "fee": 4}).value == 8
    assert found(*chain, names={"months_installed": 3, "fee": 4}).value == 8


def test_refusal_names_what_is_missing_and_what_to_do():
    history = (*make_history([14] * 3)[:2], *make_history([90], adjusted=True))
    result = found(average(minimum_periods=6), history=history)
    assert result.value is None
    assert result.refusal == (
        "No hay historial suficiente para la referencia: se necesitan al menos 6 periodos y hay 2 (no cuentan: 1 ya "
        "corregidos). Espere a tener más periodos medidos o use otro procedimiento.")


def test_refusal_gathers_every_step_of_the_chain():
    chain = [average(when="months_installed >= 2"), {"method": "value", "value": "fee"}]
    refusal = found(*chain, names={"months_installed": 1}).refusal
    assert "no aplica «months_installed >= 2»; La fórmula «fee» no se puede usar: falta el dato «fee»" in refusal
    assert "falta el dato «months_installed»" in found(*chain).refusal


def test_reference_must_be_a_number():
    assert "debe ser un número" in found({"method": "value", "value": "fee"}, names={"fee": "mucho"}).refusal
