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
        owner.execute("UPDATE console.notices SET body = body || %s WHERE correction_id = %s", (HOLDER, key))
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
