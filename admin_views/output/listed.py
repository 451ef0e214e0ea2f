"""A list as rows of a file: its filter, order and columns, written in constant memory."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO
from urllib.parse import urlencode

from flask_admin.contrib.sqla import ModelView
from sqlalchemy import Select, func, select
from werkzeug.datastructures import MultiDict

from admin_views.core.words import label_of
from admin_views.lists.lists import asked_of, columns_of, narrowed
from admin_views.lists.preferences import setting
from admin_views.output import book, in_sql, sheets
from admin_views.output.copying import Csv, copy_rows, long_statement_limit
from models import db

SHEET_ROWS = 1_048_575      # of one sheet of a spreadsheet, under its headings
TOO_LONG = ("Una hoja de Excel admite 1,048,575 renglones y esta lista tiene más; expórtela en CSV, que no tiene "
            "límite, o acótela con filtros.")


@dataclass
class Listed:
    """The rows that an address asks of a list; `cells` is their SELECT, None where Python computes one of the
    columns."""

    view: object
    kind: str
    asked: object
    names: list
    query: object
    cells: object
    labels: list = field(init=False)

    def __post_init__(self):
        self.labels = [label_of(self.view.model, name) for name in self.names]

    def address(self) -> str:
        """The query string of this list, with its columns, whatever its person chooses later."""
        return urlencode(self.asked.pairs({"columnas": ",".join(self.names)}), safe="*:,")

    def keys(self) -> Select:
        """Its rows without their columns or order, to be counted."""
        return self.query.with_only_columns(1, maintain_column_froms=True).order_by(None)

    def more_than(self, rows: int) -> bool:
        """Whether there are more rows than that; it counts no more than needed."""
        return db.session.scalar(select(func.count()).select_from(self.keys().limit(rows + 1).subquery())) > rows

    def estimate(self) -> int:
        """How many rows PostgreSQL expects from its statistics."""
        statement = self.keys().compile(dialect=db.session.connection().dialect).construct_expanded_state()
        plan = db.session.connection().exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement.statement}", {
            name: statement.processors[name](value) if name in statement.processors else value
            for name, value in statement.parameters.items()}).scalar()
        return int(plan[0]["Plan"]["Plan Rows"])

    def count(self) -> int:
        """How many rows there are."""
        with long_statement_limit(db.session.connection()):
            return db.session.scalar(select(func.count()).select_from(self.keys().subquery()))


def listed_of(view: ModelView, args: MultiDict, kind: str) -> Listed:
    """The Listed of a screen and an address."""
    asked = asked_of(view, args)
    names, query = columns_of(view, asked, setting(view.endpoint)), narrowed(view, asked)
    return Listed(view, kind, asked, names, query, in_sql.sheet_query(view, query, names, kind))


def write(rows_of: Listed, file: BinaryIO, seen: Callable[[Iterable], Iterable] = iter) -> int:
    """Write the whole file of a list; returns how many rows. `seen` follows the rows as they pass."""
    if rows_of.cells is not None and rows_of.kind == "csv":
        made = Csv(rows_of.labels, rows_of.cells)
        for block in made.blocks(seen):
            file.write(block)
        return made.rows
    with long_statement_limit(db.session.connection()) as connection:
        if rows_of.cells is not None:
            with copy_rows(connection, rows_of.cells, book.COPY) as rows:
                return book.write_book(file, rows_of.labels, rows_of.view.name, seen(rows))
        pour = {"csv": sheets.write_csv, "xlsx": sheets.write_xlsx}[rows_of.kind]
        return pour(file, rows_of.labels, seen(python_rows(rows_of)), rows_of.view.name)


def python_rows(rows_of: Listed) -> Iterator[list]:
    """The rows of a list with a column that only its screen can compute."""
    view, names = rows_of.view, rows_of.names
    query = rows_of.query.options(*view.loading(names)).execution_options(yield_per=500)
    for row in db.session.scalars(query):
        yield [view.exported(row, name) for name in names]
