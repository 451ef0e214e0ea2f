"""The home, the menu, the index and the lists say the same figure of each tray, and each opens exactly its rows."""

import html
import re

import psycopg
import pytest
from sqlalchemy import select

from admin_views.door.offices import today
from admin_views.lists.counts import figure
from models.base.people import Role
from models.corrections import CorrectionState as S
from policies.core.trays import WAITING, Reader, trays_of
from tests.admin_views.pages import fresh_token, key_in, send
from tests.admin_views.test_home import rested
from tests.house.addresses import screens
from tests.policies.batches import Batches

CASES = [pytest.param(role, tray.model, tray.key, id=f"{role.value}:{tray.model.__tablename__}:{tray.key}")
         for role in Role for tray in trays_of(role)]
COUNTED = [pytest.param(role, model, id=f"{role.value}:{model.__tablename__}") for role in Role
           for model in dict.fromkeys(tray.model for tray in trays_of(role) if tray.counted)]


@pytest.fixture(scope="module")
def work(office):
    """Something in every tray that acts can fill, in different numbers."""
    for state in (S.DRAFT, S.SUBMITTED, S.SUBMITTED, S.SIGNED, S.SIGNED, S.SIGNED, S.APPLIED):
        office.correction(state)
    for _ in range(2):
        office.send_back(office.correction(S.SUBMITTED))
    rested(office, office.correction(S.SUBMITTED), 9)
    batches = Batches(office)
    batches.submitted()
    with psycopg.connect(office.dsn()) as owner:
        owner.execute("INSERT INTO console.people (name) VALUES ('Sin cargo')")
        owner.execute("INSERT INTO console.logins (person_id, email, fs_uniquifier)"
                      " SELECT max(id), 's@x.example', 'x' FROM console.people")
        for table in ("holidays", "appointments"):
            owner.execute(f"ALTER TABLE console.{table} DISABLE TRIGGER USER")
        owner.execute("INSERT INTO console.holidays (day, reason) VALUES ('2031-02-03', 'De prueba'),"
                      " ('2031-02-04', 'De prueba')")
        owner.execute("INSERT INTO console.appointments (person_id, role, valid_from, valid_to, letter, state) SELECT"
                      " max(id), 'auditor', %(day)s, %(day)s, 'DG/1', 'proposed' FROM console.people"
                      " UNION ALL SELECT max(id), 'staff', %(day)s, %(day)s + 9, 'DG/2', 'confirmed' FROM console.people",
                      {"day": today()})
        for table in ("holidays", "appointments"):
            owner.execute(f"ALTER TABLE console.{table} ENABLE TRIGGER USER")
    office.handed()
    return office


@pytest.fixture(scope="module")
def client(work):
    made = {}
    return lambda role: made.setdefault(role, work.client(role))


def keys_in(office, role, tray):
    """The keys of the rows of a tray, asked of its own condition."""
    with office.speaks(role, read_only=True) as session:
        return set(session.scalars(select(tray.model.id).where(tray.where(Reader(role, today()))),
                                   {"person_id": office.actor(role).id}))


def tray_of(role, model, key):
    return next(tray for tray in trays_of(role) if tray.model is model and tray.key == key)


def rows_of(page):
    """The keys of the records that a list shows, on its first page."""
    return {int(key) for key in re.findall(r'class="row-link" href="[^"]*/(\d+)/"', page)}


def section(page, role, tray):
    """The part of the first page that draws a tray; None where it is not drawn."""
    name = f'id="tray-{role.value}-{tray.model.__tablename__}-{tray.key}"'
    return page.split(name)[1].split("</section>")[0] if name in page else None


@pytest.mark.parametrize(("role", "model", "key"), CASES)
def test_a_tray_says_how_many_it_holds_and_opens_exactly_those(work, client, role, model, key):
    tray = tray_of(role, model, key)
    held = keys_in(work, role, tray)
    view = screens(work.app)[model.__tablename__]
    page = client(role).get(f"{view.url}/?bandeja={key}")
    assert page.status_code == 200 and rows_of(page.text) == held and len(held) <= view.page_size
    drawn = section(client(role).get("/").text, role, tray)
    assert (drawn is not None) == bool(held and tray.listed)
    if drawn:
        assert re.search(r'class="count">.*?</span>(\d+)</span>', drawn)[1] == figure(len(held))
        assert f'href="{view.url}/?bandeja={key}"' in drawn
        assert {int(one) for one in re.findall(r'class="row-name" href="[^"]*/(\d+)/"', drawn)} == held


@pytest.mark.parametrize(("role", "model"), COUNTED)
def test_the_badge_of_a_list_opens_exactly_what_it_counts(work, client, role, model):
    held = set().union(*(keys_in(work, role, tray) for tray in trays_of(role, model) if tray.counted))
    view = screens(work.app)[model.__tablename__]
    address = f"{view.url}/?bandeja={WAITING}"
    for place in ("/todo/", f"{view.url}/"):
        found = re.search(rf'href="{re.escape(address)}">(\d+)<', client(role).get(place).text)
        assert (found[1] if found else "0") == str(len(held)), place
    found = re.search(rf'href="{re.escape(address)}"><span>[^<]*</span> <strong>(\d+)<', client(role).get("/").text)
    assert (found[1] if found else "0") == str(len(held))
    assert rows_of(client(role).get(address).text) == held


@pytest.mark.parametrize("role", list(Role))
def test_the_entries_of_the_menu_add_up_to_what_waits(work, client, role):
    page = client(role).get("/").text
    side = page.split('<nav class="side"')[1].split("</nav>")[0]
    counts = [int(found or 0) for found in re.findall(r'<li[^>]*><a[^>]*><span>[^<]*</span>(?: <span class="count">(\d+))?', side)]
    held = sum(len(keys_in(work, role, tray)) for tray in trays_of(role) if tray.counted)
    assert counts[0] == sum(counts[1:]) == held


def test_every_kind_of_tray_was_filled(work):
    """The cases above are not empty: all but what only a returned or signed whole document fills."""
    empty = {tray.key for role in Role for tray in trays_of(role) if not keys_in(work, role, tray)}
    filled = {tray.key for role in Role for tray in trays_of(role) if keys_in(work, role, tray)}
    assert {"por-atender", "vencidas", "devueltas-para-corregir", "firmadas-por-aplicar", "mis-borradores", "en-firma",
            "esperan-su-firma", "cartas-por-enviar", "lotes-por-firmar", "dias-inhabiles-por-autorizar",
            "nombramientos-por-confirmar", "nombramientos-que-terminan-pronto"} <= filled, empty


@pytest.mark.parametrize("key", ["esperan-su-firma", "no-hay", "vencidas%00", "é"])
def test_a_tray_of_another_office_or_of_none_is_told_and_the_list_is_whole(client, key):
    page = client(Role.STAFF).get(f"/correcciones/?bandeja={key}")
    assert page.status_code == 200 and "no tiene esa bandeja" in page.text and len(rows_of(page.text)) >= 8


def test_a_list_carries_its_tray_along(client):
    page = html.unescape(client(Role.STAFF).get("/correcciones/?bandeja=firmadas-por-aplicar").text)
    assert "Bandeja: Firmadas, por aplicar" in page
    assert "/correcciones/?bandeja=firmadas-por-aplicar&orden=amount" in page
    sheet = client(Role.STAFF).get("/correcciones/exportar/csv/?bandeja=firmadas-por-aplicar").text
    assert len(sheet.strip().splitlines()) - 1 == 3


# ---- after an act

def test_after_an_act_the_next_of_the_tray_is_offered_and_at_the_end_that_none_is_left(office, work):
    staff, seen = work.client("staff"), []
    found = re.findall(r'href="(/correcciones/\d+/)"', section(staff.get("/").text, Role.STAFF, tray_of(
        Role.STAFF, screens(work.app)["corrections"].model, "firmadas-por-aplicar")))
    path = found[0]
    for _ in found:
        seen.append(path)
        answer = send(work, staff, f"{path}acto/apply/", {})
        assert answer.status_code == 302, answer.text
        page = staff.get(answer.location).text
        offered = re.search(r'Siguiente en «Firmadas, por aplicar»: <a href="([^"]+)">', page)
        path = offered and offered[1]
    assert sorted(seen) == sorted(found) and path is None
    assert "No queda nada en «Firmadas, por aplicar»." in page


def test_an_act_that_leaves_the_record_where_it_was_offers_no_other(work):
    staff = work.client("staff")
    made = work.draft()
    answer = send(work, staff, f"/correcciones/{made}/acto/calculate/",
                  {"reason": "Fuga reparada por el usuario.", "leak__repaired": "True"})
    assert answer.status_code == 302 and "Siguiente en" not in staff.get(answer.location).text


# ---- what waits in another office of the same person

def test_a_delegate_finds_what_waits_for_the_absent_and_goes_there_in_one_press(work):
    delegate = work.client("operations_director")
    assert "Esperan su firma" not in delegate.get("/").text
    with work.absence():
        page = delegate.get("/").text
        tray = tray_of(Role.COMMERCIAL_DIRECTOR, screens(work.app)["corrections"].model, "esperan-su-firma")
        drawn = section(page, Role.COMMERCIAL_DIRECTOR, tray)
        assert "por ausencia de" in drawn and "Oficio DG/2026/044" in drawn
        held = keys_in(work, Role.COMMERCIAL_DIRECTOR, tray)
        first = html.unescape(re.findall(r'name="destino" value="(/correcciones/\d+/)"', drawn)[0])
        assert key_in(first) in held and delegate.get(first).status_code == 403
        answer = delegate.post("/cargo", data={"csrf_token": fresh_token(work, delegate), "office": "commercial_director",
                                               "destino": first})
        assert answer.location == first
        page = delegate.get(first)
        assert page.status_code == 200 and "Ahora actúa como" in page.text and "acto/sign/" in page.text
        assert "Esperan su firma" in delegate.get("/").text


@pytest.mark.parametrize("address", ["https://example.org/", "//example.org/", "/\\example.org", "correcciones/", ""])
def test_a_press_leads_to_no_other_site(work, address):
    staff = work.client("staff")
    answer = staff.post("/cargo", data={"csrf_token": fresh_token(work, staff), "office": "staff", "destino": address})
    assert answer.location == "/"
