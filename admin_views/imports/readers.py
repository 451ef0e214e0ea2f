"""A CSV or XLSX file as rows of text, recognised by its bytes; a file that cannot be read is refused with the reason.

Rows are (number, cells): the number is the one that a spreadsheet shows. Nothing is held whole in memory but the texts
of an XLSX, whose size is checked before.
"""

import codecs
import csv
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TextIO

from admin_views.imports.xml_walk import NO_SHEET
from policies.core.rules import Broken

MOST_COLUMNS = 50
MOST_BLANK = 500_000                # rows that hold nothing
SAMPLED, LEGIBLE = 30, 5000         # lines, and letters of each, from which the separator is found
LONGEST_LINE = 1024 * 1024          # letters of one line of a CSV
BLOCK = 1024 * 1024
OLD_EXCEL, LOCKED = bytes.fromhex("d0cf11e0a1b11ae1"), "EncryptedPackage".encode("utf-16-le")
SEPARATORS = ",;\t"
DECLARED = re.compile(r"sep=([,;\t|])", re.IGNORECASE)
PAGE = re.compile(r"<(!doctype|html|head|meta|body|table|style|script|div|\?xml|!--)", re.IGNORECASE)
LATIN = "El archivo venía en Latin-1; se leyó así. Revise los acentos."
UNREADABLE = "El archivo está dañado y no se puede leer; ábralo en su hoja de cálculo, guárdelo de nuevo y súbalo."
WEB_PAGE = ("El archivo es una página web con nombre de hoja de cálculo; ábralo en su hoja de cálculo, guárdelo como "
            ".xlsx o CSV y súbalo de nuevo.")
TOO_WIDE = f"El archivo tiene más de {MOST_COLUMNS} columnas; deje solo las que va a usar."
TOO_BLANK = "El archivo trae demasiados renglones vacíos; deje solo los que tienen datos y súbalo de nuevo."


def letter(place: int) -> str:
    """The letter over a column of a spreadsheet; `place` counts from 0."""
    from openpyxl.utils import get_column_letter  # a heavy library, of which few processes see a sheet
    return get_column_letter(place + 1)


def read(path: Path) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    """(notes for the person, rows) of a stored file: the rows with something, each up to its last cell. Raises
    Broken."""
    import filetype
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"PK\x03\x04"):
        notes, rows = read_xlsx(path)
        return notes, without_blanks(rows)
    if head == OLD_EXCEL:
        raise Broken(old_excel(path))
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif filetype.guess(path) is not None:
        raise Broken(NO_SHEET)
    else:
        encoding = encoding_of(path)
    return [LATIN] if encoding == "cp1252" else [], without_blanks(csv_rows(path, encoding))


def without_blanks(rows: Iterable[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    """The rows with something, each up to its last written cell; raises Broken beyond the limits."""
    blank = 0
    for number, cells in rows:
        last = next((place for place in range(len(cells), 0, -1) if cells[place - 1].strip()), 0)
        if last > MOST_COLUMNS:
            raise Broken(TOO_WIDE)
        if last:
            yield number, cells[:last]
        elif (blank := blank + 1) > MOST_BLANK:
            raise Broken(TOO_BLANK)


def old_excel(path: Path) -> str:
    """The sentence for a file of a former Excel, or of another program under its name."""
    if LOCKED in path.read_bytes():
        return "El libro de Excel tiene contraseña; guárdelo sin ella y súbalo de nuevo."
    return "El archivo es de Excel 97-2003 (.xls); guárdelo como .xlsx o CSV y súbalo de nuevo."


# ---- CSV

def encoding_of(path: Path) -> str:
    """UTF-8 if every byte is valid in it; otherwise Windows Latin-1, in which Excel saves its CSV. Raises Broken."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    encoding = "utf-8-sig"
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            if b"\0" in block:
                raise Broken(NO_SHEET)
            try:
                decoder.decode(block)
            except UnicodeDecodeError:
                encoding = "cp1252"
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        encoding = "cp1252"
    return encoding


def csv_rows(path: Path, encoding: str) -> Iterator[tuple[int, list[str]]]:
    """(number, cells) of a CSV; a first line «sep=;» gives its separator and is no row."""
    try:
        # Windows Latin-1 leaves five bytes without a letter: they become a visible mark.
        with path.open(encoding=encoding, errors="replace", newline="") as text:
            declared, separator = separator_of(text)
            text.seek(0)
            lines = bounded_lines(text)
            if declared:
                next(lines)
            for number, cells in enumerate(csv.reader(lines, delimiter=separator, strict=True), start=1):
                yield number, [as_text(cell) for cell in cells]
    except csv.Error as error:
        raise Broken("El CSV tiene una comilla sin cerrar o una celda enorme; corríjala y súbalo de nuevo.") from error


def bounded_lines(text: TextIO) -> Iterator[str]:
    """The lines of a file; raises Broken for one longer than a table of the widest cells."""
    while line := text.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise Broken(TOO_WIDE)
        yield line


def separator_of(text: TextIO) -> tuple[bool, str]:
    """(whether the first line gives it, the separator): otherwise the mark that splits most of the first lines."""
    written = list(islice((line[:LEGIBLE] for line in bounded_lines(text) if line.strip()), SAMPLED))
    first = written[0] if written else ""
    if PAGE.match(first.lstrip("\ufeff \t\r\n")):
        raise Broken(WEB_PAGE)
    if declared := DECLARED.fullmatch(first.strip(" \r\n\"").lstrip("\ufeff")):
        return True, declared[1]
    return False, max(SEPARATORS, key=lambda mark: split_counts(mark, written))


def split_counts(mark: str, lines: Iterable[str]) -> tuple[int, int]:
    """(how many of the lines a mark splits, into how many cells it splits the first)."""
    rows = list(csv.reader(lines, delimiter=mark))
    return sum(len(row) > 1 for row in rows), len(rows[0]) if rows else 0


def as_text(cell: str) -> str:
    """A cell's text without the apostrophe by which a sheet marks «=1+1» as text."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in "=+-@" and cell[1:] else cell


# ---- XLSX

def read_xlsx(path: Path) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    """(notes, rows) of a workbook; raises Broken where it is damaged."""
    from admin_views.imports import xlsx_reader
    try:
        notes, rows = xlsx_reader.open_book(path)
    except Broken:
        raise
    except Exception as error:   # a damaged file may raise any error in the reader
        raise Broken(UNREADABLE) from error
    return notes, xlsx_rows(rows)


def xlsx_rows(rows: Iterable[tuple[int, dict[int, str]]]) -> Iterator[tuple[int, list[str]]]:
    """(number, cells) of a workbook's rows, with its empty cells filled in."""
    try:
        for number, cells in rows:
            wide = max(cells) + 1
            if wide > MOST_COLUMNS:
                raise Broken(TOO_WIDE)
            yield number, [as_text(cells.get(place, "")) for place in range(wide)]
    except Broken:
        raise
    except Exception as error:
        raise Broken(UNREADABLE) from error
