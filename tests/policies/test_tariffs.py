"""The tariff turned into lines: the demonstration figures, tables, dates and what is refused."""
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.billing.tariffs import NoTariff, in_force, rate, rate_in_force
from tests.policies.procedures.cases import (
    block,
    line_rule,
    line_rules,
    rate_at,
    tariff,
)


def total(lines):
    return sum(line.total for line in lines)


@pytest.mark.parametrize(("volume", "tariff_class", "expected"), [
    (34, "domestic", "733.29"), (14, "domestic", "232.47"), (34, "commercial", "1697.08"),
    (0, "domestic", "157.85"), (10, "domestic", "157.85"),
])
def test_demonstration_bills(volume, tariff_class, expected):
    assert total(rate_at(volume, tariff_class)) == Decimal(expected)


def test_each_line_and_tax_of_the_domestic_bill():
    lines = [(line.service, str(line.amount), str(line.tax)) for line in rate_at(34, "domestic")]
    assert lines == [("water", "511.00", "0.00"), ("sewer", "127.75", "20.44"), ("sanitation", "63.88", "10.22")]


def test_explanation_names_each_tariff_row_used():
    water, sewer, _ = rate_at(34, "domestic")
    assert [str(step.value) for step in water.explanation] == ["110", "130", "175", "96", "0"]
    assert water.explanation[3].rule == "4 m³ × $24.00, rango de más de 30 hasta 50 m³"
    assert water.explanation[3].source == "tarifa DOM-2024, vigente desde 01/ene/2024"
    assert sewer.explanation[0].rule == "25 % de $511.00 de agua"


def test_block_bounds_are_exclusive_below_and_inclusive_above():
    assert [rate_at(volume, "domestic")[0].amount for volume in (20, 21, "20.5")] == [
        Decimal("240.00"), Decimal("257.50"), Decimal("248.75")]


def test_sewer_is_percent_of_the_rounded_water():
    rules = [line_rule("water", None, "0", rounding_step=Decimal(1)), line_rule("sewer", "50", "0")]
    lines = rate("10.5", tariff(blocks=[block(10, None, "13.00")]), rules)      # 116.50 rounds to 117
    assert [line.amount for line in lines] == [Decimal("117.00"), Decimal("58.50")]


@pytest.mark.parametrize(("mode", "expected"), [("half_up", "110.13"), ("half_even", "110.12"), ("up", "110.13"), ("down", "110.12")])
def test_rounding_mode_of_the_rule(mode, expected):
    rules = [line_rule("water", None, "0", rounding_mode=mode)]
    assert rate(11, tariff(blocks=[block(10, None, "0.125")]), rules)[0].amount == Decimal(expected)


def table():
    steps = [SimpleNamespace(volume=volume, charge=Decimal(charge)) for volume, charge in ((11, "121.10"), (12, "133.40"))]
    return tariff(method="table", steps=steps, blocks=[block(12, None, "15.00")])


@pytest.mark.parametrize(("volume", "expected"), [
    (5, "110.00"), (11, "121.10"), ("11.2", "133.40"), (12, "133.40"), (14, "163.40"), ("13.1", "163.40")])
def test_table_looks_up_whole_cubic_metres_and_prices_the_surplus_by_blocks(volume, expected):
    assert rate(volume, table(), [line_rule("water", None, "0")])[0].amount == Decimal(expected)


def test_table_without_the_row_is_refused():
    gap = tariff(method="table", steps=[SimpleNamespace(volume=12, charge=Decimal(1))], blocks=[])
    with pytest.raises(NoTariff, match="El tabulador DOM-2024 no tiene renglón para 11 m³; captúrelo"):
        rate(11, gap, [line_rule("water", None, "0")])


def test_dates_in_force_include_both_ends():
    old = tariff(valid_to=date(2024, 12, 31), code="OLD")
    new = tariff(valid_from=date(2025, 1, 1), code="NEW")
    assert [in_force([old, new], "domestic", day)[0].code
            for day in (date(2024, 1, 1), date(2024, 12, 31), date(2025, 1, 1))] == ["OLD", "OLD", "NEW"]


def test_no_tariff_names_class_and_date():
    with pytest.raises(NoTariff, match="clase «doméstico» el 31/dic/2023; regístrela o corrija sus fechas"):
        rate_at(1, "domestic", on=date(2023, 12, 31))


def test_two_tariffs_on_one_day_are_refused():
    with pytest.raises(NoTariff, match="Hay más de una tarifa vigente"):
        rate_in_force(1, "domestic", date(2025, 1, 1), [tariff(), tariff(code="B")], line_rules())


def test_two_rules_for_one_line_are_refused():
    with pytest.raises(NoTariff, match="una sola regla vigente por renglón"):
        rate(1, tariff(), [*line_rules(), line_rule("sewer", "30", "16")])


def test_share_without_percent_is_refused():
    with pytest.raises(NoTariff, match="regla de alcantarillado en «doméstico» no dice su porcentaje"):
        rate(1, tariff(), [line_rule("water", None, "0"), line_rule("sewer", None, "16")])


@pytest.mark.parametrize("blocks", [
    [block(10, 20, "13")], [block(10, 20, "13"), block(25, None, "17")], [block(10, None, "13"), block(20, None, "1")]])
def test_gaps_and_overlaps_between_blocks_are_refused(blocks):
    with pytest.raises(NoTariff, match="no dan un solo precio para 34 m³"):
        rate(34, tariff(blocks=blocks), line_rules())


def test_unknown_method_and_negative_volume_are_refused():
    with pytest.raises(NoTariff, match="método desconocido"):
        rate(1, tariff(method="guess"), line_rules())
    with pytest.raises(ValueError, match="no puede ser negativo"):
        rate(-1, tariff(), line_rules())


@given(st.integers(0, 5000), st.integers(0, 5000), st.sampled_from(["domestic", "commercial"]))
def test_more_water_never_costs_less(one, other, tariff_class):
    lower, higher = sorted((one, other))
    assert total(rate_at(lower, tariff_class)) <= total(rate_at(higher, tariff_class))
