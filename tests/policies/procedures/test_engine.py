"""A whole correction over plain facts: its lines, its trace, what it keeps and what it warns."""
import json
from decimal import Decimal

from policies.procedures.engine import compute
from policies.procedures.facts import LineFacts
from policies.procedures.parsing import parse
from tests.policies.procedures.cases import adopted, leak_facts, make_bill, rate_at


def leak(**changes):
    return compute(adopted("slp-fuga-oculta"), leak_facts(**changes), rate_at)


def totals(lines):
    return sum(line.total for line in lines)


def test_leak_credits_500_82():
    outcome = leak()
    assert outcome.eligible and outcome.refusals == () and outcome.warnings == ()
    assert (totals(outcome.before), totals(outcome.after)) == (Decimal("733.29"), Decimal("232.47"))
    assert outcome.difference == Decimal("-500.82")
    assert (outcome.volume_before, outcome.volume_after) == (34, 14)
    assert [str(line.amount) for line in outcome.after] == ["162.00", "40.50", "20.25"]


def test_outcome_keeps_the_version_it_was_computed_with():
    definition = adopted("slp-fuga-oculta")
    outcome = leak()
    assert (outcome.procedure, outcome.version) == ("slp-fuga-oculta", 1)
    assert outcome.content_hash == definition.content_hash()


def test_every_figure_is_traced_to_a_bill_a_rule_or_a_tariff_row():
    sources = " | ".join(step.source for step in leak().trace)
    for origin in ("recibo R-2025-01", "recibos R-2024-01, ", "fórmula del procedimiento", "redondeo del procedimiento",
                   "tarifa DOM-2024, vigente desde 01/ene/2024", "regla de alcantarillado, clase doméstico"):
        assert origin in sources
    assert all(step.source for step in leak().trace)


def test_outcome_is_json_and_loses_nothing():
    document = json.loads(json.dumps(leak(history=[14, 14, 15, 14, 14, 14, 14]).as_document()))
    assert document["difference"] == "-500.82"
    assert {"label": "Referencia", "rule": "promedio de 7 periodos: 14 + 14 + 15 + 14 + 14 + 14 + 14, entre 7",
            "value": "99/7", "unit": "m3", "source": "recibos " + ", ".join(f"R-2024-{m:02d}" for m in range(6, 13))
            } in document["trace"]


def test_volume_is_rounded_once_as_the_procedure_says():
    assert leak(history=[14, 14, 15, 15, 14, 15]).volume_after == 15      # 14.5 goes up
    assert leak(history=[14, 14, 15, 14, 14, 14]).volume_after == 14


def test_lines_the_procedure_does_not_name_stay_and_missing_ones_are_not_added():
    fee = LineFacts("reconnection", Decimal("50.00"), Decimal(16), Decimal("8.00"))
    outcome = leak(bill=make_bill(lines=[make_bill().lines[0], fee]))
    assert outcome.after[1] == fee
    assert outcome.difference == Decimal("162.00") - Decimal("511.00")
    assert "El renglón de reconnection queda como se facturó." in outcome.warnings
    assert "La tarifa incluye alcantarillado y el recibo no lo cobra; la corrección no lo agrega." in outcome.warnings


def test_a_bill_that_is_not_what_the_tariff_gives_is_warned():
    outcome = leak(bill=make_bill(34, lines=make_bill(40).lines))
    assert outcome.warnings == ("El recibo no es lo que da la tarifa por 34 m³ ($733.29); revise si hay otra anomalía.",)


def test_formulas_may_read_the_history_and_the_lines_of_the_bill():
    document = adopted("slp-fuga-oculta").as_document()
    document["computation"] = [{"out": "corrected_volume", "expr": "avg(last(history.volume, 1)) if bill.sewer.tax > 0 else 0"}]
    outcome = compute(parse(document), leak_facts(history=[*[14] * 11, 9]), rate_at)
    assert outcome.volume_after == 9


def test_a_line_to_keep_is_kept():
    document = adopted("slp-fuga-oculta").as_document()
    document["lines"] = [{"service": "water", "treatment": "correct"}, {"service": "sewer", "treatment": "keep"}]
    outcome = compute(parse(document), leak_facts(), rate_at)
    assert outcome.after[1:] == outcome.before[1:]
    assert outcome.difference == Decimal("-349.00")


def test_the_rate_given_is_the_one_used():
    dearer = compute(adopted("slp-fuga-oculta"), leak_facts(), lambda volume, _class: rate_at(volume + 1, "domestic"))
    assert dearer.difference != Decimal("-500.82")
