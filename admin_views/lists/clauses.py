"""A condition as SQL: written so that an index answers wherever there is one."""

from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Text, and_, cast, func, or_

from admin_views.core.words import HERE
from admin_views.lists.filters import Condition


def matching(groups: tuple[tuple[Condition, ...], ...]) -> ColumnElement[bool]:
    """Rows that satisfy every condition of at least one group."""
    return or_(*(and_(*(clause(condition) for condition in group)) for group in groups))


def clause(condition: Condition) -> ColumnElement[bool]:
    """One condition of a filter."""
    column, kind = condition.filter.column, condition.filter.kind
    if condition.test == "empty":
        return or_(column.is_(None), column == "") if kind == "text" else column.is_(None)
    if condition.test == "is":
        return one_of(column, kind, condition.values)
    (value,) = condition.values
    if condition.test == "begins":
        return begins(column, value)
    if kind == "instant":
        value = value + timedelta(days=condition.test == "max")
        return (column >= midnight(value) if condition.test == "min" else column < midnight(value))
    return column >= value if condition.test == "min" else column <= value


def one_of(column: ColumnElement, kind: str, values: tuple) -> ColumnElement[bool]:
    """Whether the column holds one of the values; an instant, whether it is of one of the days."""
    if kind == "instant":
        return or_(*(and_(column >= midnight(day), column < midnight(day + timedelta(days=1)))
                     for day in values))
    if kind == "text" and not column.info.get("coded"):
        return normal(column).in_([func.console.normalise(words) for words in values])
    return column.in_(values)


def begins(column: ColumnElement, words: str) -> ColumnElement[bool]:
    """Words as people type them: accents and case do not matter.

    An official number is compared with itself, so that its unique index answers.
    """
    if column.info.get("coded"):
        return or_(*(func.starts_with(column, typed)
                     for typed in sorted({words, words.upper(), words.lower()})))
    return func.starts_with(normal(column), func.console.normalise(words))


def normal(column: ColumnElement) -> ColumnElement[str]:
    """The column without accents or case; one that is kept so answers by its index."""
    kept = column.info.get("sorts_as")
    return column.table.columns[kept] if kept else func.console.normalise(cast(column, Text))


def midnight(day: date) -> datetime:
    """When that day begins in San Luis Potosí."""
    return datetime(day.year, day.month, day.day, tzinfo=HERE)
