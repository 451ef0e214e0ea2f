"""Trying a version over past bills, over HTTP: asked for, looked at while it runs, read and exported."""

import re
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from models.replays import Replay
from policies.replays.acts import CHANGED, stop_replay
from tests.admin_views.pages import fresh_token
from tests.policies.test_replays import asked, drafted, milder, one, whole, worked

START = "/procedimientos/{}/acto/try_on_past_bills/"
FORM = {"months": "3", "compare": "True", "supuesto__leak__repaired": "True"}


@pytest.fixture(scope="module")
def staff(office):
    return office.client("staff")


@pytest.fixture(scope="module")
def done(office):
    key = asked(office, drafted(office, milder), months=12)
    worked(office)
    return key


def start(office, client, version, **typed):
    page = client.get(START.format(version))
    seen = re.search(r'name="version" value="(\d+)"', page.text).group(1)
    return client.post(START.format(version), data={"csrf_token": office.token(page), "version": seen, **FORM, **typed})


def test_it_is_asked_for_from_the_version_and_shown_as_it_runs(office, staff):
    version = drafted(office)
    assert f'href="{START.format(version)}"' in staff.get(f"/procedimientos/{version}/").text
    answer = start(office, staff, version)
    page = staff.get(answer.location)
    total = one(office, "SELECT total FROM console.replays ORDER BY id DESC LIMIT 1")[0]
    assert re.search(rf"Recibos probados: 0 de {total}", page.text) and "data-progress" in page.text
    bar = staff.get(f"{answer.location}avance/", headers={"HX-Request": "true"})
    assert "data-fragment" in bar.text and "HX-Refresh" not in bar.headers
    worked(office)
    assert staff.get(f"{answer.location}avance/", headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    after = staff.get(answer.location).text
    assert "Qué se encontró" in after and "<progress" not in after
    assert f'href="/procedimientos/{version}/"' in after


@pytest.mark.parametrize(("typed", "status", "told"), [
    ({"months": "0"}, 422, "«0» está fuera de lo que se admite; escriba una cifra de 1 a 60."),
    ({"months": "61"}, 422, "«61» está fuera de lo que se admite; escriba una cifra de 1 a 60."),
    ({"months": "2.5"}, 422, "«2.5» lleva 1 decimal y aquí se admiten solo enteros"),
    ({"months": "doce"}, 422, "«doce» no es una cifra; escríbala con cifras"),
    ({"months": ""}, 422, "obligatorio"), ({"supuesto__leak__repaired": ""}, 422, "Revise lo siguiente"),
    ({"compare": "quizá"}, 422, "Revise lo siguiente")])
def test_what_is_asked_in_vain_gets_a_sentence_and_keeps_the_rest(office, staff, typed, status, told):
    before = one(office, "SELECT count(*) FROM console.replays")
    answer = start(office, staff, drafted(office), **typed)
    assert answer.status_code == status and told in answer.text
    kept = ({"months": "3"} | typed)["months"]
    assert f'value="{kept}"' in answer.text or not kept
    assert one(office, "SELECT count(*) FROM console.replays") == before


def test_only_who_elaborates_and_signs_procedures_tries_them(office):
    version = drafted(office)
    for role, status in (("staff", 200), ("unit_head", 200), ("commercial_director", 200), ("general_director", 403),
                         ("auditor", 403), ("administrator", 403)):
        assert office.client(role).get(START.format(version)).status_code == status, role


def test_the_page_says_the_figures_that_the_rows_add_up_to(office, staff, done):
    page = staff.get(f"/pruebas/{done}/").text
    row = one(office, "SELECT count(*), count(*) FILTER (WHERE eligible_before), count(*) FILTER (WHERE eligible),"
              " sum(amount_before), sum(amount) FROM console.replay_rows WHERE replay_id = %s", done)
    strip = re.search(r'<dl class="strip">(.*?)</dl>', page, re.DOTALL).group(1)
    told = re.findall(r"<dd>(.*?)</dd>", strip)
    assert told == [*(f"{value:,}" for value in row[:3]), *(f"−${-value:,.2f}" for value in row[3:])]
    assert "El consumo debe ser por lo menos el doble del promedio" in page and 'role="img"' in page
    for title in ("Por uso", "Por zona de abasto", "Por qué no proceden", "Recibos que empezarían a proceder"):
        assert f">{title}" in page


def test_who_changes_is_listed_dearest_first_and_all_of_it_goes_out(office, staff, done):
    page = staff.get(f"/pruebas/{done}/").text
    with psycopg.connect(office.dsn()) as raw:
        expected = [row[0] for row in raw.execute(
            "SELECT b.folio FROM console.replay_rows r JOIN commercial.bills b ON b.id = r.bill_id"
            " WHERE replay_id = %s AND eligible AND NOT eligible_before ORDER BY abs(amount - amount_before) DESC, r.id",
            (done,))]
    table = page.split('aria-label="Recibos que empezarían a proceder">')[1].split("</table>")[0]
    assert re.findall(r'href="/recibos/\d+/">([^<]+)<', table) == expected[:50] and expected
    links = set(re.findall(r'href="(/renglones-de-prueba/exportar/csv/[^"]*)"', page))
    counts = {}
    for link in links:
        terms = parse_qs(urlsplit(link.replace("&amp;", "&")).query)
        with staff.get(link.replace("&amp;", "&")) as answer:
            assert answer.status_code == 200
            counts["eligible" in terms] = answer.text.count("\n") - 1
    assert counts == {False: one(office, "SELECT count(*) FROM console.replay_rows WHERE replay_id = %s", done)[0],
                      True: len(expected)}


def test_one_whose_version_changed_says_so(office, staff):
    version = drafted(office)
    key = asked(office, version)
    office.perform("staff", stop_replay, key, model=Replay)
    assert CHANGED not in staff.get(f"/pruebas/{key}/").text
    with psycopg.connect(office.dsn()) as raw:
        raw.execute("ALTER TABLE console.procedure_versions DISABLE TRIGGER USER")
        raw.execute("UPDATE console.procedure_versions SET definition = definition || '{\"notes\": [\"otra\"]}'"
                    " WHERE id = %s", (version,))
        raw.execute("ALTER TABLE console.procedure_versions ENABLE TRIGGER USER")
    page = staff.get(f"/pruebas/{key}/").text
    assert CHANGED in page and "detuvo la prueba" in page
    answer = staff.post(f"/pruebas/{key}/acto/resume_replay/", data={
        "csrf_token": fresh_token(office, staff), "version": one(
            office, "SELECT version FROM console.replays WHERE id = %s", key)[0]})
    assert answer.status_code == 409 and CHANGED in answer.text and whole(office, key).state == "stopped"


def test_one_whose_person_left_the_office_says_so_and_another_takes_it(office, staff):
    key = asked(office, drafted(office), which=1)
    waits = "ya no tiene el cargo con que lo inició"
    assert waits not in staff.get(f"/pruebas/{key}/").text
    ends = "UPDATE console.appointments SET valid_to = {} WHERE person_id = %s AND role = 'staff'"
    person = office.actor("staff", 1).id
    with psycopg.connect(office.dsn()) as raw:
        raw.execute(ends.format("valid_from"), (person,))
    page = staff.get(f"/pruebas/{key}/")
    assert waits in page.text and waits in staff.get(f"/pruebas/{key}/avance/").text
    answer = staff.post(f"/pruebas/{key}/acto/resume_replay/", data={
        "csrf_token": fresh_token(office, staff), "version": one(
            office, "SELECT version FROM console.replays WHERE id = %s", key)[0]})
    assert answer.status_code == 302, answer.text
    assert waits not in staff.get(f"/pruebas/{key}/").text
    worked(office)
    assert whole(office, key).state == "done"
    with psycopg.connect(office.dsn()) as raw:
        raw.execute(ends.format("NULL"), (person,))


def test_what_the_worker_does_has_no_page(office, staff):
    key = asked(office, drafted(office))
    assert staff.get(f"/pruebas/{key}/acto/replay_chunk/").status_code == 404
    office.perform("staff", stop_replay, key, model=Replay)
