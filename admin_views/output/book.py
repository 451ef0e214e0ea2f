"""A spreadsheet whose cells PostgreSQL writes as XML: xlsxwriter makes the book, and the rows are copied into its
sheet."""

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import BinaryIO

from sqlalchemy import ColumnElement, Date, DateTime, Integer, Numeric, String, Text, case, cast, func, literal_column

from admin_views.core.words import HERE

SHEET = "xl/worksheets/sheet1.xml"
DAY, INSTANT, FIGURE = "dd/mm/yyyy", "dd/mm/yyyy hh:mm", "#,##0.00"
LONGEST = 32_000        # characters that fit in a cell
BLOCK = 64 * 1024       # bytes
# What XML does not take, and what would break a line of COPY.
UNWRITABLE = "".join(map(chr, (*range(1, 9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF)))
# No cell holds these letters, so that COPY never puts one between quotes.
COPY = "FORMAT csv, DELIMITER E'\\x02', QUOTE E'\\x01'"
ZERO = "1899-12-30"     # the day from which a spreadsheet counts


def cell_xml(words: ColumnElement, column: ColumnElement | None) -> ColumnElement:
    """The SQL of a cell's XML: a figure, a day or an instant with its own type, or the words of the column."""
    kind = column.type if column is not None else Text()
    if isinstance(kind, DateTime):
        return number_xml(INSTANT, func.round(func.extract("epoch", func.timezone(HERE.key, column) - literal_column(
            f"timestamp '{ZERO}'")) / 86400, 9))
    if isinstance(kind, Date):
        return number_xml(DAY, column - literal_column(f"date '{ZERO}'"))
    if isinstance(kind, Numeric) and not isinstance(kind, Integer):
        return number_xml(FIGURE, func.trim_scale(column))
    return func.concat('<c t="inlineStr"><is><t xml:space="preserve">', xml_text(words), "</t></is></c>")


def number_xml(style: str, value: ColumnElement) -> ColumnElement:
    """The XML of a number in that style; an empty cell where there is none."""
    return func.coalesce(literal_column(f"'<c s=\"{STYLES.index(style)}\"><v>'") + cast(value, Text)
                         + literal_column("'</v></c>'"), literal_column("'<c />'"))


STYLES = (None, None, DAY, INSTANT, FIGURE)     # by their index in the book: the default, the bold headings, these


def xml_text(words: ColumnElement) -> ColumnElement:
    """Words escaped for XML."""
    whole = func.left(cast(words, String), LONGEST)
    text = func.translate(whole, UNWRITABLE, "")
    for letter, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\n", "&#10;"), ("\r", "&#13;")):
        text = func.replace(text, letter, entity)
    return case((whole.op("~")(f"[&<>\n\r{UNWRITABLE}]"), text), else_=whole)


def write_book(file: BinaryIO, labels: Sequence[str], title: str, rows: Iterable[bytes]) -> int:
    """Write the book into `file`, a row of it for each line of `rows`; returns how many."""
    empty = zipfile.ZipFile(skeleton(labels, title))
    top, tail = re.split(rb'<row r="2".*?</row>', empty.read(SHEET), maxsplit=1, flags=re.DOTALL)
    count = 0
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for part in empty.namelist():
            if part != SHEET:
                book.writestr(part, empty.read(part))
        with book.open(SHEET, "w", force_zip64=True) as sheet:
            block = bytearray(top)
            for count, row in enumerate(rows, start=1):
                block += b'<row r="%d">%b</row>' % (count + 1, bytes(row).rstrip(b"\n"))
                if len(block) >= BLOCK:     # a few calls of zlib cost less than one for each row
                    sheet.write(block)
                    block.clear()
            sheet.write(bytes(block) + tail)
    return count


def skeleton(labels: Sequence[str], title: str) -> io.BytesIO:
    """A book with its headings and one row, which names the styles of a day, an instant and a figure."""
    made = io.BytesIO()
    import xlsxwriter  # heavy to load, and few requests leave as a book
    book = xlsxwriter.Workbook(made, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(title[:31])
    sheet.set_column(0, len(labels) - 1, 20)
    sheet.write_row(0, 0, labels, book.add_format({"bold": True}))
    sheet.write_datetime(1, 0, date(2000, 1, 1), book.add_format({"num_format": DAY}))
    sheet.write_datetime(1, 1, datetime(2000, 1, 1), book.add_format({"num_format": INSTANT}))
    sheet.write_number(1, 2, 1, book.add_format({"num_format": FIGURE}))
    book.close()
    made.seek(0)
    return made
