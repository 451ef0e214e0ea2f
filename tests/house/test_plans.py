"""What every long list offers is answered by an index, or asked for only after something that leaves few rows.

The tables are told to PostgreSQL as holding a million rows; nothing is run, every plan is read.
"""

import re
from datetime import date
from functools import cache

import pytest
from flask import g
from sqlalchemy import event, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Engine
from werkzeug.datastructures import MultiDict

import admin_views
import policies
from admin_views.core.screens import screens
from admin_views.home.trays import first_rows
from admin_views.lists import lists
from admin_views.lists.columns import filter_of, others
from deploy.bench_past import PAST
from models import db
from models.base.people import Role
from policies.core.trays import Reader, trays_of
from tests.psql import superuser

MILLION, MANY = 1_000_000, 200_000
TODAY = date(2026, 11, 23)
COST, CHEAP = re.compile(r"cost=[0-9.]+\.\.([0-9.]+)"), 100    # of a plan that stops before it reads much
# Kept by hand, and as long as a person reads: hundreds of rows at most. Every other list grows with bills or with time.
KEPT_BY_HAND = {"anomaly_types", "appointments", "approval_bands", "approval_slots", "approval_windows",
                "calendar_years", "correction_batches", "deadline_rules", "delegations", "exclusive_offices",
                "handovers", "holidays", "import_batches", "letter_templates", "line_rules", "logins", "municipalities",
                "neighborhoods", "people", "procedure_versions", "replays", "supply_zones", "tariffs"}
TYPED = {"yes_no": ("", "true"), "relation": ("", "1"), "day": (".min", "2026-10-15"), "instant": (".min", "2026-10-15"),
         "number": (".min", "1234"), "text": (".begins", "abc")}
LOGS = {"log", "refusals", "read_entries", "export_entries", "mails"}
NODE = re.compile(r"(Seq Scan on (\w+)[^(]*|(?<!Incremental )Sort)  \(cost=\S+ rows=(\d+)")
WORDS = ("zzyzx", "nunez", "99999999", "Corrección 000")
STAMP = "now() - n * interval '1 day'"
ROWS = {     # of the tables that the corrections of the past do not fill: some years of them
    "console.correction_batches": "(subject, anomaly_type_id, procedure_version_id, period_from, period_to,"
                                  " drafted_by_id) SELECT n, 1, 1, now(), now(), 1",
    "console.replays": "(procedure_version_id, months, content_hash, since, until, run_by_id, run_as, last_bill_id,"
                       " asked_at) SELECT 1, 1, 'x', now(), now(), 1, 'staff', 0, now()",
    "console.batch_rows": "(batch_id, bill_id, account_id, eligible, refusals, inputs, amount, lines, memoria, row_hash)"
                          " SELECT n % 20, n, n / 12, n % 9 > 0, '[]', '{}', n % 9, '[]', '[]', 'x'",
    "console.replay_rows": "(replay_id, bill_id, account_id, tariff_class, supply_zone_id, eligible, amount)"
                           " SELECT n % 20, n, n / 12, 'domestic', n % 60, n % 9 > 0, n",
    "console.mails": "(person_id, day, subject, body) SELECT 1, date '2020-01-01' + n::integer, 'Pendientes', 'Sí.'",
    "console.export_orders": f"(asked_at, screen, kind, query, run_by_id, run_as, state, trouble) SELECT {STAMP},"
                             " 'bills', 'csv', '', n % 9, 'staff', 'failed', 'x'",
    "console.refusals": f"(at, person_id, role, request_id, asked, status, why) SELECT {STAMP}, n % 9, 'staff', n, n, 403, 'No.'",
    "console.read_entries": "(at, person_id, role, request_id, table_name, row_id)"
                            f" SELECT {STAMP}, n % 9, 'staff', n, 'accounts', n",
    "console.export_entries": "(at, person_id, role, request_id, table_name, filters, rows, sha256)"
                              f" SELECT {STAMP}, n % 9, 'staff', n, 'accounts', '', n, n"}


@cache
def long_lists():
    """The screens whose table grows, as they are declared; what an office may see is asked when a case runs."""
    return [view for area in admin_views.AREAS for view in area.views()
            if hasattr(view, "model") and view.model.__tablename__ not in KEPT_BY_HAND]


def cases():
    """(list, order, filter): each order that the list may offer with each filter, and backwards without one."""
    for view in long_lists():
        columns = view.model.__mapper__.columns
        names = [name for name in dict.fromkeys([*view.column_list, *others(view.model)]) if name in columns]
        for order in ["", *(sign + name for name in names for sign in ("", "-"))]:
            for name in ("", *(() if order.startswith("-") else view.filters_by)):
                yield pytest.param(view.endpoint, order, name, id=f"{view.endpoint}:{order or 'own'}:{name or 'all'}")


@pytest.fixture(scope="module")
def tall(office, cluster):
    """The office, whose long tables PostgreSQL takes for a million rows each."""
    tables = [view.model.__table__ for view in long_lists()]
    with superuser(cluster, office) as raw:
        for statement in PAST.values():
            raw.execute(statement, {"every": 3})
        for table, rows in ROWS.items():
            raw.execute(f"INSERT INTO {table} {rows} FROM generate_series(1, 1000) n")
        raw.execute("UPDATE audit.log l SET at = now() - seq * interval '12 hours'")
    with superuser(cluster, office) as raw:
        for table in tables:
            raw.execute(f"ANALYZE {table.fullname}")
            assert raw.execute(
                "SELECT relpages > 0 AND pg_restore_relation_stats('schemaname', %s::text, 'relname', %s::text,"
                " 'relpages', relpages, 'reltuples', %s::real) FROM pg_class WHERE oid = %s::regclass",
                (table.schema, table.name, MILLION, table.fullname)).fetchone() == (True,), table
    return office


@pytest.fixture(scope="module")
def desk(tall):
    """desk(list) makes its office look: the staff, or for logs the auditor. One request for the whole module."""
    with tall.app.test_request_context("/"):
        g.actor = None

        def look(endpoint):
            actor = tall.actor(Role.AUDITOR if endpoint in LOGS else Role.STAFF)
            if g.actor != actor:
                db.session.rollback()
                policies.bind(db.session, actor, "plans", True, "")
                g.actor = actor
            return screens()[endpoint]
        yield look
        db.session.remove()
        policies.forget()


def plan(query):
    statement = query.limit(26).compile(dialect=postgresql.dialect(paramstyle="named"),
                                        compile_kwargs={"literal_binds": True})
    said = str(statement).replace(":", r"\:")
    return "\n".join(line for line, in db.session.execute(text(f"EXPLAIN {said}")))


def plan_of(query, values):
    """The plan of a statement that runs with its values bound, as the console binds them."""
    asked = []

    def heard(connection, cursor, statement, parameters, *rest):
        asked.append((statement, parameters))
    event.listen(Engine, "before_cursor_execute", heard)
    try:
        db.session.execute(query, values)
    finally:
        event.remove(Engine, "before_cursor_execute", heard)
    statement, parameters = asked[-1]
    return "\n".join(line for line, in db.session.connection().exec_driver_sql(f"EXPLAIN {statement}", parameters))


def slow(said):
    """The nodes of a plan that read a long table whole, or put many rows in order."""
    names = {view.model.__tablename__ for view in long_lists()}
    return [node for node, table, rows in NODE.findall(said) if (table in names if table else int(rows) > MANY)]


def said(view, name):
    item = filter_of(view, name)
    test, value = TYPED.get(item.kind) or ("", item.listed[0][0])
    return {name + test: value}


@pytest.mark.parametrize("endpoint, order, name", list(cases()))
def test_a_list_reads_no_long_table_whole(desk, endpoint, order, name):
    view = desk(endpoint)
    asked = lists.asked_of(view, MultiDict({"orden": order, **(said(view, name) if name else {})}))
    shown = plan(lists.rows_of(view, asked, view.column_list))
    assert slow(shown) == [], shown
    if asked.step:      # what the list asks for first is enough
        whole = lists.asked_of(view, MultiDict(asked.step.pairs))
        assert whole.lost == () and whole.sort == order and len(whole.groups[0]) >= 2
        shown = plan(lists.rows_of(view, whole, view.column_list))
        assert slow(shown) == [], shown
    elif asked.lost:    # an order that the office does not see, or one that nothing makes short enough
        hidden = order.removeprefix("-") not in ("", *view.sortable())
        assert (asked.lost == (lists.NO_ORDER,)) == hidden and (hidden or "registros" in asked.lost[0]), asked.lost


@pytest.mark.parametrize(("role", "model", "key"), [
    pytest.param(role, tray.model, tray.key, id=f"{role.value}:{tray.model.__tablename__}:{tray.key}")
    for role in Role for tray in trays_of(role)])
def test_a_tray_is_counted_and_shown_without_reading_a_long_table_whole(desk, tall, role, model, key):
    """What is asked on every page, and the first rows of the first page."""
    actor = tall.actor(role)
    db.session.rollback()
    policies.bind(db.session, actor, "plans", True, "")
    g.actor = actor
    (tray,) = [tray for tray in trays_of(role, model) if tray.key == key]
    reader = Reader(role, TODAY)
    for query in (select(model.id).where(tray.where(reader)), first_rows(0, tray, reader)):
        shown = plan_of(query.limit(1000), {"person_id": actor.id})
        assert slow(shown) == [] or float(COST.search(shown)[1]) < CHEAP, shown


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("endpoint", [view.endpoint for view in long_lists() if view.search_in])
def test_a_search_reads_no_long_table_whole(desk, endpoint, words):
    """The list's own search, and what the box asks: by exactly that number, and by what is nearest."""
    view = desk(endpoint)
    queries = [view.search(view.scope(select(view.model)), words)]
    if view.findable:
        queries += [*view.exactly(words), *view.nearest(words)]
    for query in queries:
        shown = plan(query)
        assert slow(shown) == [], shown


@pytest.mark.parametrize("endpoint", [view.endpoint for view in long_lists() if view.search_in])
def test_who_is_not_found_is_not_looked_for_along_an_order(desk, endpoint):
    """What the words name is found first: no index of an order is walked with the words as its filter."""
    view = desk(endpoint)
    shown = plan(lists.in_order(view, view.search(view.scope(select(view.model)), "zzyzx"), ""))
    walked = [node for node in shown.split("->") if re.match(r" *Index (Only )?Scan", node) and "Index Cond" not in node]
    assert walked == [], shown
