"""The parts of a record as a table in its form: each row judged, all written or none."""

import re

import psycopg
import pytest

from admin_views.forms.rows import MOST_ROWS
from tests.admin_views.pages import key_in, send

BAND = {"name": "Nivel con firmas", "from_amount": "$1,000.00", "valid_from": "2040-01-01"}
SLOTS = ("SELECT coalesce(string_agg(position || ' ' || role, ', ' ORDER BY position), '')"
         " FROM console.approval_slots WHERE band_id = %s")


@pytest.fixture(scope="module")
def administrator(office):
    return office.client("administrator")


def table(*rows, start=0):
    """The fields of these (position, role) rows, as the form names them."""
    sent = {}
    for place, row in enumerate(rows, start=start):
        sent |= {f"slots-{place}-{name}": word for name, word in row.items()}
    return sent


def row(position, role, **more):
    return {"position": position, "role": role, **more}


@pytest.fixture
def band(office, administrator):
    """A draft with two signatures, and its rows as its form sends them back."""
    answer = send(office, administrator, "/niveles/nuevo/", BAND | table(
        row("1", "unit_head"), row("2", "general_director"), row("", "")))
    assert answer.status_code == 302, answer.text
    return key_in(answer.location)


def standing(office, band):
    with psycopg.connect(office.dsn()) as connection:
        found = connection.execute("SELECT id, version, position, role FROM console.approval_slots"
                                   " WHERE band_id = %s ORDER BY position", (band,)).fetchall()
    return [row(str(position), role, key=str(key), version=str(version))
            for key, version, position, role in found]


def edit(office, administrator, band, *rows):
    return send(office, administrator, f"/niveles/{band}/editar/", BAND | table(*rows))


def test_a_band_is_born_with_its_signatures(office, band):
    assert office.scalar(SLOTS, band) == "1 unit_head, 2 general_director"
    assert office.scalar("SELECT count(*) FROM console.refusals") == 0     # its rows are what the form offers


def test_the_form_draws_what_stands_and_spare_rows(administrator, band):
    page = administrator.get(f"/niveles/{band}/editar/").text.split("<template")[0]
    assert len(re.findall(r"<tr data-row data-stands", page)) == 2
    assert len(re.findall(r"<tr data-row>", page)) == 3
    assert 'aria-label="Renglón 1, Orden"' in page and 'aria-label="Renglón 5, Firma"' in page


def test_a_word_is_chosen_by_its_spanish_label(office, administrator):
    answer = send(office, administrator, "/niveles/nuevo/", BAND | table(
        row("1", "titular de la unidad de atencion social"), row("2", " Dirección  General ")))
    assert office.scalar(SLOTS, key_in(answer.location)) == "1 unit_head, 2 general_director"


def test_a_row_is_changed_another_goes_and_another_comes(office, administrator, band):
    first, second = standing(office, band)
    answer = edit(office, administrator, band, first | {"gone": "1"}, second | {"role": "unit_head"},
                  row("1", "commercial_director"))
    assert answer.status_code == 302, answer.text
    assert office.scalar(SLOTS, band) == "1 commercial_director, 2 unit_head"
    assert [each["key"] for each in standing(office, band)][1] == second["key"]


def test_two_rows_may_change_places(office, administrator, band):
    first, second = standing(office, band)
    answer = edit(office, administrator, band, first | {"position": "2"}, second | {"position": "1"})
    assert answer.status_code == 302, answer.text
    assert office.scalar(SLOTS, band) == "1 general_director, 2 unit_head"


def test_bad_rows_are_named_one_by_one_and_nothing_is_lost(office, administrator, band):
    before = office.scalar(SLOTS, band)
    answer = edit(office, administrator, band, *standing(office, band), row("3", "Gerencia de nada"),
                  row("cuatro", "unit_head"), row("2", "commercial_director"), row("", "auditor"))
    assert answer.status_code == 422 and office.scalar(SLOTS, band) == before
    for sentence in ("Renglón 3, Firma: elija una opción de la lista.",
                     "Renglón 4, Orden: «cuatro» no es una cifra; escríbala con cifras, por ejemplo 1,234.",
                     "Renglón 5, Orden: está repetido en otro renglón", "Renglón 6, Orden: escriba la cantidad, por ejemplo 34"):
        assert sentence in answer.text, sentence
    assert '<option selected value="Gerencia de nada">' in answer.text
    assert 'value="cuatro"' in answer.text and 'href="#slots-2-role"' in answer.text


def test_what_the_database_refuses_leaves_nothing_half_written(office, administrator):
    before = office.scalar("SELECT count(*) FROM console.approval_bands")
    answer = send(office, administrator, "/niveles/nuevo/", BAND | table(row("1", "unit_head"), row("77", "auditor")))
    assert answer.status_code == 409 and "fuera de lo permitido" in answer.text
    assert 'value="77"' in answer.text and 'value="Nivel con firmas"' in answer.text
    assert office.scalar("SELECT count(*) FROM console.approval_bands") == before


def test_a_row_that_another_changed_meanwhile_is_not_overwritten(office, administrator, band):
    first, second = standing(office, band)
    with psycopg.connect(office.dsn()) as owner:
        owner.execute("UPDATE console.approval_slots SET role = 'auditor' WHERE id = %s", (first["key"],))
    answer = edit(office, administrator, band, first | {"role": "commercial_director"}, second)
    assert answer.status_code == 409 and "Otra persona cambió este registro" in answer.text
    assert office.scalar(SLOTS, band) == "1 auditor, 2 general_director"


def test_a_row_of_another_band_is_neither_changed_nor_copied(office, administrator, band):
    other = office.scalar("SELECT min(id) FROM console.approval_slots")
    kept = office.scalar("SELECT s::text FROM console.approval_slots s WHERE id = %s", other)
    answer = edit(office, administrator, band, row("5", "auditor", key=str(other), version="1"))
    assert answer.status_code == 422 and "Renglón 1: otra persona ya lo quitó" in answer.text
    assert office.scalar("SELECT s::text FROM console.approval_slots s WHERE id = %s", other) == kept
    assert office.scalar(SLOTS, band) == "1 unit_head, 2 general_director"


def test_a_form_that_sends_no_rows_touches_none(office, administrator, band):
    assert edit(office, administrator, band).status_code == 302
    assert office.scalar(SLOTS, band) == "1 unit_head, 2 general_director"


def test_a_table_too_long_for_a_form_says_so(office, administrator, band):
    rows = [row(str(place), "auditor") for place in range(MOST_ROWS + 50)]
    answer = edit(office, administrator, band, *rows)
    assert answer.status_code == 422 and "100 renglones como máximo" in answer.text


def test_an_authorised_band_takes_no_rows(office, administrator):
    band = office.scalar("SELECT min(id) FROM console.approval_bands WHERE state = 'in_force'")
    before = office.scalar(SLOTS, band)
    page = fresh(office, administrator)
    answer = administrator.post(f"/niveles/{band}/editar/", data=BAND | {"csrf_token": page, "version": "1"} | table(
        row("9", "auditor")))
    assert answer.status_code == 409 and office.scalar(SLOTS, band) == before


def test_other_offices_write_no_rows(office, band):
    director = office.client("commercial_director")
    answer = director.post(f"/niveles/{band}/editar/", data=BAND | table(row("9", "auditor")) | {
        "csrf_token": fresh(office, director), "version": "1"})
    assert answer.status_code == 403 and office.scalar(SLOTS, band) == "1 unit_head, 2 general_director"


def fresh(office, client):
    return office.token(client.get("/cargo"))
