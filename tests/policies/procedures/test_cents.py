"""Cents of an amount that is shared out: each share the nearest that the sum allows, and together the whole."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from policies.corrections import instalments
from policies.procedures.engine import compute
from policies.procedures.facts import LineFacts
from policies.procedures.lines import Plan, spread
from policies.procedures.parsing import parse
from tests.policies.procedures.cases import adopted, leak_facts, make_bill, rate_at

CENT = Fraction(1, 100)
NAMES = ("water", "sewer", "sanitation", "reconnection")
DAMAGED = adopted("slp-medidor-danado")
ANY_LINE = replace(DAMAGED, lines=tuple(replace(DAMAGED.lines[0], service=name) for name in NAMES))
money = st.integers(1, 1_000_000).map(lambda cents: Decimal(cents).scaleb(-2))


def bill_of(*totals):
    return make_bill(34, lines=[LineFacts(name, total, Decimal(0), Decimal(0)) for name, total in zip(NAMES, totals)])


def nearest_that_add_up(exact, found):
    """Each less than a cent away; a share rounded up has at least the remainder of every one rounded down."""
    gaps = [Fraction(each) - share for each, share in zip(found, exact, strict=True)]
    assert all(abs(gap) < CENT for gap in gaps)
    up = [CENT - gap for gap in gaps if gap > 0]         # their remainders over the cent below
    down = [-gap for gap in gaps if gap <= 0]
    assert not up or not down or min(up) >= max(down)


def test_the_cent_left_over_goes_to_the_largest_remainder_and_not_to_water():
    """80.00, 40.33 and 51.60 brought to 171.67: 79.879…, 40.269… and 51.521…: the first has the largest remainder."""
    after = spread(ANY_LINE, bill_of(Decimal("80.00"), Decimal("40.33"), Decimal("51.60")), Decimal("171.67"))
    assert [str(line.total) for line in after] == ["79.88", "40.27", "51.52"]


@settings(deadline=None)
@given(st.lists(money, min_size=1, max_size=4), money)
def test_every_line_is_the_nearest_that_the_total_allows(totals, amount):
    bill = bill_of(*totals)
    found = [line.total for line in spread(ANY_LINE, bill, amount)]
    assert sum(found) == amount
    nearest_that_add_up([Fraction(total) * Fraction(amount) / Fraction(bill.total) for total in totals], found)


@settings(deadline=None)
@given(st.lists(money, min_size=2, max_size=4), money, st.integers(0, 100))
def test_a_percentage_of_the_way_is_of_the_total_with_tax_and_adds_up(totals, amount, percent):
    bill = make_bill(34, lines=[LineFacts(name, total, Decimal(16), (total * 16 / 100).quantize(Decimal("0.01")))
                                for name, total in zip(NAMES, totals)])
    found = [line.total for line in spread(ANY_LINE, bill, amount, {name: Plan(Fraction(percent)) for name in NAMES})]
    share = Fraction(amount) / Fraction(bill.total)
    exact = [Fraction(line.total) * (1 + (share - 1) * percent / 100) for line in bill.lines]
    assert abs(sum(map(Fraction, found)) - sum(exact)) <= CENT / 2
    nearest_that_add_up(exact, found)


@settings(deadline=None)
@given(money, st.integers(2, 120))
def test_every_payment_is_the_nearest_that_the_note_allows(amount, count):
    found = instalments.parts(amount, count)
    assert sum(found) == amount and list(found) == sorted(found, reverse=True)
    nearest_that_add_up([Fraction(amount) / count] * count, found)


def test_no_payment_is_of_nothing():
    """A debit of two cents is made in two payments at most, however many the procedure admits."""
    document = adopted("slp-fuga-oculta").as_document() | {
        "computation": [{"out": "corrected", "expr": "bill.total + 0.02"}], "worked_examples": [], "caps": [],
        "result": {"kind": "amount", "value": "corrected", "direction": "debit"}, "instalments": {"most": "12"},
        "rounding": {"step": "0.01", "mode": "half_up", "where": "bill"}}
    outcome = compute(parse(document), leak_facts(), rate_at)
    assert (outcome.difference, outcome.instalments_most) == (Decimal("0.02"), 2), outcome.refusals
