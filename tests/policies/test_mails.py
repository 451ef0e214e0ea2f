"""What waits is told by e-mail each working day, leaves by SMTP, and PostgreSQL keeps what was said."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import psycopg
import pytest
from aiosmtpd.controller import Controller

from admin_views.core import worker
from admin_views.lists.counts import MOST
from admin_views.mails import sending, summaries
from app import create_app
from models import db
from policies.core.mails import Waiting, summary
from tests.served import free_port

MONDAY = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)      # eight in the morning in San Luis Potosí
ROWS = "SELECT coalesce(json_agg(m ORDER BY id), '[]') FROM console.mails m"


class Post:
    """An SMTP server that keeps what it takes, or answers as it is told."""

    def __init__(self):
        self.taken, self.answer = [], None

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.answer:
            return self.answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.taken.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=policy.default)))
        return "250 OK"


@pytest.fixture
def post(office, monkeypatch):
    """The server of the installation while a test runs."""
    handler = Post()
    port = free_port()
    running = Controller(handler, hostname="127.0.0.1", port=port)
    running.start()
    monkeypatch.setitem(office.app.extensions, "mail_server",
                        sending.server_of(f"smtp://127.0.0.1:{port}", "consola@ejemplo.mx"))
    yield handler
    running.stop()


@pytest.fixture(autouse=True)
def none_written(office):
    with office.program() as owner:
        owner.execute("ALTER TABLE console.mails DISABLE TRIGGER USER")
        owner.execute("DELETE FROM console.mails")
        owner.execute("ALTER TABLE console.mails ENABLE TRIGGER USER")
    summaries.looked.clear()


def write_due(office, moment=MONDAY):
    with office.app.app_context():
        return summaries.write_due(moment)


def send_due(office):
    with office.app.app_context():
        return sending.send_due()


def due_again(office):
    with psycopg.connect(office.dsn("gate")) as gate:
        gate.execute("UPDATE console.mails SET try_at = clock_timestamp() WHERE state = 'waiting'")


def test_each_person_is_told_once_a_day_what_the_first_page_shows(office, post):
    office.correction("in_approval")
    assert write_due(office) > 1 and write_due(office) == 0
    rows = {row["person_id"]: row for row in office.scalar(ROWS)}
    told = rows[office.actor("commercial_director").id]
    page = office.client("commercial_director").get("/").text
    lines = [line.removeprefix("- ") for line in told["body"].splitlines() if line.startswith("- ")]
    links = [line.strip() for line in told["body"].splitlines() if line.startswith("  http")]
    assert told["day"] == "2026-11-23" and len(lines) == len(links) > 0
    for line in lines:
        assert line.partition(":")[0] in page, line
    assert "- Esperan su firma: 1\n" in told["body"]


def test_the_link_of_a_tray_shows_exactly_what_was_counted(office, post):
    office.correction("in_approval")
    write_due(office)
    told = {row["person_id"]: row for row in office.scalar(ROWS)}[office.actor("commercial_director").id]
    client, base = office.client("commercial_director"), office.app.config["PUBLIC_URL"]
    lines = told["body"].splitlines()
    for place, line in enumerate(lines):
        if line.startswith("- "):
            count = line.split(": ")[1].split(" ")[0]
            page = client.get(lines[place + 1].strip().removeprefix(base))
            assert page.status_code == 200 and (count == f"{MOST}+" or f"{count} " in page.text), line


def test_who_holds_two_offices_is_told_of_both():
    trays = [Waiting("Por firmar", "2", 1, "https://c.mx/a"), Waiting("Devueltas", "3", 0, "https://c.mx/b")]
    subject, body = summary("Ana Ruiz", [("Titular", trays[:1]), ("Auditor", []), ("Personal", trays[1:])], "https://c.mx")
    assert subject.endswith(": 1 vencido")
    assert "Como Titular:\n- Por firmar: 2 (1 vencido)\n  https://c.mx/a\n\nComo Personal:\n- Devueltas: 3\n" in body
    assert "Auditor" not in body
    assert summary("Ana Ruiz", [("Titular", [])], "https://c.mx") is None


@pytest.mark.parametrize("moment", [
    MONDAY - timedelta(hours=2), MONDAY + timedelta(days=5), datetime(2026, 11, 16, 14, 0, tzinfo=UTC)],
    ids=["before seven", "on a Saturday", "on a holiday"])
def test_no_summary_is_written(office, post, moment):
    office.correction("in_approval")
    assert write_due(office, moment) == 0 and office.scalar(ROWS) == []


def test_an_installation_without_server_writes_and_sends_nothing(office):
    office.correction("in_approval")
    assert office.app.extensions["mail_server"] is None
    assert write_due(office) == 0 and send_due(office) == 0 and office.scalar(ROWS) == []
    assert "CONSOLE_SMTP_URL" in office.client("administrator").get("/correos/").text


def test_an_email_leaves_once_to_the_address_of_the_access(office, post):
    office.mailed()
    assert send_due(office) == 1 and send_due(office) == 0
    ((to, said),) = post.taken
    assert to == [office.scalar("SELECT email FROM console.logins WHERE person_id = %s", office.actor("staff").id)]
    assert said["From"] == "consola@ejemplo.mx" and said["Subject"] == "Pendientes" and said.get_content().strip() == "Sí."
    assert said["Auto-Submitted"] == "auto-generated" and said["Message-ID"].endswith("@ejemplo.mx>")
    (row,) = office.scalar(ROWS)
    assert row["state"] == "sent" and row["attempts"] == 1 and row["sent_at"] and row["trouble"] is None


def test_what_the_server_does_not_take_now_is_tried_again_and_in_the_end_given_up(office, post):
    office.mailed()
    post.answer = "450 Buzón ocupado"
    for attempt, pause in enumerate(sending.PAUSES, start=1):
        assert send_due(office) == 0
        (row,) = office.scalar(ROWS)
        waits = datetime.fromisoformat(row["try_at"]) - datetime.now(UTC)
        assert row["state"] == "waiting" and row["attempts"] == attempt and "450" in row["trouble"]
        assert pause - timedelta(minutes=1) < waits <= pause
        due_again(office)
    send_due(office)
    (row,) = office.scalar(ROWS)
    assert row["state"] == "given_up" and row["attempts"] == len(sending.PAUSES) + 1 and post.taken == []


def test_one_that_waits_for_its_next_attempt_does_not_hold_the_others(office, post):
    office.mailed()
    post.answer = "450 Buzón ocupado"
    send_due(office)
    post.answer = None
    office.mailed(which=1)
    assert send_due(office) == 1 and [row["state"] for row in office.scalar(ROWS)] == ["waiting", "sent"]


def test_an_address_that_does_not_exist_is_given_up_at_once_and_the_screen_says_what_to_do(office, post):
    office.mailed()
    post.answer = "550 No existe"
    assert send_due(office) == 0
    (row,) = office.scalar(ROWS)
    assert row["state"] == "given_up" and row["attempts"] == 1
    page = office.client("administrator").get("/correos/").text
    assert "No salió" in page and "corrija el correo en «Accesos»" in page


def test_a_server_that_does_not_answer_is_told_and_tried_again(office, monkeypatch):
    monkeypatch.setitem(office.app.extensions, "mail_server", sending.server_of("smtp://127.0.0.1:1", "c@e.mx"))
    office.mailed()
    office.mailed(which=1)
    assert send_due(office) == 0
    row, other = office.scalar(ROWS)
    assert other["attempts"] == 0       # the server is waited for once, not once for each e-mail
    assert row["state"] == "waiting" and "No se pudo hablar con el servidor de correo" in row["trouble"]


def test_nobody_is_written_to_whose_access_was_closed(office, post):
    key = office.mailed()
    person = office.scalar("SELECT person_id FROM console.mails WHERE id = %s", key)
    with office.program() as owner:
        owner.execute("UPDATE console.logins SET active = false WHERE person_id = %s", (person,))
    try:
        assert send_due(office) == 0 and post.taken == []
        assert office.scalar(ROWS)[0]["trouble"] == sending.NO_ACCESS
        assert write_due(office) >= 0 and [row["person_id"] for row in office.scalar(ROWS)].count(person) == 1
    finally:
        with office.program() as owner:
            owner.execute("UPDATE console.logins SET active = true WHERE person_id = %s", (person,))


def test_a_password_never_travels_in_clear(office, post, monkeypatch):
    port = office.app.extensions["mail_server"].port
    monkeypatch.setattr(sending, "LOOPBACK", set())
    monkeypatch.setitem(office.app.extensions, "mail_server",
                        sending.server_of(f"smtp://ana:clave@127.0.0.1:{port}", "c@e.mx"))
    office.mailed()
    assert send_due(office) == 0 and office.scalar(ROWS)[0]["trouble"] == sending.IN_CLEAR and post.taken == []


@pytest.mark.parametrize(("address", "sender", "why"), [
    ("http://correo.mx", "c@e.mx", sending.MALFORMED), ("smtp://", "c@e.mx", sending.MALFORMED),
    ("smtp://correo.mx", "", sending.NO_SENDER)])
def test_a_setting_that_cannot_work_stops_the_start(address, sender, why):
    with pytest.raises(ValueError) as refused:
        create_app(SMTP_URL=address, MAIL_FROM=sender)
    assert str(refused.value) == why


def test_a_server_is_read_from_its_address():
    assert sending.server_of("smtps://ana%40e.mx:cl%2Fave@correo.mx", "c@e.mx") == sending.Server(
        "correo.mx", 465, True, "ana@e.mx", "cl/ave", "c@e.mx")
    assert sending.server_of("smtp://correo.mx", "c@e.mx").port == 587 and sending.server_of("", "") is None


def test_the_worker_writes_and_sends_them(office, post, monkeypatch):
    office.correction("in_approval")
    monkeypatch.setattr(worker, "now", lambda: MONDAY)
    monkeypatch.setattr(worker, "tidied", {})
    with office.app.app_context():
        worker.take_one()
        db.session.remove()
    assert len(post.taken) == len(office.scalar(ROWS)) > 1
    assert {row["state"] for row in office.scalar(ROWS)} == {"sent"}


@pytest.mark.parametrize(("statement", "refuses"), [
    ("UPDATE console.mails SET sent_at = NULL, state = 'waiting'", "once_mails_sent_at"),
    ("UPDATE console.mails SET state = 'waiting'", "ck_mails_sending_dated"),
    ("UPDATE console.mails SET trouble = NULL, sent_at = NULL, state = 'given_up'", "once_mails_sent_at")])
def test_what_was_sent_stays_sent(office, post, statement, refuses):
    office.mailed()
    send_due(office)
    with psycopg.connect(office.dsn("gate")) as gate, pytest.raises(psycopg.errors.Error) as refused:
        gate.execute(statement)
    assert refused.value.diag.constraint_name == refuses


@pytest.mark.parametrize("statement", [
    "UPDATE console.mails SET subject = 'Otro'", "DELETE FROM console.mails", "UPDATE console.mails SET person_id = 1"])
def test_what_was_said_stays_for_any_program(office, cluster, statement):
    office.mailed()
    with psycopg.connect(office.dsn("gate")) as gate, pytest.raises(psycopg.errors.InsufficientPrivilege):
        gate.execute(statement)
    with office.program() as owner, pytest.raises(psycopg.errors.Error) as refused:
        owner.execute(statement)
    assert refused.value.diag.constraint_name in ("fixed_mails", "kept_mails")


def test_no_office_writes_an_email(office):
    with office.program("administrator") as raw, pytest.raises(psycopg.errors.InsufficientPrivilege):
        raw.execute("INSERT INTO console.mails (person_id, day, subject, body) VALUES (1, current_date, 'x', 'x')")
    with office.program("staff") as raw, pytest.raises(psycopg.errors.InsufficientPrivilege):
        raw.execute(ROWS)
