"""A list from a file over HTTP: read as it came, checked as a form would, and written whole or not at all."""

import csv
import io
import re
import struct
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from werkzeug.datastructures import MultiDict

from admin_views import readers, staging
from admin_views.cells import column_for, value_of
from admin_views.fields import form_for
from models.bands import ApprovalBand
from models.organization import Holiday, Municipality, Neighborhood
from models.people import Appointment, Person, Role
from tests.house.addresses import checksum
from tests.office import upload

BATCHES = "SELECT count(*) FROM console.import_batches"
PLACES = "SELECT count(*) FROM console.neighborhoods WHERE name LIKE %s"


@pytest.fixture(scope="module")
def client(office):
    return office.client("administrator")


@pytest.fixture(scope="module")
def town(office):
    """A municipality by its name, which the rows of the tests name."""
    return office.scalar("SELECT name FROM console.municipalities ORDER BY id LIMIT 1")


def sent(office, client, content, name="lista.csv", url="/colonias", encoding="utf-8"):
    """The answer to a file being uploaded."""
    data = content.encode(encoding) if isinstance(content, str) else content
    return office.post(client, f"{url}/importar/", {"file": upload(data, name)}, content_type="multipart/form-data")


def uploaded(office, client, content, **terms):
    answer = sent(office, client, content, **terms)
    assert answer.status_code == 302, re.findall(r"Archivo: [^<]*", answer.text)
    return answer.location


def checked(office, client, content, mapping=None, **terms):
    """The page of the check, with the columns that the console itself recognised, and its address."""
    address = uploaded(office, client, content, **terms)
    page = client.get(address)
    given = dict(re.findall(r'<select id="[^"]*" name="([^"]*)".*?<option value="(\d+)" selected', page.text, re.DOTALL))
    answer = client.post(address, data={"csrf_token": office.token(page), **given, **(mapping or {})})
    assert answer.status_code == 302, answer.text
    return client.get(answer.location), answer.location


def confirm(office, client, address, **boxes):
    return client.post(address, data={"csrf_token": office.token(client.get("/cargo")), **boxes})


def faults(page):
    rows = re.findall(r"<tr role=\"row\"><th role=\"rowheader\".*?</span>([\d,]+)</th><td[^>]*>(.*?)</td><td[^>]*>(.*?)</td>", page.text)
    return [(number, column, what.replace("&#34;", '"')) for number, column, what in rows]


def book(rows):
    """An XLSX of those rows, with days as days."""
    file = io.BytesIO()
    made = xlsxwriter.Workbook(file, {"in_memory": True})
    page, day = made.add_worksheet(), made.add_format({"num_format": "dd/mm/yyyy"})
    for row, cells in enumerate(rows):
        for place, cell in enumerate(cells):
            if isinstance(cell, date):
                page.write_datetime(row, place, cell, day)
            else:
                page.write(row, place, cell)
    made.close()
    return file.getvalue()


# ---- the happy path

def test_a_list_comes_in_is_seen_and_goes_back(office, client, town):
    page, address = checked(office, client, f"Colonia,Municipio\nJardines Uno,{town}\nJardines Dos,{town.upper()}\n")
    assert "Los 2 renglones se pueden importar." in page.text
    answer = confirm(office, client, address)
    assert answer.status_code == 302 and answer.location.startswith("/importaciones/")
    record = client.get(answer.location)
    assert "Se importaron 2 renglones" in record.text and "Jardines Dos" in record.text
    assert "Colonias" in record.text and "neighborhoods" not in re.sub(r"<[^>]*>", "", record.text)
    assert office.scalar(PLACES, "Jardines %") == 2
    undo = f"{answer.location}acto/undo_import/"
    back = client.post(undo, data={"csrf_token": office.token(client.get(undo))})
    assert back.status_code == 302 and office.scalar(PLACES, "Jardines %") == 0
    assert "se deshizo" in client.get(answer.location).text


def test_a_hundred_thousand_rows_with_37_wrong(office, client, town):
    wrong = {100 + 2700 * turn for turn in range(37)}
    rows = "\n".join(f'"Colonia {n}",{"Lugar de Nadie" if n in wrong else town}' for n in range(1, 100_001))
    page, address = checked(office, client, f"Colonia,Municipio\n{rows}\n")
    assert "99,963 renglones se pueden importar; 37 no." in page.text
    assert len(faults(page)) == 37
    assert faults(page)[0] == ("101", "Municipio", "Nadie ni nada se llama «Lugar de Nadie».")
    with client.get(address.replace("revision", "errores")) as answer:
        kept = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len(kept) == 38 and kept[0] == ["Renglón", "Colonia", "Municipio", "Motivo"]
    assert kept[1] == ["101", "Colonia 100", "Lugar de Nadie", "Municipio: nadie ni nada se llama «Lugar de Nadie»."]
    before = office.scalar(BATCHES)
    assert "marque la casilla" in confirm(office, client, address).text and office.scalar(BATCHES) == before
    assert office.scalar(PLACES, "Colonia %") == 0
    answer = confirm(office, client, address, solo_buenos="1")
    assert answer.status_code == 302, answer.text
    assert office.scalar(PLACES, "Colonia %") == 99_963
    undo = f"{answer.location}acto/undo_import/"
    client.post(undo, data={"csrf_token": office.token(client.get(undo))})
    assert office.scalar(PLACES, "Colonia %") == 0


def test_a_dry_run_writes_nothing(office, client, town):
    before = checksum(office)
    page, address = checked(office, client, f"Colonia,Municipio\nEnsayo,{town}\nMal,Nadie\n")
    assert "1 renglones se pueden importar; 1 no." in page.text
    client.get(address.replace("revision", "errores")).close()
    assert checksum(office) == before


def test_a_double_send_shows_the_first_result(office, client):
    _, address = checked(office, client, "Nombre\nEnviada Doble\n", url="/personas")
    first, second = confirm(office, client, address), confirm(office, client, address)
    assert first.status_code == second.status_code == 302 and first.location == second.location
    assert "no se repitió" in client.get(second.location).text
    assert office.scalar("SELECT count(*) FROM console.people WHERE name = 'Enviada Doble'") == 1


def test_the_same_file_again_warns_and_asks(office, client):
    content = "Nombre\nOtra Vez\n"
    _, address = checked(office, client, content, url="/personas")
    confirm(office, client, address)
    page, address = checked(office, client, content, url="/personas")
    assert "Este mismo archivo ya se importó" in page.text
    assert "importar de nuevo el mismo archivo" in confirm(office, client, address).text
    assert office.scalar("SELECT count(*) FROM console.people WHERE name = 'Otra Vez'") == 1
    assert confirm(office, client, address, otra_vez="1").status_code == 302


def test_what_changed_between_check_and_import_is_checked_again(office, client, town):
    content = f"Colonia,Municipio\nLa de en medio,{town}\n"
    _, slow = checked(office, client, content)
    _, quick = checked(office, client, content)
    assert confirm(office, client, quick).status_code == 302
    answer = confirm(office, client, slow, otra_vez="1")
    assert answer.status_code == 409 and "Ya existe un registro con esos datos" in answer.text
    assert "Ninguno de los 1 renglones" in answer.text
    assert office.scalar(PLACES, "La de en medio") == 1


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
    assert "Los 1 renglones se pueden importar." in page.text


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
        content += "Lagunillas,01/01/2020,\r\n".encode()
    else:
        filled = openpyxl.load_workbook(io.BytesIO(content))
        filled.active.append(["Lagunillas", datetime(2020, 1, 1), None])
        file = io.BytesIO()
        filled.save(file)
        content = file.getvalue()
    page, _ = checked(office, client, content, name=f"x.{kind}", url="/municipios")
    assert "Los 1 renglones se pueden importar." in page.text
    assert client.get("/municipios/importar/plantilla/pdf/").status_code == 404


# ---- files that are none

def bomb():
    """An XLSX of a few kilobytes that would unpack to more than a machine holds."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/workbook.xml", "<workbook/>")
        made.writestr("xl/worksheets/sheet1.xml", b"0" * (readers.MOST_UNPACKED + 1))
    return file.getvalue()


def liar():
    """The same, with a header that says that it is small."""
    content, size = bytearray(bomb()), struct.pack("<I", readers.MOST_UNPACKED + 1)
    assert content.count(size) == 2
    return bytes(content.replace(size, struct.pack("<I", 1000)))


def with_entities():
    """A sheet that declares entities of entities."""
    content = io.BytesIO(book([["Nombre"], ["Ana"]]))
    file = io.BytesIO()
    with zipfile.ZipFile(content) as old, zipfile.ZipFile(file, "w") as made:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith("sheet1.xml"):
                data = data.replace(b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet', 1)
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
    "entidades.xlsx": (with_entities(), "está dañado"),
    "bomba.xlsx": (bomb(), "ocupa demasiado al abrirse"),
    "mentirosa.xlsx": (liar(), "está dañado"),
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
    assert answer.status_code == 422 and "Archivo: Este dato es obligatorio." in answer.text


def test_a_file_of_too_many_rows_is_refused(office, client, monkeypatch):
    monkeypatch.setattr(staging, "MOST_ROWS", 3)
    assert sent(office, client, "Nombre\na\nb\nc\n", url="/personas").status_code == 302
    answer = sent(office, client, "Nombre\na\nb\nc\nd\n", url="/personas")
    assert answer.status_code == 422 and "divídalo e impórtelo por partes" in answer.text


def test_a_far_cell_of_an_excel_costs_nothing(office, client):
    """What the file says of its size is a claim; the rows are what it holds."""
    content = book([["Nombre"], ["Ana"], *[[]] * 50_000, ["Lejos"]])
    page, _ = checked(office, client, content, name="x.xlsx", url="/personas")
    assert "Los 2 renglones se pueden importar." in page.text


# ---- rows that are wrong

def test_every_row_says_what_is_wrong_with_it(office, client, town):
    content = (f"Colonia,Municipio\n,{town}\nRepetida,{town}\nRepetida,{town}\nSola,\nDe más,{town},x\n"
               f"Lejana,Narnia\n{'x' * 2001},{town}\nCon error,#REF!\n")
    page, _ = checked(office, client, content)
    assert faults(page) == [
        ("2", "Colonia", "Este dato es obligatorio."), ("4", "Municipio, Colonia", "Repite el renglón 3."),
        ("5", "Municipio", "Este dato es obligatorio."),
        ("6", "Todo el renglón", "Tiene más celdas que los encabezados; revise separadores y comillas."),
        ("7", "Municipio", "Nadie ni nada se llama «Narnia»."), ("8", "Colonia", "El texto pasa de 2,000 letras."),
        ("9", "Municipio", "La celda trae un error de la hoja de cálculo, #REF!.")]


def test_what_the_table_would_refuse_is_said_by_row(office, client):
    content = ("Municipio,Desde,Hasta\nA,2020-01-01,2019-01-01\nB,2020-01-01,\nB,2020-01-01,\n"
               f"{office.scalar('SELECT name FROM console.municipalities LIMIT 1')},2020-01-01,\n")
    page, _ = checked(office, client, content, url="/municipios")
    assert faults(page) == [("2", "Todo el renglón", "La fecha «hasta» debe ser posterior a «desde»."),
                            ("4", "Municipio", "Repite el renglón 3."),
                            ("5", "Municipio", "Ya existe un registro con esos datos; búsquelo en lugar de repetirlo.")]


def test_a_row_repeats_only_what_may_come(office, client):
    """The first is wrong by itself, so the second is the one that comes."""
    page, _ = checked(office, client, "Día,Motivo\n2034-01-01,\n2034-01-01,Año Nuevo\n", url="/dias-inhabiles")
    assert [number for number, *_ in faults(page)] == ["2"]


def test_a_name_of_two_is_no_name(office, client):
    for zone in ("Z-1", "Z-2"):
        with office.program("administrator") as raw:
            raw.execute("INSERT INTO console.municipalities (name, valid_from) VALUES (%s, '2020-01-01')",
                        ("Ambíguo" if zone == "Z-1" else "AMBIGUO",))
    page, _ = checked(office, client, "Colonia,Municipio\nX,ambiguo\n")
    assert faults(page)[0][2] == "Más de un registro se llama «ambiguo»; escriba su clave."


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


# ---- who may, and whose it is

def test_only_who_creates_imports_and_sees_the_button(office, client):
    for role in Role:
        person = office.client(role.value)
        may = role == Role.ADMINISTRATOR
        assert ("/colonias/importar/" in person.get("/colonias/").text) == may
        assert person.get("/colonias/importar/").status_code == (200 if may else 403)
        page = person.get("/importaciones/")
        assert page.status_code == 200 and "pertenecen al sistema comercial" in page.text
        assert ("/colonias/importar/" in page.text) == may


@pytest.mark.parametrize("url", ["/accesos", "/nombramientos", "/niveles"])
def test_a_list_that_takes_no_files_says_so(office, client, url):
    answer = client.get(f"{url}/importar/")
    assert answer.status_code == 409 and "no se llena desde un archivo" in answer.text
    assert f"{url}/importar/" not in client.get(f"{url}/").text


def test_an_upload_is_its_persons_and_its_lists_alone(office, client):
    address = uploaded(office, client, "Nombre\nReservada\n", url="/personas")
    assert client.get(address).status_code == 200
    assert client.get(address.replace("personas", "municipios")).status_code == 404
    assert office.client("staff").get(address).status_code == 403
    path = next(path for path in Path(office.app.config["FILES"]).glob("imports/*.rows") if path.stem in address)
    assert path.stat().st_mode & 0o777 == 0o600
    facts = path.with_suffix(".json")
    facts.write_text(facts.read_text().replace(f'"person_id": {office.actor("administrator").id}', '"person_id": 0'))
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("code", ["..", "%2e%2e", "x" * 32, "0" * 31])
def test_a_code_leads_nowhere_else(client, code):
    assert client.get(f"/personas/importar/{code}/").status_code == 404


def test_an_old_upload_is_asked_for_again(office, client, monkeypatch):
    address = uploaded(office, client, "Nombre\nVieja\n", url="/personas")
    monkeypatch.setattr(staging, "DAY", -1)
    answer = client.get(address)
    assert answer.status_code == 409 and "súbalo de nuevo" in answer.text
    client.get("/personas/importar/")
    sent(office, client, "Nombre\nNueva\n", url="/personas")
    kept = [path for path in Path(office.app.config["FILES"]).glob("imports/*") if path.stem in address]
    assert kept == []


def test_nothing_of_an_import_stays_on_the_disk(office, client):
    _, address = checked(office, client, "Nombre\nNo queda\n", url="/personas")
    code = address.split("/")[3]
    assert len(list(Path(office.app.config["FILES"]).glob(f"imports/{code}*"))) == 4
    confirm(office, client, address)
    assert list(Path(office.app.config["FILES"]).glob(f"imports/{code}*")) == []


def test_undo_says_why_not_and_stays(office, client):
    _, address = checked(office, client, "Nombre\nTocada\n", url="/personas")
    record = confirm(office, client, address).location
    with office.program("administrator") as raw:
        raw.execute("UPDATE console.people SET active = false WHERE name = 'Tocada'")
    assert "ya se editó: Tocada" in client.get(record).text
    assert client.get(f"{record}acto/undo_import/").status_code == 409
    assert office.scalar("SELECT count(*) FROM console.people WHERE name = 'Tocada'") == 1
