"""What cannot be captured or computed on a real bill is told by the check, and neither sent nor signed."""

import json
import re
from itertools import product
from pathlib import Path

import psycopg
import pytest

from admin_views.forms.conditions import FormOfFacts
from admin_views.forms.fields import form_of
from policies.corrections.cases import definition_of
from policies.corrections.drafting import input_asks
from policies.corrections.records import records
from policies.procedures import authority
from policies.procedures.applicable import CAPTURED, TAKEN, hindrances
from policies.procedures.engine import compute
from policies.procedures.facts import RECORDS, Facts
from policies.procedures.lint import lint
from policies.procedures.parsing import DefinitionError, load, parse
from policies.procedures.requisites import InputField
from policies.procedures.worked import check
from tests import psql
from tests.policies.procedures.cases import ADOPTED, make_bill, make_history, rate_at

ROOT = Path(__file__).resolve().parents[3]
WHOLE = {
    "code": "x", "name": "X", "version": 1, "sources": [{"title": "t"}], "anomaly_types": ["A"],
    "valid_from": "2024-01-01", "units": {"volume": "m3", "currency": "MXN"},
    "inputs": [{"name": "usual", "label": "Consumo usual"}], "computation": [{"out": "c", "expr": "usual"}],
    "result": {"kind": "volume", "value": "c", "direction": "credit"},
    "lines": [{"service": name, "treatment": "correct"} for name in ("water", "sewer", "sanitation")],
    "rounding": {"step": 1, "mode": "half_up", "where": "volume"}, "evidence": [{"kind": "k", "label": "K"}],
    "approval": [{"level": 1, "office": "commercial_director"}],
    "worked_examples": [{"inputs": {"usual": 10}, "expected": {"c": 10}}]}
ANSWERS = {"number": (3, 0), "bool": (True, False), "choice": ("domestic", "commercial"), "text": ("domestic",),
           "date": ("2025-01-10",), "list": ()}


def step(expression):
    return {"computation": [{"out": "c", "expr": expression}]}


def cap(**limits):
    return {"caps": [{"kind": "max_volume", "of": "usual", "maximum": "50", **limits}]}


PLACES = {
    "unused": {}, "added": step("usual + x"), "asked": step("usual if x else usual - 1"),
    "ordered": step("usual if x > 0 else usual - 1"), "equal": step("usual if x == 'domestic' else usual - 1"),
    "denied": step("usual if not x else usual - 1"), "listed": step("usual - n([x]) + 1"),
    "within": step("usual if x in [1, 2] else usual - 1"), "rounded": step("usual - abs(x)"),
    "cap's when": cap(when="not x"), "cap's of": cap(of="x"), "cap's maximum": cap(maximum="50 + x"),
    "condition": {"eligibility": [{"field": "x", "op": "gte", "value": 0}]},
    "condition of words": {"eligibility": [{"field": "x", "op": "ne", "value": "nada"}]},
    "condition's value": {"eligibility": [{"field": "usual", "op": "lte", "value": {"expr": "100 + x"}}]},
    "one of": {"eligibility": [{"field": "x", "op": "in", "value": ["domestic", "2025-01-10"]}]},
    "bound": {"inputs": [{"name": "usual", "label": "Consumo usual", "maximum": "100 + x"}]},
    "result": {"result": {"kind": "volume", "value": "x", "direction": "credit"}},
    "baseline's when": {"baseline": [{"method": "value", "value": "usual", "when": "x"}, {"method": "value", "value": "usual"}]},
    "baseline": {"baseline": [{"method": "value", "value": "x"}]},
    "evidence": {"evidence": [{"kind": "k", "label": "K", "when": "x"}]},
    "effect": {"effects_when": [{"effect": "charge", "when": "x"}]}, "payments": {"instalments": {"most": "x"}}}
# What each type may be used for; all else is told, and a list that a person gives is told anywhere.
WORDS = {"unused", "equal", "listed", "condition of words", "one of"}
FITS = {"number": {"unused", "added", "ordered", "listed", "within", "rounded", "cap's of", "cap's maximum", "condition",
                   "condition's value", "bound", "result", "baseline", "payments"},
        "bool": {"unused", "asked", "denied", "listed", "cap's when", "baseline's when", "evidence", "effect"},
        "choice": WORDS, "text": WORDS, "date": WORDS, "list": set()}
TYPES = InputField.__dataclass_fields__["type"].metadata["among"]


def defined(kind, place, required=True, **more):
    asked = {"name": "x", "label": "X", "type": kind, "required": required} | more
    asked |= {"choices": list(ANSWERS["choice"])} if kind == "choice" else {}
    document = WHOLE | PLACES[place]
    return parse(document | {"inputs": [asked, *document["inputs"]]})


def errors(definition):
    return [finding for finding in lint(definition) if finding.severity == "error"]


def outcomes(definition, answers):
    facts = Facts(make_bill(), make_history((14,) * 12), extra={"paid": False})
    return [compute(definition, Facts(facts.bill, facts.history, {"usual": 20} | answer), rate_at) for answer in answers]


@pytest.mark.parametrize(("kind", "place"), list(product(TYPES, PLACES)))
def test_what_the_check_passes_is_captured_and_computed_and_what_is_dead_is_told(kind, place):
    definition = defined(kind, place)
    answers = [{"x": answer} for answer in ANSWERS[kind]]
    assert (errors(definition) == []) == (place in FITS[kind]), errors(definition)
    if place in FITS[kind]:
        assert any(outcome.eligible for outcome in outcomes(definition, answers))
        form = form_of([*input_asks(definition, {}, {})])()
        assert {"x", "usual"} <= {field.short_name for field in form}


@pytest.mark.parametrize("place", ["asked", "denied", "cap's when", "baseline's when", "evidence", "effect", "unused"])
@pytest.mark.parametrize("asked", [{"required": False}, {"required": True, "when": {"before": True}}])
def test_a_yes_or_no_that_nobody_answered_counts_as_no(place, asked):
    document = defined("bool", place, **({"required": False} if "when" not in asked else {})).as_document()
    one, *rest = document["inputs"]
    before = {"name": "before", "label": "Antes", "type": "bool", "required": False}
    silent = parse(document | {"inputs": [before, one | asked, *rest]})
    said, unsaid = outcomes(silent, [{"before": True, "x": False}, {}])
    assert not errors(silent) and said.eligible and unsaid.eligible
    assert (said.difference, said.effects) == (unsaid.difference, unsaid.effects)


def test_the_cap_whose_condition_has_no_answer_holds():
    """No more than five in all, unless it is an exception; the example says nothing of the exception."""
    limited = {"computation": [{"out": "c", "expr": "usual"}],
               "inputs": [*WHOLE["inputs"], {"name": "prior", "label": "Anteriores"},
                          {"name": "exception", "label": "Es excepción", "type": "bool", "required": False}],
               "caps": [{"kind": "max_periods", "of": "prior + 1", "maximum": 5, "when": "not exception"}]}
    for prior, more, eligible in ((3, {}, True), (5, {}, False), (5, {"exception": True}, True)):
        given = {"usual": 10, "prior": prior} | more
        definition = parse(WHOLE | limited | {"worked_examples": [{"inputs": given, "expected": {"eligible": eligible}}]})
        assert [result.ok for result in check(definition)] == [True] and not errors(definition)
        assert [outcome.eligible for outcome in outcomes(definition, [given])] == [eligible]


RECORDED = {"name": "paid", "label": "X", "type": "bool", "origin": "record"}


@pytest.mark.parametrize(("changes", "words"), [
    ({"type": "list"}, "nadie puede capturarlo"), ({"name": "_x"}, "no sirve de nombre"),
    ({"name": "a__b"}, "no sirve de nombre"), ({"name": "reason"}, "ya nombra otra cosa"),
    ({"name": "x.reason"}, "ya nombra otra cosa"), ({"name": "data"}, "ya nombra otra cosa"),
    (RECORDED | {"name": "payd"}, "no es un dato del expediente (¿quiso decir «paid»?)"),
    (RECORDED | {"name": "used_24x"}, "no es un dato del expediente"), (RECORDED | {"type": "number"}, "corrija el tipo"),
    (RECORDED | {"name": "balance"}, "corrija el tipo"), (RECORDED | {"name": "used_3y"}, "corrija el tipo"),
    ({"type": "text", "minimum": "1"}, "no es un número y lleva minimum")])
def test_each_dead_input_is_told(changes, words):
    definition = parse(WHOLE | {"inputs": [*WHOLE["inputs"], {"name": "x", "label": "X"} | changes]})
    assert [finding for finding in errors(definition) if words in finding.text], errors(definition)


@pytest.mark.parametrize("changes", [RECORDED, RECORDED | {"name": "used_24m", "type": "number"},
                                     RECORDED | {"name": "meter.state", "type": "text"}])
def test_what_the_records_have_is_not_told(changes):
    assert not errors(parse(WHOLE | {"inputs": [*WHOLE["inputs"], changes]}))


def test_what_it_names_is_what_the_house_has():
    """The records, the form's own words and the sentences of PostgreSQL are said again by hand: they stay equal."""
    assert {word for word in dir(FormOfFacts) if not word.startswith("_")} <= TAKEN
    written = set(re.findall(r'"([a-z_.0-9]+)":', Path(records.__code__.co_filename).read_text(encoding="utf-8")))
    assert written == set(RECORDS)
    written = (ROOT / "migrations/generated/grants.sql").read_text(encoding="utf-8")
    guard = written.split("FUNCTION console.dead_input")[1].split("$$;")[0]
    assert set(RECORDS) <= set(re.findall(r"'([a-z_.0-9]+)'", guard)) >= set(CAPTURED)


@pytest.mark.parametrize("path", ADOPTED, ids=lambda path: path.stem)
def test_the_procedures_of_the_office_are_applicable(path):
    assert hindrances(load(path)) == []


DEAD = [{"name": "dead", "label": "X", "type": "list"}, {"name": "payd", "label": "X", "origin": "record"}]


@pytest.mark.parametrize("dead", DEAD, ids=["list", "record"])
def test_a_dead_version_is_neither_sent_by_any_program_nor_signed(cluster, office, dead):
    with psql.superuser(cluster, office) as raw:
        key, definition = raw.execute("SELECT id, definition FROM console.procedure_versions ORDER BY id LIMIT 1").fetchone()
        raw.execute("UPDATE console.procedure_versions SET state = 'draft', definition = jsonb_set(definition, '{inputs}',"
                    " coalesce(definition -> 'inputs', '[]') || %s) WHERE id = %s", (json.dumps([dead]), key))
    with pytest.raises(psycopg.Error) as caught, office.program("staff") as raw:
        raw.execute("UPDATE console.procedure_versions SET state = 'submitted' WHERE id = %s", (key,))
    assert caught.value.sqlstate == "AG043"
    with psql.superuser(cluster, office) as raw:
        raw.execute("UPDATE console.procedure_versions SET state = 'submitted', revision = 9 WHERE id = %s", (key,))
    with office.speaks("unit_head") as session:
        version = session.get(authority.ProcedureVersion, key)
        assert dead["name"] in authority.not_signable(version, office.actor("unit_head"))
        assert hindrances(definition_of(version))
    with psql.superuser(cluster, office) as raw:
        raw.execute("UPDATE console.procedure_versions SET state = 'authorized', revision = 1, definition = %s WHERE id = %s",
                    (json.dumps(definition), key))


def test_a_formula_that_nobody_can_read_is_still_refused_by_the_reader():
    with pytest.raises(DefinitionError):
        parse(WHOLE | step("usual +"))
