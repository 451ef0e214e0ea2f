"""Lists: Spanish order, steady pages, what an empty one says, and every column there is to show."""

import re

import psycopg
import pytest
from sqlalchemy import Text, inspect

from admin_views.core.words import label_of
from admin_views.lists import lists
from admin_views.lists.columns import offered
from models.base.people import Role
from policies import RULES
from tests.admin_views.test_filters import asking, found, keys
from tests.house.addresses import screens

SPANISH = ["Álamo", "alonso", "Álvarez", "Baez", "Núnez", "Nuza", "Ñandú", "Peña", "Peñón", "Pera", "Úrsulo",
           "zúñiga"]


@pytest.fixture(scope="module")
def people(office):
    """People whose names the C collation puts in the wrong order."""
    with psycopg.connect(office.dsn()) as owner:
        for name in sorted(SPANISH):
            owner.execute("INSERT INTO console.people (name, active) VALUES (%s, false)", (f"{name} Qx",))
    return office.client("staff")


def shown(page):
    return re.findall(r'class="row-link" href="[^"]+">([^<]*) Qx</a>', page.text)


def test_words_are_ordered_as_in_a_spanish_dictionary(people):
    assert shown(people.get("/personas/?active=false")) == SPANISH
    assert shown(people.get("/personas/?active=false&orden=-name")) == SPANISH[::-1]


def test_holders_are_ordered_by_what_their_index_holds(office):
    """410,000 of them: the column kept without accents gives the order, not a function of each."""
    view = screens(office.app)["accounts"]
    with asking(office):
        query = str(lists.in_order(view, lists.select(view.model), "holder_name"))
        assert "ORDER BY commercial.accounts.search_name" in query and "normalise" not in query


def test_official_numbers_are_ordered_by_their_own_index(office):
    """No function stands between a unique number and its index."""
    for endpoint, name in (("accounts", "number"), ("bills", "folio"), ("corrections", "folio")):
        view = screens(office.app)[endpoint]
        with asking(office):
            assert "normalise" not in str(lists.in_order(view, lists.select(view.model), name))


def test_every_official_number_is_declared_as_one():
    """A unique text column that is no name: its index must serve lists and searches."""
    for rule in RULES.values():
        for column in rule.model.__table__.columns:
            if isinstance(column.type, Text) and column.unique and column.name in (
                    "number", "folio", "code", "serial", "verification_code"):
                assert column.info.get("coded"), column


def test_the_common_lists_need_no_sort(office):
    """Their own order is an index's: PostgreSQL stops after a page."""
    with psycopg.connect(office.dsn()) as owner:
        owner.execute("SET enable_sort = off")
        for statement in ("commercial.accounts ORDER BY number, id DESC",
                          "commercial.bills WHERE period_end >= '2026-01-01' ORDER BY period_end DESC, id DESC",
                          "commercial.accounts ORDER BY search_name, id DESC",
                          "console.corrections ORDER BY id DESC"):
            plan = "\n".join(row[0] for row in owner.execute(f"EXPLAIN SELECT * FROM {statement} LIMIT 26"))
            assert not re.search(r"(?<!Incremental )Sort  ", plan) and "Index" in plan, plan


def test_states_are_ordered_as_the_procedure_goes(office):
    for state in ("applied", "draft", "withdrawn", "submitted"):
        office.correction(state)
    page = office.client("staff").get("/correcciones/?orden=state&columnas=state")
    assert re.findall(r'class="row-link"[^>]*>([^<]*)<', page.text) == [
        "Borrador", "En firma", "Aplicada", "Retirada"]


def test_no_page_shares_or_loses_a_row(office):
    """Ordered by a column where most are equal, the key decides."""
    staff, seen = office.client("staff"), []
    for number in range(1, 60):
        rows = keys(staff.get(f"/recibos/?orden=tariff_class&account.min=&pagina={number}"))
        seen += rows
        if not rows:
            break
    assert len(seen) == len(set(seen)) == office.scalar("SELECT count(*) FROM commercial.bills")


def test_an_order_is_said_to_who_cannot_see_it(office):
    page = office.client("staff").get("/recibos/?orden=-total")
    assert page.text.count("aria-sort=") == 1
    assert re.search(r'<th [^>]*aria-sort="descending">\s*<a class="sort" href="[^"]*orden=total"', page.text)


def test_every_column_that_is_offered_is_shown_sorted_and_exported(office):
    """What the panel of columns lists, each list can do, in Spanish, for each office."""
    asked = 0
    for role in (Role.STAFF, Role.AUDITOR, Role.ADMINISTRATOR):
        client = office.client(role)
        for view in screens(office.app).values():
            if role not in RULES[view.model].view:
                continue
            with asking(office, role):
                names, sortable = offered(view), view.sortable()
            for order in sortable:
                page = client.get(f"{view.url}/?columnas={','.join(names)}&orden=-{order}")
                assert page.status_code == 200 and 'class="notice' not in page.text, (role, view.url, order)
                asked += 1
            assert not [name for name in names if label_of(view.model, name) == name]
    assert asked > 100


def test_no_secret_and_no_key_is_offered(office):
    for role in Role:
        for view in screens(office.app).values():
            if role not in RULES[view.model].view:
                continue
            with asking(office, role):
                names = set(offered(view))
            assert not names & {"password", "fs_uniquifier", "version", "search_name"}, view.url
            if role not in RULES[view.model].personal_to:
                assert not names & {c.key for c in inspect(view.model).columns if c.info.get("personal")}


def test_every_declared_filter_answers(office):
    """Each filter of each screen, with each of its comparisons."""
    samples = {"day": "2026-01-01", "instant": "2026-01-01", "number": "1", "text": "a", "yes_no": "true"}
    asked = 0
    for role in (Role.STAFF, Role.AUDITOR, Role.ADMINISTRATOR):
        for endpoint, view in screens(office.app).items():
            if role not in RULES[view.model].view:
                continue
            with asking(office, role):
                drawn = lists.controls.controls(lists.filters_of(view))
            for name, control in drawn.items():
                for test in control.tests:
                    text = "1" if test == "empty" else (
                        control.options[0][0] if control.options else samples.get(control.filter.kind))
                    suffix = "" if test == "is" else f".{test}"
                    if text is not None:
                        found(office, endpoint, [(f"{name}{suffix}", text)], role)
                        asked += 1
    assert asked > 150


def test_an_empty_list_says_what_to_do(office):
    staff = office.client("staff")
    assert "quite algún filtro" in staff.get("/correcciones/?folio.begins=ZZZ").text
    assert "Volver a la primera" in staff.get("/correcciones/?pagina=300").text
    assert "Aquí queda asentado" in office.client("auditor").get("/exportaciones/").text
    with psycopg.connect(office.dsn()) as owner:
        owner.execute("DELETE FROM console.holidays")
    assert ">Capture el primer registro</a>" in office.client("administrator").get("/dias-inhabiles/").text
    assert "Aquí aparecerá" in staff.get("/dias-inhabiles/").text
