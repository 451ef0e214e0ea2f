"""One act on many records: chosen, counted, frozen, looked at, and then each done alone."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

import policies
from admin_views.acts import selection
from admin_views.corrections.desk import CorrectionView
from models.corrections import Correction
from policies.core.rules import Ask
from tests import psql
from tests.admin_views.pages import fresh_token
from tests.admin_views.test_parking import come_back, owner
from tests.psql import balance, bill_of, whole

LIST = "/correcciones/"
STATE = "SELECT state FROM console.corrections WHERE id = %s"
REFUSED = "SELECT count(*) FROM console.refusals WHERE asked = %s AND why = %s"
TRAIL = """SELECT count(DISTINCT txid) FROM audit.log WHERE act = %s AND role = %s AND actor_id = %s
            AND table_name = 'console.corrections' AND row_id = ANY(%s)"""
ENDED = "UPDATE console.web_sessions SET seen_at = now() - interval '4 hours' WHERE ended_at IS NULL"


@pytest.fixture(scope="module")
def staff(office):
    return office.client("staff")


@pytest.fixture(scope="module")
def director(office):
    return office.client("commercial_director")


def path(step, query=""):
    return f"{LIST}varios/{step}/{query}"


def choose(office, client, step, query="", **chosen):
    """Send the list's form, as its page would."""
    return client.post(path(step, query), data={"csrf_token": fresh_token(office, client), **chosen})


def frozen(page):
    return re.search(r'name="frozen" value="([^"]*)"', page.text).group(1)


def decide(office, client, step, page, **typed):
    """Send the preview's form; the answer is the result's page."""
    sent = client.post(path(step), data={"csrf_token": office.token(page), "frozen": frozen(page), **typed})
    return client.get(sent.location) if sent.status_code == 302 else sent


def states(office, keys):
    return [office.scalar(STATE, key) for key in keys]


def signed(office, number):
    return [psql.signed(office) for _ in range(number)]


def notes(office, keys):
    return [len(whole(office, key)["notes"] or []) for key in keys]


def rows(page):
    """{record's key: whether it was done} of a result."""
    return {int(key): "Hecho" in row for row in page.text.split("<tbody")[1].split("<tr")[1:]
            for key in re.findall(r'href="/correcciones/(\d+)/"', row)}


# ---- who is offered it

def test_only_an_office_with_such_an_act_finds_boxes(office, staff):
    psql.signed(office)
    shown = {role: office.client(role).get(LIST).text for role in ("staff", "commercial_director", "auditor")}
    assert shown["staff"].count("data-pick>") == shown["staff"].count("data-peek>") > 0
    assert all(word in shown["staff"] for word in ("varios/submit/", "varios/withdraw/", "varios/apply/"))
    assert "varios/send_back/" in shown["commercial_director"]
    assert "varios/apply/" not in shown["commercial_director"]
    assert "data-pick" not in shown["auditor"] and "varios/" not in shown["auditor"]
    assert "data-pick" not in staff.get("/cuentas/").text


@pytest.mark.parametrize("step", ["calculate", "attach", "start_reversal", "no_such_act", "authorize_holiday"])
def test_an_act_that_is_done_one_by_one_has_no_such_address(office, staff, step):
    key = psql.signed(office)
    assert choose(office, staff, step, key=key).status_code == 404
    assert staff.post(path(step), data={"csrf_token": fresh_token(office, staff), "frozen": f"{key}:1"}).status_code == 404
    assert staff.get(f"{path(step)}resultado/x/").status_code == 404


@pytest.mark.parametrize("role", ["commercial_director", "auditor"])
def test_another_office_is_denied_whatever_it_sends(office, role):
    client, key = office.client(role), psql.signed(office)
    version = office.scalar("SELECT version FROM console.corrections WHERE id = %s", key)
    for sent in ({"key": key}, {"todos": "1"}, {"frozen": f"{key}:{version}"}):
        answer = choose(office, client, "apply", **sent)
        assert answer.status_code == 403 and "«Aplicar» corresponde a: Personal administrativo." in answer.text
    assert client.get(path("apply")).status_code == 403
    assert states(office, [key]) == ["signed"]


def test_nothing_ticked_is_said_on_the_list_with_its_filter(office, staff):
    for asked in (lambda: choose(office, staff, "apply", "?state=signed"),
                  lambda: staff.get(path("apply", "?state=signed"))):
        answer = asked()
        assert answer.status_code == 302 and answer.location == f"{LIST}?state=signed"
        assert "Marque al menos un renglón" in staff.get(answer.location).text


# ---- the preview

def test_the_preview_counts_sums_and_says_why_not_and_writes_nothing(office, staff):
    keys, draft = signed(office, 2), office.draft()
    page = choose(office, staff, "apply", key=[*keys, draft])
    assert page.status_code == 200
    assert "2 proceden, 1 no" in page.text and "−$20.00" in page.text
    assert "No procede «Aplicar»: el registro está en «Borrador»." in page.text
    assert [pair.split(":")[0] for pair in frozen(page).split()] == [str(key) for key in sorted(keys, reverse=True)]
    assert states(office, [*keys, draft]) == ["signed", "signed", "draft"] and notes(office, keys) == [0, 0]


def test_when_none_proceeds_there_is_nothing_to_send(office, staff):
    draft = office.draft()
    page = choose(office, staff, "apply", key=draft)
    assert page.status_code == 200 and 'name="frozen"' not in page.text
    assert "«Aplicar» no procede con el registro elegido" in page.text


def test_a_grave_act_asks_to_be_confirmed(office, staff):
    page = choose(office, staff, "withdraw", key=[office.draft(), office.draft()])
    assert 'data-confirm="¿Retirar borrador: 2 correcciones? No se puede deshacer."' in page.text


def test_what_all_share_is_asked_once_and_what_differs_is_refused(office, director, monkeypatch):
    keys = [psql.sent(office), psql.sent(office)]
    page = choose(office, director, "send_back", key=keys)
    assert page.text.count('name="reason"') == 1
    empty = decide(office, director, "send_back", page, reason="  ")
    assert empty.status_code == 422 and "Falta este dato; escríbalo." in empty.text and frozen(empty) == frozen(page)
    done = decide(office, director, "send_back", empty, reason="Falta la foto del medidor.")
    assert rows(done) == {key: True for key in keys} and states(office, keys) == ["draft", "draft"]
    assert office.scalar("SELECT count(*) FROM console.corrections WHERE id = ANY(%s) AND decision_reason = %s",
                         keys, "Falta la foto del medidor.") == 2
    step = policies.ACTS[Correction, "send_back"]
    monkeypatch.setitem(policies.ACTS, (Correction, "send_back"), replace(
        step, asks=lambda record, actor: (Ask("reason", f"Motivo de {record}"),)))
    others = [psql.sent(office), psql.sent(office)]
    told = choose(office, director, "send_back", key=others)
    assert told.status_code == 409 and "pide datos distintos a cada registro" in told.text


# ---- what is chosen

def test_all_that_match_are_those_of_the_filter_and_frozen(office, staff):
    waiting = signed(office, 2)
    page = staff.get(f"{LIST}?state=signed")
    told = re.search(r'name="coinciden" value="(\d+)"', page.text).group(1)
    assert int(told) == office.scalar("SELECT count(*) FROM console.corrections WHERE state = 'signed'")
    assert f"Seleccionar los {told} que coinciden" in page.text and "varios/apply/?state=signed" in page.text
    preview = choose(office, staff, "apply", "?state=signed", todos="1", coinciden=told)
    assert f"{told} proceden" in preview.text and "Cuando usted vio la lista" not in preview.text
    late = psql.signed(office)
    again = choose(office, staff, "apply", "?state=signed", todos="1", coinciden=told)
    assert f"coincidían {told}; ahora son {int(told) + 1}" in again.text
    result = decide(office, staff, "apply", preview)
    assert len(rows(result)) == int(told) and all(rows(result).values())
    assert states(office, waiting) == ["applied", "applied"] and states(office, [late]) == ["signed"]


def test_more_than_the_most_are_not_offered_and_not_taken(office, staff, monkeypatch):
    keys = signed(office, 3)
    monkeypatch.setattr(selection, "MOST_TOGETHER", 2)
    monkeypatch.setattr(CorrectionView, "most_together", 2)
    monkeypatch.setitem(policies.ACTS, (Correction, "apply"), replace(policies.ACTS[Correction, "apply"], at_most=2))
    page = staff.get(f"{LIST}?state=signed")
    assert "Coinciden más de 2;" in page.text and 'name="todos"' not in page.text
    pairs = " ".join(f"{key}:{office.scalar('SELECT version FROM console.corrections WHERE id = %s', key)}" for key in keys)
    for sent in ({"todos": "1"}, {"key": keys}, {"frozen": pairs}):
        answer = choose(office, staff, "apply", **sent)
        assert answer.status_code == 409 and "acote el filtro" in answer.text
    assert notes(office, keys) == [0, 0, 0]


def test_a_filter_that_is_gone_chooses_nothing(office, staff):
    psql.signed(office)
    answer = choose(office, staff, "apply", "?state=olvidado", todos="1")
    assert answer.status_code == 409 and "un filtro que ya no existe" in answer.text


def test_a_ticked_row_that_left_the_list_is_said_and_left_out(office, staff):
    stays, goes = signed(office, 2)
    office.send_back(goes)
    page = choose(office, staff, "apply", "?state=signed", key=[stays, goes, "x", 2**31])
    assert "2 de los renglones que marcó ya no están" in page.text and frozen(page).split(":")[0] == str(stays)


def test_what_this_office_may_not_see_is_not_reached(office, staff, monkeypatch):
    hidden, seen = signed(office, 2)
    page = choose(office, staff, "apply", key=[hidden, seen])
    monkeypatch.setattr(CorrectionView, "scope", lambda view, query: query.where(Correction.id != hidden))
    for chosen in ({"key": [hidden, seen]}, {"todos": "1"}):
        told = choose(office, staff, "apply", **chosen)
        assert f"{hidden}:" not in f" {frozen(told)}".replace(f" {seen}:", "")
    result = decide(office, staff, "apply", page)
    assert rows(result) == {hidden: False, seen: True} and "Ya no está en esta lista" in result.text
    assert states(office, [hidden, seen]) == ["signed", "applied"]
    folios = [office.scalar("SELECT folio FROM console.corrections WHERE id = %s", key) for key in (hidden, seen)]
    assert [folio in result.text for folio in folios] == [False, True] and f"Registro {hidden}<" in result.text


@pytest.mark.parametrize("text", ["", "1", "1:", "1:1,2:1", "1:1 ", "a:b", "1:1 OR 1=1", "1:" + "9" * 20])
def test_a_frozen_choice_that_is_none_is_not_understood(office, staff, text):
    answer = choose(office, staff, "apply", frozen=text)
    assert answer.status_code == 400


# ---- doing

def test_each_is_done_in_its_own_transaction_by_this_person_in_this_act(office, staff):
    keys = signed(office, 3)
    due = [balance(office, bill_of(office, key)) - 10 for key in keys]
    page = choose(office, staff, "apply", key=keys)
    result = decide(office, staff, "apply", page)
    assert "3 hechos" in result.text and rows(result) == {key: True for key in keys}
    assert notes(office, keys) == [1, 1, 1] and states(office, keys) == ["applied"] * 3
    assert [balance(office, bill_of(office, key)) for key in keys] == due
    assert office.scalar(TRAIL, "apply", "console_staff", office.actor("staff").id, [str(key) for key in keys]) == 3


def test_the_result_may_be_opened_again_and_sending_again_does_nothing_again(office, staff):
    keys = signed(office, 2)
    page = choose(office, staff, "apply", key=keys)
    form = {"csrf_token": office.token(page), "frozen": frozen(page)}
    first = staff.post(path("apply"), data=form).location
    assert rows(staff.get(first)) == rows(staff.get(first)) == {key: True for key in keys}
    second = staff.get(staff.post(path("apply"), data=form).location)
    assert rows(second) == {key: False for key in keys} and notes(office, keys) == [1, 1]
    forgotten = staff.get(first)
    assert forgotten.status_code == 302 and "ya no se conserva" in staff.get(forgotten.location).text
    assert rows(office.client("staff", 1).get(first, follow_redirects=True)) != {key: True for key in keys}


def test_one_that_changed_since_is_refused_and_the_others_go_on(office, staff):
    first, moved, last = signed(office, 3)
    page = choose(office, staff, "apply", key=[first, moved, last])
    office.send_back(moved)
    psql_version = office.scalar("SELECT version FROM console.corrections WHERE id = %s", moved)
    result = decide(office, staff, "apply", page)
    assert "2 hechos, 1 no" in result.text and "Otra persona lo cambió desde que usted lo revisó" in result.text
    assert rows(result) == {first: True, moved: False, last: True} and notes(office, [first, moved, last]) == [1, 0, 1]
    assert office.scalar("SELECT version FROM console.corrections WHERE id = %s", moved) == psql_version
    assert office.scalar(REFUSED, f"POST {path('apply')} ({moved})", selection.CHANGED) == 1


def test_a_version_that_this_page_did_not_show_is_refused_even_where_the_act_is_open(office, staff):
    draft = office.draft()
    page = choose(office, staff, "withdraw", key=draft)
    office.prove(draft)   # the draft moves on, and could still be withdrawn
    assert rows(decide(office, staff, "withdraw", page)) == {draft: False}
    assert states(office, [draft]) == ["draft"]


def test_a_row_that_the_database_breaks_over_does_not_end_the_rest(office, staff, caplog):
    keys = signed(office, 3)
    page = choose(office, staff, "apply", key=keys)
    with psycopg.connect(office.dsn()) as raw:
        raw.execute("CREATE FUNCTION console.broken() RETURNS trigger LANGUAGE plpgsql AS"
                    " $$ BEGIN RAISE EXCEPTION 'roto'; END $$")
        raw.execute("CREATE TRIGGER broken BEFORE INSERT ON commercial.credit_notes FOR EACH ROW"
                    f" WHEN (NEW.correction_id = {keys[1]}) EXECUTE FUNCTION console.broken()")
    result = decide(office, staff, "apply", page)
    assert rows(result) == {keys[0]: True, keys[1]: False, keys[2]: True} and notes(office, keys) == [1, 0, 1]
    folio = re.search(r"con el folio ([0-9A-F]{6})", result.text).group(1)
    assert folio in caplog.text
    with psycopg.connect(office.dsn()) as raw:
        raw.execute("DROP FUNCTION console.broken() CASCADE")


@pytest.mark.parametrize("failure", [policies.Denied("No le toca."), policies.Broken("Ahora no."),
                                     ZeroDivisionError("roto"), KeyError("roto")])
def test_whatever_one_row_answers_the_others_go_on(office, staff, monkeypatch, failure):
    keys, perform = signed(office, 3), policies.perform
    page = choose(office, staff, "apply", key=keys)

    def fails_once(session, step, subject, *rest):
        if subject.id == keys[1]:
            raise failure
        return perform(session, step, subject, *rest)
    monkeypatch.setattr(policies, "perform", fails_once)
    assert rows(decide(office, staff, "apply", page)) == {keys[0]: True, keys[1]: False, keys[2]: True}
    assert notes(office, keys) == [1, 0, 1]


def test_a_database_that_leaves_half_way_is_told_row_by_row(office, staff, monkeypatch):
    keys, perform = signed(office, 3), policies.perform
    page = choose(office, staff, "apply", key=keys)
    order = [int(pair.split(":")[0]) for pair in frozen(page).split()]

    def leaves(session, step, subject, *rest):
        if subject.id == order[1]:
            raise OperationalError("", {}, Exception("gone"))
        return perform(session, step, subject, *rest)
    monkeypatch.setattr(policies, "perform", leaves)
    answer = decide(office, staff, "apply", page)
    assert answer.status_code == 503 and "1 hecho, 2 no" in answer.text
    assert "ábralo antes de repetirlo" in answer.text and "No se intentó" in answer.text
    assert rows(answer) == {order[0]: True, order[1]: False, order[2]: False}
    assert notes(office, order) == [1, 0, 0]


def test_what_was_typed_for_many_outlives_the_session(office):
    client, keys = office.client("commercial_director"), [psql.sent(office), psql.sent(office)]
    page = choose(office, client, "send_back", key=keys)
    owner(office, ENDED)
    gone = client.post(path("send_back"), data={
        "csrf_token": office.token(page), "frozen": frozen(page), "reason": "Falta la foto."})
    assert gone.status_code == 302
    away = client.get(gone.location)
    back = come_back(office, client, office.email("commercial_director"), away.location)
    again = client.get(back.location)
    assert again.status_code == 200 and "Falta la foto." in again.text and frozen(again) == frozen(page)
    assert states(office, keys) == ["submitted", "submitted"]


def test_holidays_are_decided_together_too(office):
    with office.program("administrator") as raw:
        keys = [raw.execute("INSERT INTO console.holidays (day, reason) VALUES (%s, 'Prueba') RETURNING id",
                            (f"2041-03-{day}",)).fetchone()[0] for day in (11, 12)]
    head = office.client("unit_head")
    for step, state in (("authorize_holiday", "in_force"), ("retire_holiday", "retired")):
        token = {"csrf_token": fresh_token(office, head)}
        page = head.post(f"/dias-inhabiles/varios/{step}/", data=token | {"key": keys})
        assert "2 proceden" in page.text and "en conjunto" not in page.text
        assert head.post(f"/dias-inhabiles/varios/{step}/", data=token | {"frozen": frozen(page)}).status_code == 302
        assert office.scalar("SELECT count(*) FROM console.holidays WHERE id = ANY(%s) AND state = %s", keys, state) == 2


@pytest.mark.parametrize("attempt", range(3))
def test_two_people_apply_the_same_selection_at_once_and_each_has_one_note(office, attempt):
    keys = signed(office, 6)
    due = [balance(office, bill_of(office, key)) - 10 for key in keys]
    people = [office.client("staff"), office.client("staff", 1)]
    pages = [choose(office, client, "apply", key=keys) for client in people]
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda pair: rows(decide(office, pair[0], "apply", pair[1])), zip(people, pages, strict=True)))
    assert notes(office, keys) == [1] * 6 and [balance(office, bill_of(office, key)) for key in keys] == due
    assert all([result[key] for result in results].count(True) == 1 for key in keys)
