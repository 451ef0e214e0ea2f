"""Procedures as files: read exactly, kept without loss, and refused with every fault and its mend."""
import json
from fractions import Fraction

import pytest

from policies.procedures.parsing import DefinitionError, load, parse
from tests.policies.procedures.cases import ADOPTED, LIBRARY, adopted

SOUND = {
    "code": "x", "name": "Equis", "version": 1, "sources": [{"title": "t"}], "units": {}, "anomaly_types": ["A"],
    "inputs": [{"name": "a", "label": "A"}], "computation": [{"out": "b", "expr": "a + 0.1"}],
}


def faults(**changes):
    with pytest.raises(DefinitionError) as raised:
        parse(SOUND | changes, "x.yaml")
    return raised.value.problems


def written(tmp_path, text):
    path = tmp_path / "p.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("path", LIBRARY + ADOPTED, ids=lambda path: path.stem)
def test_every_file_survives_jsonb(path):
    definition = load(path)
    stored = json.loads(json.dumps(definition.as_document()))
    assert parse(stored, "jsonb") == definition
    assert parse(stored, "jsonb").content_hash() == definition.content_hash()
    assert definition.code == path.stem


def test_hash_changes_with_the_content():
    other = parse(SOUND | {"computation": [{"out": "b", "expr": "a + 0.2"}]})
    assert parse(SOUND).content_hash() != other.content_hash()
    assert len(other.content_hash()) == 64


def test_hash_does_not_depend_on_how_it_was_written():
    assert parse(dict(reversed(SOUND.items()))).content_hash() == parse(SOUND).content_hash()
    half, same = ({"rounding": {"step": step, "mode": "up", "where": "line"}} for step in ("0.50", "0.5"))
    assert parse(SOUND | half).content_hash() == parse(SOUND | same).content_hash()


def test_hash_does_not_depend_on_the_order_of_the_inputs_of_an_example():
    names = [("a", 1), ("bill.total", 2)]
    one, other = (parse(SOUND | {"worked_examples": [{"inputs": dict(pairs), "expected": {}}]})
                  for pairs in (names, names[::-1]))
    assert one.content_hash() == other.content_hash()


def test_numbers_are_read_from_their_text():
    assert adopted("slp-medidor-danado").rounding.step == Fraction(1, 100)
    assert parse(SOUND | {"worked_examples": [{"inputs": {"a": "37.5"}, "expected": {"b": "188/5"}}]}
                 ).worked_examples[0].expected["b"] == Fraction(188, 5)


def test_every_fault_comes_at_once_with_file_field_and_mend():
    found = faults(name=3, zz=1, version="uno", computation=[{"out": "b", "expr": "a ** 2"}])
    assert [problem.split(": ")[1] for problem in sorted(found)] == ["computation[0].expr", "name", "version", "zz"]
    assert "x.yaml: name: debe ser texto; escríbalo entre comillas." in found
    assert any("no se permite «Pow»" in problem for problem in found)


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"code": None}, "code: falta este campo obligatorio"),
    ({"sources": "x"}, "sources: debe ser una lista"),
    ({"units": "m3"}, "units: debe ser un bloque"),
    ({"valid_from": "ayer"}, "valid_from: «ayer» no es una fecha"),
    ({"valid_from": "2024-02-01", "valid_to": "2024-01-01"}, "valid_to: termina antes de empezar"),
    ({"version": True}, "version: debe ser un número entero"),
    ({"rounding": {"step": 0.01, "mode": "up", "where": "line"}}, "rounding.step: «0.01» no es un número exacto"),
    ({"rounding": {"step": 1, "mode": "nearest", "where": "line"}}, "rounding.mode: «nearest» no es válido; use uno de"),
    ({"rounding": {"step": 0, "mode": "up", "where": "line"}}, "rounding: para un resultado figures se redondea en"),
    ({"rounding": {"step": 1, "mode": "up", "where": "volume"}, "result": {"kind": "tax"}}, "un resultado tax se redondea en: line"),
    ({"result": {"kind": "volume"}}, "result: volume, amount y class llevan value"),
    ({"result": {"kind": "tax", "value": "b"}}, "result: volume, amount y class llevan value"),
    ({"result": {"kind": "volume", "value": "c"}}, "result.value: usa «c», que nadie declara"),
    ({"computation": [{"out": "b", "expr": "c + 1"}]}, "computation[0]: usa «c», que nadie declara"),
    ({"computation": [{"out": "a", "expr": "1"}]}, "computation[0]: «a» ya tiene otro significado"),
    ({"computation": [{"out": "difference", "expr": "1"}]}, "«difference» ya tiene otro significado"),
    ({"computation": [{"out": "b", "expr": "baseline"}]}, "usa «baseline», que nadie declara"),
    ({"computation": [{"out": "b", "expr": "after.total"}]}, "usa «after.total», que nadie declara"),
    ({"inputs": [{"name": "a", "label": "A"}] * 2}, "inputs[0]: «a» está repetido"),
    ({"inputs": [{"name": "bill.total", "label": "A"}]}, "«bill.total» lo calcula el sistema y no se captura"),
    ({"inputs": [{"name": "a", "label": "A", "type": "choice"}]}, "las opciones (choices) van con el tipo choice"),
    ({"inputs": [{"name": "a", "label": "A", "maximum": "zeta"}]}, "inputs[0]: usa «zeta»"),
    ({"inputs": [{"name": "a", "label": "A", "decimals": 5}]}, "inputs[0]: decimals va con el tipo number, de 0 a 4"),
    ({"inputs": [{"name": "a", "label": "A", "type": "text", "decimals": 0}]}, "decimals va con el tipo number"),
    ({"approval": [{"level": 1, "office": "unit_head", "maximum": "2,5"}]}, "approval[0].maximum: «2,5» se puede leer"),
    ({"computation": [{"out": "b", "expr": "2,5"}]}, "computation[0].expr: «2,5» se puede leer como 2.5 o como 25"),
    ({"eligibility": [{"field": "zeta", "op": "eq", "value": 1}]}, "eligibility[0]: usa «zeta»"),
    ({"eligibility": [{"field": "a", "op": "eq", "value": {"expr": "zeta"}}]}, "eligibility[0]: usa «zeta»"),
    ({"eligibility": [{"field": "a", "op": "in", "value": "abc"}]}, "comparan con una lista"),
    ({"eligibility": [{"field": "a", "op": "like", "value": 1}]}, "eligibility[0].op: «like» no es válido"),
    ({"baseline": [{"method": "average"}]}, "«average» lleva window"),
    ({"baseline": [{"method": "value"}]}, "«value» lleva value"),
    ({"baseline": [{"method": "value", "value": "1"}] * 13}, "baseline: pasa de 12 pasos"),
    ({"baseline": [{"method": "value", "value": "zeta"}]}, "baseline[0]: usa «zeta»"),
    ({"baseline": [{"method": "average", "window": {"last": 3}, "filters": {"drop_highest": True}}]},
     "minimum_periods debe dejar al menos un periodo"),
    ({"caps": [{"kind": "frequency", "of": "a"}]}, "caps[0]: un tope calculado lleva «of» y"),
    ({"caps": [{"kind": "frequency", "of": "zeta", "maximum": 1}]}, "caps[0]: usa «zeta»"),
    ({"evidence": [{"kind": "k", "label": "l", "alternative": "x"}]}, "una alternativa necesita su grupo"),
    ({"evidence": [{"kind": "k", "label": "l", "when": "zeta"}]}, "evidence[0]: usa «zeta»"),
    ({"lines": [{"service": "water", "treatment": "keep"}] * 2}, "lines: un servicio está repetido"),
    ({"worked_examples": [{"inputs": {"zeta": 1}, "expected": {}}]}, "worked_examples[0]: da «zeta»"),
    ({"worked_examples": [{"inputs": {}, "expected": {"zeta": 1}}]}, "worked_examples[0]: espera «zeta»"),
    ({"worked_examples": [{"inputs": {"a": 0.5}, "expected": {}}]}, "worked_examples[0].inputs.a: «0.5» no es un número exacto"),
])
def test_each_fault_has_its_sentence(changes, sentence):
    assert any(sentence in problem for problem in faults(**changes)), faults(**changes)


@pytest.mark.parametrize(("text", "sentence"), [
    ("code: a\ncode: b", "renglón 1: el campo «code» está repetido"),
    ("a: &x [1]\nb: *x", "no se permiten alias"),
    ("a: 010", "«010» no es una cifra simple"),
    ("a: 12:30", "«12:30» no es una cifra; escríbala con cifras"),
    ("a: .inf", "«.inf» no es una cifra; escríbala"),
    ("a: 1.5e+3", "«1.5e+3» no se admite escrita así; escriba 1500"),
    ("a: 2,5", "«2,5» se puede leer como 2.5 o como 25"),
    ("a: 1.2.3", "«1.2.3» se puede leer como 12.3 o como 123"),
    ("a: 1e3", "«1e3» no se admite escrita así; escriba 1000"),
    ("a: no", "«no» es ambiguo"),
    ("a: 2024-13-01", "«2024-13-01» no es una fecha"),
    ("a: !!python/object/apply:os.system [ls]", "no es YAML válido"),
    ("a: [", "no es YAML válido"),
    ("a: " + "x" * 1_000_001, "pasa de 1000000 bytes"),
    ("- 1", "documento: debe ser un bloque de campos"),
])
def test_files_without_surprises(tmp_path, text, sentence):
    with pytest.raises(DefinitionError, match="^p.yaml: ") as raised:
        load(written(tmp_path, text))
    assert sentence in str(raised.value)


def test_decimals_in_a_file_never_pass_through_binary(tmp_path):
    text = json.dumps(SOUND | {"worked_examples": []})[:-1] + ', "rounding": {step: 0.1, mode: up, where: line}}'
    assert load(written(tmp_path, text)).rounding.step == Fraction(1, 10)
