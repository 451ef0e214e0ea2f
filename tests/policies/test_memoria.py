"""What the memoria prints is true: whoever redoes an operation with the printed figures finds the next one."""

import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.billing.tariffs import rate
from policies.core.figures import figure, money
from policies.procedures.engine import compute
from policies.procedures.facts import Facts
from policies.procedures.memoria import paragraphs
from policies.procedures.parsing import parse
from tests.policies.procedures.cases import (
    adopted,
    leak_facts,
    line_rules,
    make_bill,
    make_history,
    rate_at,
    tariff,
)

NUMBER = r"−?\$?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?…?"
volumes, cents = st.integers(1, 400), st.integers(1_000, 10_000_000)


def read(text):
    """(value, whether digits follow that are not printed) of a printed figure."""
    plain = re.sub(r"[^\d.\-]", "", text.replace("−", "-").replace("…", ""))
    return Fraction(plain), "…" in text


def same(printed, redone, exact):
    """Equal to the last digit; where digits were cut («…»), far closer than a cent."""
    return printed == redone if exact else abs(printed - redone) < Fraction(1, 1000)


def numbers(text):
    return [read(found) for found in re.findall(NUMBER, text)]


def average(how):
    summed = numbers(re.search(r": (.*), entre", how)[1])
    return sum(value for value, _ in summed) / int(re.search(r"entre (\d+)", how)[1]), summed


def product(how):
    first, second = numbers(how)[:2]
    return first[0] * second[0], [first, second]


def percent(how):
    first, second = numbers(how)[:2]
    return first[0] * second[0] / 100, [first, second]


def line(how):
    before, tax_before, after, tax_after = numbers(how)
    return after[0] + tax_after[0] - before[0] - tax_before[0], [before, tax_before, after, tax_after]


def difference(how):
    after, before = numbers(how)
    return after[0] - before[0], [after, before]


def rounded(how):
    value, step = numbers(how)[:2]
    return (value[0] / step[0] + Fraction(1, 2)).__floor__() * step[0], [value, step]


def doubled(how):
    """«Importe base × (2 si … si no 1)», con Importe base = $335.075; … = sí»."""
    base = read(re.search(rf"Importe base = ({NUMBER})", how)[1])
    return base[0] * (2 if re.search(r"= sí", how) else 1), [base]


OPERATIONS = ((r"^promedio de", average), (r"^\d[\d,.…]* m³ × \$", product), (r"^IVA [\d.]+ % de", percent),
              (r"^[\d.]+ % de \$", percent), (r"^antes \$", line), (r"^total corregido", difference),
              (rf"^{NUMBER}(?: m³)? redondeado a", rounded), (r"^fórmula «Importe base × ", doubled))


def redone(rows):
    """[(row, redone value, whether it is exact)] of every operation that a memoria prints."""
    for row in rows:
        for pattern, operation in OPERATIONS:
            if re.search(pattern, row["how"]):
                value, used = operation(row["how"])
                yield row, value, not any(cut for _, cut in used) and "…" not in row["figure"]


def true(outcome):
    rows = paragraphs(outcome)
    found = list(redone(rows))
    for row, value, exact in found:
        assert same(read(row["figure"])[0], value, exact), row
    return {row["label"] for row, _, _ in found}, rows


def damaged(totals, fault=True):
    history = tuple(replace(period, total=total) for period, total in zip(
        make_history([20] * len(totals)), totals, strict=True))
    found = {"fault_finding_folio": "DR-2026-001"} if fault else {}
    return compute(adopted("slp-medidor-danado"), Facts(
        make_bill(45), history, {"user_fault": fault, "user_fault.reason": "acta", **found},
        {"meter.state": "broken", "months_installed": 9, "estimates_already_used": 0, "minimum_charge": "157.85"}), rate_at)


def test_twice_a_half_cent_is_what_the_next_line_says():
    """Two bills of $335.07 and $335.08: their mean is no cents, and twice it is their sum."""
    labels, rows = true(damaged([Decimal("335.07"), Decimal("335.08")]))
    told = {row["label"]: row for row in rows}
    assert told["Referencia"]["figure"] == told["Importe base"]["figure"] == "$335.075"
    assert told["Importe estimado"]["figure"] == "$670.15" and "= $335.075;" in told["Importe estimado"]["how"]
    assert {"Referencia", "Importe estimado", "Resultado", "A favor del usuario"} <= labels


@settings(deadline=None)
@given(st.lists(cents, min_size=2, max_size=2), st.booleans())
def test_an_estimate_in_money_can_be_redone(totals, fault):
    true(damaged([Decimal(total).scaleb(-2) for total in totals], fault))


@settings(deadline=None)
@given(volumes, st.lists(volumes, min_size=6, max_size=13))
def test_a_leak_can_be_redone(volume, history):
    true(compute(adopted("slp-fuga-oculta"), leak_facts(volume, history), rate_at))


@settings(deadline=None)
@given(st.integers(1, 400))
def test_another_class_can_be_redone(volume):
    true(compute(adopted("slp-clase-tarifaria"), leak_facts(volume, inputs={"correct_class": "commercial"}, extra={}), rate_at))


def test_a_rounding_that_moves_something_is_a_line_of_its_own():
    explained = rate("10.123", tariff(), line_rules())[1].explanation
    words = [(step.rule, figure(step.value, step.unit)) for step in explained]
    assert ("25 % de $111.60 de agua", "$27.90") in words
    # 16 % of $27.90 is $4.464: first what it is, then what the rule makes of it.
    assert ("IVA 16 % de $27.90", "$4.464") in words and ("$4.464 redondeado a $0.01", "$4.46") in words


@pytest.mark.parametrize(("value", "unit", "said"), [
    ("335.075", "MXN", "$335.075"), ("1234.5", "MXN", "$1,234.50"), ("-500.82", "MXN", "−$500.82"),
    ("1", "period", "1 periodo"), ("12", "period", "12 periodos"), ("1", "month", "1 mes"), ("-0.5", "m3", "−0.5 m³")])
def test_figures_as_they_are_written(value, unit, said):
    assert figure(Fraction(value), unit) == said


def test_a_credit_has_its_minus_before_the_peso_sign():
    assert money(Fraction("-1234.5")) == "−$1,234.50"


def test_the_procedure_is_said_by_its_title_and_version():
    first = paragraphs(damaged([Decimal(200), Decimal(210)]))[0]
    assert first["figure"] == "versión 1" and "slp-" not in first["how"] + first["figure"]
    assert first["how"].startswith(adopted("slp-medidor-danado").name)


def test_no_day_is_written_with_figures_alone():
    words = " ".join(row["how"] for row in paragraphs(damaged([Decimal(200), Decimal(210)])))
    leak = " ".join(row["how"] for row in paragraphs(compute(adopted("slp-fuga-oculta"), leak_facts(), rate_at)))
    assert "01/ene/2024" in leak and not re.search(r"\d\d/\d\d/\d{4}", words + leak)


@pytest.mark.parametrize(("inputs", "history", "told"), [
    ({}, [14] * 12, ["Falta «La fuga está reparada»; captúrelo en el caso."]),
    ({"leak.repaired": True}, [14] * 5, ["No hay historial suficiente para la referencia: se necesitan al menos 6 periodos"])])
def test_one_gap_is_told_once(inputs, history, told):
    """What is missing is said where it is missing, not again by each rule that reads it."""
    outcome = compute(adopted("slp-fuga-oculta"), leak_facts(history=history, inputs=inputs), rate_at)
    assert len(outcome.refusals) == len(told)
    assert all(found.startswith(wanted) for found, wanted in zip(outcome.refusals, told, strict=True))
    assert not any("falta el dato" in sentence for sentence in outcome.refusals)


def test_a_gap_that_nothing_else_tells_is_still_told():
    document = adopted("slp-fuga-oculta").as_document()
    document["inputs"] = [dict(item, required=False) for item in document["inputs"]]
    outcome = compute(parse(document), leak_facts(extra={}), rate_at)
    assert any("falta el dato «Ajustes aplicados en los últimos 12 meses»" in sentence for sentence in outcome.refusals)
