"""The words of each cell computed by PostgreSQL: cell by cell in Python costs ten times as much."""

from collections.abc import Sequence

from flask_admin.contrib.sqla import ModelView
from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    Dialect,
    Enum,
    Integer,
    Numeric,
    Select,
    String,
    Text,
    and_,
    case,
    cast,
    func,
    inspect,
    literal,
)
from sqlalchemy.orm import aliased

from admin_views.core.words import HERE, column_of, target_of
from admin_views.output import book

FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
FIGURE = r"-?[0-9]+(\.[0-9]+)?"


def sheet_query(view: ModelView, query: Select, names: Sequence[str], kind: str = "csv") -> Select | None:
    """`query` with one text per column of a CSV, or one per row of a spreadsheet's XML.

    None where one of the columns can only be computed in Python.
    """
    cells = []
    for name in names:
        if not view.plainly_exported(name):
            return None
        target = target_of(view.model, name)
        column = inspect(view.model).columns.get(name)
        if target is None:
            cell = cell_of(column)
        else:
            other = aliased(target)
            cell = target.name_sql(other)
            if cell is not None:
                key = getattr(view.model, column_of(view.model, name).key)
                query, cell = query.outerjoin(other, key == other.id), formula_safe(cell)
        if cell is None:
            return None
        cells.append(cell if kind == "csv" else book.cell_xml(cell, column if target is None else None))
    if kind == "xlsx":
        cells = [func.concat(*cells)]
    return query.with_only_columns(*(cell.label(None) for cell in cells), maintain_column_froms=True)


def cell_of(column: ColumnElement | None) -> ColumnElement | None:
    """The SQL of a column's cell; None for documents and bytes."""
    if column is None:
        return None
    kind = column.type
    if isinstance(kind, Enum):
        return case({word.value: word.label for word in kind.enum_class}, value=cast(column, Text))
    if isinstance(kind, Boolean):
        return case((column.is_(True), "Sí"), (column.is_(False), "No"))
    if isinstance(kind, DateTime):
        return func.to_char(func.timezone(HERE.key, column), "YYYY-MM-DD HH24:MI:SS")
    if isinstance(kind, Date):
        return func.to_char(column, "YYYY-MM-DD")
    if isinstance(kind, Numeric | Integer):
        return cast(column, Text)
    return formula_safe(column) if isinstance(kind, String) else None


def formula_safe(words: ColumnElement) -> ColumnElement:
    """Words that a spreadsheet would run begin with an apostrophe, which marks them as text."""
    return case((words == "", "—"), (and_(func.left(words, 1).in_(FORMULA), words.op("!~")(f"^{FIGURE}$")),
                                     literal("'") + words), else_=words)


def as_copy(statement: Select, dialect: Dialect, how: str) -> tuple[str, dict]:
    """(text, parameters) of the COPY that sends the rows of a SELECT; `how` are its options."""
    state = statement.compile(dialect=dialect).construct_expanded_state()
    return f"COPY ({state.statement}) TO STDOUT ({how})", {
        name: state.processors[name](value) if name in state.processors else value
        for name, value in state.parameters.items()}
