"""A list from a file over HTTP: read as it came, checked as a form would, and written whole or not at all."""

import csv
import io
import re
from pathlib import Path

import pytest

from admin_views.imports import staging
from models.base.people import Role
from tests.admin_views.importing import checked, confirm, faults, sent, uploaded
from tests.house.addresses import checksum

BATCHES = "SELECT count(*) FROM console.import_batches"
PLACES = "SELECT count(*) FROM console.neighborhoods WHERE name LIKE %s"


@pytest.fixture(scope="module")
def client(office):
    return office.client("administrator")


@pytest.fixture(scope="module")
def town(office):
    """A municipality by its name, which the rows of the tests name."""
    return office.scalar("SELECT name FROM console.municipalities ORDER BY id LIMIT 1")


# ---- the happy path

def test_a_list_comes_in_is_seen_and_goes_back(office, client, town):
    page, address = checked(office, client, f"Colonia,Municipio\nEnsayadas Uno,{town}\nEnsayadas Dos,{town.upper()}\n")
    assert "2 renglones se pueden importar; no hay errores." in page.text
    answer = confirm(office, client, address)
    assert answer.status_code == 302 and answer.location.startswith("/importaciones/")
    record = client.get(answer.location)
    assert "Importación hecha: 2 renglones." in record.text and "Ensayadas Dos" in record.text
    assert "Colonias" in record.text and "neighborhoods" not in re.sub(r"<[^>]*>", "", record.text)
    assert office.scalar(PLACES, "Ensayadas %") == 2
    undo = f"{answer.location}acto/undo_import/"
    back = client.post(undo, data={"csrf_token": office.token(client.get(undo))})
    assert back.status_code == 302 and office.scalar(PLACES, "Ensayadas %") == 0
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
    assert "1 renglón se puede importar; 1 no." in page.text
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
    assert "Ningún renglón se puede importar; hay 1 con error." in answer.text
    assert office.scalar(PLACES, "La de en medio") == 1


# ---- rows that are wrong

def test_every_row_says_what_is_wrong_with_it(office, client, town):
    content = (f"Colonia,Municipio\n,{town}\nRepetida,{town}\nRepetida,{town}\nSola,\nDe más,{town},x\n"
               f"Lejana,Narnia\n{'x' * 2001},{town}\nCon error,#REF!\n")
    page, _ = checked(office, client, content)
    assert faults(page) == [
        ("2", "Colonia", "Falta este dato; escríbalo."), ("4", "Municipio, Colonia", "Repite el renglón 3."),
        ("5", "Municipio", "Falta este dato; escríbalo."),
        ("6", "Todo el renglón", "Tiene más celdas que los encabezados; revise separadores y comillas."),
        ("7", "Municipio", "Nadie ni nada se llama «Narnia»."), ("8", "Colonia", "El texto pasa de 2,000 letras."),
        ("9", "Municipio", "La celda trae un error de la hoja de cálculo, #REF!.")]


def test_what_the_table_would_refuse_is_said_by_row(office, client):
    content = ("Municipio,Desde,Hasta\nA,2020-01-01,2019-01-01\nB,2020-01-01,\nB,2020-01-01,\n"
               f"{office.scalar('SELECT name FROM console.municipalities LIMIT 1')},2020-01-01,\n")
    page, _ = checked(office, client, content, url="/municipios")
    assert faults(page) == [("2", "Todo el renglón", "La fecha «hasta» debe ser igual o posterior a «desde»."),
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
