"""What a file may be: read as it came, by what its bytes say; and what its cells say, as strictly as a form."""

import io
import re
import struct
import unicodedata
import zipfile
from datetime import date, datetime
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pytest
from werkzeug.datastructures import MultiDict

from admin_views.forms.fields import form_for
from admin_views.imports import readers, staging, xlsx_reader, xml_walk
from admin_views.imports.cells import column_for, value_of
from admin_views.imports.dry_run import DryRun
from models.bands import ApprovalBand
from models.base.calendar import Holiday
from models.base.people import Appointment, Person
from models.organization import Municipality, Neighborhood
from policies.core.file_figures import FileFigures
from tests.admin_views.importing import book, checked, confirm, faults, sent, uploaded
from tests.admin_views.workbooks import row, workbook


@pytest.fixture(scope="module")
def client(office):
    return office.client("administrator")


@pytest.fixture(scope="module")
def town(office):
    """A municipality by its name, which the rows of the tests name."""
    return office.scalar("SELECT name FROM console.municipalities ORDER BY id LIMIT 1")


# ---- how a file may come

@pytest.mark.parametrize(("encoding", "said"), [("utf-8", False), ("utf-8-sig", False), ("utf-16", False),
                                                ("cp1252", True), ("latin-1", True)])
def test_accents_are_read_as_they_came(office, client, encoding, said):
    address = uploaded(office, client, "Nombre\nÑandú Güemes Íñiguez\n", url="/personas", encoding=encoding)
    page = client.get(address)
    assert "Ñandú Güemes Íñiguez" in page.text
    assert ("venía en Latin-1; se leyó así. Revise los acentos." in page.text) == said


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_the_separator_is_found(office, client, town, mark):
    page, _ = checked(office, client, f'Colonia{mark}Municipio\n"Barrio{mark} con coma"{mark}{town}\n')
    assert "1 renglón se puede importar; no hay errores." in page.text


def test_headings_are_known_without_accents_or_case(office, client, town):
    page = client.get(uploaded(office, client, f"Fuente,ZONA DE  ABASTO,clave,municipio\nPozo,Norte,Z-77,{town}\n",
                               url="/zonas-de-abasto"))
    assert re.findall(r'value="(\d)" selected', page.text) == ["2", "1", "0", "3"]


def test_a_column_is_chosen_by_hand_and_remembered(office, client):
    content = "Apodo\nConocida Por Su Apodo\n"
    page = client.get(uploaded(office, client, content, url="/personas"))
    assert " selected" not in page.text and "Sin usar: A · Apodo" in page.text
    checked(office, client, content, {"columna-name": "0"}, url="/personas")
    again = client.get(uploaded(office, client, content, url="/personas"))
    assert re.findall(r'value="(\d)" selected', again.text) == ["0"]


def test_a_required_column_that_does_not_come_is_said(office, client, town):
    address = uploaded(office, client, "Colonia,Nota\nSin municipio,x\n")
    page = client.get(address)
    answer = client.post(address, data={"csrf_token": office.token(page), "columna-name": "0"})
    assert answer.status_code == 422
    assert "Municipio: Este dato es obligatorio: elija en qué columna" in answer.text


@pytest.mark.parametrize("place", ["9", "-1", "x", "٣", "99999999999"])
def test_a_column_that_the_file_lacks_is_none(office, client, place):
    address = uploaded(office, client, "Nombre\nAna\n", url="/personas")
    answer = client.post(address, data={"csrf_token": office.token(client.get(address)), "columna-name": place})
    assert answer.status_code == 422


def test_a_heading_that_stands_twice_is_the_persons_to_choose(office, client, town):
    page = client.get(uploaded(office, client, f"Colonia,Colonia,Municipio\nUna,Otra,{town}\n"))
    assert "«Colonia» está más de una vez" in page.text
    assert re.findall(r'value="(\d)" selected', page.text) == ["2"]
    assert "A · Colonia" in page.text and "B · Colonia" in page.text


def test_formulas_are_words(office, client):
    """A CSV's formula is text; the apostrophe that an export puts before one goes again."""
    _, address = checked(office, client, "Nombre\n=1+1\n'=HYPERLINK(1)\n@SUM\n", url="/personas")
    confirm(office, client, address)
    for name in ("=1+1", "=HYPERLINK(1)", "@SUM"):
        assert office.scalar("SELECT count(*) FROM console.people WHERE name = %s", name) == 1


def test_an_excel_brings_days_as_days_and_formulas_as_their_result(office, client):
    content = book([["Motivo", "Día"], ["Aniversario", date(2033, 2, 5)], ["=1+1", "06/02/2033"], ["#N/A", "x"]])
    page, address = checked(office, client, content, name="dias.xlsx", url="/dias-inhabiles")
    assert "2 renglones se pueden importar; 1 no." in page.text
    confirm(office, client, address, solo_buenos="1")
    found = office.scalar("SELECT jsonb_object_agg(day, reason) FROM console.holidays WHERE day >= '2033-01-01'"
                          " AND day < '2034-01-01'")
    assert found == {"2033-02-05": "Aniversario", "2033-02-06": "0"}   # a writer that computes nothing leaves 0


def test_an_exported_list_comes_back_as_it_left(office, client):
    with client.get("/dias-inhabiles/exportar/xlsx/") as answer:
        page, _ = checked(office, client, answer.data, name="x.xlsx", url="/dias-inhabiles")
    assert set(what for _, _, what in faults(page)) == {"Ese día ya está en el calendario."}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_template_carries_the_headings_that_are_recognised(office, client, kind):
    with client.get(f"/municipios/importar/plantilla/{kind}/") as answer:
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=plantilla-municipios.")
        content = answer.data
    if kind == "csv":
        assert content.decode("utf-8-sig") == "Municipio,Desde,Hasta\r\n"
        content += b"Lagunillas,01/01/2020,\r\n"
    else:
        filled = openpyxl.load_workbook(io.BytesIO(content))
        filled.active.append(["Lagunillas", datetime(2020, 1, 1), None])
        file = io.BytesIO()
        filled.save(file)
        content = file.getvalue()
    page, _ = checked(office, client, content, name=f"x.{kind}", url="/municipios")
    assert "1 renglón se puede importar; no hay errores." in page.text
    assert client.get("/municipios/importar/plantilla/pdf/").status_code == 404


def test_titles_over_the_headings_are_told_and_not_read(office, client, town):
    page, _ = checked(office, client, f"Interapas\n\nColonias de {town}\nColonia,Municipio\nCon Título,{town}\n")
    assert "1 renglón se puede importar; no hay errores." in page.text
    assert "Los encabezados están en el renglón 4; lo que está arriba no se leyó." in page.text


def test_a_name_is_one_in_capitals_decomposed_or_with_two_spaces(office, client, town):
    other = unicodedata.normalize("NFD", "BARRIO  DE LA PEÑA")
    far = unicodedata.normalize("NFD", town.upper().replace(" ", "  "))
    page, address = checked(office, client, f"Colonia,Municipio\nBarrio de  la Peña,{far}\n{other},{town}\n")
    assert faults(page) == [("3", "Municipio, Colonia", "Repite el renglón 2.")]
    confirm(office, client, address, solo_buenos="1")
    assert office.scalar("SELECT count(*) FROM console.neighborhoods WHERE name = 'Barrio de la Peña'") == 1
    page, _ = checked(office, client, f"Colonia,Municipio\n{other},{town}\nBarrio de la Pena,{town}\n")
    assert [number for number, _, _ in faults(page)] == ["2"]


def test_the_figures_of_a_file_are_read_by_its_own_way_to_write_them():
    column = column_for(ApprovalBand, "from_amount")
    for texts, wanted in ((["2,5", "1.234,50"], ["2.5", "1234.50"]), (["2.5", "1,234.50"], ["2.5", "1234.50"])):
        run = DryRun(ApprovalBand, [column], {"from_amount": 0}, ["Desde"])
        figures = FileFigures(run.figures_of(SimpleNamespace(lines=lambda kind, texts=texts: (
            (number, [text]) for number, text in enumerate(texts)))))
        assert [value_of(column, text, figures) for text in texts] == wanted
    with pytest.raises(ValueError, match="2.5 o como 25"):
        value_of(column, "2,5", FileFigures(["2,5", "2.5"]))


# ---- files that are none

@cache
def bomb(part="worksheets/sheet1.xml", size=xml_walk.MOST_UNPACKED + 1):
    """An XLSX of a few kilobytes that would unpack to more than a machine holds."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/workbook.xml", "<workbook/>")
        made.writestr(f"xl/{part}", b"0" * size)
    return file.getvalue()


def liar():
    """The same, with a header that says that it is small."""
    content, size = bytearray(bomb()), struct.pack("<I", xml_walk.MOST_UNPACKED + 1)
    assert content.count(size) == 2
    return bytes(content.replace(size, struct.pack("<I", 1000)))


def rewritten(old, new):
    """A small XLSX with those bytes of its sheet replaced."""
    content = io.BytesIO(book([["Nombre"], ["Ana"]]))
    file = io.BytesIO()
    with zipfile.ZipFile(content) as whole, zipfile.ZipFile(file, "w") as made:
        for name in whole.namelist():
            data = whole.read(name)
            if name.endswith("sheet1.xml"):
                assert old in data
                data = data.replace(old, new, 1)
            made.writestr(name, data)
    return file.getvalue()


NOT_READ = {
    "vacio.csv": (b"", "El archivo está vacío"),
    "solo encabezados.csv": (b"Nombre\n", "no trae renglones"),
    "blanco.csv": (b"\n , \n\n", "no trae renglones"),
    "foto.csv": (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "no es CSV ni Excel"),
    "papel.csv": (b"%PDF-1.4\n1 0 obj", "no es CSV ni Excel"),
    "nulos.csv": (b"Nombre\nAna\0\n", "no es CSV ni Excel"),
    "comilla.csv": (b'Nombre\n"Ana\n', "comilla sin cerrar"),
    "enorme.csv": (b"Nombre\n" + b"x" * 200_000, "comilla sin cerrar o una celda enorme"),
    "ancho.csv": (b",".join(b"c%d" % n for n in range(51)) + b"\n1\n", "más de 50 columnas"),
    "ancho.xlsx": (book([[f"c{n}" for n in range(60)], ["1"]]), "más de 50 columnas"),
    "roto.xlsx": (book([["Nombre"], ["Ana"]])[:900], "está dañado"),
    "otro.xlsx": (b"PK\x03\x04" + b"x" * 100, "está dañado"),
    "entidades.xlsx": (rewritten(b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet'), "está dañado"),
    "lejisimos.xlsx": (rewritten(b'<row r="2"', b'<row r="2000000000"'), "está dañado"),
    "bomba.xlsx": (bomb(), "ocupa demasiado al abrirse"),
    "palabras.xlsx": (workbook("", texts="0" * (xlsx_reader.MOST_TEXTS + 1)), "ocupa demasiado al abrirse"),
    "mentirosa.xlsx": (liar(), "está dañado"),
    "pagina.xls": (b"\xef\xbb\xbf <HTML><body><table><tr><td>Nombre", "una página web con nombre de hoja de cálculo"),
    "libro 2003.xls": (b'<?xml version="1.0"?><Workbook>', "una página web con nombre de hoja de cálculo"),
    "dos hojas.xlsx": (workbook(row(1, "Nombre") + row(2, "Ana"), row(1, "Nombre") + row(2, "Luis")),
                       "datos en 2 hojas («Hoja 1», «Hoja 2»)"),
    "viejo.xlsx": (readers.OLD_EXCEL + b"\0" * 600, "Excel 97-2003"),
    "cerrado.xlsx": (readers.OLD_EXCEL + readers.LOCKED, "tiene contraseña"),
}


def zipped(**parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return file.getvalue()


NOT_READ["documento.xlsx"] = (zipped(word="x"), "no es CSV ni Excel")


@pytest.mark.parametrize("name", NOT_READ)
def test_a_file_that_cannot_be_read_gets_one_sentence(office, client, name):
    content, sentence = NOT_READ[name]
    answer = sent(office, client, content, name, url="/personas")
    assert answer.status_code == 422 and sentence in answer.text
    assert answer.text.count(sentence) == 2   # in the summary and beside its field
    rests = [path.name for path in Path(office.app.config["FILES"]).glob("imports/*") if path.suffix == ".rows"]
    kept = {path.stem for path in Path(office.app.config["FILES"]).glob("imports/*.json")}
    assert [rest for rest in rests if rest[:32] not in kept] == []


def test_no_file_at_all_is_asked_for(office, client):
    answer = office.post(client, "/personas/importar/")
    assert answer.status_code == 422 and "Archivo: Elija el archivo." in answer.text


def test_a_file_of_too_many_rows_is_refused(office, client, monkeypatch):
    monkeypatch.setattr(staging, "MOST_ROWS", 3)
    assert sent(office, client, "Nombre\na\nb\nc\n", url="/personas").status_code == 302
    answer = sent(office, client, "Nombre\na\nb\nc\nd\n", url="/personas")
    assert answer.status_code == 422 and "divídalo e impórtelo por partes" in answer.text


def test_a_far_cell_of_an_excel_costs_nothing(office, client):
    """What the file says of its size is a claim; the rows are what it holds."""
    content = book([["Nombre"], ["Ana"], *[[]] * 50_000, ["Lejos"]])
    page, _ = checked(office, client, content, name="x.xlsx", url="/personas")
    assert "2 renglones se pueden importar; no hay errores." in page.text


# ---- cells

@pytest.mark.parametrize(("model", "name", "texts"), [
    (Holiday, "day", ["2026-11-22", "2026-02-30", "22", "", "mañana", "2026-13-01"]),
    (Holiday, "reason", ["", "  ", "Día", "x" * 2000, "x" * 2001, "\x07", "a\x00b"]),
    (ApprovalBand, "from_amount", ["", "1", "$1,234.50", "1e3", "NaN", "-5", "1.23456", "٣", "999999999", "9" * 10]),
    (Appointment, "role", ["", "staff?", "Nadie"])])
def test_a_cell_is_as_strict_as_the_form(office, model, name, texts):
    with office.speaks("administrator"):
        column = column_for(model, name)
        for text in texts:
            form = form_for(model, [name])(MultiDict({name: text}))
            try:
                value, right = value_of(column, text), True
            except ValueError:
                value, right = None, False
            assert form.validate() == right, (name, text)
            assert not right or str(form[name].data) == value, (name, text)


@pytest.mark.parametrize(("model", "name", "cells"), [
    (Holiday, "day", {"22/11/2026": "2026-11-22", "22-11-2026": "2026-11-22", "22/nov/2026": "2026-11-22",
                      "1/2/2026": "2026-02-01", "22/11/26": None, "11/22/2026": None, "46348": None}),
    (Person, "active", {"Sí": "true", "si": "true", "NO": "false", "1": "true", "quizá": None, "": "true"}),
    (Appointment, "role", {"personal administrativo": "staff", "Direccion General": "general_director", "": None}),
    (Municipality, "valid_to", {"": "", " ": ""}), (Neighborhood, "name", {" Centro ": "Centro"}),
    (ApprovalBand, "to_amount", {"$1,000.00": "1000.00", "": "", "1000000000000": None})])
def test_a_cell_is_read_as_people_write_it(model, name, cells):
    column = column_for(model, name)
    for cell, wanted in cells.items():
        if wanted is None:
            with pytest.raises(ValueError):
                value_of(column, cell)
        else:
            assert (value_of(column, cell) or "") == wanted, cell
