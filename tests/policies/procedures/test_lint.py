"""The traps of a procedure: each is found in a file that has it, and told with its place and its mend."""
import json

import pytest

from policies.procedures.examples import check_files
from policies.procedures.lint import lint, version_clashes
from policies.procedures.parsing import load, parse
from tests.policies.procedures.cases import ADOPTED, LIBRARY

SOUND = {
    "code": "x", "name": "X", "version": 1, "sources": [{"title": "t"}], "units": {}, "anomaly_types": ["A"],
    "inputs": [{"name": "a", "label": "A"}, {"name": "b", "label": "B", "type": "bool"}],
    "eligibility": [{"field": "b", "op": "eq", "value": True}],
    "baseline": [{"method": "value", "value": "a"}],
    "computation": [{"out": "c", "expr": "baseline + (bill.volume - baseline) / 2"}],
    "result": {"kind": "volume", "value": "c", "direction": "credit"},
    "rounding": {"step": 1, "mode": "half_up", "where": "volume"},
    "worked_examples": [{"inputs": {"a": 10, "b": True, "bill.volume": 30}, "expected": {"c": 20, "eligible": True}}]}
AVERAGE = {"method": "average", "window": {"last": 3}, "minimum_periods": 2}


def findings(**changes):
    return [(found.severity, found.place, found.text) for found in lint(parse(SOUND | changes))]


def written(tmp_path, name, document):
    path = tmp_path / name
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_a_sound_procedure_has_no_findings():
    assert findings() == []


@pytest.mark.parametrize(("changes", "severity", "place", "words"), [
    ({"eligibility": [{"field": "bill.volume", "op": "gte", "value": {"expr": "2 * baseline"}}]}, "warning", "computation",
     "no es monótona: con 18.75 se cobran 18.75 y con 20, 15"),
    ({"computation": [{"out": "c", "expr": "60 - bill.volume"}]}, "warning", "computation", "no es monótona"),
    ({"eligibility": [{"field": "a", "op": "gt", "value": 9}]}, "warning", "eligibility[0]", "umbral exacto (a = 9)"),
    ({"effects": ["credit_notes"]}, "error", "effects[0]", "(¿quiso decir «credit_note»?)"),
    ({"effects_when": [{"effect": "gift", "when": "b"}]}, "error", "effects_when[0]", "no existe el efecto «gift»"),
    ({"worked_examples": []}, "warning", "worked_examples", "no hay ejemplos"),
    ({"worked_examples": [{"expected": {"c": 1}}]}, "error", "worked_examples[0]", "no da ningún dato"),
    ({"worked_examples": [{"inputs": {"a": 1}, "expected": {}}]}, "error", "worked_examples[0]", "no dice qué se espera"),
    ({"baseline": [{"method": "value", "value": "a", "when": "a >= 2"}, {"method": "value", "value": "1", "when": "a <= 2"}]},
     "warning", "baseline[1]", "coincide con la del paso 0"),
    ({"baseline": [AVERAGE, AVERAGE | {"note": "n"}]}, "warning", "baseline[1]", "la misma ventana"),
    ({"baseline": [{"method": "value", "value": "5"}, AVERAGE]}, "warning", "baseline[1]", "el paso 0 siempre da una cifra"),
    ({"baseline": [{"method": "value", "value": "a", "when": "a > 3 and a < 3"}]}, "warning", "baseline[0]", "no se cumple con ningún"),
    ({"baseline": [AVERAGE | {"when": "n(history.volume) > 9 and n(history.volume) < 9"}]}, "warning", "baseline[0]", "no se cumple con ningún"),
    ({"caps": [{"kind": "max_amount", "of": "c", "maximum": "late", "apply": "limit"}],
      "computation": [*SOUND["computation"], {"out": "late", "expr": "c + 1"}]}, "error", "caps[0].maximum", "usa «late», que se calcula después de «c»"),
    ({"baseline": [AVERAGE | {"filters": {"drop_highest": True}}]}, "warning", "baseline[0].filters", "escriba drop_from"),
    ({"inputs": [*SOUND["inputs"], {"name": "idle", "label": "Ocioso"}]}, "warning", "inputs[2]", "nada usa «idle»"),
    ({"computation": [*SOUND["computation"], {"out": "idle", "expr": "a"}]}, "warning", "computation[1]", "nada usa «idle»"),
    ({"approval": [{"level": 1, "office": "p", "maximum": 500}, {"level": 2, "office": "q", "minimum": 600}]}, "warning", "approval",
     "nadie firma los importes entre 500 y 600"),
    ({"result": {"kind": "amount", "value": "c"}, "rounding": {"step": 1, "mode": "up", "where": "bill"}}, "warning", "caps",
     "debajo de la cuota mínima"),
    ({"rounding": None}, "warning", "rounding", "no dice cómo se redondea"),
    ({"rounding": {"stated": False}}, "warning", "rounding", "la fuente no dice cómo se redondea"),
])
def test_each_trap_is_told(changes, severity, place, words):
    assert [found for found in findings(**changes) if found[:2] == (severity, place) and words in found[2]], findings(**changes)


@pytest.mark.parametrize("changes", [
    {"eligibility": [{"field": "a", "op": "gt", "value": 10}]},
    {"eligibility": [{"field": "bill.volume", "op": "lte", "value": {"expr": "3 * a"}}], "computation": [{"out": "c", "expr": "bill.volume"}]},
    {"baseline": [{"method": "value", "value": "a", "when": "a >= 2"}, {"method": "value", "value": "1", "when": "a < 2"}]},
    {"baseline": [AVERAGE | {"filters": {"drop_highest": True, "drop_from": "window"}}]},
    {"approval": [{"level": 1, "office": "p", "maximum": 500}, {"level": 2, "office": "q", "minimum": "500.01"}]},
    {"result": {"kind": "amount", "value": "c"}, "rounding": {"step": 1, "mode": "up", "where": "bill"},
     "caps": [{"kind": "protect_minimum_charge", "of": "after.total", "minimum": 5}]},
])
def test_the_mended_rule_is_not_told(changes):
    places = {place for _, place, _ in findings(**changes)}
    assert not places & {"eligibility[0]", "baseline[0].filters", "baseline[1]", "approval", "caps"}


@pytest.mark.parametrize(("steps", "words"), [
    ([{"out": "p", "expr": "q + 1"}, {"out": "q", "expr": "p + 1"}], "«p» necesita «q», que se calcula en el mismo paso o después: hay un ciclo"),
    ([{"out": "p", "expr": "p + 1"}], "«p» necesita «p»"), ([{"out": "p", "expr": "agv([1])"}], "no existe la función «agv»"),
    ([{"out": "p", "expr": "basline + 1"}], "usa «basline», que nadie declara (¿quiso decir «baseline»?)")])
def test_cycles_and_slips_of_the_pen(tmp_path, steps, words):
    path = written(tmp_path, "slip.yaml", SOUND | {"computation": steps, "result": {}, "rounding": None, "worked_examples": []})
    lines, right = check_files([path])
    assert not right and lines[0].startswith("ERROR slip.yaml: computation[0]") and words in lines[0]
    assert lines[-1].startswith("procedures 0, examples 0, values 0 match, ") and not lines[-1].endswith(" 0 fail")


def test_warnings_fail_nothing_and_errors_do(tmp_path):
    lines, right = check_files([written(tmp_path, "warned.yaml", SOUND | {"rounding": None})])
    assert right and lines[0].startswith("AVISO warned.yaml: rounding: ")
    lines, right = check_files([written(tmp_path, "wrong.yaml", SOUND | {"effects": ["gift"]})])
    assert not right and lines == [lines[0], "procedures 1, examples 1, values 2 match, 1 fail"]
    assert lines[0].startswith("ERROR wrong.yaml: effects[0]: ")


def test_one_bad_file_does_not_hide_the_others(tmp_path):
    good, bad = written(tmp_path, "good.yaml", SOUND), written(tmp_path, "bad.yaml", SOUND | {"nam": "x", "code": "y"})
    lines, right = check_files([bad, good])
    assert not right and "(¿quiso decir «name»?)" in lines[0]
    assert lines[-1] == "procedures 1, examples 1, values 2 match, 1 fail"


@pytest.mark.parametrize(("first", "second", "words"), [
    ({"version": 1}, {"version": 1}, "versión 1 ya está en a.yaml"),
    ({"version": 1}, {"version": 2}, "rigen en un mismo día"),
    ({"version": 1, "valid_from": "2024-01-01"}, {"version": 2, "valid_from": "2025-01-01"}, "rigen en un mismo día"),
    ({"version": 1, "valid_to": "2025-01-01"}, {"version": 2, "valid_from": "2025-01-01"}, "rigen en un mismo día"),
    ({"version": 1, "valid_to": "2024-12-31"}, {"version": 2, "valid_from": "2025-01-01"}, None),
    ({"version": 2, "valid_from": "2025-01-01"}, {"version": 1, "valid_to": "2024-12-31"}, None),
    ({"version": 1}, {"version": 2, "code": "z"}, None)])
def test_one_version_a_day(tmp_path, first, second, words):
    paths = [written(tmp_path, name, SOUND | changes) for name, changes in (("a.yaml", first), ("b.yaml", second))]
    lines, right = check_files(paths)
    assert right == (words is None)
    assert words is None or any(line.startswith("ERROR b.yaml: ") and words in line for line in lines)


def test_files_of_the_house_have_no_errors():
    definitions = [(path.name, load(path)) for path in LIBRARY + ADOPTED]
    assert [found for _, definition in definitions for found in lint(definition) if found.severity == "error"] == []
    assert version_clashes(definitions) == []


def test_a_step_that_asks_how_long_the_history_is_may_be_reached():
    steps = [AVERAGE | {"when": "n(history.volume) >= 12"}, {"method": "value", "value": "6", "when": "n(history.volume) < 12"}]
    assert not [place for _, place, _ in findings(baseline=steps) if place.startswith("baseline")]
