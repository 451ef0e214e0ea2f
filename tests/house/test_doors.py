"""Every door refuses a stranger, and every endpoint is mapped to a verb or shut."""

import pytest
from flask_admin import expose

from admin_views.core.base import VERBS, PolicyView
from admin_views.door import door
from admin_views.people.desk import PersonView
from deploy.demo.people import DEMO_PASSWORD
from models.base.people import Person
from tests.house.addresses import address, checksum, rules, screens, without_rule

# Declared here again, so that opening a page to strangers takes two hands.
PUBLIC = {"static", "security.login", "security.logout", "health", "verification.page",
          "verification.code"}
SHUT = {"security.verify", "security.static", "home.static"}
MAPPED = {"index_view": "view", "details_view": "view", "create_view": "create", "edit_view": "edit",
          "delete_view": "delete", "export_view": "export", "act_view": "view", "paper_view": "view",
          "stamping_view": "export",
          "history_view": "view", "related_view": "view", "pick_view": "view", "file_view": "view", "verify_view": "view",
          "password_view": "edit", "figures_view": "view", "figures_export_view": "export",
          "columns_view": "view", "save_view": "view", "drop_view": "view",
          "import_view": "create", "import_template_view": "create", "import_columns_view": "create",
          "import_check_view": "create", "import_faults_view": "create",
          "bulk_view": "view", "bulk_result_view": "view", "part_view": "view", "text_view": "view",
          "download_view": "view", "try_view": "view", "library_view": "create", "load_view": "create",
          "prepare_view": "view", "progress_view": "view", "unbilled_view": "view",
          "letters_view": "view"}


class OpenView(PersonView):
    """A screen whose author forgot to say what its new page needs."""

    @expose("/abierta/")
    def open_view(self):
        return "abierta"


def test_every_door_sends_a_stranger_to_the_login(office):
    client = office.stranger()
    token = office.token(client.get("/entrar"))
    before, asked = checksum(office), 0
    for rule, method in rules(office.app):
        if rule.endpoint in PUBLIC | SHUT:
            continue
        asked += 1
        path = address(office.app, rule)
        answer = client.open(path, method=method, data={"csrf_token": token})
        assert answer.status_code == 302, (method, path, answer.status_code)
        assert answer.location.startswith("/entrar?next="), (method, path, answer.location)
    assert asked > 150 and checksum(office) == before


def test_a_forged_form_of_a_stranger_is_refused(office):
    client = office.stranger()
    for rule, method in rules(office.app):
        if method == "POST":
            answer = client.post(address(office.app, rule))
            if rule.endpoint in door.PUBLIC:
                assert answer.status_code == 400, rule
            else:
                assert answer.location.startswith("/entrar?next="), rule


def test_the_public_list_is_the_declared_one():
    assert door.PUBLIC == PUBLIC and door.SHUT == SHUT


def test_public_pages_answer_a_stranger_and_shut_ones_nobody(office):
    staff, stranger = office.client("staff"), office.stranger()
    for path in ("/entrar", "/salud", "/verificar/", "/static/console.css"):
        with stranger.get(path) as answer:
            assert answer.status_code == 200, path
    assert stranger.get("/verificar/" + "0" * 32).status_code == 404
    for rule, method in rules(office.app):
        if rule.endpoint in SHUT and method == "GET":
            path = address(office.app, rule)
            assert {staff.get(path).status_code, stranger.get(path).status_code} == {404}, path


def test_a_page_that_exists_and_one_that_does_not_look_alike_to_nobody_inside(office):
    """Outside, an unknown address says only that it does not exist."""
    answer = office.stranger().get("/nada/de/esto")
    assert answer.status_code == 404 and "No existe esa página" in answer.text


def test_every_endpoint_of_every_screen_has_its_verb(office):
    views = screens(office.app)
    assert len(views) >= 20 and all(isinstance(view, PolicyView) for view in views.values())
    names = {name for view in views.values() for _, name, _ in view._urls}
    assert names == set(VERBS) and VERBS == MAPPED


def test_what_stock_flask_admin_would_serve_is_gone(office):
    for view in screens(office.app).values():
        assert not {"action_view", "ajax_update", "ajax_lookup", "export"} & {
            name for _, name, _ in view._urls}
    addresses = [rule.rule for rule in office.app.url_map.iter_rules()]
    assert not [rule for rule in addresses if "ajax" in rule or "action" in rule]


@pytest.fixture
def careless(office):
    """An administrator's browser on a console with one more screen."""
    with office.another() as app:
        app.extensions["admin"][0].add_view(OpenView(Person, endpoint="open", url="/prueba"))
        client = app.test_client()
        office.log_in(client, office.email("administrator"), DEMO_PASSWORD)
        yield client


def test_a_new_endpoint_is_shut_until_it_names_its_verb(careless, monkeypatch):
    assert careless.get("/prueba/").status_code == 200
    refused = careless.get("/prueba/abierta/")
    assert refused.status_code == 403 and refused.text != "abierta"
    monkeypatch.setitem(VERBS, "open_view", "view")
    assert careless.get("/prueba/abierta/").text == "abierta"


def test_a_screen_of_a_table_without_rule_opens_to_nobody(careless):
    with without_rule(Person):
        assert careless.get("/prueba/").status_code == 403


def test_the_index_of_everything_shows_what_opens_and_nothing_else(office):
    for role in office.actors:
        client = office.client(role)
        page = client.get("/todo/")
        assert page.status_code == 200, page.text
        for view in screens(office.app).values():
            shown = f'href="{view.url}/"' in page.text
            opens = client.get(f"{view.url}/").status_code == 200
            assert shown == opens, (role, view.url)
