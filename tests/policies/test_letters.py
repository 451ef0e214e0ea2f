"""Letters: left by the act, by any program; their words as data; printed, delivered or returned with proof."""

from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

import pikepdf
import psycopg
import pytest

from admin_views.core.words import long_day
from admin_views.notices import letter_facts
from admin_views.output import pdf
from models.base.columns import today
from models.notices import LetterTemplate, Notice
from policies.core import letters
from policies.core.declarations import Misdeclared
from policies.core.rules import Broken, Denied
from policies.corrections.acts import apply
from policies.notices import (
    APPLIED,
    authorize_template,
    correct_address,
    mark_printed,
    register_delivery,
    register_return,
    retire_template,
)
from tests import psql
from tests.admin_views.pages import key_in, send

BODY = "Estimado usuario de la cuenta {account}:\n\nEl recibo {bill} se corrigió. {received}\n\nAtentamente,\nINTERAPAS"
ONE = "SELECT {} FROM console.notices WHERE correction_id = %s"


@pytest.fixture(scope="module")
def letter(office):
    """The letter of an applied correction."""
    correction = office.correction("applied")
    return office.scalar(ONE.format("id"), correction)


def left(office, key=None):
    return office.scalar(ONE.format("id"), key or office.correction("applied"))


def do(office, step, key, answers=None, role="staff"):
    return office.perform(role, step, key, answers, model=step.model)


def told(office, key, what):
    return office.scalar(f"SELECT {what} FROM console.notices WHERE id = %s", key)


# ---- the act leaves it

def test_the_act_leaves_a_letter_with_its_folio_its_addressee_and_its_term(office, letter):
    assert told(office, letter, "folio").startswith(f"UAS-CAR-{today().year}-0000")
    holder, street = (office.scalar(f"SELECT a.{column} FROM commercial.accounts a JOIN console.notices n"
                                    " ON n.account_id = a.id WHERE n.id = %s", letter) for column in ("holder_name", "street"))
    assert told(office, letter, "addressee") == holder and told(office, letter, "address").startswith(street + "\n")
    assert told(office, letter, "deliver_by = console.after_working_days(console.local_day(), 10)")
    assert told(office, letter, "state || ' ' || template_id") == "drafted " + str(office.scalar(
        "SELECT max(id) FROM console.letter_templates WHERE code = %s AND state = 'in_force'", APPLIED))


def test_a_program_that_applies_without_the_letter_is_refused_at_commit(office, monkeypatch):
    key = psql.signed(office, -20)
    monkeypatch.setattr(psql, "LETTER", "SELECT %s")
    with pytest.raises(psycopg.Error) as refused:
        psql.post(office, key)
    assert refused.value.sqlstate == "AG073"
    monkeypatch.undo()
    psql.post(office, key)
    assert office.scalar(ONE.format("count(*)"), key) == 1


def test_nobody_chooses_a_folio_and_the_series_has_no_gap(office, letter):
    with office.program("staff") as raw, pytest.raises(psycopg.errors.InsufficientPrivilege):
        raw.execute("INSERT INTO console.notices (folio, about_id, template_id, subject, body)"
                    " SELECT 'UAS-CAR-2026-000999', id, 1, 'x', 'x' FROM console.corrections LIMIT 1")
    assert office.scalar("SELECT count(*) = max(right(folio, 6)::integer) FROM console.notices")


def test_what_a_letter_says_never_changes(office, letter):
    for change in ("body = 'otra'", "subject = 'otro'", "folio = 'x'", "account_id = account_id + 1"):
        with psycopg.connect(office.dsn()) as owner, pytest.raises(psycopg.Error) as refused:
            owner.execute(f"UPDATE console.notices SET {change} WHERE id = %s", (letter,))
        assert refused.value.sqlstate == "AG002", change


def test_a_letter_whose_act_may_not_write_it_stops_the_start():
    known = letters.LETTERS[APPLIED]
    with pytest.raises(Misdeclared, match="add Notice to its creates"):
        letters.leaves(replace(known, code="other", on=replace(apply, creates=())))
    with pytest.raises(Misdeclared, match="declared twice"):
        letters.leaves(known)
    with pytest.raises(Misdeclared, match="LetterTemplate names no record of any kind"):
        letters.leaves(replace(known, code="other", on=replace(apply, creates=(LetterTemplate,)), kept_in=LetterTemplate))


@pytest.mark.parametrize("to", [(), ("reason",), ("account_id", "reason", "folio")])
def test_a_letter_to_nobody_stops_the_start(to):
    known = letters.LETTERS[APPLIED]
    with pytest.raises(Misdeclared, match="has no addressee; say in `to` the column of Correction that names an account"):
        letters.leaves(replace(known, code="other", to=to))
    with pytest.raises(Misdeclared, match="to of the letter other names 'nme', which is no column of Correction"):
        letters.leaves(replace(known, code="other", to=("nme", "reason")))


# ---- templates

def drafted(office, body=BODY, code=APPLIED):
    with office.speaks("administrator") as session:
        made = LetterTemplate(code=code, subject="Corrección {correction}", body=body, reason="Otra versión.")
        session.add(made)
        session.commit()
        return made.id


def test_a_newer_version_in_force_gives_the_words_and_written_letters_keep_theirs(office, letter):
    before = told(office, letter, "body")
    key = drafted(office, BODY.replace("Estimado usuario", "Apreciable usuario"))
    first = left(office)
    with pytest.raises(Denied):
        do(office, authorize_template, key, role="administrator")
    do(office, authorize_template, key, role="unit_head")
    second = left(office)
    assert told(office, first, "body").startswith("Estimado usuario de la cuenta 1")
    assert told(office, second, "body").startswith("Apreciable usuario de la cuenta 1") and told(
        office, second, "template_id") == key
    assert "{" not in told(office, second, "subject || body") and told(office, letter, "body") == before
    do(office, retire_template, key, role="unit_head")


def test_an_unknown_merge_field_is_refused_in_one_sentence_that_names_the_known_ones(office):
    client, words = office.client("administrator"), "La carta no conoce el campo {folio_recibo}; use {account}, {bill}"
    answer = send(office, client, "/plantillas-de-carta/nuevo/", {
        "code": APPLIED, "subject": "Corrección", "body": "Su recibo {folio_recibo} fue corregido.", "reason": "Prueba"})
    assert answer.status_code == 409 and words in answer.text and "Su recibo {folio_recibo}" in answer.text
    key = drafted(office, "Un texto con {folio_recibo} que nadie conoce.")
    with pytest.raises(Broken, match="no conoce el campo"):
        do(office, authorize_template, key, role="unit_head")
    other = drafted(office, code="nothing")
    with pytest.raises(Broken, match="Ningún acto deja cartas «nothing»; use una de estas claves: correction_applied"):
        do(office, authorize_template, other, role="unit_head")


def test_without_a_template_in_force_nothing_is_applied_and_it_is_told(office):
    key = office.correction("signed")
    with psycopg.connect(office.dsn()) as owner:
        owner.execute("ALTER TABLE console.letter_templates DISABLE TRIGGER USER")
        owner.execute("UPDATE console.letter_templates SET state = 'retired' WHERE state = 'in_force'")
    try:
        with pytest.raises(Broken, match="No hay una plantilla autorizada para la carta «correction_applied»"):
            office.perform("staff", apply, key)
    finally:
        with psycopg.connect(office.dsn()) as owner:
            owner.execute("UPDATE console.letter_templates SET state = 'in_force' WHERE id = 1")
            owner.execute("ALTER TABLE console.letter_templates ENABLE TRIGGER USER")


# ---- what happens to it

def test_it_is_printed_and_delivered_with_its_proof(office):
    key = left(office)
    do(office, mark_printed, key)
    for day in (today() + timedelta(days=1), date(2020, 1, 1)):
        with pytest.raises(Broken, match="entre el de la carta y hoy"):
            do(office, register_delivery, key, {"received_by": "Ana Díaz", "delivered_on": day})
    with office.program("staff") as raw, pytest.raises(psycopg.errors.CheckViolation):
        raw.execute("UPDATE console.notices SET state = 'delivered' WHERE id = %s", (key,))
    do(office, register_delivery, key, {"received_by": "Ana Díaz", "delivered_on": today()})
    assert told(office, key, "state || received_by || delivered_on") == f"deliveredAna Díaz{today()}"


def test_a_returned_letter_takes_another_address_and_is_printed_again(office):
    key = left(office)
    do(office, mark_printed, key)
    do(office, register_return, key, {"return_reason": "Domicilio cerrado"})
    do(office, correct_address, key, {"addressee": "Luis Paz", "address": "Otra 5\nCentro, S.L.P."})
    do(office, mark_printed, key)
    assert told(office, key, "state || address") == "printedOtra 5\nCentro, S.L.P."


def test_a_letter_without_address_is_not_printed_by_any_program(office):
    key = left(office)
    do(office, correct_address, key, {"addressee": "Luis Paz", "address": " "})
    with pytest.raises(Broken, match="No tiene domicilio"):
        do(office, mark_printed, key)
    with office.program("staff") as raw, pytest.raises(psycopg.errors.CheckViolation):
        raw.execute("UPDATE console.notices SET state = 'printed' WHERE id = %s", (key,))
    page = office.client("staff").get("/cartas/?no_address=si")
    assert told(office, key, "folio") in page.text
    assert office.client("staff").get(f"/cartas/{key}/carta.pdf").status_code == 409


# ---- on paper

def pages(answer):
    assert answer.mimetype == "application/pdf", answer.text
    with pikepdf.open(BytesIO(answer.data)) as read:
        return len(read.pages), dict(read.Root.MarkInfo)


def test_letters_are_printed_one_by_one_or_together_and_only_by_who_reads_names(office, letter):
    staff = office.client("staff")
    assert pages(staff.get(f"/cartas/{letter}/carta.pdf"))[0] == 1
    many, marked = pages(staff.get("/cartas/cartas.pdf?state=drafted"))
    assert many == office.scalar("SELECT count(*) FROM console.notices WHERE state = 'drafted' AND NOT no_address") >= 1
    assert marked["/Marked"]
    auditor = office.client("auditor")
    assert auditor.get(f"/cartas/{letter}/carta.pdf").status_code == 403
    assert auditor.get("/cartas/cartas.pdf").status_code == 403
    holder = told(office, letter, "addressee")
    for path in (f"/cartas/{letter}/", "/cartas/"):
        assert holder not in auditor.get(path).text
    assert holder in staff.get(f"/cartas/{letter}/").text
    assert office.scalar("SELECT count(*) FROM console.read_entries WHERE table_name = 'notices'") > 0


def test_long_letters_count_their_own_pages_and_hundreds_are_one_file():
    one = letter_facts("UAS-CAR-2026-000001", date(2026, 11, 28), "Ana", "Calle 1\nCentro", "Asunto", "Párrafo corto.")
    long = letter_facts("UAS-CAR-2026-000002", date(2026, 11, 28), "Luis", "Calle 2", "Asunto", "\n\n".join(["Párrafo largo. " * 40] * 9))
    made = pdf.compose("letters.typ", {"title": "Cartas", "letters": [one, long, one] + [one] * 200}, {})
    with pikepdf.open(BytesIO(made)) as read:
        assert len(read.pages) == 202 + 2
    assert long_day(date(2026, 11, 28)) == "28 de noviembre de 2026"


def test_the_template_is_seen_on_paper_before_it_is_signed(office):
    key = drafted(office)
    administrator = office.client("administrator")
    assert pages(administrator.get(f"/plantillas-de-carta/{key}/muestra.pdf"))[0] == 1
    page = administrator.get(f"/plantillas-de-carta/{key}/").text
    assert "{received}" in page and "folio de la nota" in page


def test_printing_and_delivering_many_is_one_act_each(office):
    keys = [left(office), left(office)]
    staff = office.client("staff")
    preview = office.post(staff, "/cartas/varios/mark_printed/", {"key": [str(key) for key in keys]}, form="/cartas/")
    assert preview.status_code == 200 and "2" in preview.text


def test_the_record_page_tells_how_long_it_rests_and_that_its_term_is_no_law(office, letter):
    page = office.client("staff").get(f"/cartas/{letter}/").text
    assert "Lleva 0 días hábiles en «Por imprimir»" in page
    assert "10 días hábiles desde el día de la carta; meta interna, no plazo legal" in page
    with psycopg.connect(office.dsn()) as owner:
        owner.execute("ALTER TABLE console.notices DISABLE TRIGGER USER")
        owner.execute("UPDATE console.notices SET deliver_by = '2026-01-05' WHERE id = %s", (letter,))
        owner.execute("ALTER TABLE console.notices ENABLE TRIGGER USER")
    assert "Vencida" in office.client("staff").get("/cartas/").text


def test_the_key_of_a_new_template_leads_to_its_page(office):
    made = send(office, office.client("administrator"), "/plantillas-de-carta/nuevo/", {
        "code": APPLIED, "subject": "Corrección {correction}", "body": BODY, "reason": "Prueba de alta"})
    assert office.scalar("SELECT state FROM console.letter_templates WHERE id = %s", key_in(made.location)) == "draft"


def test_every_letter_is_kept_by_the_table_of_letters():
    assert {letter.kept_in for letter in letters.LETTERS.values()} == {Notice}
