"""What a move needs, declared once: the button, the session and PostgreSQL's guard ask the same SQL condition.

A rule says in the same words what a row needs to begin, to change and to be deleted (Rule.begins, obeys and ends).

A need reads the record's own columns, its parts, or a record that it locks; anything else would race. Writing a
part writes its whole (console.part_<table>), so that who decides on an older state waits and fails.
"""

from dataclasses import dataclass, field

from sqlalchemy import ColumnElement

from models.base.columns import Model
from policies.core.declarations import Misdeclared
from policies.core.rules import RULES, Act
from policies.core.sql.clauses import several, sql


@dataclass(frozen=True)
class Need:
    """A condition on the record after the move, and the Spanish sentence of its refusal.

    `leaving` are the states from which the move needs it, all of the act's where it is empty; `code` is the SQLSTATE.
    `asked_before` is false where the act's effect makes it so, or the act says in better words why not: then PostgreSQL
    alone asks.
    """

    says: str
    leaving: frozenset = field(default=frozenset(), kw_only=True)
    code: str = field(default="AG002", kw_only=True)
    asked_before: bool = field(default=True, kw_only=True)

    def name(self, step: Act) -> str:
        """The name that the refusal bears, and by which console.unmet_<table>() tells it."""
        return f"need_{step.model.__tablename__}_{step.name}_{self.about}"

    def met_by(self, step: Act) -> bool:
        """Whether the act itself may fulfil it: then the button does not ask for it, and the guard does."""
        return not self.asked_before


@dataclass(frozen=True)
class OfColumn(Need):
    """About one column of the record, which the act may set itself."""

    column: str = ""

    @property
    def about(self) -> str:
        """The column: how the refusal is named."""
        return self.column

    def met_by(self, step: Act) -> bool:
        """Whether the act writes the column."""
        return self.column in step.sets


class Filled(OfColumn):
    """A column holds more than blanks."""

    def condition(self, model: type[Model], row: str) -> str:
        """SQL: the column of `row` holds more than blanks."""
        return f"coalesce(btrim({row}.{self.column}::text), '') <> ''"


@dataclass(frozen=True)
class Holds(Need):
    """A condition on the record's own columns, written with the model; `about` names it in the refusal."""

    about: str = ""
    where: object = None

    def condition(self, model: type[Model], row: str) -> str:
        """SQL: the declared condition, false where it is unknown."""
        return f"coalesce({sql(self.where, model=model, row=row)}, false)"


@dataclass(frozen=True)
class Exists(Need):
    """There is a part of that model; `where` compares its columns with those of the record."""

    part: type = None
    where: object = None

    @property
    def about(self) -> str:
        """The table of the part: how the refusal is named."""
        return self.part.__tablename__

    def met_by(self, step: Act) -> bool:
        """Whether the act creates or changes such parts."""
        return self.part in (*step.creates, *step.touches)

    def condition(self, model: type[Model], row: str) -> str:
        """SQL: the record `row` has such a part."""
        return f"EXISTS ({parts_of(self.part, model, row, self.where)})"


@dataclass(frozen=True)
class AllOf(Need):
    """There is a part of that model, and every one stands in one of these states."""

    part: type = None
    states: frozenset = frozenset()

    @property
    def about(self) -> str:
        """How the refusal is named: the table of the parts, after «all»."""
        return f"all_{self.part.__tablename__}"

    def condition(self, model: type[Model], row: str) -> str:
        """SQL: the record `row` has parts, and none in another state."""
        others = self.part.state.not_in(sorted(self.states))
        return (f"EXISTS ({parts_of(self.part, model, row)})"
                f" AND NOT EXISTS ({parts_of(self.part, model, row, others)})")


@dataclass(frozen=True)
class Named(OfColumn):
    """The record that a column names stands in one of these states; the guard locks it until the commit."""

    states: frozenset = frozenset()

    def condition(self, model: type[Model], row: str) -> str:
        """SQL: the record that the column of `row` names is in one of the states; locked when the guard asks."""
        (key,) = model.__table__.columns[self.column].foreign_keys
        lock = " FOR SHARE" if row in ("NEW", "OLD") else ""
        return (f"EXISTS (SELECT FROM {key.column.table.fullname} named WHERE named.id = {row}.{self.column}"
                f" AND named.state IN ({several(self.states)}){lock})")


@dataclass(frozen=True)
class Unnamed(Need):
    """No record names this one by that column. Beside a Named on the same column, which locks."""

    column: object = None

    @property
    def about(self) -> str:
        """How the refusal is named: the column, after «unnamed»."""
        return f"unnamed_{self.column.key}"

    def condition(self, model: type[Model], row: str) -> str:
        """SQL: no row names the record `row` by that column."""
        table = self.column.class_.__table__.fullname
        return f"NOT EXISTS (SELECT FROM {table} other WHERE other.{self.column.key} = {row}.id)"


def parts_of(part: type[Model], model: type[Model], row: str, where: ColumnElement | None = None) -> str:
    """SQL: SELECT of the parts of the record `row` that fulfil a condition; raises Misdeclared where they are no parts
    of it.
    """
    column, whole = RULES[part].part_of or (None, None)
    if whole is not model:
        raise Misdeclared(f"{part.__name__} is no part of {model.__name__}: nothing would hold it still; say part_of"
                          " in its rule")
    also = f" AND ({sql(where, part.__table__, model, row)})" if where is not None else ""
    return f"SELECT FROM {part.__table__.fullname} WHERE {part.__tablename__}.{column} = {row}.id{also}"
