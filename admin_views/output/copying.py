"""Rows as PostgreSQL's own COPY sends them, and the CSV that they make, in flat memory."""

import csv
import io
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import DBAPIError

from admin_views.output import in_sql
from models import db

BLOCK = 64 * 1024           # bytes
LONGEST = "30min"           # of one export; whoever stops reading holds no transaction longer


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
    words, parameters = in_sql.as_copy(cells, connection.dialect, how)
    try:
        with connection.connection.cursor().copy(words, parameters) as copy:
            yield copy
    except psycopg.Error as error:
        raise DBAPIError.instance(words, None, error, psycopg.Error) from error


class Csv:
    """The CSV of a SELECT, in blocks, over a connection of its own that outlives the request."""

    def __init__(self, labels, cells):
        self.labels, self.cells = labels, cells
        self.rows = 0

    def blocks(self, seen=iter):
        """UTF-8 with a mark, so that a spreadsheet reads the accents."""
        yield heading(self.labels)
        # The request's own session ends with it; the transaction that begins here is stamped alike.
        with (db.engines[db.session.info["tier"]].begin() as connection, long_enough(connection),
              copied(connection, self.cells, "FORMAT csv") as copy):
            yield from self.gathered(seen(copy))

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


def heading(labels):
    words = io.StringIO()
    csv.writer(words, lineterminator="\n").writerow(labels)
    return words.getvalue().encode("utf-8-sig")
