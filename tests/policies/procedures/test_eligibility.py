"""Conditions: each comparison, alternatives, computed values, and the sentence of each failure."""
import pytest

from policies.procedures.eligibility import judge, refusals
from policies.procedures.parsing import parse

INPUTS = [{"name": "a", "label": "Cantidad", "unit": "m3"}, {"name": "b", "label": "Bandera", "type": "bool"},
          {"name": "word", "label": "Palabra", "type": "text"}]


def said(*conditions, **names):
    document = {"code": "x", "name": "X", "version": 1, "sources": [], "units": {}, "anomaly_types": [],
                "inputs": INPUTS, "eligibility": list(conditions)}
    return refusals(judge(parse(document), names))


def condition(field, op, value, **more):
    return {"field": field, "op": op, "value": value, **more}


@pytest.mark.parametrize(("op", "value", "passing", "failing"), [
    ("eq", 5, 5, 6), ("ne", 5, 6, 5), ("gt", 5, 6, 5), ("gte", 5, 5, 4), ("lt", 5, 4, 5), ("lte", 5, 5, 6),
    ("in", [5, 6], 6, 7), ("not_in", [5, 6], 7, 6)])
def test_each_comparison_holds_and_fails(op, value, passing, failing):
    assert said(condition("a", op, value), a=passing) == ()
    assert len(said(condition("a", op, value), a=failing)) == 1


def test_at_exactly_the_double_strictness_matters():
    assert said(condition("a", "gte", {"expr": "2 * 14"}), a=28) == ()
    assert said(condition("a", "gt", {"expr": "2 * 14"}), a=28) == (
        "No procede: Cantidad es 28 m³ y debe ser mayor que 28 m³ (2 × 14).",)


def test_sentence_carries_the_rule_and_both_values():
    assert said(condition("b", "eq", True, label="Debe estar reparada"), b=False) == (
        "No procede: Debe estar reparada: Bandera es no y debe ser sí.",)
    assert said(condition("word", "in", ["x", "y"]), word="z") == (
        "No procede: Palabra es «z» y debe ser uno de «x», «y».",)


def test_alternatives_need_only_one():
    group = [condition("a", "gt", 20000, group="g"), condition("b", "eq", True, group="g")]
    assert said(*group, a=1, b=True) == ()
    assert said(*group, b=True) == ()
    assert said(*group, a=1, b=False) == (
        ("No procede: se pide al menos una de estas: Cantidad es 1 m³ y debe ser mayor que 20,000 m³; o bien: "
        "Bandera es no y debe ser sí."),)


def test_groups_and_lone_conditions_must_all_hold():
    assert len(said(condition("a", "gt", 1, group="g"), condition("a", "lt", 0), condition("b", "eq", True), a=1, b=False)) == 3


def test_an_absent_figure_refuses():
    assert said(condition("a", "gt", 1)) == ("No procede: falta el dato «Cantidad»; captúrelo.",)


def test_existence():
    assert said(condition("a", "exists", True), a=0) == ()
    assert said(condition("a", "exists", False)) == ()
    assert said(condition("a", "exists", True)) == ("No procede: «Cantidad» debe existir.",)
    assert said(condition("a", "exists", False), a=1) == ("No procede: «Cantidad» no debe existir.",)


def test_values_of_different_kinds_are_refused_not_raised():
    assert said(condition("word", "gt", 1), word="z") == ("No procede: los datos no se pueden comparar.",)
    assert "división entre cero" in said(condition("a", "gt", {"expr": "1 / (1 - 1)"}), a=1)[0]
