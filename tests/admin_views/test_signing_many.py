"""Many alike signed with one proof of identity: each asked again, each its own signature over what was shown."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from admin_views.acts import acting, selection
from admin_views.door import guesses
from deploy.demo.people import DEMO_PASSWORD
from models.corrections import CorrectionState as S
from tests import psql
from tests.admin_views.pages import fresh_token
from tests.admin_views.test_bulk import choose, decide, frozen, path, rows, states

SIGNED = "SELECT count(*) FROM console.signatures WHERE subject = 'corrections' AND subject_id = ANY(%s)"
HASH = "SELECT console.content_hash('corrections', %s)"
OVER = "SELECT content_hash FROM console.signatures WHERE subject = 'corrections' AND subject_id = %s AND method = 'password'"
TRAIL = ("SELECT count(DISTINCT txid) FROM audit.log WHERE act = 'sign' AND table_name = 'console.signatures'"
         " AND new ->> 'subject' = 'corrections' AND new ->> 'subject_id' = ANY(%s)")


@pytest.fixture(scope="module")
def director(office):
    return office.client("commercial_director")


@pytest.fixture
def three(office):
    return [psql.sent(office) for _ in range(3)]


def press(office, client, page, password=DEMO_PASSWORD):
    return decide(office, client, "sign", page, password=password)


def test_the_preview_shows_what_is_signed_of_each_and_asks_once_who_signs(office, director, three):
    page = choose(office, director, "sign", key=three)
    assert page.status_code == 200 and "3 proceden" in page.text and page.text.count('name="password"') == 1
    for key in three:
        row = next(row for row in page.text.split("<tr") if f"/correcciones/{key}/" in row)
        before = office.scalar("SELECT sum(amount_before + tax_before) FROM console.correction_lines"
                               " WHERE correction_id = %s", key)
        assert f"${before:,.2f}" in row and f"${before - 10:,.2f}" in row and "−$10.00" in row
        assert f"{office.scalar(HASH, key)[:12]}…" in row and "Clase" in row
    assert states(office, three) == ["submitted"] * 3 and office.scalar(SIGNED, three) == 0


def test_each_has_its_own_signature_over_the_content_that_was_shown(office, director, three):
    page = choose(office, director, "sign", key=three)
    shown = {int(one.split(":")[0]): one.split(":")[2] for one in frozen(page).split()}
    result = press(office, director, page)
    assert rows(result) == {key: True for key in three} and states(office, three) == ["signed"] * 3
    assert {key: office.scalar(OVER, key) for key in three} == shown
    assert office.scalar(TRAIL, [str(key) for key in three]) == 3


def test_a_wrong_password_signs_nothing_says_so_and_keeps_the_choice(office, director, three):
    page = choose(office, director, "sign", key=three)
    for wrong in ("otra-cosa-2026", ""):
        again = press(office, director, page, wrong)
        assert again.status_code == 422 and acting.PROOF in again.text and frozen(again) == frozen(page)
    assert states(office, three) == ["submitted"] * 3 and office.scalar(SIGNED, three) == 0
    assert rows(press(office, director, again)) == {key: True for key in three}


def test_wrong_passwords_are_throttled_as_any(office, three):
    client = office.client("commercial_director", 1)
    page = choose(office, client, "sign", key=three)
    for _ in range(guesses.PER_PERSON):
        press(office, client, page, "otra-cosa-2026")
    refused = press(office, client, page)
    assert refused.status_code == 422 and guesses.TOO_MANY in refused.text and office.scalar(SIGNED, three) == 0


def test_one_that_changed_since_the_preview_is_left_out_with_its_sentence(office, director, three):
    page = choose(office, director, "sign", key=three)
    psql.send_back(office, three[1])
    psql.send(office, three[1])         # the same figures, in another revision
    result = press(office, director, page)
    assert rows(result) == {three[0]: True, three[1]: False, three[2]: True} and selection.CHANGED in result.text
    assert states(office, three) == ["signed", "submitted", "signed"] and office.scalar(SIGNED, three) == 2


def test_a_content_that_was_not_shown_is_not_signed(office, director, three):
    """The version alone is not enough: the signature is over the hash that travelled with the choice."""
    page = choose(office, director, "sign", key=three)
    forged = re.sub(rf"\b{three[0]}:(\d+):[0-9a-f]+", rf"{three[0]}:\1:{'a' * 64}", frozen(page))
    assert forged != frozen(page)
    sent = director.post(path("sign"), data={"csrf_token": office.token(page), "frozen": forged,
                                             "password": DEMO_PASSWORD})
    assert rows(director.get(sent.location)) == {three[0]: False, three[1]: True, three[2]: True}


def test_a_choice_without_its_hashes_is_not_understood(office, director, three):
    for bare in (f"{three[0]}:1", f"{three[0]}:1:{'g' * 64}", f"{three[0]}:1:abc"):
        assert choose(office, director, "sign", frozen=bare).status_code == 400
    staff, key = office.client("staff"), psql.signed(office)
    assert choose(office, staff, "apply", frozen=f"{key}:1:{'a' * 64}").status_code == 400


def test_fifty_one_are_refused_however_they_are_asked_for(office, director):
    keys = list(range(1, 52))
    for sent in ({"key": keys}, {"frozen": " ".join(f"{key}:1:{'a' * 64}" for key in keys)}):
        answer = choose(office, director, "sign", **sent)
        assert answer.status_code == 409 and "«Firmar» atiende juntos hasta 50 registros" in answer.text
    assert choose(office, director, "send_back", key=keys).status_code in (200, 302)   # which takes 500


def test_those_of_another_cause_or_version_are_not_signed_together(office, director, three):
    other = office.correction(S.SUBMITTED)
    answer = choose(office, director, "sign", key=[*three, other])
    assert answer.status_code == 302
    assert "filtre la lista por «Causa» y por «Procedimiento»" in director.get(answer.location).text
    alone = choose(office, director, "sign", key=three), choose(office, director, "sign", key=other)
    both = f"{frozen(alone[0])} {frozen(alone[1])}"
    forged = director.post(path("sign"), data={"csrf_token": fresh_token(office, director), "frozen": both,
                                               "password": DEMO_PASSWORD})
    assert "resultado" not in forged.location and office.scalar(SIGNED, [*three, other]) == 0


def test_what_does_not_wait_for_this_office_does_not_hinder_the_rest(office, director, three):
    elsewhere, draft = psql.sent(office, 1500), office.draft()
    page = choose(office, director, "sign", key=[*three, elsewhere, draft])
    waits = psql.roles(office, elsewhere)[0] != "commercial_director"
    assert f"{3 if waits else 4} proceden" in page.text and "el registro está en «Borrador»" in page.text
    assert str(draft) not in {one.split(":")[0] for one in frozen(page).split()}


def test_sent_twice_it_shows_the_first_result(office, director, three):
    page = choose(office, director, "sign", key=three)
    form = {"csrf_token": office.token(page), "frozen": frozen(page), "password": DEMO_PASSWORD,
            "once": re.search(r'name="once" value="([^"]+)"', page.text).group(1)}
    first, second = (director.post(path("sign"), data=form) for _ in range(2))
    assert first.location == second.location and office.scalar(SIGNED, three) == 3
    assert rows(director.get(second.location)) == {key: True for key in three}


def test_no_other_office_signs_so(office, three):
    for role in ("staff", "auditor"):
        answer = choose(office, office.client(role), "sign", key=three)
        assert answer.status_code == 403 and "«Firmar» corresponde a" in answer.text


@pytest.mark.parametrize("attempt", range(2))
def test_the_same_choice_sent_from_two_windows_at_once_and_each_has_one_signature(office, attempt):
    keys = [psql.sent(office) for _ in range(4)]
    people = [office.client("commercial_director") for _ in range(2)]      # one person in two windows
    pages = [choose(office, client, "sign", key=keys) for client in people]
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda pair: rows(press(office, *pair)), zip(people, pages, strict=True)))
    assert office.scalar(SIGNED, keys) == 4 and states(office, keys) == ["signed"] * 4
    assert all([result[key] for result in results].count(True) == 1 for key in keys)
