"""SQL text from SQLAlchemy conditions and Python values, for triggers, functions and row policies."""

import enum
from collections.abc import Iterable

from sqlalchemy import ColumnElement, Table, literal_column, select, true
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql import visitors

from models.base.columns import Named
from policies.core.declarations import Misdeclared

DIALECT = postgresql.dialect(paramstyle="named")        # a percent sign in SQL stays one
# A function that runs with its owner's rights, and finds nothing that its caller put in the way of a name.
DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, pg_temp"
# The office of the transaction; empty for the owner.
OFFICE = "replace(coalesce(nullif(current_setting('role', true), 'none'), ''), 'console_', '')"


def sql(clause: ColumnElement, table: Table | None = None, model: type[Named] | None = None, row: str = "") -> str:
    """A condition as text; columns of `model` are read from the row called `row` («NEW» in a trigger).

    It is compiled inside a SELECT from `table`, so that an EXISTS in it refers to the outer row. Compiled alone,
    an EXISTS brings the outer table into its own FROM, and as a row policy it recurses without end (42P17).
    """
    def replace(element, **_):
        if model is not None and getattr(element, "table", None) is model.__table__:
            return literal_column(f"{row}.{element.name}")
        return None

    statement = select(true()).where(visitors.replacement_traverse(clause, {}, replace))
    if table is not None:
        statement = statement.select_from(table)
    compiled = statement.compile(dialect=DIALECT, compile_kwargs={"literal_binds": True})
    text = " ".join(str(compiled).split()).split(" WHERE ", 1)[1]
    if "SELECT *" in text:
        raise Misdeclared("name one column in exists(…): a row policy reads with the office's own grants")
    return text


def literal(value: object) -> str:
    """One value between quotes."""
    value = value.value if isinstance(value, enum.Enum) else value
    return "'" + str(value).replace("'", "''") + "'"


def listing(rows: Iterable[tuple], separator: str = ", ") -> str:
    """Rows of values for IN (…) or VALUES, sorted: ('draft', 'sent'), ('sent', 'answered')."""
    return separator.join("({})".format(", ".join(map(literal, row))) for row in sorted(rows))


def several(values: Iterable) -> str:
    """Values for IN (…), sorted."""
    return ", ".join(map(literal, sorted(getattr(value, "value", value) for value in values)))
