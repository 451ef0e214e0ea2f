"""No personal value reaches who may not read it: by search, trail, log, public page or report.

Pages, sheets and papers are in test_every_page.py, which walks them all.
"""

import re

import psycopg
import pytest

from models.corrections import CorrectionState as S
from policies import ACTS, RULES

HOLDER, STREET, FILE = "ZARZAMORA Quetzalli Xilonen", "Callejón Ocelote 777", "identificacion-ocelote"
CANARY = re.compile(r"zarzamora|quetzalli|xilonen|ocelote", re.IGNORECASE)


@pytest.fixture(scope="module")
def planted(office):
    """One account with a known name and street, corrected, proven and written to."""
    key = office.draft()
    account = office.scalar("SELECT account_id FROM console.corrections WHERE id = %s", key)
    with psycopg.connect(office.dsn()) as owner:
        owner.execute("UPDATE commercial.accounts SET holder_name = %s, street = %s WHERE id = %s",
                      (HOLDER, STREET, account))
    document = office.stored("la factura")
    document.name = f"{FILE}.pdf"
    office.perform("staff", ACTS_BY_NAME["attach"], key, {"kind": "repair_invoice", "file": document})
    office.perform("staff", ACTS_BY_NAME["submit"], key)
    office.sign(key)
    office.perform("staff", ACTS_BY_NAME["apply"], key)
    with psycopg.connect(office.dsn()) as owner:
        owner.execute("ALTER TABLE console.notices DISABLE TRIGGER USER")     # a letter keeps its words
        owner.execute("UPDATE console.notices SET body = body || %s WHERE correction_id = %s", (HOLDER, key))
        owner.execute("ALTER TABLE console.notices ENABLE TRIGGER USER")
    return {"correction": key, "account": account}


ACTS_BY_NAME = {step.name: step for step in ACTS.values()}


@pytest.mark.parametrize("query", ["q=zarzamora", "q=ZARZAMORA+Quetzalli", "q=quetzalli", "q=Callej%C3%B3n",
                                   "orden=holder_name", "orden=-search_name", "holder_name=ZARZAMORA",
                                   "street=x", "search_name=zarzamora"])
def test_no_search_order_or_filter_answers_about_what_is_hidden(office, planted, query):
    """Threats 0.5 and A7: an oracle would recover a name letter by letter."""
    auditor = office.client("auditor")
    number = office.scalar("SELECT number FROM commercial.accounts WHERE id = %s", planted["account"])
    asked, plain = (re.findall(r'row-link" href="([^"]+)"', auditor.get(f"/cuentas/?{words}").text)
                    for words in (query, ""))
    assert (asked == []) if query.startswith("q=") else (asked == plain)
    with auditor.get(f"/cuentas/exportar/csv/?{query}") as sheet:
        rows = sheet.data.decode("utf-8-sig").splitlines()
    assert len(rows) in (1, 61)
    assert auditor.get(f"/cuentas/?q={number}").text.count("row-link") == 1


def test_the_trail_holds_a_personal_value_only_as_a_pseudonym(office, planted):
    kept = office.scalar("SELECT string_agg(l.old::text || l.new::text, '|') FROM audit.log l"
                         " WHERE table_name = 'commercial.accounts' AND operation = 'U'")
    assert "hmac:" in kept and not CANARY.search(kept)
    assert not CANARY.search(office.scalar("SELECT string_agg(l::text, '|') FROM audit.log l"))


def test_opening_a_record_with_somebodys_name_is_logged(office, planted):
    before = office.scalar("SELECT count(*) FROM console.read_entries")
    office.client("staff").get(f"/cuentas/{planted['account']}/")
    entry = office.scalar("SELECT row_to_json(e) FROM console.read_entries e ORDER BY id DESC LIMIT 1")
    assert office.scalar("SELECT count(*) FROM console.read_entries") == before + 1
    assert (entry["person_id"], entry["table_name"], entry["row_id"]) == (
        office.actor("staff").id, "accounts", planted["account"])
    office.client("auditor").get(f"/cuentas/{planted['account']}/")
    assert office.scalar("SELECT count(*) FROM console.read_entries") == before + 1


def test_the_public_page_says_state_and_hash_and_nobodys_name(office, planted):
    code = office.scalar("SELECT verification_code FROM console.corrections WHERE id = %s", planted["correction"])
    page = office.stranger().get(f"/verificar/{code}")
    assert page.status_code == 200 and "Aplicada" in page.text
    assert re.search(r"[0-9a-f]{64}", page.text.replace("<wbr>", "").replace(" ", ""))
    people = [actor.name for held in office.actors.values() for actor, _ in held]
    number = office.scalar("SELECT number FROM commercial.accounts WHERE id = %s", planted["account"])
    assert not [name for name in (*people, number) if name in page.text] and not CANARY.search(page.text)


def test_a_draft_has_no_public_page(office):
    key = office.correction(S.DRAFT)
    code = office.scalar("SELECT verification_code FROM console.corrections WHERE id = %s", key)
    assert office.stranger().get(f"/verificar/{code}").status_code == 404


def test_the_report_for_other_programs_shows_no_name(office, planted):
    with office.program(login="auditor") as connection:
        views = [row[0] for row in connection.execute(
            "SELECT table_name FROM information_schema.views WHERE table_schema = 'report'")]
        assert len(views) >= 7
        for view in views:
            assert not [row for row in connection.execute(f"SELECT t::text FROM report.{view} t")
                        if CANARY.search(row[0])], view


def test_every_personal_column_says_who_may_read_it():
    for model, rule in RULES.items():
        personal = [column.name for column in model.__table__.columns if column.info.get("personal")]
        assert not personal or rule.personal_to, model.__name__
        assert not {"auditor", "administrator"} & rule.personal_to, model.__name__


READ = ("SELECT row_to_json(e) FROM console.read_entries e WHERE table_name = %s ORDER BY id DESC LIMIT 1")
SHOWS = {   # what shows the planted holder's data → the screen that the entry names, and what it says was asked
    "list": ("/cuentas/?number.begins=1000&q=", "/cuentas/", "number.begins=1000"),
    "search in a list": ("/cuentas/?q={words}", "/cuentas/", "q=***"),
    "filter by name": ("/cuentas/?holder_name.begins={words}", "/cuentas/", "holder_name.begins=***"),
    "box": ("/buscar/?q={words}", "/buscar/", "q=***"),
    "box while one types": ("/buscar/?q={words}&parte=1", "/buscar/", "q=***&parte=1"),
    "picker": ("/cuentas/elegir/id/?q={words}", "/cuentas/elegir/id/", "q=***"),
    "glance": ("/cuentas/{account}/?panel=1", "/cuentas/{account}/", "panel=1"),
    "record": ("/cuentas/{account}/", "/cuentas/{account}/", "")}


def reads_of(office):
    return office.scalar("SELECT count(*) FROM console.read_entries")


@pytest.mark.parametrize("how", SHOWS)
def test_personal_data_that_any_page_shows_is_logged_once_with_its_keys(office, planted, how):
    known = planted | {"words": "zarzamora"}
    path, place, filters = (part.format(**known) for part in SHOWS[how])
    client, before = office.client("staff"), reads_of(office)
    page = client.get(path)
    assert page.status_code == 200 and reads_of(office) == before + 1
    entry = office.scalar(READ, "accounts")
    assert (entry["person_id"], entry["role"], entry["place"], entry["filters"]) == (
        office.actor("staff").id, "staff", place, filters)
    assert planted["account"] in entry["keys"] or how == "list"
    assert entry["rows"] == len(entry["keys"]) >= 1 and len(entry["keys"]) <= 25
    assert (entry["row_id"] is None) == (entry["rows"] > 1)
    shown = office.client("auditor").get("/consultas/?columnas=place,filters,rows,person_id").text
    assert place in shown and not CANARY.search(shown)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_list_that_leaves_with_names_is_logged_as_read_too(office, planted, kind):
    before = reads_of(office)
    with office.client("staff").get(f"/cuentas/exportar/{kind}/?number.begins=1000") as sheet:
        assert sheet.status_code == 200
    entry = office.scalar(READ, "accounts")
    assert reads_of(office) == before + 1
    assert entry["rows"] == office.scalar("SELECT rows FROM console.export_entries ORDER BY id DESC LIMIT 1") > 25
    assert entry["place"] == f"/cuentas/exportar/{kind}/"


def test_file_names_of_evidence_and_letters_are_logged_where_they_are_shown(office, planted):
    client = office.client("staff")
    client.get(f"/correcciones/{planted['correction']}/")
    assert office.scalar(READ, "attachments")["place"] == f"/correcciones/{planted['correction']}/"
    letter = office.scalar("SELECT max(id) FROM console.notices")
    client.get(f"/cartas/{letter}/")
    assert office.scalar(READ, "notices")["row_id"] == letter


@pytest.mark.parametrize("path", ["/cuentas/?columnas=number,status", "/cartas/", "/recibos/", "/"])
def test_a_page_that_shows_nobodys_data_logs_no_reading(office, planted, path):
    client, before = office.client("staff"), reads_of(office)
    assert client.get(path).status_code == 200 and reads_of(office) == before


def test_an_office_that_reads_no_names_logs_no_reading(office, planted):
    client, before = office.client("auditor"), reads_of(office)
    for path, _, _ in SHOWS.values():
        client.get(path.format(**planted, words="zz"))
    assert reads_of(office) == before
