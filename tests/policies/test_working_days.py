"""Working days: weekends and signed days off do not count, the day of arrival neither, today does."""

from datetime import date, timedelta

import pytest

from policies.core import working_days as days

FRIDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 23)
REVOLUTION = date(2026, 11, 16)   # a Monday that the calendar takes out


@pytest.mark.parametrize("since, today, off, count", [
    (FRIDAY, FRIDAY, (), 0), (FRIDAY, MONDAY, (), 1), (FRIDAY, date(2026, 11, 22), (), 0),
    (date(2026, 11, 21), MONDAY, (), 1), (date(2026, 11, 13), FRIDAY, (), 5),
    (date(2026, 11, 13), FRIDAY, (REVOLUTION,), 4), (FRIDAY, date(2026, 12, 4), (), 10),
    (MONDAY, FRIDAY, (), 0), (date(2026, 11, 13), REVOLUTION, (REVOLUTION,), 0)])
def test_days_are_counted_after_the_arrival_and_up_to_today(since, today, off, count):
    assert days.elapsed(since, today, set(off)) == count


@pytest.mark.parametrize("off", [(), (REVOLUTION,), (MONDAY,), (date(2026, 11, 19), REVOLUTION)])
@pytest.mark.parametrize("count", [1, 3, 6, 11])
@pytest.mark.parametrize("today", [MONDAY, FRIDAY, date(2026, 11, 21)])
def test_going_back_finds_the_last_day_from_which_so_many_elapsed(today, count, off):
    """One day later and it would not be so many yet: what a WHERE compares with is exact."""
    found = days.back(today, count, set(off))
    assert days.elapsed(found, today, set(off)) == count
    assert days.elapsed(found + timedelta(days=1), today, set(off)) == count - 1


def test_late_is_more_than_the_target_and_not_the_target_itself():
    assert days.target_on(MONDAY).days == 5
    edge = days.late_since(MONDAY, set())
    assert days.elapsed(edge, MONDAY, set()) == 6 and edge == date(2026, 11, 15)   # a Sunday


def test_the_target_says_that_it_is_no_law():
    assert all("no plazo legal" in one.source for one in days.TARGETS)
    assert days.target_on(date(1990, 1, 1)) == days.TARGETS[0]


def test_the_bands_follow_one_another_and_the_last_has_no_end():
    assert [low for low, _ in days.BANDS] == [0, *(high + 1 for _, high in days.BANDS[:-1])]
    assert days.BANDS[-1][1] is None
    starts = days.band_starts(MONDAY, {REVOLUTION})
    assert [days.elapsed(day, MONDAY, {REVOLUTION}) for day in starts] == [3, 6, 11]
