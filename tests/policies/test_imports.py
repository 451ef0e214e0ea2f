"""A list from a file: only what the rule lets, only by who may, and back whole or not at all."""

import psycopg
import pytest
from psycopg import errors

import policies
from models.base.calendar import Holiday
from models.base.imports import ImportBatch
from models.base.people import Login, Person, Role
from models.billing import Bill
from models.customers import Account
from models.organization import Municipality, Neighborhood
from policies.core.imports import closed, undo_import
from policies.core.rules import Broken, Denied
from policies.core.sql import guards

COUNT = "SELECT count(*) FROM console.people WHERE name LIKE %s"


def people(word, many=3):
    return [(f"{word} {turn}", "true") for turn in range(many)]


def undo(office, key, role="administrator"):
    office.perform(role, undo_import, key, model=ImportBatch)


def test_a_list_comes_whole_with_its_batch_and_its_trail(office):
    key = office.imported(rows=people("Lista entera", 7))
    assert office.scalar(COUNT, "Lista entera%") == 7
    assert office.scalar("SELECT rows FROM console.import_batches WHERE id = %s", key) == 7
    assert office.scalar("SELECT count(*) FROM console.import_rows r JOIN console.people p ON p.id = r.row_id"
                         " WHERE batch_id = %s AND p.name LIKE 'Lista entera%%'", key) == 7
    assert office.scalar("SELECT count(*) FROM audit.log WHERE table_name = 'console.people' AND operation = 'I'"
                         " AND act = 'importación' AND actor_id = %s AND new ->> 'name' LIKE 'Lista entera%%'",
                         office.actor("administrator").id) == 7


def test_one_row_that_the_database_refuses_leaves_none(office):
    rows = [("2031-03-01", "Uno"), ("2031-03-02", "Dos"), ("2031-03-01", "Repetido")]
    with pytest.raises(Exception, match="uq_holidays_day"):
        office.imported(Holiday, ("day", "reason"), rows)
    assert office.scalar("SELECT count(*) FROM console.holidays WHERE day >= '2031-01-01'") == 0


def test_a_row_is_born_in_its_first_state(office):
    office.imported(Holiday, ("day", "reason"), [("2032-05-01", "Día del Trabajo")])
    assert office.scalar("SELECT state FROM console.holidays WHERE day = '2032-05-01'") == "draft"
    with pytest.raises(Denied):
        office.imported(Holiday, ("day", "reason", "state"), [("2032-05-02", "x", "in_force")])


@pytest.mark.parametrize("role", [role.value for role in Role if role != Role.ADMINISTRATOR])
def test_an_office_that_creates_none_imports_none(office, role):
    with pytest.raises(Denied):
        office.imported(rows=people("Nadie"), role=role)
    assert office.scalar(COUNT, "Nadie%") == 0


def test_only_the_lists_that_say_so_are_filled_from_files(office):
    actor = office.actor("administrator")
    assert {model.__tablename__ for model, rule in policies.RULES.items() if rule.imports} == {
        "people", "municipalities", "neighborhoods", "supply_zones", "holidays"}
    assert closed(actor, Person) is None and closed(actor, Neighborhood) is None
    assert isinstance(closed(actor, Login), Broken)
    for model in (Account, Bill):
        assert "pertenece al sistema comercial" in str(closed(actor, model))
    for rule in policies.RULES.values():
        assert not rule.imports or "version" in rule.model.__table__.c and rule.create and rule.edits


def test_personal_columns_come_only_from_who_reads_them(office, monkeypatch):
    monkeypatch.setitem(Municipality.__table__.c.name.info, "personal", True)
    assert isinstance(closed(office.actor("administrator"), Municipality), Denied)


def test_a_batch_goes_back_whole_and_once(office):
    key = office.imported(rows=people("Se va"))
    undo(office, key)
    assert office.scalar(COUNT, "Se va%") == 0
    assert office.scalar("SELECT undone_by_id FROM console.import_batches WHERE id = %s AND undone_at IS NOT NULL",
                         key) == office.actor("administrator").id
    assert office.scalar("SELECT count(*) FROM audit.log WHERE table_name = 'console.people' AND operation = 'D'"
                         " AND act = 'undo_import' AND old ->> 'name' LIKE 'Se va%%'") == 3
    with pytest.raises(Broken, match="ya se deshizo"):
        undo(office, key)


@pytest.fixture
def numbered(office):
    """Meanwhile the names of people are folios of a series, as a numbered table that takes files would say."""
    standing = guards.series()
    with office.program() as owner:
        owner.execute(standing.replace("VALUES ", "VALUES ('UAS-PRU', 'console.people', 'name'), ", 1))
    yield
    with office.program() as owner:
        owner.execute(standing)


def test_a_batch_of_rows_with_a_folio_stays_whole_for_any_program(office, numbered):
    """Their series would have a gap."""
    key = office.imported(rows=people("Numerada"))
    with pytest.raises(Broken, match="ya tiene folio, que no se borra: Numerada 0, Numerada 1, Numerada 2. Corrija o"):
        undo(office, key)
    with pytest.raises(psycopg.Error) as refused, office.program("administrator") as raw:
        raw.execute("SELECT console.undo_import(%s)", (key,))
    assert (refused.value.sqlstate, refused.value.diag.constraint_name) == ("AG011", "import_numbered")
    assert "un folio no se borra; retírelos uno por uno" in refused.value.diag.message_hint
    assert office.scalar(COUNT, "Numerada%") == 3


def test_a_batch_with_an_edited_row_stays_whole(office):
    key = office.imported(rows=people("Editada"))
    with office.program("administrator") as raw:
        raw.execute("UPDATE console.people SET active = false WHERE name = 'Editada 1'")
    with pytest.raises(Broken, match="ya se editó: Editada 1"):
        undo(office, key)
    assert office.scalar(COUNT, "Editada%") == 3


def test_a_batch_with_a_row_in_use_stays_whole(office):
    key = office.imported(Municipality, ("name", "valid_from"), [("Usado", "2020-01-01"), ("Libre", "2020-01-01")])
    with office.program("administrator") as raw:
        raw.execute("INSERT INTO console.neighborhoods (name, municipality_id)"
                    " SELECT 'Centro de Usado', id FROM console.municipalities WHERE name = 'Usado'")
    with pytest.raises(Broken, match="se usa en «Colonias»: Usado"):
        undo(office, key)
    assert office.scalar("SELECT count(*) FROM console.municipalities WHERE name IN ('Usado', 'Libre')") == 2


def test_an_office_that_may_not_create_there_takes_nothing_back(office):
    key = office.imported(rows=people("Ajena"))
    for role in Role:
        if role != Role.ADMINISTRATOR:
            with pytest.raises((Denied, Broken), match="corresponde a|no permite"):
                undo(office, key, role.value)
    assert office.scalar(COUNT, "Ajena%") == 3


# ---- the same, from psql: the functions ask by themselves

@pytest.mark.parametrize("role", [role.value for role in Role if role != Role.ADMINISTRATOR])
def test_psql_of_another_office_takes_nothing_back(office, role):
    key = office.imported(rows=people(f"Psql {role}"))
    with office.program(role) as raw, pytest.raises(errors.InsufficientPrivilege):
        raw.execute("SELECT console.undo_import(%s)", (key,))
    assert office.scalar(COUNT, f"Psql {role}%") == 3


def test_what_ties_a_batch_is_told_to_who_may_read_its_table(office):
    """People are for every office to see; a list that an office does not see is not told of either."""
    key = office.imported(rows=people("Atada"))
    with office.program("auditor") as raw:
        assert raw.execute("SELECT count(*) FROM console.import_ties(%s)", (key,)).fetchone() == (0,)
        raw.execute("RESET ROLE")
        with pytest.raises(errors.InsufficientPrivilege):
            raw.execute("SELECT console.import_ties(%s)", (key,))


def test_psql_without_a_person_takes_nothing_back(office):
    key = office.imported(rows=people("Sin persona"))
    with office.program(login="systems") as raw, pytest.raises(errors.InsufficientPrivilege):
        raw.execute("SELECT set_config('role', 'console_administrator', true)")
        raw.execute("SELECT console.undo_import(%s)", (key,))
    assert office.scalar(COUNT, "Sin persona%") == 3


@pytest.mark.parametrize(("change", "code"), [
    ("UPDATE console.people SET active = false WHERE name = 'Por fuera 0'", "AG011"),
    ("INSERT INTO console.appointments (person_id, role, valid_from, letter)"
     " SELECT id, 'staff', '2099-01-01', 'DG/1' FROM console.people WHERE name = 'Por fuera 1'", "AG011"),
    ("SELECT console.undo_import(%s)", "AG010")])
def test_psql_is_told_why_not(office, change, code):
    key = office.imported(rows=people("Por fuera"))
    with office.program("administrator") as raw, pytest.raises(psycopg.Error) as refused:
        raw.execute(change, (key,) if "%s" in change else ())
        raw.execute("SELECT console.undo_import(%s)", (key,))
    assert refused.value.sqlstate == code
    assert office.scalar(COUNT, "Por fuera%") >= 3


@pytest.mark.parametrize("trick", [
    "SELECT 1",                                                                # rows that stood before
    "UPDATE console.people SET active = active WHERE name = 'Antigua'"])       # touched just now
def test_nobody_names_as_an_import_what_stood_before(office, trick):
    """Else undoing it would delete, and deleting is granted to nobody."""
    with psycopg.connect(office.dsn()) as owner:
        (old,) = owner.execute("INSERT INTO console.people (name) VALUES ('Antigua') RETURNING id").fetchone()
    with office.program("administrator") as raw, pytest.raises(errors.InsufficientPrivilege):
        raw.execute(trick)
        raw.execute("SELECT console.keep_import('people', 'x', 'x', ARRAY[%s::integer])", (old,))


@pytest.mark.parametrize("screen", ["logins", "appointments", "approval_bands", "no_such", None])
def test_a_table_that_takes_no_files_has_no_batches(office, screen):
    with office.program("administrator") as raw, pytest.raises(errors.InsufficientPrivilege):
        raw.execute("SELECT console.keep_import(%s, 'x', 'x', ARRAY[]::integer[])", (screen,))


def test_the_lists_of_batches_are_written_by_those_functions_alone(office):
    key = office.imported(rows=people("Escrita"))
    for statement in ("INSERT INTO console.import_rows (batch_id, row_id) VALUES (%s, 1)",
                      "UPDATE console.import_batches SET rows = 1 WHERE id = %s",
                      "DELETE FROM console.import_batches WHERE id = %s"):
        with office.program("administrator") as raw, pytest.raises(errors.InsufficientPrivilege):
            raw.execute(statement, (key,))
