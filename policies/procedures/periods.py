"""The periods that a baseline step averages: its scope, its filters, its window, and why the others stay out."""
from collections.abc import Sequence
from fractions import Fraction

from policies.core.exact import exact
from policies.procedures.expressions import evaluate
from policies.procedures.facts import Facts, PeriodFacts
from policies.procedures.grammar import ExpressionError
from policies.procedures.reckoning import BaselineStep

PERIOD_NAMES = frozenset({"period.volume", "period.total", "period.days", "period.measured", "period.tariff_class"})


def periods_that_count(step: BaselineStep, facts: Facts,
                       names: dict[str, object]) -> tuple[list[PeriodFacts], list[PeriodFacts], dict[str, int]]:
    """(periods before the bill, periods after it, {why: how many were left out}), oldest first.

    Raises ExpressionError when the filter `where` cannot be computed.
    """
    set_aside = {}
    window = step.window
    before = _filter_periods(step, facts, facts.history, names, set_aside)
    after = _filter_periods(step, facts, facts.later[:window.next], names, set_aside) if window.next else []
    if step.filters.drop_highest and step.filters.drop_from == "history" and before:
        highest = highest_of(step, before)
        before = [period for period in before if period is not highest]
    if window.same_period_years:
        before = [period for period in before if _same_days(period, facts.bill, window.same_period_years)]
    elif window.last:
        before = before[-window.last:]
    elif not window.months:
        before = []
    return before, after, set_aside


def highest_of(step: BaselineStep, periods: Sequence[PeriodFacts]) -> PeriodFacts:
    """The period of the greatest measure; of equal ones, the oldest."""
    return max(periods, key=lambda period: measure(step, period))


def measure(step: BaselineStep, period: PeriodFacts) -> Fraction:
    """The figure of `period` that `step` averages: m³, m³ a day, or MXN."""
    if step.measure == "daily":
        return exact(period.volume) / period.days
    return exact(period.total if step.measure == "amount" else period.volume)


def _filter_periods(step, facts, periods, names, set_aside):
    tests, kept = _tests(step, facts, names), []
    for period in periods:
        failed = next((why for why, passes in tests if not passes(period)), None)
        if failed:
            set_aside[failed] = set_aside.get(failed, 0) + 1
        else:
            kept.append(period)
    return kept


def _tests(step, facts, names):
    """(why a period is left out, the test that it must pass) for each test of this step."""
    filters, bill = step.filters, facts.bill
    return [(why, passes) for why, passes, made in (
        ("de otro titular", lambda period: period.scope == "account", step.window.scope != "premise"),
        ("ya corregidos", lambda period: not period.adjusted, True),
        ("sin medición", lambda period: period.measured, filters.measured_only),
        ("en cero", lambda period: measure(step, period) != 0, filters.non_zero),
        ("de otra clase", lambda period: period.tariff_class == bill.tariff_class, filters.same_class),
        ("demasiado antiguos", lambda period: _recent(step, period, bill), step.window.months or filters.max_age_years),
        ("fuera del filtro", lambda period: _passes(step, period, names), filters.where is not None)) if made]


def _passes(step, period, names):
    own = {"period.volume": period.volume, "period.total": period.total, "period.days": period.days,
           "period.measured": period.measured, "period.tariff_class": period.tariff_class}
    found = evaluate(step.filters.where, {**names, **own})
    if not isinstance(found, bool):
        raise ExpressionError(step.filters.where, "el filtro debe ser verdadero o falso")
    return found


def _recent(step, period, bill):
    limits = [step.window.months, step.filters.max_age_years and step.filters.max_age_years * 12]
    # Whole calendar months: billing days move a little from month to month.
    age = (bill.period_start.year - period.period_start.year) * 12 + bill.period_start.month - period.period_start.month
    return all(age <= limit for limit in limits if limit)


def _same_days(period, bill, years):
    """Whether the middle of the bill's period fell inside `period` in one of the `years` before."""
    middle = bill.period_start + (bill.period_end - bill.period_start) / 2
    day = min(middle.day, 28)       # so that every year has it
    return any(period.period_start <= middle.replace(year=middle.year - back, day=day) <= period.period_end
               for back in range(1, years + 1))
