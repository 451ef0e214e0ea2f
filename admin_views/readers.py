"""A CSV or XLSX file as rows of text, by what its bytes say; whatever cannot be read says why.

Rows are (number, cells): the number is the one that a spreadsheet shows. Nothing is held whole in
memory but the words of an XLSX, whose size is asked before.
"""

import codecs
import csv
import re
import zipfile
from datetime import date, datetime
from decimal import Decimal

import filetype
import openpyxl
from openpyxl.utils import get_column_letter

from policies.rules import Broken

MOST_COLUMNS = 50
MOST_UNPACKED = 120 * 1024 * 1024   # bytes of an XLSX's parts together, unpacked
MOST_WORDS = 40 * 1024 * 1024       # bytes of the one part that is read whole: its texts
LAST_LINE = 1_048_576               # the last that a spreadsheet has
BLOCK = 1024 * 1024
OLD_EXCEL, LOCKED = bytes.fromhex("d0cf11e0a1b11ae1"), "EncryptedPackage".encode("utf-16-le")
SEPARATORS = ",;\t"
DECLARED = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
LATIN = "El archivo venía en Latin-1; se leyó así. Revise los acentos."
UNREADABLE = "El archivo está dañado y no se puede leer; ábralo en su hoja de cálculo, guárdelo de nuevo y súbalo."
TOO_MUCH = ("El libro de Excel ocupa demasiado al abrirse; deje una sola hoja con los datos, sin imágenes ni "
            "formatos, o guárdelo como CSV.")
NO_SHEET = "El archivo no es CSV ni Excel (.xlsx); guárdelo en uno de esos formatos y súbalo de nuevo."


def letter(place):
    """The letter that a spreadsheet puts over a column; `place` counts from 0."""
    return get_column_letter(place + 1)


def read(path):
    """(what a person should know, rows) of a stored file."""
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"PK\x03\x04"):
        return read_xlsx(path)
    if head == OLD_EXCEL:
        raise Broken(old_excel(path))
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return [], csv_rows(path, "utf-16")
    if filetype.guess(path) is not None:
        raise Broken(NO_SHEET)
    encoding = encoding_of(path)
    return [LATIN] if encoding == "cp1252" else [], csv_rows(path, encoding)


def old_excel(path):
    if LOCKED in path.read_bytes():
        return "El libro de Excel tiene contraseña; guárdelo sin ella y súbalo de nuevo."
    return "El archivo es de Excel 97-2003 (.xls); guárdelo como .xlsx o CSV y súbalo de nuevo."


# ---- CSV

def encoding_of(path):
    """UTF-8 if every byte says so; else the Latin-1 of Windows, in which Excel saves its CSV."""
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


def csv_rows(path, encoding):
    try:
        separator = separator_of(path, encoding)
        # Windows leaves five bytes of Latin-1 without a letter: a mark, so that a person sees them.
        with path.open(encoding=encoding, errors="replace", newline="") as text:
            for number, cells in enumerate(csv.reader(text, delimiter=separator, strict=True), start=1):
                yield number, [as_text(cell) for cell in cells]
    except csv.Error as error:
        raise Broken("El CSV tiene una comilla sin cerrar o una celda enorme; corríjala y súbalo de nuevo.") from error


def separator_of(path, encoding):
    """The separator that cuts the first written line into the most cells."""
    with path.open(encoding=encoding, errors="replace", newline="") as text:
        first = next((line for line in text if line.strip()), "")[:BLOCK]
    return max(SEPARATORS, key=lambda mark: len(next(csv.reader([first], delimiter=mark), [])))


def as_text(cell):
    """A cell's own text: the apostrophe that marks «=1+1» as no formula is the sheet's, not its."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in "=+-@" and cell[1:] else cell


# ---- XLSX

def read_xlsx(path):
    check_parts(path)
    file = path.open("rb")
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        sheet = book.worksheets[0]
    except Exception as error:   # whatever a hostile or broken file makes the reader say
        file.close()
        raise Broken(UNREADABLE) from error
    notes = [f"El libro tiene {len(book.worksheets)} hojas; se leyó la primera, «{sheet.title}»."
             ] if len(book.worksheets) > 1 else []
    return notes, xlsx_rows(file, sheet)


def check_parts(path):
    """No part grows beyond its bounds when unpacked, and none declares entities that would."""
    try:
        with zipfile.ZipFile(path) as book:
            if "xl/workbook.xml" not in book.namelist():
                raise Broken(NO_SHEET)
            # A header that lies gains nothing: no more is unpacked than it says.
            if sum(part.file_size for part in book.infolist()) > MOST_UNPACKED or any(
                    part.file_size > MOST_WORDS for part in book.infolist()
                    if part.filename.endswith("sharedStrings.xml")):
                raise Broken(TOO_MUCH)
            for part in book.infolist():
                check_part(book, part)
    except Broken:
        raise
    except Exception as error:   # a zip file may lie about everything
        raise Broken(UNREADABLE) from error


def check_part(book, part):
    tail, xml = b"", part.filename.endswith((".xml", ".rels"))
    with book.open(part) as content:
        while block := content.read(BLOCK):
            if xml and b"\0" in block or DECLARED.search(tail + block):
                raise Broken(UNREADABLE)
            tail = block[-16:]


def xlsx_rows(file, sheet):
    try:
        sheet.reset_dimensions()   # what the file says of its size is a claim
        for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS + 1, values_only=True), start=1):
            if number > LAST_LINE:   # a row that says it stands further would cost every line before
                raise ValueError(number)
            yield number, [as_text(written(value)) for value in row]
    except Exception as error:
        raise Broken(UNREADABLE) from error
    finally:
        file.close()


def written(value):
    """A typed cell as a person would write it; a formula brings its last result."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Sí" if value else "No"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{Decimal(f'{value:.15g}'):f}"   # the digits that a spreadsheet keeps
    return str(value)
