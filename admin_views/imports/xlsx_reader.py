"""The rows of an Excel workbook (.xlsx), read piece by piece and at a bounded cost.

Only what is written in the file is visited, never the empty space between one cell and the next; each element is
counted, so that the cost is bounded by what a file makes the reader do and not by its size. Only the list of sheets,
the texts, the number formats and the cells of a workbook are opened.
"""

import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from posixpath import join, normpath

from openpyxl.utils import column_index_from_string
from openpyxl.utils.datetime import CALENDAR_MAC_1904, WINDOWS_EPOCH, from_excel

from admin_views.imports.xlsx_formats import Formats, day_text, digits
from admin_views.imports.xml_walk import MOST_UNPACKED, NO_SHEET, TOO_MUCH, Walk, Work
from policies.core.rules import Broken

MOST_TEXTS = 40 * 1024 * 1024       # bytes of the one part that is kept whole: its texts
MOST_PARTS = 2000                   # files inside the workbook
LAST_LINE = 1_048_576               # the last that a spreadsheet has


def open_book(path: Path) -> tuple[list[str], Iterator[tuple[int, dict[int, str]]]]:
    """(notes for the person, rows) of the one sheet with data.

    A row is (number, {place: text}): its number is the one that a spreadsheet shows, and places count from 0. Raises
    Broken with a Spanish sentence; ValueError, KeyError and others where the file is damaged.
    """
    if path.read_bytes().count(b"PK\x01\x02") > MOST_PARTS:
        raise Broken(TOO_MUCH)
    return Book(zipfile.ZipFile(path)).visible_sheet()


class Book:
    """One workbook: its sheets, its texts and its formats."""

    def __init__(self, archive):
        if "xl/workbook.xml" not in archive.namelist():
            raise Broken(NO_SHEET)
        if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED:
            raise Broken(TOO_MUCH)
        self.archive, self.work = archive, Work()
        self.sheets, self.epoch = [], WINDOWS_EPOCH     # (title, whether it is seen, its part)
        self.parts = {}                                 # key of a relation → (its kind, the part)
        self.texts, self.formats, self.kinds = [], Formats(), {}
        self.walk("xl/_rels/workbook.xml.rels", Walk({"Relationship": self.relation}))
        self.walk("xl/workbook.xml", Walk({"sheet": self.sheet, "workbookPr": self.calendar}))
        for kind, part in self.parts.values():
            if kind == "styles":
                self.walk(part, Walk(self.formats.starts, {"cellXfs": self.formats.leave}))
            elif kind == "sharedStrings":
                if archive.getinfo(part).file_size > MOST_TEXTS:
                    raise Broken(TOO_MUCH)
                self.walk(part, Walk(self.text_handlers(), {"si": self.text}, texts={"t"}))

    def walk(self, part: str, walk: Walk) -> None:
        """Walk a part of the workbook, if it has it."""
        for _ in walk.over(self.archive, part, self.work):
            pass

    # ---- what the workbook says of itself

    def relation(self, walk: Walk, attributes: dict[str, str]) -> None:
        """Keep a relation: its key, its kind and its part."""
        self.parts[attributes["Id"]] = (attributes["Type"].rpartition("/")[2],
                                        normpath(join("/xl", attributes["Target"])).lstrip("/"))

    def sheet(self, walk: Walk, attributes: dict[str, str]) -> None:
        """Keep a sheet: its title, whether it is visible, its part."""
        key = next(value for name, value in attributes.items() if name.rpartition(":")[2] == "id")
        kind, part = self.parts[key]
        if kind == "worksheet":
            self.sheets.append((attributes["name"], attributes.get("state", "visible") == "visible", part))

    def calendar(self, walk: Walk, attributes: dict[str, str]) -> None:
        """Take the workbook's epoch: 1900 or 1904."""
        if attributes.get("date1904") in ("1", "true"):
            self.epoch = CALENDAR_MAC_1904

    def text_handlers(self) -> dict[str, Callable]:
        """The handlers of the elements of shared texts."""
        def start(walk, attributes):
            walk.text = []
        return {"si": start}

    def text(self, walk: Walk) -> None:
        """Keep one shared text."""
        self.texts.append("".join(walk.text))
        self.work.count_value()

    # ---- its sheets

    def visible_sheet(self) -> tuple[list[str], Iterator[tuple[int, dict[int, str]]]]:
        """The notes and the rows of the one visible sheet with data; raises Broken where several have data."""
        if not self.sheets:
            raise ValueError("a workbook without sheets")
        if len(self.sheets) == 1:
            return [], self.rows_of_one([self.sheets[0][2]])
        filled = [sheet for sheet in self.sheets if next(self.rows(sheet[2]), None)]
        seen, hidden = ([sheet for sheet in filled if sheet[1] == wanted] for wanted in (True, False))
        if len(seen) > 1:
            titles = title_list(seen)
            raise Broken(f"El libro tiene datos en {len(seen)} hojas ({titles}); deje en el archivo solo la que "
                         "va a usar y súbalo de nuevo.")
        notes = [f"El libro tiene hojas ocultas que no se leyeron: {title_list(hidden)}."] if hidden else []
        if seen and seen[0] != self.sheets[0]:
            notes.append(f"Se leyó la hoja {title_list(seen)}, la única a la vista con datos.")
        return notes, self.rows_of_one([part for _, _, part in seen])

    def rows_of_one(self, parts: Sequence[str]) -> Iterator[tuple[int, dict[int, str]]]:
        """The rows of the first of the parts that has any."""
        try:
            for part in parts:
                yield from self.rows(part)
        finally:
            self.archive.close()

    def rows(self, part: str) -> Iterator[tuple[int, dict[int, str]]]:
        """(number, {place: text}) of each row of a sheet with something in it, as it is read."""
        sheet = Sheet(self)
        for _ in sheet.walk.over(self.archive, part, self.work):
            yield from sheet.take_rows()

    def cell_text(self, kind: str, style: str, raw: str) -> str:
        """A cell as a person would write it; a formula gives its last result."""
        if kind == "s":
            return self.texts[int(raw)]
        if kind == "b":
            return "Sí" if raw == "1" else "No"
        if kind == "d":
            return day_text(datetime.fromisoformat(raw))
        if kind != "n" or not raw:
            return raw
        if style not in self.kinds:
            self.kinds[style] = self.formats.kind(style)
        if self.kinds[style] in ("day", "span"):
            return day_text(self.instant(raw, self.kinds[style] == "span"))
        if self.kinds[style] == "percent":
            return f"{digits(Decimal(raw).scaleb(2))}%"
        return raw if raw.isascii() and raw.isdigit() else digits(raw)

    def instant(self, raw: str, span: bool) -> date | datetime | time | timedelta | str:
        """The day or the span of time of a figure."""
        try:
            return from_excel(float(raw), self.epoch, timedelta=span)
        except (OverflowError, ValueError):
            return "#VALUE!"


class Sheet:
    """The cells of one sheet, row by row, as its part is walked."""

    def __init__(self, book):
        self.book, self.number, self.place, self.cells, self.rows = book, 0, -1, {}, []
        self.letters = {}
        self.walk = Walk({"row": self.row, "c": self.cell}, {"c": self.end_cell, "row": self.end_row},
                         texts={"v", "t"}, last="sheetData")

    def take_rows(self) -> list[tuple[int, dict[int, str]]]:
        """The rows read since the last call."""
        rows, self.rows = self.rows, []
        return rows

    def row(self, walk: Walk, attributes: dict[str, str]) -> None:
        """Begin a row."""
        number = int(attributes.get("r", self.number + 1))
        if not self.number < number <= LAST_LINE:
            raise ValueError("rows out of their order")
        self.number, self.place, self.cells = number, -1, {}

    def cell(self, walk: Walk, attributes: dict[str, str]) -> None:
        """Begin a cell."""
        reference = attributes.get("r")
        self.place = self.place_of(reference) if reference else self.place + 1
        self.kind, self.style = attributes.get("t", "n"), attributes.get("s", "0")
        walk.texts = {"t"} if self.kind == "inlineStr" else {"v"}
        walk.text = []

    def place_of(self, reference: str) -> int:
        """The position, from 0, of a cell by its reference."""
        letters = reference.rstrip("0123456789")
        if letters not in self.letters:
            self.letters[letters] = column_index_from_string(letters) - 1
        return self.letters[letters]

    def end_cell(self, walk: Walk) -> None:
        """Keep the text of the cell."""
        text = self.book.cell_text(self.kind, self.style, "".join(walk.text)) if walk.text else ""
        if text.strip():
            if self.place in self.cells:
                raise ValueError("one cell twice")
            self.cells[self.place] = text
            self.book.work.count_value()

    def end_row(self, walk: Walk) -> None:
        """Keep the row if it has something."""
        if self.cells:
            self.rows.append((self.number, self.cells))


def title_list(sheets: Sequence[tuple]) -> str:
    """The titles of some sheets; beyond five, how many more there are."""
    more = f" y {len(sheets) - 5} más" if len(sheets) > 5 else ""
    return ", ".join(f"«{title[:40]}»" for title, _, _ in sheets[:5]) + more
