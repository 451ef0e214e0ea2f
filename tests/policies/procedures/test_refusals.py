"""Each reason not to correct: one Spanish sentence, and the bill stays as it was."""
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from policies.procedures.engine import compute
from policies.procedures.facts import Facts, LineFacts
from policies.procedures.parsing import load, parse
from tests.policies.procedures.cases import (
    ADOPTED,
    LIBRARY,
    adopted,
    leak_facts,
    make_bill,
    make_history,
    rate_at,
)


def leak(**changes):
    return compute(adopted("slp-fuga-oculta"), leak_facts(**changes), rate_at)


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"inputs": {"leak.repaired": False}}, "No procede: La fuga debe estar reparada: La fuga está reparada es no y debe ser sí."),
    ({"inputs": {}}, "Falta «La fuga está reparada»; captúrelo en el caso."),
    ({"inputs": {}, "extra": {"leak.repaired": True, "adjustments_last_12m": 0}},
     "Falta «La fuga está reparada»; captúrelo en el caso."),
    ({"inputs": {"leak.repaired": "sí"}}, "«La fuga está reparada» debe ser sí o no; corríjalo."),
    ({"inputs": {"leak.repaired": True, "corrected_volume": 3}},
     "El procedimiento no pide «corrected_volume»; quite ese dato, lo que se calcula no se captura."),
    ({"inputs": {"leak.repaired": True, "baseline": 3}},
     "El procedimiento no pide «baseline»; quite ese dato, lo que se calcula no se captura."),
    ({"inputs": {"leak.repaired": True, "adjustments_last_12m": 0}},
     "El procedimiento no pide «adjustments_last_12m»; quite ese dato, lo que se calcula no se captura."),
    ({"extra": {}}, "Falta «Ajustes aplicados en los últimos 12 meses»; regístrelo en el expediente de la cuenta."),
    ({"extra": {"adjustments_last_12m": 1}}, "Se rebasa el tope «Un ajuste por cuenta en 12 meses»: 2 es mayor que el máximo 1."),
    ({"extra": {"adjustments_last_12m": 0.0}}, ("«Ajustes aplicados en los últimos 12 meses»: «0.0» no es un número exacto; "
                                               "escríbalo con cifras, por ejemplo 0.01.")),
    ({"volume": 27}, ("No procede: El consumo debe ser por lo menos el doble del promedio: consumo facturado es 27 m³ y debe "
                     "ser por lo menos 28 m³ (2 × referencia).")),
    ({"history": [14] * 5}, ("No hay historial suficiente para la referencia: se necesitan al menos 6 periodos y hay 5. "
                            "Espere a tener más periodos medidos o use otro procedimiento.")),
    ({"bill": make_bill(period_end=date(2023, 12, 31))}, ("La versión 1 no estaba vigente el 31/dic/2023, último día del "
                                                         "periodo; use la versión que valía ese día.")),
    ({"bill": make_bill(total=Decimal("733.28"))}, "La suma de los renglones no es el total del recibo; concílielo antes de corregir."),
    ({"bill": make_bill(tariff_class="rural", lines=make_bill().lines)},
     "No hay tarifa vigente para la clase «rural» el 31/ene/2025; regístrela o corrija sus fechas de vigencia."),
    ({"bill": make_bill(lines=[LineFacts("discount", Decimal(-5), Decimal(0), Decimal(0))])},
     "El recibo tiene un renglón negativo; revíselo a mano, no se puede corregir por cálculo."),
    ({"bill": make_bill(lines=make_bill().lines[:1] * 2)}, "El recibo repite el renglón de agua; únalo antes de corregir."),
])
def test_each_refusal_has_its_sentence_and_changes_nothing(changes, sentence):
    outcome = leak(**changes)
    assert sentence in outcome.refusals
    assert not outcome.eligible
    assert (outcome.after, outcome.difference, outcome.volume_after) == (outcome.before, Decimal("0.00"), None)


def test_all_refusals_come_at_once():
    outcome = leak(volume=27, inputs={"leak.repaired": False}, history=[14] * 6)
    assert len(outcome.refusals) == 2


def test_exactly_the_double_is_enough():
    assert leak(volume=28).eligible


def test_adjusted_periods_do_not_count():
    facts = leak_facts(history=[14] * 5)
    history = make_history([14] * 6)
    adjusted = replace(facts, history=(replace(history[0], adjusted=True), *history[1:]))
    outcome = compute(adopted("slp-fuga-oculta"), adjusted, rate_at)
    assert any("no cuentan: 1 ya corregidos" in refusal for refusal in outcome.refusals)


def test_history_must_be_ordered_and_end_before_the_bill():
    late = replace(make_history([14])[0], period_end=date(2025, 1, 2))
    for history in ((late,), make_history([1, 2])[::-1]):
        with pytest.raises(ValueError, match="del periodo más antiguo al más reciente"):
            Facts(make_bill(), history)


def test_a_credit_procedure_never_raises_the_bill():
    outcome = leak(bill=make_bill(34, lines=make_bill(10).lines))
    assert outcome.refusals == (("El procedimiento solo puede bajar el recibo y el cálculo hace lo contrario; "
                                "use otro procedimiento."),)


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_library_procedures_are_never_applied_before_adoption(path):
    outcome = compute(load(path), Facts(make_bill()), rate_at)
    assert not outcome.eligible
    assert outcome.refusals[0].startswith("El procedimiento no está adoptado: le falta ")


@pytest.mark.parametrize("path", ADOPTED, ids=lambda path: path.stem)
def test_a_procedure_without_signers_or_evidence_is_not_applied(path):
    document = load(path).as_document()
    for part, words in (("approval", "quién firma"), ("evidence", "la evidencia"), ("rounding", "el redondeo"),
                        ("lines", "qué renglones"), ("valid_from", "desde cuándo vale")):
        bare = parse({key: value for key, value in document.items() if key != part})
        assert words in compute(bare, Facts(make_bill()), rate_at).refusals[0]


def test_a_closed_version_is_not_applied_after_its_last_day():
    closed = parse(adopted("slp-fuga-oculta").as_document() | {"valid_to": "2025-01-30"})
    assert "no estaba vigente el 31/ene/2025" in compute(closed, leak_facts(), rate_at).refusals[0]


def test_formula_that_fails_is_a_refusal():
    document = adopted("slp-fuga-oculta").as_document()
    document["computation"] = [{"out": "corrected_volume", "expr": "baseline / (bill.volume - 34)"}]
    assert compute(parse(document), leak_facts(), rate_at).refusals == (
        ("No se pudo calcular el resultado: La fórmula «baseline / (bill.volume - 34)» no se puede usar: hay una división "
        "entre cero."),)


def test_result_must_be_a_number():
    document = adopted("slp-fuga-oculta").as_document()
    document["computation"] = [{"out": "corrected_volume", "expr": "bill.tariff_class"}]
    assert compute(parse(document), leak_facts(), rate_at).refusals == (
        "El resultado debe ser un número; revise la fórmula del procedimiento.",)


def test_a_debit_procedure_never_lowers_the_bill():
    document = adopted("slp-lectura-estimada").as_document()
    document["result"]["direction"] = "debit"
    facts = Facts(make_bill(34), make_history([14] * 6), {}, {"meter.state": "broken"})
    assert compute(parse(document), facts, rate_at).refusals == (
        "El procedimiento solo puede subir el recibo y el cálculo hace lo contrario; use otro procedimiento.",)


@pytest.mark.parametrize(("changes", "words"), [
    ({"units": {"volume": "gal"}}, "unidades en m³ y MXN"), ({"units": {"currency": "USD"}}, "unidades en m³ y MXN"),
    ({"result": {}, "rounding": {"step": 1, "mode": "up", "where": "bill"}}, "un resultado sobre el recibo")])
def test_foreign_units_or_no_result_are_not_applied(changes, words):
    document = adopted("slp-fuga-oculta").as_document() | changes
    assert words in compute(parse(document), leak_facts(), rate_at).refusals[0]


def test_negative_results_are_refused():
    document = adopted("slp-fuga-oculta").as_document()
    document["computation"] = [{"out": "corrected_volume", "expr": "baseline - bill.volume"}]
    assert compute(parse(document), leak_facts(), rate_at).refusals == (
        "El resultado es negativo (−20 m³); revise los datos del caso.",)


def test_negative_lines_from_a_wrong_tariff_are_refused():
    def wrong(volume, tariff_class):
        lines = rate_at(volume, tariff_class)
        return lines if volume == 34 else (replace(lines[0], amount=Decimal(-1)), *lines[1:])
    outcome = compute(adopted("slp-fuga-oculta"), leak_facts(), wrong)
    assert outcome.refusals == ("El cálculo deja un renglón negativo; revise la tarifa y los datos del caso.",)


def test_caps_may_limit_the_result_itself():
    document = adopted("slp-fuga-oculta").as_document()
    document["caps"] = [{"kind": "protect_minimum_charge", "label": "No bajar de la cuota mínima", "of": "after.total",
                         "minimum": "300"}]
    assert compute(parse(document), leak_facts(), rate_at).refusals == (
        "Se rebasa el tope «No bajar de la cuota mínima»: $232.47 es menor que el mínimo $300.00.",)
