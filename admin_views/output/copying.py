"""Rows as PostgreSQL's COPY sends them, and the CSV made from them, in constant memory."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

import psycopg
from sqlalchemy import Connection, Select
from sqlalchemy.exc import DBAPIError

from admin_views.output import in_sql
from models import db

BLOCK = 64 * 1024           # bytes
LONGEST = "30min"           # of one export: a reader who stops holds the transaction no longer than this


@contextmanager
def long_statement_limit(connection: Connection) -> Iterator[Connection]:
    """Within it, a statement may take as long as the longest export; a page's limit would end it."""
    before = connection.exec_driver_sql("SHOW statement_timeout").scalar()
    connection.exec_driver_sql(f"SET LOCAL statement_timeout = '{LONGEST}'")
    yield connection
    connection.exec_driver_sql(f"SET LOCAL statement_timeout = '{before}'")


@contextmanager
def copy_rows(connection: Connection, cells: Select, how: str) -> Iterator[psycopg.Copy]:
    """The rows of a SELECT as PostgreSQL writes them; an error is raised as SQLAlchemy's, which has its sentence."""
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

    def blocks(self, seen: Callable[[Iterable], Iterable] = iter) -> Iterator[bytes]:
        """The blocks of the CSV: UTF-8 with a byte order mark, so that a spreadsheet reads the accents."""
        yield heading(self.labels)
        # The request's session ends with the request; this transaction outlives it and gets the same person and office.
        with (db.engines[db.session.info["tier"]].begin() as connection, long_statement_limit(connection),
              copy_rows(connection, self.cells, "FORMAT csv") as copy):
            yield from self.in_blocks(seen(copy))

    def in_blocks(self, copy: Iterable[bytes]) -> Iterator[bytes]:
        """The rows in blocks; PostgreSQL sends one message for each row."""
        block = bytearray()
        for row in copy:
            block += row
            self.rows += 1
            if len(block) >= BLOCK:
                yield bytes(block)
                block.clear()
        yield bytes(block)


def heading(labels: Sequence[str]) -> bytes:
    """The line of headings, with the byte order mark."""
    words = io.StringIO()
    csv.writer(words, lineterminator="\n").writerow(labels)
    return words.getvalue().encode("utf-8-sig")
