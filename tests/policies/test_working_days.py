"""Working days: weekends and signed days off do not count, the day of arrival neither, today does."""

from datetime import date, timedelta
from types import SimpleNamespace

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Date, literal, select

from models.base.calendar import TermUnit
from models.queries.calendar import days_off, rested_since, rule_on, working_days_since
from policies.core import working_days as days
from policies.core.terms import TRAY_REST, first_gap

FRIDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 23)
REVOLUTION = date(2026, 11, 16)   # a Monday that the calendar takes out
DAY = timedelta(days=1)


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


def rule(amount, unit=TermUnit.WORKING_DAYS):
    return SimpleNamespace(amount=amount, unit=unit)


def test_late_is_more_than_the_target_and_not_the_target_itself():
    edge = days.late_since(rule(5), MONDAY, set())
    assert days.elapsed(edge, MONDAY, set()) == 6 and edge == date(2026, 11, 15)   # a Sunday
    assert days.late_since(rule(5, TermUnit.DAYS), MONDAY, set()) == date(2026, 11, 17)
    assert days.late_since(rule(1, TermUnit.MONTHS), MONDAY, set()) == date(2026, 10, 22)


def test_the_bands_follow_one_another_and_the_last_has_no_end():
    assert [low for low, _ in days.AGES] == [0, *(high + 1 for _, high in days.AGES[:-1])]
    assert days.AGES[-1][1] is None
    starts = days.age_starts(MONDAY, {REVOLUTION})
    assert [days.elapsed(day, MONDAY, {REVOLUTION}) for day in starts] == [3, 6, 11]


@pytest.mark.parametrize("start, amount, unit, counts_start, ends", [
    (FRIDAY, 1, "working_days", False, MONDAY), (FRIDAY, 1, "working_days", True, FRIDAY),
    (date(2026, 11, 21), 1, "working_days", True, MONDAY),      # a Saturday is no first day
    (date(2026, 12, 31), 1, "working_days", False, date(2027, 1, 4)),
    (date(2026, 11, 13), 1, "working_days", False, date(2026, 11, 17)),     # past the Monday off
    (FRIDAY, 2, "days", False, MONDAY), (FRIDAY, 3, "days", False, MONDAY), (FRIDAY, 4, "days", True, MONDAY),
    (date(2026, 1, 31), 1, "months", False, date(2026, 3, 2)),      # 28 February is a Saturday
    (date(2026, 8, 16), 3, "months", False, date(2026, 11, 17)), (date(2026, 1, 5), 1, "months", True, date(2026, 2, 4))])
def test_a_term_ends_on_its_last_day_or_the_next_that_works(start, amount, unit, counts_start, ends):
    off = {REVOLUTION, date(2027, 1, 1)}
    assert days.term_ends(start, amount, TermUnit(unit), counts_start, off) == ends


@pytest.mark.parametrize("spans, gap", [
    ([], FRIDAY), ([(MONDAY, None)], FRIDAY), ([(FRIDAY, None)], None), ([(date(2026, 1, 1), FRIDAY)], FRIDAY + DAY),
    ([(date(2026, 1, 1), FRIDAY), (FRIDAY + DAY, None)], None),
    ([(date(2026, 1, 1), FRIDAY), (MONDAY, None)], FRIDAY + DAY)])
def test_the_first_day_that_no_rule_covers_is_told(spans, gap):
    assert first_gap(spans, FRIDAY) == gap


# ---- the same in PostgreSQL

@pytest.fixture(scope="module")
def holidays(office):
    """A calendar with a run of days off, a year end and scattered days; the connection that asks, and the days."""
    run = {date(2026, 12, 21) + DAY * step for step in range(15)}
    scattered = {date(2026 + step // 40, 1 + step % 12, 1 + step * 7 % 28) for step in range(100)}
    with psycopg.connect(office.dsn()) as owner:
        owner.execute("ALTER TABLE console.holidays DISABLE TRIGGER USER")
        owner.cursor().executemany("INSERT INTO console.holidays (day, reason, state) VALUES (%s, 'prueba', 'in_force')"
                                   " ON CONFLICT (day) DO NOTHING", [(day,) for day in sorted(run | scattered)])
        owner.execute("INSERT INTO console.holidays (day, reason, state) VALUES ('2026-06-10', 'sin firmar', 'draft')"
                      " ON CONFLICT DO NOTHING")
        owner.execute("ALTER TABLE console.holidays ENABLE TRIGGER USER")
        off = {day for (day,) in owner.execute("SELECT day FROM console.holidays WHERE state = 'in_force'")}
        assert run <= off
        yield owner, off


DATES = st.dates(date(2024, 1, 1), date(2030, 12, 31)) | st.dates(date(2026, 12, 14), date(2027, 1, 12))


@settings(max_examples=300, deadline=None)
@given(start=DATES, many=st.integers(0, 250))
def test_postgresql_counts_working_days_as_python_does(holidays, start, many):
    owner, off = holidays
    found = owner.execute(
        "SELECT console.after_working_days(%(d)s, %(n)s), console.before_working_days(%(d)s, %(n)s),"
        " console.working_days_elapsed(%(d)s, %(d)s + %(n)s), console.works(%(d)s)", {"d": start, "n": many}).fetchone()
    assert found == (days.after(start, many, off), days.before(start, many, off),
                     days.elapsed(start, start + DAY * many, off), days.works(start, off))


@settings(max_examples=300, deadline=None)
@given(start=DATES, amount=st.integers(1, 90), unit=st.sampled_from(TermUnit), counts=st.booleans())
def test_postgresql_ends_terms_as_python_does(holidays, start, amount, unit, counts):
    owner, off = holidays
    found = owner.execute("SELECT console.term_ends(%s, %s, %s, %s)", (start, amount, unit.value, counts)).fetchone()
    assert found == (days.term_ends(start, amount, unit, counts, off),)


@settings(max_examples=60, deadline=None)
@given(start=DATES, length=st.integers(0, 900))
def test_postgresql_finds_the_unsigned_year_as_python_does(holidays, start, length):
    owner, _ = holidays
    signed = {year for (year,) in owner.execute("SELECT year FROM console.calendar_years WHERE state = 'in_force'")}
    until = start + DAY * length
    assert owner.execute("SELECT console.unsigned_year(%s, %s)", (start, until)).fetchone() == (
        days.unsigned_year(start, until, signed),)


@pytest.mark.parametrize("unit", TermUnit)
@pytest.mark.parametrize("today", [date(2026, 11, 16), MONDAY, date(2026, 11, 21), date(2027, 1, 2), date(2027, 3, 31)])
def test_what_rests_too_long_is_late_in_postgresql_as_in_python(office, today, unit):
    with psycopg.connect(office.dsn()) as owner:
        owner.execute("ALTER TABLE console.deadline_rules DISABLE TRIGGER USER")
        owner.execute("UPDATE console.deadline_rules SET unit = %s, valid_from = '2020-01-01' WHERE code = %s",
                      (unit.value, TRAY_REST))
        owner.execute("ALTER TABLE console.deadline_rules ENABLE TRIGGER USER")
    with office.speaks("staff", read_only=True) as session:
        ruling = session.scalar(rule_on(TRAY_REST, today))
        expected = days.late_since(ruling, today, set(session.scalars(days_off())))
        assert session.scalar(select(rested_since(TRAY_REST, today))) == expected
        assert session.scalar(select(working_days_since(literal(expected, Date), today))) == days.elapsed(
            expected, today, set(session.scalars(days_off())))
        assert session.scalar(select(rested_since("nothing.counts", today))) is None
