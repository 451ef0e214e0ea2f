"""A tariff, a line rule or the class that changes inside a period: the days before and after are priced apart."""
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.billing.pricing import Block, LineRule, Prices, Tariff
from policies.billing.tariffs import NoTariff
from policies.procedures.engine import compute
from policies.procedures.facts import Facts
from policies.procedures.parsing import DefinitionError, parse
from tests.policies.procedures.cases import adopted, block, line_rule, line_rules, make_bill, tariff

JANUARY = date(2025, 1, 1), date(2025, 1, 31)
DAY = timedelta(1)
CLASS = adopted("slp-clase-tarifaria").as_document()


def frozen(row):
    """The same row as the database gives it: prices are kept by what the rows say."""
    terms = dict(vars(row))
    if "blocks" in terms:
        return Tariff(**terms | {"steps": (), "blocks": tuple(Block(**vars(one)) for one in terms["blocks"])})
    return LineRule(**terms)


def prices(tariffs, rules=None):
    return Prices(tuple(map(frozen, tariffs)), tuple(map(frozen, line_rules() if rules is None else rules)))


def yearly(change=date(2025, 1, 11), **new):
    """One tariff until the day before `change`, another from it on."""
    return [tariff(code="A", valid_to=change - DAY), tariff(code="B", valid_from=change, **new)]


def lines(tariffs, volume, rules=None, period=JANUARY):
    return prices(tariffs, rules).rate(*period, volume, "domestic")


def amounts(found):
    return [str(line.amount) for line in found]


DEARER = {"minimum_charge": Decimal("120.00"), "blocks": [block(10, None, "20.00")]}


def test_each_tariff_prices_its_part_of_the_days():
    water, sewer, _ = lines(yearly(**DEARER), 34)
    assert water.amount == Decimal("571.29")       # 511.00 × 10/31 + 600.00 × 21/31
    assert sewer.amount == Decimal("142.82")       # 25 % of the rounded water, as in any period
    said = [step.rule for step in water.explanation]
    assert "10 de 31 días, del 01/ene/2025 al 10/ene/2025, de $511.00" in said
    assert "21 de 31 días, del 11/ene/2025 al 31/ene/2025, de $600.00" in said
    assert "suma de las partes del periodo: $164.838709… + $406.451612…" in said


def test_volume_blocks_and_minimum_shared_out_by_days_give_the_same():
    """By the other road: each part with its own volume, its blocks and its minimum made smaller by its days."""
    parts = []
    for days, (low, *others) in ((10, ((10, 110), (20, 13), (30, "17.5"), (50, 24))), (21, ((10, 120), (99, 20)))):
        share = Fraction(days, 31)
        volume, (top, minimum) = 34 * share, low
        charge, start = minimum * share, top * share
        for end, price in others:
            charge += max(0, min(volume, end * share) - start) * Fraction(price)
            start = end * share
        parts.append(charge)
    assert round(sum(parts), 2) == Fraction(lines(yearly(**DEARER), 34)[0].amount)


def test_a_change_on_the_first_day_or_after_the_last_splits_nothing():
    for change, code in ((JANUARY[0], "B"), (JANUARY[1] + DAY, "A")):
        (part,) = prices(yearly(change)).parts(*JANUARY, "domestic", None)
        assert part.tariff.code == code


def test_the_last_day_of_the_old_tariff_and_the_first_of_the_new_are_one_day_each():
    period = date(2025, 1, 10), date(2025, 1, 11)
    assert [part.days for part in prices(yearly()).parts(*period, "domestic", None)] == [1, 1]


def test_a_day_without_tariff_inside_the_period_is_refused():
    gap = [tariff(code="A", valid_to=date(2025, 1, 9)), tariff(code="B", valid_from=date(2025, 1, 11))]
    with pytest.raises(NoTariff, match="el 10/ene/2025"):
        lines(gap, 34)


def test_a_percentage_that_changes_costs_each_part_its_own():
    old, new = {"valid_to": date(2025, 1, 10)}, {"valid_from": date(2025, 1, 11)}
    rules = [line_rule("water", None, "0"), line_rule("sewer", "25", "16", **old), line_rule("sewer", "31", "8", **new)]
    water, sewer = lines([tariff()], 34, rules)
    assert water.amount == Decimal("511.00")
    assert sewer.amount == Decimal("148.52")       # 511.00 × (10 × 25 % + 21 × 31 %) / 31 = 148.5164…
    assert (sewer.tax_percent, sewer.tax) == (8, Decimal("11.88"))      # the tax of the last day, on the whole


def test_a_service_that_begins_inside_is_charged_its_days():
    rules = [line_rule("water", None, "0"), line_rule("sewer", "31", "0", valid_from=date(2025, 1, 11))]
    assert amounts(lines([tariff()], 34, rules)) == ["511.00", "107.31"]     # 511.00 × 31 % × 21/31


def test_nothing_is_charged_where_both_parts_are_free():
    free = {"minimum_charge": Decimal(0)}
    assert amounts(lines([tariff(**free | one) for one in ({"code": "A", "valid_to": date(2025, 1, 10)},
                                                          {"code": "B", "valid_from": date(2025, 1, 11)})], 5)) == ["0.00"] * 3


def test_the_minimum_bill_of_a_split_period_has_both_minimums_by_days():
    split = prices(yearly(minimum_charge=Decimal("140.00"), minimum_volume=12), [line_rule("water", None, "0")])
    assert split.minimum(*JANUARY, "domestic") == Decimal("130.32")      # (110 × 10 + 140 × 21) / 31
    assert split.minimum(date(2023, 1, 1), date(2023, 1, 31), "domestic") is None


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 4000), st.dates(date(2025, 1, 2), date(2025, 1, 31)))
def test_a_tariff_written_again_changes_no_bill(volume, change):
    again, once = lines(yearly(change), volume), lines([tariff()], volume)
    assert [(line.amount, line.tax) for line in again] == [(line.amount, line.tax) for line in once]


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 400), st.dates(date(2025, 1, 2), date(2025, 1, 31)))
def test_a_split_bill_lies_between_its_two_tariffs(volume, change):
    split = lines(yearly(change, **DEARER), volume)[0].amount
    first, second = (lines([one], volume)[0].amount for one in (tariff(), tariff(**DEARER)))
    assert min(first, second) <= split <= max(first, second)


def test_one_price_serves_every_period_of_one_tariff():
    kept = prices([tariff()])
    january = kept.rate(*JANUARY, 34, "domestic")
    assert kept.rate(date(2025, 2, 1), date(2025, 2, 28), Decimal("34.000"), "domestic") is january


def dated(value, since="class_changed_on", **changes):
    inputs = [*CLASS["inputs"], {"name": "class_changed_on", "label": "Día del cambio de uso", "type": "date", "required": False}]
    definition = parse(CLASS | {"inputs": inputs, "result": CLASS["result"] | {"since": since}})
    typed = {"correct_class": "domestic"} | ({"class_changed_on": value} if value else {})
    both = Prices((frozen(tariff()), frozen(tariff("commercial"))),
                  tuple(map(frozen, [*line_rules(), *line_rules("commercial")])))
    return compute(definition, Facts(make_bill(34, "commercial"), inputs=typed), both.over(*JANUARY))


def test_a_class_that_changed_inside_the_period_is_priced_from_that_day():
    outcome = dated("2025-01-11")
    assert outcome.after[0].amount == Decimal("689.39")      # commercial 1,064.00 × 10/31 + domestic 511.00 × 21/31
    assert outcome.difference < 0 and outcome.after[0].tax == 0
    assert any("desde el 11/ene/2025, y la del recibo los días anteriores" in step.rule for step in outcome.trace)
    assert dated("2025-01-01").after == dated(None).after      # from the first day on: the whole period
    assert dated("2025-01-01").difference < outcome.difference


@pytest.mark.parametrize(("value", "sentence"), [
    ("2025-02-01", "La clase cambió el 01/feb/2025, después del recibo"),
    ("ayer", "«Día del cambio de uso» no es una fecha; escríbala por ejemplo 2026-03-15.")])
def test_a_day_that_does_not_serve_is_refused(value, sentence):
    outcome = dated(value)
    assert sentence in outcome.refusals[0] and outcome.after == outcome.before


def test_since_goes_with_a_class_and_names_an_input():
    for changes, sentence in (({"result": {"kind": "tax", "since": "bill.days"}}, "since va con un resultado class"),
                              ({"result": CLASS["result"] | {"since": "owed_difference"}}, "usa «owed_difference»")):
        with pytest.raises(DefinitionError, match=sentence):
            parse(CLASS | changes)
