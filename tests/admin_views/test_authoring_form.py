"""The forms of a procedure say what the file says: drawn and read back, nothing is lost and every fault has its place."""

from pathlib import Path

import pytest
from werkzeug.datastructures import MultiDict

from admin_views.procedures.form import PartForm
from admin_views.procedures.parts import BY_SLUG, PARTS, place_words
from policies.procedures.definition import Definition
from policies.procedures.lint import lint
from policies.procedures.parsing import load, parse

SHELVES = Path(__file__).parents[2] / "policies/procedures"
LEAK = load(SHELVES / "adopted/slp-fuga-oculta.yaml")
EVERY = sorted([*SHELVES.glob("adopted/*.yaml"), *SHELVES.glob("library/*.yaml")])


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.stem)
def test_every_procedure_comes_back_from_every_page_as_it_was(path):
    definition = load(path)
    document = definition.as_document()
    for part in PARTS:
        form = PartForm(part, document, {})
        document = PartForm(part, document, {}, MultiDict(form.typed)).read()
        assert form.faults == []
    assert parse(document).content_hash() == definition.content_hash()


def test_every_field_of_the_file_stands_on_one_page():
    known = [name for part in PARTS for name in part.fields]
    assert sorted(known) == sorted(set(Definition.__dataclass_fields__) - {"code", "version"})


def test_every_field_of_every_page_is_called_in_spanish():
    for part in PARTS:
        for name, item in PartForm(part, LEAK.as_document(), {}).inputs.items():
            assert item.label and item.label[0].isupper() and "_" not in item.label, name


def form(slug, **typed):
    blank = PartForm(BY_SLUG[slug], LEAK.as_document(), {})
    return PartForm(BY_SLUG[slug], LEAK.as_document(), {}, MultiDict({**dict(blank.typed), **typed}))


def test_a_removed_row_goes_and_a_filled_empty_one_stays():
    document = form("requisitos", **{"eligibility-0-gone": "1", "eligibility-2-field": "bill.days",
                                     "eligibility-2-op": "lte", "eligibility-2-value": "62"}).read()
    assert [row["field"] for row in document["eligibility"]] == ["bill.volume", "bill.days"]


@pytest.mark.parametrize(("text", "data"), [
    ("sí", True), ("No", False), ("= 2 * baseline", {"expr": "2 * baseline"}), ("34", "34"), ("[a, b]", ["a", "b"]),
    ("doméstico", "doméstico")])
def test_a_value_is_read_as_people_write_it(text, data):
    typed = form("requisitos", **{"eligibility-0-value": text})
    assert typed.read()["eligibility"][0]["value"] == data


def test_one_of_several_is_written_with_commas():
    typed = form("requisitos", **{"eligibility-0-op": "in", "eligibility-0-value": "domestico, comercial"})
    assert typed.read()["eligibility"][0]["value"] == ["domestico", "comercial"]


@pytest.mark.parametrize(("slug", "name", "text"), [
    ("ejemplos", "worked_examples-0-inputs", "bill.volume 34"), ("ejemplos", "worked_examples-0-history", "14, {volume: "),
    ("datos", "inputs-0-when", "leak")])
def test_what_is_no_data_is_a_fault_of_its_field_and_stays_typed(slug, name, text):
    typed = form(slug, **{name: text})
    typed.read()
    assert [place for place, _ in typed.faults] == [name]
    assert typed.inputs[name].errors and typed.inputs[name].value == text


def test_a_fault_of_the_file_stands_at_the_row_as_it_is_on_the_page():
    typed = form("requisitos", **{"eligibility-0-gone": "1"})
    typed.read()
    typed.place_faults([("eligibility[0].value", "mal."), ("eligibility[0]", "peor."), ("caps[0]", "de otra página.")])
    assert typed.faults == [("eligibility-1-value", "Requisito 2, Valor: mal."), ("eligibility-1", "Requisito 2, peor."),
                            ("", "de otra página.")]


def test_offices_and_effects_are_chosen_and_those_of_a_source_stay():
    typed = form("firmas", **{"approval-0-office": "alcalde", "approval-0-deputies": ["tesorero", "general_director"]})
    office, deputies = typed.inputs["approval-0-office"], typed.inputs["approval-0-deputies"]
    assert [words for _, words in office.choices] == [
        "Elija…", "Titular de la Unidad de Atención Social", "Dirección de Comercialización", "Dirección General"]
    assert (office.kind, office.value, deputies.kind) == ("choice", "alcalde", "ticks")
    assert deputies.choices[:2] == (("tesorero", "tesorero"), ("general_director", "Dirección General"))
    (level,) = typed.read()["approval"]
    assert (level["office"], level["deputies"]) == ("alcalde", ["tesorero", "general_director"])
    assert ("rebill", "Recibo corregido") in form("plazos").inputs["effects_when-0-effect"].choices


def test_a_row_that_only_ticks_something_is_not_blank():
    _, ticked = form("firmas", **{"approval-1-members": ["unit_head"]}).read()["approval"]
    assert ticked["members"] == ["unit_head"]


@pytest.mark.parametrize(("slug", "name", "offered"), [
    ("renglones", "lines-0-service", ("sewer", "Alcantarillado")), ("topes", "caps-0-kind", ("frequency", "Cuántas veces en un plazo")),
    ("topes", "caps-0-unit", ("year", "Años")), ("topes", "caps-0-scope", ("premise", "Predio, quien lo ocupe")),
    ("datos", "inputs-0-unit", ("MXN", "Pesos")), ("identidad", "kind", ("estimation", "Lectura estimada"))])
def test_what_is_known_of_an_open_set_is_offered_and_others_may_be_typed(slug, name, offered):
    typed = form(slug, **{name: "otra"})
    assert typed.inputs[name].kind == "text" and typed.inputs[name].value == "otra" and offered in typed.inputs[name].known


def test_every_code_that_is_offered_has_its_words():
    causes = dict.fromkeys(LEAK.anomaly_types, "Fuga oculta")
    for part in PARTS:
        for name, item in PartForm(part, LEAK.as_document(), causes).inputs.items():
            for code, words in (*item.choices, *item.known):
                assert words != code and "_" not in words, (name, code)


def test_more_rows_may_be_asked_for_without_script():
    typed = form("topes", more="caps")
    assert [row.number for row in typed.groups[0].rows] == [1, 2, 3]
    assert typed.inputs["caps-2-apply"].value == "refuse"


def test_what_the_lint_names_is_called_as_its_page_calls_it():
    """A signer reads «Pasos, 2», and the file's own names are for whoever writes files."""
    assert place_words("baseline[1].filters") == "Pasos, 2" and place_words("computation") == "Cifras"
    assert place_words("valid_from") == "Identidad y fuentes" and place_words("worked_examples[0]") == "Ejemplos, 1"
    named = {item.place for path in EVERY for item in lint(load(path))}
    assert named and not any(place_words(place)[0].islower() for place in named)
