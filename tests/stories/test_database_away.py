"""The database goes away during a request: a calm page that keeps every typed word."""

import threading
from html import unescape

import pytest

from app import create_app
from deploy.demo.load import load
from deploy.postgres.embedded import Embedded
from tests import psql
from tests.conftest import ACCOUNTS, end
from tests.office import Office
from tests.policies.test_seals import faults, settle
from tests.psql import balance, bill_of, whole
from tests.served import held, until, waiting

TYPED = "El medidor está del otro lado; «ñandú» & <comillas>"
AWAY = "La base de datos no responde en este momento; nada se guardó."


@pytest.fixture(scope="module")
def own(run_folder, worker_id):
    """A PostgreSQL of this module's own, which it may stop."""
    folder = run_folder / f"own-{worker_id}"
    cluster = Embedded(folder / "pg", {"fsync": "off", "shared_buffers": "32MB"}, system=folder / "system")
    url = cluster.start().ensure_owner("consola")
    app = create_app(DATABASE_URL=url, INSTANCE=str(folder / "instance"), FILES=str(folder / "files"),
                     DEMO=True)
    result = app.test_cli_runner().invoke(args=["prepare"])
    assert result.exit_code == 0, result.output
    load(app, accounts=ACCOUNTS, months=24, corrections=False)
    office = Office(app, url)
    yield cluster, office
    office.programs.leave()
    end(app)
    cluster.stop()


def press(client, path, **typed):
    page = client.get(path)
    fields = {name: page.text.split(f'name="{name}"')[1].split('value="')[1].split('"')[0]
              for name in ("csrf_token", "version", "seen_hash") if f'name="{name}"' in page.text}
    return client.post(path, data=fields | typed)


def kept(page):
    """What the page gives back, read as a browser would read it."""
    assert page.status_code == 503 and AWAY in page.text
    return unescape(page.text)


def started(office, client):
    """A start page filled in and not yet sent: (path, fields, bill)."""
    bill = office.leak_bill()
    path = f"/recibos/{bill}/acto/start_correction/"
    page = client.get(path)
    way = page.text.split("uga oculta")[0].rsplit('value="', 1)[1].split('"')[0]
    return path, {"csrf_token": office.token(page), "way": way, "reason": TYPED}, bill


def test_the_database_stops_between_the_page_and_its_answer(own):
    cluster, office = own
    staff = office.client("staff")
    path, typed, bill = started(office, staff)
    cluster.stop()
    try:
        answer = staff.post(path, data=typed)
        assert TYPED in kept(answer) and typed["way"] in answer.text
    finally:
        cluster.start()
    assert staff.post(path, data=typed).status_code == 302
    assert office.scalar("SELECT reason FROM console.corrections WHERE bill_id = %s", bill) == TYPED
    settle(office)
    assert faults(office) == []


def test_after_a_restart_that_nobody_saw_the_first_page_comes_at_once(own):
    cluster, office = own
    staff = office.client("staff")
    assert staff.get("/recibos/").status_code == 200
    cluster.stop()
    cluster.start()
    assert staff.get("/recibos/").status_code == 200


def test_a_form_filled_in_before_is_taken_after_and_pages_say_so_meanwhile(own):
    cluster, office = own
    staff = office.client("staff")
    path, typed, bill = started(office, staff)
    cluster.stop()
    try:
        for page in (path, "/"):
            answer = staff.get(page)
            assert answer.status_code == 503 and AWAY in answer.text
        assert office.stranger().get("/entrar").status_code in (200, 503)
    finally:
        cluster.start()
    assert staff.post(path, data=typed).status_code == 302
    assert office.scalar("SELECT reason FROM console.corrections WHERE bill_id = %s", bill) == TYPED


def test_the_database_stops_while_the_request_is_half_done(own):
    cluster, office = own
    key = psql.sent(office)
    director = office.client("commercial_director")
    path = f"/correcciones/{key}/acto/send_back/"
    answers = []
    thread = threading.Thread(target=lambda: answers.append(press(director, path, reason=TYPED)))
    with pytest.raises(Exception, match="closed|terminat"), \
            held(office, "SELECT FROM console.corrections WHERE id = %s FOR UPDATE", key):
        thread.start()
        until(lambda: waiting(office))
        cluster.stop()
    thread.join(20)
    try:
        assert TYPED in kept(answers[0])
    finally:
        cluster.start()
    assert whole(office, key)["correction"]["state"] == "submitted"
    assert press(director, path, reason=TYPED).status_code == 302
    assert whole(office, key)["correction"]["decision_reason"] == TYPED
    settle(office)
    assert faults(office) == []


def test_posting_goes_on_after_the_database_came_back(own):
    cluster, office = own
    key = psql.signed(office)
    due = balance(office, bill_of(office, key)) - 10
    staff = office.client("staff")
    path = f"/correcciones/{key}/acto/apply/"
    staff.get(path)
    cluster.stop()
    assert staff.get(path).status_code == 503
    cluster.start()
    assert press(staff, path).status_code == 302
    assert balance(office, bill_of(office, key)) == due and len(whole(office, key)["notes"]) == 1
    settle(office)
    assert faults(office) == []
