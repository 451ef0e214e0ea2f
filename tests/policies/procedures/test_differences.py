"""What one version says otherwise than another, told before anybody signs it."""

import copy
from pathlib import Path

import pytest

from policies.procedures.differences import differences
from policies.procedures.parsing import load, parse, read
from policies.procedures.writing import as_text

SHELVES = Path(__file__).parents[3] / "policies/procedures"
LEAK = load(SHELVES / "adopted/slp-fuga-oculta.yaml")
EVERY = sorted([*SHELVES.glob("adopted/*.yaml"), *SHELVES.glob("library/*.yaml")])


def changed(change):
    document = copy.deepcopy(LEAK.as_document())
    change(document)
    return differences(LEAK, parse(document))


def put(*path, to):
    def change(document):
        for step in path[:-1]:
            document = document[step]
        document[path[-1]] = to
    return change


@pytest.mark.parametrize(("change", "said"), [
    (put("caps", 0, "maximum", to="3"), "El máximo de «Un ajuste por cuenta en 12 meses» pasa de 1 a 3."),
    (put("computation", 0, "expr", to="baseline * 2"),
     "La fórmula de «Consumo corregido» era «referencia» y ahora es «referencia × 2»."),
    (put("eligibility", 1, "value", "expr", to="3 * baseline"),
     "El valor de «El consumo debe ser por lo menos el doble del promedio» pasa de «2 × referencia» a «3 × referencia»."),
    (put("approval", 0, "office", to="general_director"),
     "El cargo de la firma 1 pasa de «Dirección de Comercialización» a «Dirección General»."),
    (put("valid_from", to="2026-12-01"), "La vigencia desde pasa de 01/ene/2024 a 01/dic/2026."),
    (put("rounding", "step", to="0.5"), "El paso del redondeo pasa de 1 a 0.5."),
    (put("lines", 0, "treatment", to="keep"), "El tratamiento de «agua» pasa de «se recalcula» a «se queda como está»."),
    (put("inputs", 0, "required", to=False), "Cambia si es obligatorio de «La fuga está reparada»: antes sí, ahora no."),
    (put("baseline", 0, "minimum_periods", to=3), "Los periodos mínimos del paso de referencia 1 pasan de 6 a 3."),
    (put("deadlines", 0, "unit", to="working_day"), "La unidad del plazo de «solicitar» pasa de «una fecha» a «días hábiles»."),
    (put("worked_examples", 0, "expected", "baseline", to=15), "«baseline» en lo que debe resultar del ejemplo 1 pasa de 14 a 15."),
    (lambda d: d["exclusions"].append("incendio"), "Se agrega a los casos excluidos: incendio."),
    (lambda d: d["effects"].append("refund"), "Se agrega a los efectos: devolución."),
    (lambda d: d["evidence"].pop(), "Se quita el documento «reporte de visita»."),
    (lambda d: d["lines"].reverse(), "Cambia el orden en «Renglones»."),
    (lambda d: d.pop("rounding"), "Se quita el paso del redondeo; era 1."),
    (lambda d: d["eligibility"].append({"field": "bill.days", "op": "lte", "value": 62, "label": "A lo más dos meses"}),
     "Se agrega el requisito «A lo más dos meses»: días del periodo a lo más 62."),
    (lambda d: d["caps"].pop(), "Se quita el tope «Un ajuste por cuenta en 12 meses»: Ajustes aplicados en los últimos 12 meses"
                                " + 1, a lo más 1.")])
def test_one_change_is_one_sentence(change, said):
    assert said in changed(change)


def test_the_same_content_has_no_difference():
    assert differences(LEAK, parse(LEAK.as_document())) == []


def test_two_alike_rows_are_told_apart():
    def twice(document):
        document["caps"].append(document["caps"][0] | {"maximum": "2"})
    assert len(changed(twice)) == 1


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.stem)
def test_every_procedure_may_be_told_from_every_other(path):
    """Whatever a file holds, its difference is sentences: capital, full stop, and no Python in them."""
    for one, other in ((LEAK, load(path)), (load(path), LEAK)):
        found = differences(one, other)
        assert bool(found) == (one.as_document() != other.as_document())
        for sentence in found:
            assert sentence[0].isupper() or sentence[0] == "«", sentence
            assert sentence.endswith(".") and "Fraction(" not in sentence and "None" not in sentence, sentence


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.stem)
def test_what_is_written_reads_back_with_the_same_hash(path):
    definition = load(path)
    assert read(as_text(definition), "copia").content_hash() == definition.content_hash()
    assert read(as_text(definition).encode(), "copia") == definition
