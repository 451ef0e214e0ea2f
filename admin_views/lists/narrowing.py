"""A very long list answers by its indexes: an order or a filter that has none takes a month, or one account, first."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from flask_admin.contrib.sqla import ModelView
from sqlalchemy import Column, PrimaryKeyConstraint, UniqueConstraint, func, select, text

from admin_views.core.words import HERE, column_of, label_of, month
from admin_views.lists.asked import Asked
from admin_views.lists.columns import Filter, in_spanish
from admin_views.lists.filters import Condition, pairs_of, read
from models import db

LONG = 100_000      # rows; fewer are read whole and sorted in the time of a page
MOST_DAYS = 31
FIRST = "Esta lista pasa de {:,} registros: para {} elija antes {}. Se muestra sin ello."
TOO_LONG = "Esta lista pasa de {:,} registros y no se puede {}; se muestra sin ello."
ROWS = text("SELECT reltuples FROM pg_class WHERE oid = to_regclass(:name)")


@dataclass(frozen=True)
class FirstStep:
    """The address at which a list does all that was asked of it, and how its link is called."""

    label: str
    pairs: list


def narrowed(view: ModelView, asked: Asked, filters: dict[str, Filter]) -> Asked:
    """What the list does of what it is asked, with what it says of the rest."""
    slow = [[c for c in group if not quick(c)] for group in asked.groups]
    order = asked.sort if asked.sort and not quick_order(view, asked.sort) else ""
    ready = [narrows(view, group) for group in asked.groups]
    late = [[] if done else group for done, group in zip(ready, slow, strict=True)]
    order = "" if ready and all(ready) else order
    if asked.tray or not (order or any(late)) or not is_long(view.model):    # what waits in a tray is never much
        return asked
    kept = [tuple(c for c in group if c not in left) for group, left in zip(asked.groups, late, strict=True)]
    return replace(asked, sort="" if order else asked.sort, groups=tuple(group for group in kept if group),
                   lost=(*asked.lost, sentence(view, filters, order, late)),
                   step=first_step(view, asked, filters, ready))


def is_long(model: type) -> bool:
    """Whether PostgreSQL counted more rows than can be read whole, the last time it counted."""
    return (db.session.scalar(ROWS, {"name": model.__table__.fullname}) or 0) > LONG


def indexes_of(column: Column) -> list[list[Column]]:
    """The columns of each index of the whole table that begins with this one."""
    table = column.table
    keys = [[*index.columns] for index in table.indexes if index.dialect_options["postgresql"]["where"] is None
            and index.dialect_options["postgresql"]["using"] != "gin"]
    keys += [[*each.columns] for each in table.constraints if isinstance(each, UniqueConstraint | PrimaryKeyConstraint)]
    return [columns for columns in keys if columns and columns[0] is column]


def alone(columns: list[Column]) -> bool:
    """Whether an index puts its first column's rows in order by themselves: what follows it is a number or a key."""
    return all(column.primary_key or column.unique for column in columns[1:])


def quick(condition: Condition) -> bool:
    """Whether an index answers the condition."""
    column = condition.filter.column
    if condition.filter.kind == "text" and condition.test != "empty" and not column.info.get("coded"):
        kept = column.info.get("sorts_as")      # the column that keeps its words without accents
        column = column.table.columns[kept] if kept else None
    return column is not None and bool(indexes_of(column))


def quick_order(view: ModelView, sort: str) -> bool:
    """Whether an index gives the order; one of empty values has them first when it is read backwards."""
    column = column_of(view.model, sort.removeprefix("-"))
    key = in_spanish(column)
    backwards = sort.startswith("-") and column.nullable
    return isinstance(key, Column) and any(map(alone, indexes_of(key))) and not backwards


def narrows(view: ModelView, group: Iterable[Condition]) -> bool:
    """Whether the conditions leave few rows: one account or the like, or a month at most."""
    return any(within(view, name, group) for name in view.narrowed_by)


def within(view: ModelView, name: str, group: Iterable[Condition]) -> bool:
    """Whether the conditions on one column name a value of it, or MOST_DAYS days at most."""
    mine = [c for c in group if c.filter.name == name]
    if any(c.test == "is" for c in mine):
        return True
    ends = {c.test: c.values[0] for c in mine if c.test in ("min", "max")}
    return len(ends) == 2 and ends["max"] - ends["min"] < timedelta(days=MOST_DAYS)


# ---- what is said of it

def sentence(view: ModelView, filters: dict[str, Filter], order: str, late: list) -> str:
    """What the list needs before it can do what was asked, in Spanish."""
    wanted = [f"ordenar por «{label_of(view.model, order.removeprefix('-'))}»"] if order else []
    labels = dict.fromkeys(c.filter.label for group in late for c in group)
    wanted += [f"filtrar por {' y '.join(f'«{label}»' for label in labels)}"] if labels else []
    ways = [f"un mes de «{filters[name].label}»" if is_date(filters[name]) else f"«{filters[name].label}»"
            for name in view.narrowed_by if name in filters]
    said = " y ".join(wanted)
    return FIRST.format(LONG, said, " o ".join(ways)) if ways else TOO_LONG.format(LONG, said)


def is_date(item: Filter) -> bool:
    """Whether the filter is by a day or an instant."""
    return item.kind in ("day", "instant")


def first_step(view: ModelView, asked: Asked, filters: dict[str, Filter], ready: list[bool]) -> FirstStep | None:
    """All that was asked, within the last month of which there is anything; None where no date narrows the list."""
    name = next((name for name in view.narrowed_by if name in filters and is_date(filters[name])), None)
    last = name and db.session.scalar(select(func.max(filters[name].column)))
    if not last:
        return None
    day = last.astimezone(HERE).date() if filters[name].kind == "instant" else last
    ends = day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])
    limits = tuple(read(filters[name], test, f"{end:%Y-%m-%d}") for test, end in zip(("min", "max"), ends, strict=True))
    groups = [group if done else (*(c for c in group if c.filter.name != name), *limits)
              for group, done in zip(asked.groups, ready, strict=True)] or [limits]
    others = [pair for pair in asked.pairs() if pair[0] in ("q", "orden", "columnas", "densidad")]
    return FirstStep(f"Pedirlo para {month(day)}", pairs_of(groups) + others)
