"""Worked examples: every value of every file comes out exactly, and a wrong one is caught."""
import pytest

from policies.procedures.examples import check, check_files
from policies.procedures.parsing import load, parse
from tests.policies.procedures.cases import ADOPTED, LIBRARY


@pytest.mark.parametrize("path", LIBRARY + ADOPTED, ids=lambda path: path.stem)
def test_each_value_of_the_source_comes_out(path):
    results = check(load(path))
    assert results
    assert [result for result in results if not result.ok] == []


def test_count_of_all_files():
    lines, ok = check_files(LIBRARY + ADOPTED)
    assert ok and all(line.startswith("AVISO ") for line in lines[:-1])
    assert lines[-1].startswith(f"procedures {len(LIBRARY + ADOPTED)}, examples ")
    assert lines[-1].endswith(" match, 0 fail")


def test_a_wrong_value_is_told_and_counted(tmp_path):
    text = next(path for path in LIBRARY if "pamlico" in path.stem).read_text(encoding="utf-8")
    path = tmp_path / "wrong.yaml"
    path.write_text(text.replace("estimated_gal: 7920", "estimated_gal: 7921"), encoding="utf-8")
    lines, ok = check_files([path])
    assert not ok
    assert [line for line in lines if not line.startswith("AVISO ")] == [
        "FALLA us-nc-pamlico-leak, ejemplo 2, estimated_gal: se espera 7,921 y resulta 7,920",
        "procedures 1, examples 2, values 3 match, 1 fail"]


def small(**example):
    return parse({
        "code": "x", "name": "X", "version": 1, "sources": [], "units": {}, "anomaly_types": [],
        "inputs": [{"name": "a", "label": "A"}, {"name": "b", "label": "B"}],
        "computation": [{"out": "c", "expr": "a * 1.1"}],
        "eligibility": [{"field": "a", "op": "gt", "value": 1, "group": "g"}, {"field": "b", "op": "gt", "value": 1, "group": "g"}],
        "caps": [{"kind": "max", "of": "c", "maximum": 11}], "worked_examples": [example]})


def test_a_yes_is_not_a_one():
    definition = parse(small(inputs={"a": 2}, expected={"c": 1}).as_document() | {
        "computation": [{"out": "c", "expr": "a > 1"}], "caps": []})
    assert [result.ok for result in check(definition)] == [False]


def test_a_condition_whose_computed_value_is_absent_is_skipped():
    definition = parse(small(inputs={"a": 3}, expected={"eligible": True}).as_document() | {
        "eligibility": [{"field": "a", "op": "gt", "value": 1}, {"field": "a", "op": "lt", "value": {"expr": "b"}}]})
    assert [result.ok for result in check(definition)] == [True]


@pytest.mark.parametrize(("inputs", "expected", "ok"), [
    ({"a": 3}, {"c": "3.3"}, True), ({"a": 3}, {"c": "3.30000000000000004"}, False),
    ({"a": 3}, {"eligible": True}, True), ({"a": 1}, {"eligible": False}, True), ({"a": 1, "b": 2}, {"eligible": True}, True),
    ({"a": 100}, {"eligible": False}, True), ({}, {"eligible": True}, False), ({}, {"eligible": False}, False),
    ({}, {"c": 1}, False)])
def test_values_and_eligibility_are_compared_exactly(inputs, expected, ok):
    assert [result.ok for result in check(small(inputs=inputs, expected=expected))] == [ok]
