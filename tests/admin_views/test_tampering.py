"""A form that no page of the console sends: without effect, and among the refused attempts."""

import re

import pytest

from admin_views.forms import pickers
from models.corrections import CorrectionState as S
from tests.admin_views.pages import fresh_token
from tests.office import upload

LAST = "SELECT row_to_json(r) FROM console.refusals r ORDER BY id DESC LIMIT 1"


def attempts(office):
    return office.scalar("SELECT count(*) FROM console.refusals")


def form(page):
    """name → value of everything that the page's form would send as it stands."""
    body = page.text.split('<form class="sheet', 1)[1].split("</form>")[0]
    sent = {name: value for tag, name, value in re.findall(r'<input([^>]*name="([^"]+)"[^>]*value="([^"]*)"[^>]*)', body)
            if "checked" in tag or not re.search('type="(checkbox|radio)"', tag)}
    for name, area in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>([^<]*)', body):
        sent[name] = area.strip()
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', body, re.S):
        chosen = [tag for tag in re.findall("<option([^>]*)>", options) if "selected" in tag]
        sent[name] = re.search('value="([^"]*)"', chosen[0])[1] if chosen else ""
    return sent


@pytest.fixture(scope="module")
def systems(office):
    return office.client("administrator")


def zone(office):
    return office.scalar("SELECT min(id) FROM console.neighborhoods")


@pytest.mark.parametrize("smuggled", [{"id": "7"}, {"search_name": "x"}, {"state": "signed", "drafted_by_id": "3"}],
                         ids=["key", "derived", "state"])
def test_a_field_that_the_form_does_not_offer_is_ignored_and_kept_as_an_attempt(office, systems, smuggled):
    path = f"/colonias/{zone(office)}/editar/"
    before = attempts(office)
    answer = systems.post(path, data=form(systems.get(path)) | smuggled)
    assert answer.status_code == 302 and attempts(office) == before + 1
    row = office.scalar(LAST)
    assert (row["person_id"], row["status"], row["asked"]) == (office.actor("administrator").id, 400, f"POST {path}")
    assert all(f"«{name}»" in row["why"] for name in smuggled)


def test_a_file_that_the_form_does_not_offer_is_kept_as_an_attempt(office, systems):
    before, path = attempts(office), f"/colonias/{zone(office)}/editar/"
    assert systems.post(path, data=form(systems.get(path)) | {"scan": upload(b"x")}).status_code == 302
    assert attempts(office) == before + 1 and "«scan»" in office.scalar(LAST)["why"]


def test_an_entry_says_the_first_names_of_many_and_cuts_the_long_ones(office, systems):
    path = f"/colonias/{zone(office)}/editar/"
    systems.post(path, data=form(systems.get(path)) | {f"a{'x' * 90}": "1"} | {letter * 3: "1" for letter in "bcdefgh"})
    why = office.scalar(LAST)["why"]
    assert why.count("el campo «") == 5 and f"«a{'x' * 59}»" in why


@pytest.mark.parametrize(("most", "told"), [(3, "no está en su lista"), (200, "«person_id-key» no está en el formulario")])
def test_a_key_that_no_search_gave_is_kept_as_an_attempt(office, systems, monkeypatch, most, told):
    """Of a field that is searched; one that is a list has no key at all."""
    monkeypatch.setattr(pickers, "MOST_CHOICES", most)
    before, path = attempts(office), "/accesos/nuevo/"
    sent = form(systems.get(path)) | {"person_id-key": "999999", "email": "x@demo.interapas.example"}
    assert systems.post(path, data=sent).status_code == 422
    assert attempts(office) == before + 1 and told in office.scalar(LAST)["why"]


def test_cells_of_a_table_that_the_form_does_not_have_are_an_attempt(office, systems):
    before, path = attempts(office), f"/colonias/{zone(office)}/editar/"
    systems.post(path, data=form(systems.get(path)) | {"slots-0-role": "staff"})
    assert attempts(office) == before + 1 and "«slots-0-role»" in office.scalar(LAST)["why"]


def test_what_the_form_offers_is_no_attempt(office, systems):
    before, path = attempts(office), f"/colonias/{zone(office)}/editar/"
    assert systems.post(path, data=form(systems.get(path))).status_code == 302
    assert attempts(office) == before


def test_a_choice_out_of_its_list_is_kept_as_an_attempt(office, systems):
    path = f"/colonias/{zone(office)}/editar/"
    sent, before = form(systems.get(path)), attempts(office)
    answer = systems.post(path, data=sent | {"municipality_id": "999"})
    assert answer.status_code == 422 and attempts(office) == before + 1
    assert "no está en su lista" in office.scalar(LAST)["why"]


def test_a_field_that_the_act_does_not_ask_is_kept_as_an_attempt(office):
    key, staff = office.correction(S.DRAFT), office.client("staff")
    path = f"/correcciones/{key}/acto/withdraw/"
    before = attempts(office)
    assert staff.post(path, data=form(staff.get(path)) | {"amount": "-1"}).status_code == 302
    assert attempts(office) == before + 1 and "«amount»" in office.scalar(LAST)["why"]


@pytest.mark.parametrize("path, status", [
    ("/correcciones/{key}/acto/burn/", 404), ("/correcciones/{key}/acto/compute/", 404),
    ("/correcciones/999999/acto/withdraw/", 404), ("/correcciones/{key}/acto/sign/", 403)],
    ids=["no such act", "another table's act", "no such record", "another office's act"])
def test_an_act_that_was_not_offered_is_kept_as_an_attempt(office, path, status):
    key, staff = office.correction(S.DRAFT), office.client("staff")
    before, path = attempts(office), path.format(key=key)
    answer = staff.post(path, data={"csrf_token": fresh_token(office, staff), "version": "1"})
    assert answer.status_code == status and attempts(office) == before + 1
    assert office.scalar(LAST)["asked"] == f"POST {path}"


@pytest.mark.parametrize("forged", [{"seen_hash": "0" * 64}, {"version": "x"}, {"version": "99"}],
                         ids=["hash", "no version", "another version"])
def test_a_forged_hash_or_version_is_kept_as_an_attempt(office, forged):
    key, director = office.correction(S.SUBMITTED), office.client("commercial_director")
    path = f"/correcciones/{key}/acto/sign/"
    before = attempts(office)
    answer = director.post(path, data=form(director.get(path)) | {"password": "agua-clara-2026"} | forged)
    assert answer.status_code == 409 and attempts(office) == before + 1
    assert office.scalar("SELECT count(*) FROM console.signatures WHERE subject = 'corrections' AND subject_id = %s", key) == 0
