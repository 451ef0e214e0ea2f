"""How many statements a page asks of PostgreSQL: its parts come together, whatever they are."""

import psycopg
import pytest
from psycopg.types.json import Jsonb

import policies
from deploy.statements import counted
from models.base.people import Role
from models.billing import Bill
from models.corrections import CorrectionState as S
from policies.corrections.acts import start_correction
from tests import psql
from tests.house.addresses import screens

MOST = 12


@pytest.fixture(scope="module")
def staff(office):
    return office.client("staff")


def statements(client, path):
    client.get(path)                    # what is asked once in the life of a session was asked
    with counted() as told:
        page = client.get(path)
    assert page.status_code == 200
    return told


@pytest.fixture(scope="module")
def begun(office):
    """A draft of which no figure was typed yet."""
    bill_id = office.leak_bill()
    with office.speaks("staff") as session:
        asks = start_correction.asks(session.get(Bill, bill_id), None)
        way = next(value for ask in asks if ask.name == "way" for value, label in ask.choices if "uga oculta" in label)
    return office.perform("staff", start_correction, bill_id, {"way": way, "reason": "Fuga."}, model=Bill)


@pytest.mark.parametrize("page", ["", "acto/calculate/"])
def test_a_draft_and_its_form_ask_little(staff, begun, page):
    told = statements(staff, f"/correcciones/{begun}/{page}")
    assert len(told) <= MOST, told


@pytest.fixture(scope="module")
def standing(office):
    """One correction in each place of its path, with figures; all but the first with evidence."""
    proved = office.correction(S.DRAFT)
    office.prove(proved)
    return {"computed": office.correction(S.DRAFT), "proved": proved, "submitted": office.correction(S.SUBMITTED),
            "signed": office.correction(S.SIGNED), "applied": office.correction(S.APPLIED)}


@pytest.mark.parametrize("role", ["staff", "unit_head", "commercial_director", "auditor"])
@pytest.mark.parametrize("place", ["computed", "proved", "submitted", "signed", "applied"])
def test_a_correction_with_figures_asks_little_of_whoever_sees_it(office, standing, role, place):
    told = statements(office.client(role), f"/correcciones/{standing[place]}/")
    assert len(told) <= MOST, told


def test_the_form_of_a_draft_with_figures_asks_little(staff, standing):
    told = statements(staff, f"/correcciones/{standing['proved']}/acto/calculate/")
    assert len(told) <= MOST, told


def test_an_account_asks_little(office, staff):
    told = statements(staff, "/cuentas/55/")
    assert len(told) <= MOST, told


def test_a_page_asks_as_much_for_a_long_story_as_for_a_short_one(office, staff):
    """What a story names is read together, and not row by row."""
    made = office.correction(S.DRAFT)
    short = len(statements(staff, f"/correcciones/{made}/"))
    office.prove(made)
    office.perform_submit(made)
    office.send_back(made)
    office.perform_submit(made)
    office.sign(made)
    assert len(statements(staff, f"/correcciones/{made}/")) <= MOST >= short


def test_an_account_of_many_corrections_asks_as_much_as_one_of_a_single_one(office, staff):
    made = office.correction(S.APPLIED)
    with psycopg.connect(office.dsn()) as raw:
        account, = raw.execute("SELECT account_id FROM console.corrections WHERE id = %s", (made,)).fetchone()
    one = len(statements(staff, f"/cuentas/{account}/"))
    with psycopg.connect(office.dsn()) as raw:
        other, = raw.execute("SELECT bill_id FROM console.corrections WHERE id = %s", (made,)).fetchone()
        others = [key for key, in raw.execute("SELECT id FROM commercial.bills WHERE account_id = %s AND id <> %s"
                                              " ORDER BY period_end DESC LIMIT 3", (account, other))]
    for bill in others:
        office.draft(bill)
    assert len(statements(staff, f"/cuentas/{account}/")) <= min(one + 1, MOST)


ADDED = [{"name": "months_since_bill", "label": "Meses desde el recibo", "origin": "record"},
         {"name": "measured", "label": "Lo medido", "type": "number", "unit": "m3", "origin": "person",
          "required": False, "maximum": "months_since_bill + 1000"}]
OF_RECORDS = """UPDATE console.procedure_versions SET definition = jsonb_set(jsonb_set(definition,
  '{evidence,0,when}', '"months_since_bill >= 0"'), '{inputs}', coalesce(definition->'inputs', '[]') || %s)
 WHERE definition @? '$.evidence[0]' AND state = 'authorized'"""


@pytest.mark.parametrize("role", ["staff", "auditor"])
def test_a_draft_whose_records_changed_shows_both_figures_and_asks_as_little(office, standing, role):
    """The records are read again for the page: all of them, once."""
    with psql.unguarded(office, "commercial.tariff_blocks") as raw:
        raw.execute("UPDATE commercial.tariff_blocks SET price = price * 2")
    for place in ("computed", "proved", "submitted", "signed"):
        path = f"/correcciones/{standing[place]}/"
        assert "cambió algo con que se hizo" in office.client(role).get(path).text
        told = statements(office.client(role), path)
        assert len(told) <= MOST, (place, told)


def test_a_draft_that_asks_of_the_records_asks_as_little(office, staff, standing):
    """A document asked for by what the records say, and a limit of a figure that reads the history."""
    with psql.unguarded(office, "console.procedure_versions") as raw:
        assert raw.execute(OF_RECORDS, (Jsonb(ADDED),)).rowcount
    key = office.correction(S.DRAFT)
    for page, said in (("", "Falta evidencia"), ("acto/calculate/", "Se admite hasta 1")):
        told = statements(staff, f"/correcciones/{key}/{page}")
        assert len(told) <= MOST, told
        assert said in staff.get(f"/correcciones/{key}/{page}").text


MOST_OF_A_LIST = 6


@pytest.mark.parametrize(("role", "endpoint"), [
    pytest.param(role, rule.model.__tablename__, id=f"{role.value}:{rule.model.__tablename__}")
    for role in (Role.STAFF, Role.AUDITOR, Role.ADMINISTRATOR) for rule in policies.RULES.values() if role in rule.view])
def test_a_list_asks_at_most_six_statements(office, standing, sitting, role, endpoint):
    """Who asks, how they like it, its rows, its filters, what waits and, where rows are chosen or read, that."""
    view = screens(office.app).get(endpoint)
    if view is not None:    # a part of something else has no list
        told = statements(sitting(role), f"{view.url}/")
        assert len(told) <= MOST_OF_A_LIST, told


@pytest.fixture(scope="module")
def sitting(office):
    made = {}
    return lambda role: made.setdefault(role, office.client(role))
