"""Letters that leave by e-mail: put in the outbox by whatever program sends them, and told how that ended."""

from dataclasses import replace
from email.header import decode_header, make_header

import psycopg
import pytest

from admin_views.mails import sending
from models.base.mails import Mail
from models.notices import LetterTemplate, Notice
from policies.core.declarations import Misdeclared
from policies.core.mailing import MAILINGS, NO_SERVER, mailing
from policies.core.rules import Broken
from policies.notices import mark_printed, register_delivery, register_return, send_by_mail
from tests.admin_views.pages import send
from tests.policies.test_letters import do, left, told
from tests.policies.test_mails import due_again, none_written, post, send_due  # noqa: F401

TO = "ana.diaz@ejemplo.mx"
WAITING = "SELECT count(*) FROM console.mails WHERE about = 'notices' AND about_id = %s AND state = 'waiting'"


@pytest.fixture(scope="module")
def drafted(office):
    """A letter that nobody has printed or sent."""
    return left(office)


@pytest.fixture
def sent(office, post):  # noqa: F811
    """A letter on its way by e-mail."""
    key = left(office)
    do(office, send_by_mail, key, {"email": TO})
    return key


def test_a_letter_leaves_once_with_its_own_words_and_learns_it(office, post, sent):  # noqa: F811
    assert told(office, sent, "mailed_at IS NULL") and send_due(office) == 1 and send_due(office) == 0
    ((to, message),) = post.taken
    words = message.get_content().replace("\r\n", "\n")
    assert to == [TO] and str(make_header(decode_header(message["Subject"]))) == told(
        office, sent, "folio || ': ' || subject")
    for column in ("folio", "addressee", "body"):
        assert told(office, sent, column) in words, column
    assert told(office, sent, "mailed_at IS NOT NULL AND mail_trouble IS NULL AND state = 'sent'")
    page = office.client("staff").get(f"/cartas/{sent}/").text
    assert TO in page and "Enviada por correo" in page


def test_the_outbox_keeps_neither_the_address_nor_the_words(office, sent):
    assert office.scalar("SELECT count(*) FROM console.mails m WHERE about_id = %s AND m::text LIKE %s", sent, f"%{TO}%") == 0
    assert office.scalar("SELECT body IS NULL AND person_id IS NULL FROM console.mails WHERE about_id = %s", sent)
    page = office.client("administrator").get("/correos/").text
    assert told(office, sent, "folio") in page and TO not in page and told(office, sent, "addressee") not in page


def test_one_that_no_server_takes_waits_in_the_tray_of_those_that_did_not_leave(office, post, sent):  # noqa: F811
    post.answer = f"550 <{TO}> no existe"
    assert send_due(office) == 0
    assert "la dirección" in told(office, sent, "mail_trouble") and TO not in told(office, sent, "mail_trouble")
    assert "Cartas que no salieron por correo" in office.client("staff").get("/").text
    do(office, register_return, sent, {"return_reason": "El buzón no existe"})
    post.answer = None
    do(office, send_by_mail, sent, {"email": "otra@ejemplo.mx"})
    assert told(office, sent, "mail_trouble IS NULL") and send_due(office) == 1 and post.taken[0][0] == ["otra@ejemplo.mx"]


def test_one_taken_back_before_it_left_does_not_leave(office, post, sent):  # noqa: F811
    do(office, register_return, sent, {"return_reason": "Pidió que se le entregue en su domicilio"})
    assert send_due(office) == 0 and post.taken == []
    assert office.scalar("SELECT trouble FROM console.mails WHERE about_id = %s", sent) == sending.NOT_ON_ITS_WAY
    assert told(office, sent, "state = 'returned' AND mail_trouble IS NULL")


def test_one_sent_again_before_it_left_leaves_once_to_the_later_address(office, post, sent):  # noqa: F811
    do(office, register_return, sent, {"return_reason": "Correo mal escrito"})
    do(office, send_by_mail, sent, {"email": "otra@ejemplo.mx"})
    assert office.scalar(WAITING, sent) == 1 and send_due(office) == 1
    assert [to for to, _ in post.taken] == [["otra@ejemplo.mx"]]


def test_its_delivery_is_proven_as_that_of_one_on_paper(office, sent):
    do(office, register_delivery, sent, {"received_by": "Ana Díaz", "delivered_on": office.scalar("SELECT console.local_day()")})
    assert told(office, sent, "state") == "delivered"


@pytest.mark.parametrize("email", ["ana", "ana@ejemplo", "a@b.mx, c@d.mx", "a@b.mx\nBcc: c@d.mx", "Ana <a@b.mx>", "ñ@b.mx",
                                   "a" * 250 + "@b.mx"])
def test_what_is_no_single_address_is_told_in_one_sentence_and_kept_in_the_form(office, post, drafted, email):  # noqa: F811
    answer = send(office, office.client("staff"), f"/cartas/{drafted}/acto/send_by_mail/", {"email": email})
    assert answer.status_code in (409, 422) and "nombre@ejemplo.mx" in answer.text
    assert told(office, drafted, "state") == "drafted" and office.scalar(WAITING, drafted) == 0


def test_no_program_sends_a_letter_without_an_address_nor_to_a_wrong_one(office, drafted):
    for change in ("state = 'sent'", "state = 'sent', email = 'ana'"):
        with office.program("staff") as raw, pytest.raises(psycopg.errors.CheckViolation):
            raw.execute(f"UPDATE console.notices SET {change} WHERE id = %s", (drafted,))
    with office.program("staff") as raw, pytest.raises(psycopg.errors.InsufficientPrivilege):
        raw.execute("UPDATE console.notices SET mailed_at = now() WHERE id = %s", (drafted,))


def test_a_program_that_sends_one_puts_it_in_the_outbox_without_asking(office):
    key = left(office)
    with office.program("staff") as raw:
        raw.execute("UPDATE console.notices SET state = 'sent', email = %s WHERE id = %s", (TO, key))
    assert office.scalar(WAITING, key) == 1


def test_the_gate_reads_no_letter_that_is_not_on_its_way(office, drafted, sent):
    with psycopg.connect(office.dsn("gate")) as gate:
        read = [gate.execute("SELECT count(*) FROM console.mail_of('notices', %s)", (key,)).fetchone()[0]
                for key in (sent, drafted)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            gate.execute("SELECT body FROM console.notices")
    assert read == [1, 0]
    with office.program("auditor") as raw, pytest.raises(psycopg.errors.InsufficientPrivilege):
        raw.execute("SELECT * FROM console.mail_of('notices', 1)")


def test_without_a_mail_server_the_act_says_why_and_paper_remains(office, drafted):
    with pytest.raises(Broken, match="Esta instalación no envía correos"):
        do(office, send_by_mail, drafted, {"email": TO})
    assert NO_SERVER in office.client("staff").get(f"/cartas/{drafted}/").text
    do(office, mark_printed, drafted)


def test_an_email_is_for_a_person_or_takes_a_record(office):
    for columns, values in (("subject", "'x'"), ("person_id, about, about_id, subject", "1, 'notices', 1, 'x'"),
                            ("about, about_id, subject, body", "'notices', 1, 'x', 'y'")):
        with psycopg.connect(office.dsn()) as owner, pytest.raises(psycopg.errors.CheckViolation) as refused:
            owner.execute(f"INSERT INTO console.mails (day, {columns}) VALUES (current_date, {values})")
        assert refused.value.diag.constraint_name == "ck_mails_for_one"


def test_a_table_that_cannot_leave_by_email_stops_the_start():
    known = MAILINGS["notices"]
    assert known.model is Notice
    with pytest.raises(Misdeclared, match="LetterTemplate has no column for an e-mail"):
        mailing(replace(known, model=LetterTemplate))
    with pytest.raises(Misdeclared, match="Mail has no column"):
        mailing(replace(known, model=Mail))
