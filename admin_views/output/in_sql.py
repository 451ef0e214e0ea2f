"""What a sheet says of each column, worked out by PostgreSQL: cell by cell in Python it costs ten times as much."""

from sqlalchemy import (
    Boolean,
    Date,
    DateTime,
    Enum,
    Integer,
    Numeric,
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
from models.bands import ApprovalBand
from models.base.people import Person
from models.billing import Bill, CreditNote
from models.corrections import Correction
from models.customers import Account
from models.meters import Meter
from models.organization import Municipality, Neighborhood, SupplyZone
from models.procedures import AnomalyType, Procedure
from models.tariffs import Tariff

FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
FIGURE = r"-?[0-9]+(\.[0-9]+)?"
# What a record calls itself, as its __str__ says it; a test compares both.
NAMES = {
    Account: lambda row: row.number, Bill: lambda row: row.folio, CreditNote: lambda row: row.folio,
    Correction: lambda row: func.coalesce(func.nullif(row.folio, ""), literal("Borrador ") + cast(row.id, Text)),
    Person: lambda row: row.name, Neighborhood: lambda row: row.name, Municipality: lambda row: row.name,
    SupplyZone: lambda row: row.code + literal(" ") + row.name, AnomalyType: lambda row: row.name,
    Procedure: lambda row: row.name, ApprovalBand: lambda row: row.name, Meter: lambda row: row.serial,
    Tariff: lambda row: row.code}


def sheet_query(view, query, names, kind="csv"):
    """`query` with one text per column of a CSV, or one per row of a spreadsheet's XML.

    None where one of the columns is said only in Python.
    """
    cells = []
    for name in names:
        if not view.plainly_exported(name):
            return None
        target = target_of(view.model, name)
        column = inspect(view.model).columns.get(name)
        if target is None:
            cell = cell_of(column)
        elif target in NAMES:
            other = aliased(target)
            key = getattr(view.model, column_of(view.model, name).key)
            query = query.outerjoin(other, key == other.id)
            cell = guarded(NAMES[target](other))
        else:
            cell = None
        if cell is None:
            return None
        cells.append(cell if kind == "csv" else book.cell_xml(cell, column if target is None else None))
    if kind == "xlsx":
        cells = [func.concat(*cells)]
    return query.with_only_columns(*(cell.label(None) for cell in cells), maintain_column_froms=True)


def cell_of(column):
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
    return guarded(column) if isinstance(kind, String) else None


def guarded(words):
    """Words that a spreadsheet would run begin with an apostrophe, which says that they are text."""
    return case((words == "", "—"), (and_(func.left(words, 1).in_(FORMULA), words.op("!~")(f"^{FIGURE}$")),
                                     literal("'") + words), else_=words)


def as_copy(statement, dialect, how):
    """(text, parameters) of the COPY that sends the rows of a SELECT; `how` are its options."""
    state = statement.compile(dialect=dialect).construct_expanded_state()
    return f"COPY ({state.statement}) TO STDOUT ({how})", {
        name: state.processors[name](value) if name in state.processors else value
        for name, value in state.parameters.items()}
