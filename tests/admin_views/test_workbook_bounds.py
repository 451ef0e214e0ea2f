"""A workbook costs what it makes the reader do, whatever its size; and its cells are read as a spreadsheet shows them."""

import io
import time
import zipfile

import pytest

from admin_views.imports import readers, xlsx_reader, xml_walk
from policies.core.rules import Broken
from tests.admin_views.importing import book
from tests.admin_views.workbooks import CELL, row, workbook

HEAD = row(1, "Cuenta")
FORMATS = ('<styleSheet><numFmts><numFmt numFmtId="164" formatCode="[$-80A]dd\\-mmm\\-yyyy"/></numFmts><cellStyleXfs>'
           '<xf numFmtId="9"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/>'
           '<xf numFmtId="10"/><xf numFmtId="46"/><xf numFmtId="4"/></cellXfs></styleSheet>')


def read(content, tmp_path):
    """([(number, cells)], notes) of a workbook."""
    path = tmp_path / "libro.xlsx"
    path.write_bytes(content)
    notes, rows = readers.read(path)
    return list(rows), notes


HEAVY = {   # name → (the cells of its sheet, the rows that it holds, or why it is refused)
    "a cell in the last row": (HEAD + row(1_048_576, "9"), [(1, ["Cuenta"]), (1_048_576, ["9"])]),
    "200,000 columns": (HEAD + f'<row r="2">{"<c/>" * 200_000}</row>', [(1, ["Cuenta"])]),
    "a value in the column 200,000": (HEAD + '<row r="2">' + "<c/>" * 200_000 + '<c t="str"><v>9</v></c></row>',
                                      "más de 50 columnas"),
    "three million empty rows": (HEAD + "<row/>" * 3_000_000, "demasiadas celdas vacías"),
    "five million empty cells": (HEAD + '<row r="2">' + "<c/>" * 5_000_000 + "</row>", "demasiadas celdas vacías"),
    "a value in the column XFD": (HEAD + f'<row r="2">{CELL.format("XFD2", "x")}</row>', "más de 50 columnas"),
    "nested for ever": (HEAD + "<row>" * 3_000_000, "demasiadas celdas vacías"),
    "rows out of order": (HEAD + row(3, "9") + row(2, "8"), "está dañado"),
    "a row beyond the last": (HEAD + row(1_048_577, "9"), "está dañado"),
    "a cell twice": (HEAD + f'<row r="2">{CELL.format("A2", "1")}{CELL.format("A2", "2")}</row>', "está dañado"),
    "an unknown column": (f'<row r="1">{CELL.format("ÑÑ1", "x")}</row>', "está dañado")}


@pytest.mark.parametrize("kind", HEAVY)
def test_a_workbook_that_would_hold_a_thread_is_read_or_refused_at_once(tmp_path, kind):
    cells, wanted = HEAVY[kind]
    content, start = workbook(cells), time.thread_time()
    try:
        found = read(content, tmp_path)[0]
    except Broken as why:
        assert wanted in str(why)
    else:
        assert found == wanted
    assert time.thread_time() - start < 3


@pytest.mark.parametrize(("bound", "value", "told"), [
    ("MOST_SECONDS", -1, "ocupa demasiado"), ("MOST_VALUES", 3, "ocupa demasiado"), ("MOST_IDLE", 3, "celdas vacías"),
    ("MOST_UNPACKED", 300, "ocupa demasiado")])
def test_each_bound_of_the_work_refuses_by_itself(tmp_path, monkeypatch, bound, value, told):
    content = workbook(HEAD + "".join(row(number, "9") for number in range(2, 9)) + "<row/>" * 9)
    assert len(read(content, tmp_path)[0]) == 8
    monkeypatch.setattr(xml_walk, bound, value)
    with pytest.raises(Broken, match=told):
        read(content, tmp_path)


def test_each_value_pays_for_the_elements_around_it(tmp_path, monkeypatch):
    """A long honest list is not refused for its rows and cells."""
    monkeypatch.setattr(xml_walk, "MOST_IDLE", 150)
    assert len(read(workbook("".join(row(number, "9") for number in range(1, 99))), tmp_path)[0]) == 98


def test_what_comes_after_the_cells_is_not_read(tmp_path):
    assert read(workbook(HEAD + "</sheetData>" + "<x/>" * 500_000 + "<sheetData>"), tmp_path)[0] == [(1, ["Cuenta"])]


@pytest.mark.parametrize(("bound", "value"), [("MOST_PARTS", 3), ("MOST_UNPACKED", 300), ("MOST_TEXTS", 10)])
def test_a_workbook_is_measured_before_it_is_opened(tmp_path, monkeypatch, bound, value):
    content = workbook(HEAD + row(2, "9"), texts="<sst><si><t>otra</t></si></sst>")
    assert len(read(content, tmp_path)[0]) == 2
    monkeypatch.setattr(xlsx_reader, bound, value)
    with pytest.raises(Broken, match="ocupa demasiado"):
        read(content, tmp_path)


@pytest.mark.parametrize("content", [b"\n" * 1_000_000, b" ; ; \n" * 600_000, b"Cuenta\n" + b"," * 3_000_000])
def test_a_csv_is_bounded_by_its_rows_and_columns_too(tmp_path, content):
    path, start = tmp_path / "lista.csv", time.thread_time()
    path.write_bytes(content)
    with pytest.raises(Broken, match="demasiados renglones vacíos|más de 50 columnas"):
        list(readers.read(path)[1])
    assert time.thread_time() - start < 3


def test_what_stands_between_two_cells_is_not_made(tmp_path):
    """Rows are numbered as a spreadsheet shows them, and end at their last written cell."""
    found, _ = read(workbook(row(2, "Cuenta") + '<row r="9"><c r="C9"><v>5</v></c><c r="Z9"/></row>'), tmp_path)
    assert found == [(2, ["Cuenta"]), (9, ["", "", "5"])]


@pytest.mark.parametrize(("cell", "text"), [
    ('<c r="A1"><v>2.5</v></c>', "2.5"), ('<c r="A1"><v>0.1</v></c>', "0.1"), ('<c r="A1"><v>59.140000000000001</v></c>', "59.14"),
    ('<c r="A1"><v>1E3</v></c>', "1000"), ('<c r="A1"><v>10000123456789012</v></c>', "10000123456789012"),
    ('<c r="A1" s="5"><v>1234.5</v></c>', "1234.5"), ('<c r="A1" s="1"><v>46348</v></c>', "2026-11-22"),
    ('<c r="A1" s="2"><v>46348</v></c>', "2026-11-22"), ('<c r="A1" s="3"><v>1.375</v></c>', "137.5%"),
    ('<c r="A1" s="4"><v>1.5</v></c>', "36:00:00"), ('<c r="A1" t="b"><v>1</v></c>', "Sí"),
    ('<c r="A1" t="e"><v>#REF!</v></c>', "#REF!"), ('<c r="A1" t="str"><f>1+1</f><v>=2</v></c>', "=2"),
    ('<c r="A1" t="d"><v>2026-11-22T00:00:00</v></c>', "2026-11-22"), ('<c r="A1" s="1"><v>99999999</v></c>', "#VALUE!"),
    ('<c r="A1" t="s"><v>1</v></c>', "Núñez y Cía"), ('<c t="inlineStr"><is><r><t>Dos </t></r><r><t>partes</t></r></is></c>',
                                                     "Dos partes")])
def test_a_cell_is_written_as_the_sheet_shows_it(tmp_path, cell, text):
    texts = "<sst><si><t>otra</t></si><si><t>Núñez </t><rPh><t>x</t></rPh><r><t>y Cía</t></r></si></sst>"
    assert read(workbook(f"<row>{cell}</row>", styles=FORMATS, texts=texts), tmp_path)[0] == [(1, [text])]


def test_a_prefix_and_another_calendar_are_those_of_the_file(tmp_path):
    content = workbook('<x:row r="1"><x:c r="A1" s="1"><x:v>44886</x:v></x:c></x:row>', styles=FORMATS)
    found, _ = read(prefixed(content), tmp_path)
    assert found == [(1, ["2026-11-22"])]


def prefixed(content):
    """The same workbook, in the calendar that begins in 1904 and with a prefix before the names of its sheet."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as whole, zipfile.ZipFile(file, "w") as made:
        for name in whole.namelist():
            data = whole.read(name).replace(b"<sheets>", b'<workbookPr date1904="1"/><sheets>')
            made.writestr(name, data.replace(b"<worksheet>", b'<x:worksheet xmlns:x="m">').replace(
                b"</worksheet>", b"</x:worksheet>").replace(b"sheetData>", b"x:sheetData>").replace(b"</x:x:", b"</x:"))
    return file.getvalue()


def test_what_a_program_writes_is_read_back(tmp_path):
    found, notes = read(book([["Cuenta", "Días"], [10000001, 2.5], [], ["10000002", "=1+1"]]), tmp_path)
    assert found == [(1, ["Cuenta", "Días"]), (2, ["10000001", "2.5"]), (4, ["10000002", "0"])] and notes == []
