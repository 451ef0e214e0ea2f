"""Rows as CSV or XLSX: written one by one, logged, safe from formulas."""

import csv
import hashlib
import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import BinaryIO

from flask import Response, abort, request, send_file

from admin_views.core.reads import keep_export
from admin_views.core.words import HERE, say
from admin_views.door.gate import record_export
from admin_views.output.in_sql import FIGURE, FORMULA
from models.base.columns import Named


def table(kind: str, labels: Sequence[str], rows: Iterable[Sequence], title: str, name: str,
          model: type[Named]) -> Response:
    """The file of a table that is no list: few rows, already in words or typed values."""
    write = {"csv": write_csv, "xlsx": write_xlsx}.get(kind) or abort(404)
    with temporary_file() as file:
        return log_and_send(file, kind, write(file, labels, rows, title), name, model)


@contextmanager
def temporary_file() -> Iterator[BinaryIO]:
    """A temporary file for the response, which closes it; closed here if an error leaves no response."""
    file = tempfile.TemporaryFile()
    try:
        yield file
    except BaseException:
        file.close()
        raise


def log_and_send(file: BinaryIO, kind: str, count: int, name: str, model: type[Named]) -> Response:
    """The response that holds the file; its person, its rows and its hash are logged first."""
    file.seek(0)
    sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    keep_export(model, count)
    record_export(model, request.query_string.decode(errors="replace"), count, sha256)
    return send_file(file, as_attachment=True, download_name=f"{name}.{kind}", mimetype=MEDIA[kind],
                     max_age=0)


MEDIA = {"csv": "text/csv", "json": "application/json",
         "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def write_csv(file: BinaryIO, labels: Sequence[str], rows: Iterable[Sequence], title: str) -> int:
    """Write UTF-8 with a byte order mark, so that a spreadsheet reads the accents; returns how many rows."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(labels)
    count = 0
    for row in rows:
        writer.writerow([safe(plain(value)) for value in row])
        count += 1
    text.detach()
    return count


def write_xlsx(file: BinaryIO, labels: Sequence[str], rows: Iterable[Sequence], title: str) -> int:
    """Typed days and figures, in constant memory; returns how many rows."""
    import xlsxwriter  # heavy to load, and few requests leave as a book
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "in_memory": False,
                                      "strings_to_formulas": False, "strings_to_urls": False,
                                      "strings_to_numbers": False})
    sheet = book.add_worksheet(title[:31])
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "dd/mm/yyyy"})
    instant = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    figure = book.add_format({"num_format": "#,##0.00"})
    sheet.set_column(0, len(labels) - 1, 20)
    sheet.write_row(0, 0, labels, bold)
    count = 0
    for count, row in enumerate(rows, start=1):
        for place, value in enumerate(row):
            if isinstance(value, datetime):
                sheet.write_datetime(count, place, value.astimezone(HERE).replace(tzinfo=None),
                                     instant)
            elif isinstance(value, date):
                sheet.write_datetime(count, place, datetime(value.year, value.month, value.day),
                                     day)
            elif isinstance(value, Decimal):
                sheet.write_number(count, place, float(value), figure)  # a spreadsheet's own type
            else:
                sheet.write_string(count, place, safe(plain(value))[:32000])
    book.close()
    return count


def plain(value: object) -> str:
    """A value as text for a CSV: ISO days, local instants, figures with a point."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.astimezone(HERE).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else say(value)


def safe(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would run it as a formula."""
    if text.startswith(FORMULA) and not is_figure(text):
        return f"'{text}"
    return text


def is_figure(text: str) -> bool:
    """Whether a text is a figure."""
    return re.fullmatch(FIGURE, text) is not None
