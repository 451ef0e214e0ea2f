"""Exact numbers: no float gets in, nothing is lost on the way out."""
from decimal import Decimal
from fractions import Fraction

import pytest

from policies.core.exact import (
    InexactNumber,
    as_decimal,
    exact,
    plain,
    round_to_step,
)
from policies.core.figures import figure, money


def test_tenths_add_up():
    assert exact("0.1") + exact("0.2") == exact("0.3") == exact(Decimal("0.3"))


@pytest.mark.parametrize("value", [0.1, True, "1e5", "NaN", Decimal("NaN"), Decimal("1E+999999"), None, "1,5", "", "9" * 25])
def test_what_is_not_an_exact_number_is_refused(value):
    with pytest.raises(InexactNumber, match="escr[ií]b"):
        exact(value)


@pytest.mark.parametrize(("value", "mode", "expected"), [
    ("26.365", "half_up", "26.37"), ("26.365", "half_even", "26.36"), ("26.375", "half_even", "26.38"),
    ("26.361", "up", "26.37"), ("26.369", "down", "26.36"), ("26.36", "up", "26.36")])
def test_rounding_to_cents(value, mode, expected):
    assert round_to_step(value, "0.01", mode) == exact(expected)


def test_rounding_refuses_an_unknown_mode_and_a_useless_step():
    with pytest.raises(ValueError, match="no existe; use uno de: half_up"):
        round_to_step(1, 1, "bankers")
    with pytest.raises(ValueError, match="mayor que cero"):
        round_to_step(1, 0, "up")


def test_decimal_keeps_every_digit_or_refuses():
    assert [str(as_decimal(value)) for value in (5, "0.125", "-3.5")] == ["5.00", "0.125", "-3.50"]
    with pytest.raises(InexactNumber, match="redondéelo antes"):
        as_decimal("1/3")


@pytest.mark.parametrize(("value", "expected"), [
    (Fraction(43, 3), "43/3"), (Decimal("37.50"), "37.5"), (Fraction(10), 10), (True, True), (["a", Fraction(1, 2)], ["a", "0.5"])])
def test_plain_data_reads_back_equal(value, expected):
    assert plain(value) == expected


@pytest.mark.parametrize(("value", "expected"), [
    ("1234.5", "$1,234.50"), ("-500.82", "−$500.82"), ("0.005", "$0.01"), ("-0.001", "$0.00")])
def test_money_in_words(value, expected):
    assert money(exact(value)) == expected


@pytest.mark.parametrize(("value", "unit", "expected"), [
    (Fraction(34), "m3", "34 m³"), (Fraction(43, 3), "m3", "14.333333… m³"), (True, None, "sí"), (False, None, "no"),
    ("broken", None, "«broken»"), (None, "m3", "sin dato"), ([Fraction(1), Fraction(2)], "m3", "1 m³, 2 m³"),
    ([], None, "ninguno"), (Fraction(1234567, 1000), None, "1,234.567")])
def test_figures_in_words(value, unit, expected):
    assert figure(value, unit) == expected
