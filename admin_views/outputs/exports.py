"""A list as CSV or XLSX, of any size and in flat memory: its filter, order and columns, logged however it ends.

A CSV whose cells PostgreSQL can say goes from its COPY to the browser. A small one is whole before it
leaves, so that a fault is still a page; a long one leaves as it is made, and the log says twice: that it
began, and how it ended. A spreadsheet, and what is said only in Python, is a file before it leaves.
"""

import csv
import hashlib
import io
import zlib
from contextlib import contextmanager, suppress

import psycopg
from flask import Response, abort, request
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from admin_views.gate import Leaving, gate
from admin_views.lists import chosen_rows, narrowed_rows
from admin_views.outputs import book, in_sql, sheets
from admin_views.reads import export_entry
from admin_views.words import label_of
from models import db
from models.access import ExportOutcome
from policies.rules import Broken

BLOCK = 64 * 1024
SMALL = 4 * 1024 * 1024     # bytes of a CSV that is whole before it leaves: some forty thousand rows
LONGEST = "30min"           # of one export; a browser that stops reading holds no transaction longer
SHEET_ROWS = 1_048_575      # of one sheet of a spreadsheet, under its headings
TOO_LONG = ("Una hoja de Excel admite 1,048,575 renglones y esta lista tiene más; expórtela en CSV, que no tiene "
            "límite, o acótela con filtros.")


def export(view, kind):
    """The answer that carries the list, as its address asks for it."""
    if kind not in ("csv", "xlsx"):
        abort(404)
    query, names = narrowed_rows(view)
    cells = in_sql.sheet_query(view, query, names, kind)
    labels = [label_of(view.model, name) for name in names]
    leaving = Leaving(view.model, request.query_string.decode(errors="replace"))
    name = f"{view.url.strip('/')}.{kind}"
    if kind == "xlsx" and overflows(query):
        raise Broken(TOO_LONG)
    if kind == "csv" and cells is not None:
        return streamed(Csv(labels, cells), leaving, name, export_entry(view.model))
    with sheets.unfinished() as file:
        with long_enough(db.session.connection()) as connection:
            if cells is not None:
                with copied(connection, cells, book.COPY) as rows:
                    count = book.pour(file, labels, view.name, rows)
            else:
                write = {"csv": sheets.write_csv, "xlsx": sheets.write_xlsx}[kind]
                count = write(file, labels, spoken_rows(view, names), view.name)
        return sheets.logged(file, kind, count, view.url.strip("/"), view.model)


def overflows(query):
    """Whether the list has more rows than a sheet takes; no more than those are counted."""
    rows = query.with_only_columns(1, maintain_column_froms=True).order_by(None).limit(SHEET_ROWS + 1)
    return db.session.scalar(select(func.count()).select_from(rows.subquery())) > SHEET_ROWS


@contextmanager
def long_enough(connection):
    """Inside, a statement may take as long as the longest export; a page's limit would cut it."""
    before = connection.exec_driver_sql("SHOW statement_timeout").scalar()
    connection.exec_driver_sql(f"SET LOCAL statement_timeout = '{LONGEST}'")
    yield connection
    connection.exec_driver_sql(f"SET LOCAL statement_timeout = '{before}'")


@contextmanager
def copied(connection, cells, how):
    """The rows of a SELECT as PostgreSQL writes them; a refusal is raised as SQLAlchemy's, to have its sentence."""
    text, parameters = in_sql.as_copy(cells, connection.dialect, how)
    try:
        with connection.connection.cursor().copy(text, parameters) as copy:
            yield copy
    except psycopg.Error as error:
        raise DBAPIError.instance(text, None, error, psycopg.Error) from error


def spoken_rows(view, names):
    """The rows of a list with a column that only its screen can say."""
    query, _ = chosen_rows(view)
    for row in db.session.scalars(query.execution_options(yield_per=500)):
        yield [view.exported(row, name) for name in names]


class Csv:
    """The CSV of a SELECT, in blocks, over a connection of its own that outlives the request."""

    def __init__(self, labels, cells):
        self.labels, self.cells = labels, cells
        self.rows, self.digest, self.outcome = 0, hashlib.sha256(), ExportOutcome.CUT

    def blocks(self):
        """UTF-8 with a mark, so that a spreadsheet reads the accents."""
        yield self.counted(heading(self.labels))
        # The request's own session ends with it; the transaction that begins here is stamped alike.
        with (db.engines[db.session.info["tier"]].begin() as connection, long_enough(connection),
              copied(connection, self.cells, "FORMAT csv") as copy):
            yield from map(self.counted, self.gathered(copy))

    def gathered(self, copy):
        """The rows in blocks; PostgreSQL sends one message for each row."""
        block = bytearray()
        for row in copy:
            block += row
            self.rows += 1
            if len(block) >= BLOCK:
                yield bytes(block)
                block.clear()
        yield bytes(block)

    def counted(self, block):
        self.digest.update(block)
        return block


def heading(labels):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(labels)
    return text.getvalue().encode("utf-8-sig")


def streamed(made, leaving, name, read):
    blocks = made.blocks()
    first, more = begun(blocks)
    if not more:
        leaving.log(ExportOutcome.COMPLETE, made.rows, made.digest.hexdigest(), read)
        return answer(b"".join(first), name)
    leaving.log(ExportOutcome.BEGUN, 0, "")
    packed = "gzip" in request.accept_encodings
    body = followed(first, blocks, made)
    response = answer(zipped(body) if packed else body, name)
    response.call_on_close(lambda: ended(blocks, made, leaving, read))
    response.vary.add("Accept-Encoding")
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    return response


def begun(blocks):
    """(the first blocks, whether there are more): a whole small file, or the beginning of a long one."""
    first, size = [], 0
    for block in blocks:
        first.append(block)
        size += len(block)
        if size > SMALL:
            return first, True
    return first, False


def answer(body, name):
    return Response(body, mimetype="text/csv", headers={
        "Content-Disposition": f'attachment; filename="{name}"'})


def followed(first, blocks, made):
    yield from first
    yield from blocks
    made.outcome = ExportOutcome.COMPLETE


def ended(blocks, made, leaving, read):
    """The log says how it ended: all of it sent, or cut by a fault or by who stopped reading."""
    blocks.close()
    with suppress(SQLAlchemyError):     # without its database nothing can be logged: the beginning was
        leaving.log(made.outcome, made.rows, made.digest.hexdigest(), read)
    gate.remove()


def zipped(blocks):
    """gzip as it goes: a CSV takes a fifth of the network."""
    pack = zlib.compressobj(1, wbits=31)
    for block in blocks:
        if packed := pack.compress(block):
            yield packed
    yield pack.flush()
