"""A list as rows of a file: its filter, order and columns, written in flat memory by whoever carries it out."""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from sqlalchemy import func, select

from admin_views.core.words import label_of
from admin_views.lists.lists import asked_of, columns_of, narrowed
from admin_views.lists.preferences import setting
from admin_views.output import book, in_sql, sheets
from admin_views.output.copying import Csv, copied, long_enough
from models import db

SHEET_ROWS = 1_048_575      # of one sheet of a spreadsheet, under its headings
TOO_LONG = ("Una hoja de Excel admite 1,048,575 renglones y esta lista tiene más; expórtela en CSV, que no tiene "
            "límite, o acótela con filtros.")


@dataclass
class Listed:
    """The rows that an address asks of a list; `cells` is their SELECT, None where Python says one of them."""

    view: object
    kind: str
    asked: object
    names: list
    query: object
    cells: object
    labels: list = field(init=False)

    def __post_init__(self):
        self.labels = [label_of(self.view.model, name) for name in self.names]

    def address(self):
        """The query string that asks for this very list, whatever columns its person chooses later."""
        return urlencode(self.asked.pairs({"columnas": ",".join(self.names)}), safe="*:,")

    def bare(self):
        """Its rows without what they say or their order, to be counted."""
        return self.query.with_only_columns(1, maintain_column_froms=True).order_by(None)

    def more_than(self, rows):
        """Whether there are more; no more than those are counted."""
        return db.session.scalar(select(func.count()).select_from(self.bare().limit(rows + 1).subquery())) > rows

    def estimated(self):
        """How many rows PostgreSQL expects, from what it knows of the table."""
        statement = self.bare().compile(dialect=db.session.connection().dialect).construct_expanded_state()
        plan = db.session.connection().exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement.statement}", {
            name: statement.processors[name](value) if name in statement.processors else value
            for name, value in statement.parameters.items()}).scalar()
        return int(plan[0]["Plan"]["Plan Rows"])

    def count(self):
        with long_enough(db.session.connection()):
            return db.session.scalar(select(func.count()).select_from(self.bare().subquery()))


def listed(view, args, kind):
    """What an address asks of a screen."""
    asked = asked_of(view, args)
    names, query = columns_of(view, asked, setting(view.endpoint)), narrowed(view, asked)
    return Listed(view, kind, asked, names, query, in_sql.sheet_query(view, query, names, kind))


def write(rows_of, file, seen=iter):
    """The whole file of a list; returns how many rows. `seen` follows the rows as they pass."""
    if rows_of.cells is not None and rows_of.kind == "csv":
        made = Csv(rows_of.labels, rows_of.cells)
        for block in made.blocks(seen):
            file.write(block)
        return made.rows
    with long_enough(db.session.connection()) as connection:
        if rows_of.cells is not None:
            with copied(connection, rows_of.cells, book.COPY) as rows:
                return book.pour(file, rows_of.labels, rows_of.view.name, seen(rows))
        pour = {"csv": sheets.write_csv, "xlsx": sheets.write_xlsx}[rows_of.kind]
        return pour(file, rows_of.labels, seen(spoken_rows(rows_of)), rows_of.view.name)


def spoken_rows(rows_of):
    """The rows of a list with a column that only its screen can say."""
    view, names = rows_of.view, rows_of.names
    query = rows_of.query.options(*view.loading(names)).execution_options(yield_per=500)
    for row in db.session.scalars(query):
        yield [view.exported(row, name) for name in names]
