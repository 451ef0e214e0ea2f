"""What terms ask of the calendar, and what is late by the terms that a table declares."""

from datetime import date

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    text,
    union_all,
)

from models.base.calendar import CalendarYear, DeadlineRule, Holiday, TermUnit
from models.base.columns import Model
from models.base.drafts import DraftState
from models.base.people import Role

IN_FORCE = DeadlineRule.state == DraftState.IN_FORCE


def days_off() -> Select:
    """The days that a signed calendar takes out of every term."""
    return select(Holiday.day).where(Holiday.state == DraftState.IN_FORCE)


def drafts_of_year(year: int) -> Select:
    """How many days of that year are proposed and not decided, and how many are in force."""
    return select(func.count().filter(Holiday.state == DraftState.DRAFT),
                  func.count().filter(Holiday.state == DraftState.IN_FORCE)).where(
                      func.extract("year", Holiday.day) == year)


def all_decided(year: ColumnElement) -> ColumnElement:
    """Whether a year has days off in force, and none that is proposed and not decided."""
    in_force, decided = Holiday.state == DraftState.IN_FORCE, Holiday.state != DraftState.DRAFT
    return select(and_(func.bool_or(in_force), func.bool_and(decided))).where(
        func.extract("year", Holiday.day) == year).scalar_subquery()


def days_in_year(year: int) -> Select:
    """The days of that year that somebody proposed, whatever was decided on them."""
    return select(Holiday.day).where(func.extract("year", Holiday.day) == year)


def rule_on(code: str, day: date) -> Select:
    """The rule of that code in force on that day, if any."""
    return select(DeadlineRule).where(DeadlineRule.code == code, IN_FORCE, DeadlineRule.valid_from <= day,
                                      or_(DeadlineRule.valid_to.is_(None), DeadlineRule.valid_to >= day))


def covered_from(day: date) -> CompoundSelect:
    """(code, first day, last day or None) of every rule in force on that day or after it, and, with no code, of every
    year whose calendar is signed; in order."""
    rules = select(DeadlineRule.code, DeadlineRule.valid_from, DeadlineRule.valid_to).where(
        IN_FORCE, or_(DeadlineRule.valid_to.is_(None), DeadlineRule.valid_to >= day))
    years = select(null(), func.make_date(CalendarYear.year, 1, 1), func.make_date(CalendarYear.year, 12, 31)).where(
        CalendarYear.state == DraftState.IN_FORCE)
    return union_all(rules, years).order_by(text("1, 2"))


def overlapping_rule(rule: DeadlineRule) -> Select:
    """A rule of the same code in force on some same day, if any."""
    return select(DeadlineRule).where(
        DeadlineRule.code == rule.code, IN_FORCE, DeadlineRule.id != rule.id,
        or_(DeadlineRule.valid_to.is_(None), DeadlineRule.valid_to >= rule.valid_from),
        *([] if rule.valid_to is None else [DeadlineRule.valid_from <= rule.valid_to])).order_by(
            DeadlineRule.id).limit(1)


def is_late(model: type[Model], name: str, today: date) -> ColumnElement:
    """Whether the term of that column has ended and its record still owes something: a condition of a WHERE."""
    column = model.__table__.c[name]
    _, _, met = column.info["term"]
    owed = [model.state.not_in(sorted(met))] if met else []
    return (column < today) & owed[0] if owed else column < today


def late(model: type[Model], name: str, today: date) -> Select:
    """The keys of the records of that table that are late by that column, the one that ended first before."""
    return select(model.id).where(is_late(model, name, today)).order_by(model.__table__.c[name], model.id)


def escalated(model: type[Model], name: str, ruled_by: str, office: Role, today: date) -> Select:
    """Those of them whose rule escalates to that office."""
    return late(model, name, today).join(
        DeadlineRule, DeadlineRule.id == model.__table__.c[ruled_by]).where(DeadlineRule.superior == office)


def rested_since(code: str, day: date) -> ColumnElement:
    """What rests since this day, or an earlier one, is late on `day` by the rule of that code; NULL without a rule.
    It is policies.core.working_days.late_since, as SQL."""
    amount, today = DeadlineRule.amount, literal(day, Date)
    last = case((DeadlineRule.unit == TermUnit.WORKING_DAYS, working_day_back(day, amount + 1)),
                (DeadlineRule.unit == TermUnit.DAYS, today - (amount + 1)),
                else_=cast(today - func.make_interval(0, amount), Date) - 1)
    return rule_on(code, day).with_only_columns(last).scalar_subquery()


def working_day_back(day: date, count: int | ColumnElement) -> ColumnElement:
    """The last day from which `count` working days have elapsed on `day`: policies.core.working_days.back, as SQL."""
    return func.console.nth_working_day(literal(day, Date) + 1, count, -1, type_=Date) - 1


def working_days_since(since: ColumnElement, day: date) -> ColumnElement:
    """Working days after `since` up to `day`: policies.core.working_days.elapsed, as SQL."""
    return func.console.working_days_elapsed(since, literal(day, Date))
