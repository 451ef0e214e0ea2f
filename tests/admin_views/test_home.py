"""The first page of each office: what waits for it, in its order, at the same cost however much waits."""

import re
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import event
from sqlalchemy.engine import Engine

from admin_views.door.offices import today
from admin_views.home.trays import days_in_words
from admin_views.lists.counts import MOST, figure
from models.base.people import Role
from policies.core import working_days
from tests import psql

HERE = "AT TIME ZONE 'America/Mexico_City'"
DATED = ("corrections", "signatures", "contributions")
SHIFT = """UPDATE console.{table} SET {column} = {column} - (({column} {here})::date - %s) * interval '1 day'
            WHERE {key} = %s"""


@contextmanager
def unguarded(office):
    """The owner with the triggers asleep: what no program and no office can do."""
    with psycopg.connect(office.dsn()) as owner:
        for table in DATED:
            owner.execute(f"ALTER TABLE console.{table} DISABLE TRIGGER USER")
        yield owner
        for table in DATED:
            owner.execute(f"ALTER TABLE console.{table} ENABLE TRIGGER USER")


def rested(office, key, working):
    """Move a correction's dates back, so that it rests since so many working days."""
    day = working_days.back(today(), working, days_off(office))
    with unguarded(office) as owner:
        for table, column, name in (("corrections", "drafted_at", "id"), ("corrections", "submitted_at", "id"),
                                    ("signatures", "signed_at", "subject_id"), ("contributions", "at", "subject_id")):
            owner.execute(SHIFT.format(table=table, column=column, here=HERE, key=name), (day, key))


def days_off(office):
    with psycopg.connect(office.dsn()) as owner:
        return {day for (day,) in owner.execute("SELECT day FROM console.holidays WHERE state = 'in_force'")}


def home(office, role, which=0):
    answer = office.client(role, which).get("/")
    assert answer.status_code == 200, answer.text
    return answer.text


def trays(page):
    """title → the names of its rows, in order."""
    return {re.search(r"<h2[^>]*>(.*?)</h2>", part).group(1): re.findall(r'row-name" href="[^"]*">(.*?)</a>', part)
            for part in page.split('<section class="tray"')[1:]}


def name(office, key):
    return office.scalar("SELECT coalesce(folio, 'Borrador ' || id) FROM console.corrections WHERE id = %s", key)


@contextmanager
def counting():
    """How many statements reach PostgreSQL."""
    said = []

    def heard(connection, cursor, statement, *rest):
        said.append(statement)
    event.listen(Engine, "before_cursor_execute", heard)
    yield said
    event.remove(Engine, "before_cursor_execute", heard)


@pytest.fixture(scope="module")
def desk(office):
    """One correction in each tray, and two late ones."""
    made = {state: office.correction(state) for state in ("draft", "submitted", "signed", "applied")}
    made["returned"] = office.correction("submitted")
    office.send_back(made["returned"])
    with unguarded(office) as owner:   # begun and sent long ago, returned today: it rests since today
        owner.execute("UPDATE console.corrections SET drafted_at = drafted_at - interval '40 days', submitted_at ="
                      " submitted_at - interval '30 days' WHERE id = %s", (made["returned"],))
    made["rejected"] = office.correction("rejected")
    made["late"], made["later"] = office.correction("submitted"), office.correction("submitted")
    rested(office, made["late"], 6)
    rested(office, made["later"], 9)
    rested(office, made["submitted"], 5)   # the target itself is not late
    return {state: name(office, key) for state, key in made.items()}


def test_staff_finds_each_open_correction_once_in_its_tray(office, desk):
    found = trays(home(office, "staff"))
    assert found["Vencidas"] == [desk["later"], desk["late"]]
    assert found["Devueltas para corregir"] == [desk["returned"]]
    assert found["Firmadas, por aplicar"] == [desk["signed"]]
    assert found["Mis borradores"] == [desk["draft"]] and found["En firma"] == [desk["submitted"]]
    assert "Borradores de la oficina" not in found


def test_a_colleague_finds_the_same_drafts_as_the_offices(office, desk):
    found = trays(home(office, "staff", which=1))
    assert found["Borradores de la oficina"] == [desk["draft"]] and "Mis borradores" not in found


def test_staff_reads_who_signed_returned_and_rejected_and_why(office, desk):
    page = home(office, "staff")
    changes = page.split('id="changes"')[1]
    for state, word in (("signed", "Firmada"), ("returned", "Devuelta"), ("rejected", "Rechazada")):
        row = changes.split(desk[state])[1].split("</li>")[0]
        assert word in row and office.actor("commercial_director").name in row, state
    assert "«Falta el dato.»" in changes.split(desk["returned"])[1].split("</li>")[0]
    assert desk["draft"] not in changes


def test_a_director_finds_only_what_waits_oldest_first_and_late_ones_marked(office, desk):
    page = home(office, "commercial_director")
    found = trays(page)
    assert list(found) == ["Esperan su firma"]
    assert found["Esperan su firma"] == [desk["later"], desk["late"], desk["submitted"]]
    rows = page.split('<li class="row')[1:]
    assert ["Vencida</strong>" in row for row in rows] == [True, True, False]
    assert days_in_words(9) in rows[0] and "primero las que llevan más días" in page


def test_of_the_same_day_the_dearest_comes_first(office, desk):
    page = home(office, "commercial_director")
    with unguarded(office) as owner:
        owner.execute("UPDATE console.corrections SET amount = -900.01 WHERE folio = %s", (desk["late"],))
    office_key = office.scalar("SELECT id FROM console.corrections WHERE folio = %s", desk["later"])
    rested(office, office_key, 6)
    assert trays(page)["Esperan su firma"][0] == desk["later"]
    assert trays(home(office, "commercial_director"))["Esperan su firma"][:2] == [desk["late"], desk["later"]]


@pytest.mark.parametrize("role", ["operations_director", "works_director", "general_director", "unit_head"])
def test_whoever_has_nothing_to_decide_finds_a_calm_page(office, desk, role):
    page = home(office, role)
    assert "Nada espera su decisión." in page and trays(page) == {}


def test_a_proposed_day_off_waits_for_the_unit_head_on_the_home_and_the_menu(office, desk):
    with psycopg.connect(office.dsn()) as owner:
        owner.execute("ALTER TABLE console.holidays DISABLE TRIGGER USER")
        owner.execute("INSERT INTO console.holidays (day, reason) VALUES ('2031-02-03', 'De prueba')")
        owner.execute("ALTER TABLE console.holidays ENABLE TRIGGER USER")
    page = home(office, "unit_head")
    assert trays(page) == {"Días inhábiles por autorizar": ["03/02/2031 De prueba"]}
    assert badge(office, "unit_head", "Días inhábiles") == "1" and badge(office, "staff", "Días inhábiles") is None
    with psycopg.connect(office.dsn()) as owner:
        owner.execute("DELETE FROM console.holidays WHERE day = '2031-02-03'")


def badge(office, role, label):
    """How many wait in a list, as the index of everything says it."""
    page = office.client(role).get("/todo/").text
    found = re.search(rf'<span>{label}</span></a> <a class="count" href="[^"]*">([0-9+]+)', page)
    return found and found.group(1)


def test_the_menu_counts_what_waits_for_each_office(office, desk):
    assert badge(office, "staff", "Correcciones") == "2"          # returned, to apply
    assert badge(office, "staff", "Cartas") == "1"
    assert badge(office, "commercial_director", "Correcciones") == "3"
    assert badge(office, "auditor", "Correcciones") is None
    assert entry(home(office, "staff"), "Correcciones") == "3"    # all the lists of the entry together
    assert entry(home(office, "staff"), "Mi trabajo") == "3"


def entry(page, label):
    found = re.search(rf'<span>{label}</span> <span class="count">([0-9+]+)<span class="unseen"> pendientes', page)
    return found and found.group(1)


def test_every_count_of_the_menu_comes_in_one_statement(office, desk):
    for role in Role:
        client = office.client(role)
        client.get("/cargo")
        with counting() as said_to:
            assert client.get("/personas/").status_code == 200
        counts = [statement for statement in said_to if "count(*)" in statement]
        assert len(counts) <= 1, (role, counts)


def test_a_badge_says_no_more_than_it_counts():
    assert figure(MOST) == "999" and figure(MOST + 1) == "999+"


def test_a_home_asks_as_many_queries_however_much_waits(office, desk):
    clients = {role: office.client(role) for role in Role}
    psql.sent(office, 1500)   # something waits for the unit head already

    def asked():
        for role, client in clients.items():
            client.get("/")
            with counting() as statements:
                client.get("/")
            yield role, len(statements)
    few = dict(asked())
    for amount in (-10, -20, 1500, 1600, 20000):
        psql.sent(office, amount)
    psql.send_back(office, psql.sent(office, -30))
    psql.sign(office, psql.sent(office, -40), "commercial_director")
    assert dict(asked()) == few and max(few.values()) <= 12


def test_an_auditor_finds_the_checks_the_trail_and_the_exports(office, desk):
    page = home(office, "auditor")
    assert list(trays(page)) == ["Revisiones listas", "Últimos cambios en la bitácora", "Exportar"]
    assert len(trays(page)["Últimos cambios en la bitácora"]) == 8
    for label in ("Aplicadas sin nota", "Firmas fuera de turno", "Firmó quien intervino"):
        assert card(page, label) == "0", label
    for path in re.findall(r'href="([^"]+/exportar/[^"]+)"', page):
        with office.client("auditor").get(path) as answer:
            assert answer.status_code == 200, path
    assert 'href="/bitacora/verificar/"' in page


def card(page, label):
    return re.search(rf'figure-name" href="[^"]*">{label}</a>\s*<strong class="figure-count">(.*?)</strong>', page).group(1)


def test_each_check_finds_the_fault_it_is_for_and_names_it(office, desk):
    """Faults that no program can make: planted with the triggers asleep, then taken out."""
    unpaid, turned, signed = (psql.sent(office, -10) for _ in range(3))
    psql.sign(office, signed, "commercial_director")
    hand = office.actor("staff").id
    with unguarded(office) as owner:
        owner.execute("UPDATE console.corrections SET state = 'applied' WHERE id = %s", (unpaid,))
        owner.execute("ALTER TABLE console.signature_places DISABLE TRIGGER USER")
        owner.execute("""WITH place AS (
            INSERT INTO console.signature_places (subject, subject_id, revision, position, role, rule)
            SELECT 'corrections', id, revision, 2, 'unit_head', 'x' FROM console.corrections WHERE id = %s RETURNING *)
            INSERT INTO console.signatures (place_id, subject, subject_id, revision, signer_id, role, acting, letter,
                                            method, content_hash, signed_at)
            SELECT id, subject, subject_id, revision, %s, role, false, '', 'password', repeat('0', 64), now() FROM place""",
                      (turned, office.actor("unit_head").id))
        owner.execute("ALTER TABLE console.signature_places ENABLE TRIGGER USER")
        owner.execute("UPDATE console.signatures SET signer_id = %s WHERE subject = 'corrections' AND subject_id = %s", (hand, signed))
    page = home(office, "auditor")
    for label, key in (("Aplicadas sin nota", unpaid), ("Firmas fuera de turno", turned),
                       ("Firmó quien intervino", signed)):
        assert card(page, label) == "1", label
        assert name(office, key) in page.split(f">{label}</a>")[1].split("</li>")[0], label


def test_an_administrator_finds_who_holds_each_office_and_which_is_vacant(office, desk):
    page = home(office, "administrator")
    assert card(page, "Cargos sin titular hoy") == "0" and "Sin titular" not in page
    for role in Role:
        assert office.actor(role).name in page
    with psycopg.connect(office.dsn()) as owner:
        owner.execute("UPDATE console.appointments SET valid_to = %s WHERE role = 'works_director'",
                      (today() - timedelta(days=1),))
    page = home(office, "administrator")
    assert card(page, "Cargos sin titular hoy") == "1" and "Sin titular" in page
    assert card(page, "Accesos sin nombramiento") == "1" == badge(office, "administrator", "Accesos")


def test_the_decisions_are_told_to_those_who_read_corrections_alone(office, desk):
    asked = "SELECT count(*) FROM console.decisions_since(now() - interval '9 days', 5)"
    with office.program("staff") as raw:
        assert raw.execute(asked).fetchone()[0] == 5
    with office.program("works_director") as raw, pytest.raises(errors.InsufficientPrivilege):
        raw.execute(asked)
