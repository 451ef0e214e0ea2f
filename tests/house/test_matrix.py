"""Every office × every screen × every verb, over HTTP, equals what the policies declare."""

import psycopg
import pytest
from sqlalchemy import select

import policies
from admin_views.core.base import VERBS
from models.base.exports import ExportOrder
from models.base.handovers import Handover
from models.base.people import Appointment, Delegation, Role
from models.corrections import CorrectionState as S
from policies.core.exports import EXPORTERS
from policies.procedures import authority
from tests.house.addresses import address, checksum, declared, rules, screens
from tests.house.answers import by_office
from tests.policies.batches import Batches

GETS = {"view": ("/", "/{key}/"), "create": ("/nuevo/",), "edit": ("/{key}/editar/",),
        "export": ("/exportar/csv/", "/exportar/xlsx/")}
POSTS = {"create": "/nuevo/", "edit": "/{key}/editar/", "delete": "/{key}/borrar/"}
USUAL = {"index_view", "details_view", "create_view", "edit_view", "delete_view", "export_view", "act_view"}
ROLES = [role.value for role in Role]


def may(role, endpoint, verb):
    return role in getattr(policies.RULES[declared()[endpoint].model], verb)


def case(*cell):
    return pytest.param(*cell, id=":".join(str(part) for part in cell))


PAGES = [case(role, endpoint, verb, path) for role in ROLES for endpoint in declared()
         for verb, paths in GETS.items() for path in paths]
FORBIDDEN = [case(role, endpoint, verb) for role in ROLES for endpoint in declared()
             for verb in POSTS if not may(role, endpoint, verb)]
DOORS = [case(role, endpoint) for role in ROLES for endpoint in declared()]
STEPS = [case(role, model.__tablename__, name) for role in ROLES for model, name in policies.ACTS]


@pytest.fixture(scope="module")
def rows(office):
    """endpoint → the key of a row, for every screen; the records walked there by their acts. Of an ordered export,
    which is its person's alone, one for each office: (endpoint, office) → key."""
    office.correction(S.APPLIED)
    office.prove(office.draft())
    office.imported()
    office.tried()
    Batches(office).applied()
    former = office.scalar("SELECT id FROM console.logins WHERE NOT active")
    office.post(office.client("administrator"), f"/accesos/{former}/contrasena/", form=f"/accesos/{former}/")
    auditor = office.client("auditor")
    auditor.get("/recibos/nuevo/")                       # a refusal
    auditor.get("/recibos/exportar/csv/").close()        # an export
    office.client("staff").get("/cuentas/1/")            # a read of somebody's personal data
    office.mailed()
    own = {("export_orders", role): office.ordered(role) for role in EXPORTERS}
    with psycopg.connect(office.dsn()) as connection:
        return own | {endpoint: connection.execute(
            f"SELECT max({key_of(view)}) FROM {view.model.__table__.fullname}").fetchone()[0]
            for endpoint, view in screens(office.app).items()}


def key_for(rows, endpoint, role):
    return rows.get((endpoint, role), rows[endpoint])


def key_of(view):
    (column,) = view.model.__table__.primary_key.columns
    return column.name


@pytest.fixture(scope="module")
def states(office, rows):
    """endpoint → the state of that row, where its table has one."""
    return {endpoint: office.scalar(f"SELECT state FROM {view.model.__table__.fullname}"
                                    f" WHERE {key_of(view)} = %s", rows[endpoint])
            for endpoint, view in screens(office.app).items() if hasattr(view.model, "state")}


@pytest.fixture(scope="module")
def wholes(office, rows):
    """endpoint → the state of the record that that row is part of."""
    parts = {endpoint: policies.RULES[view.model].part_of for endpoint, view in screens(office.app).items()
             if policies.RULES[view.model].part_of}
    return {endpoint: office.scalar(
        f"SELECT w.state FROM {parent.__table__.fullname} w JOIN {declared()[endpoint].model.__table__.fullname} p"
        f" ON p.{column} = w.id WHERE p.id = %s", rows[endpoint]) for endpoint, (column, parent) in parts.items()}


@pytest.fixture(scope="module")
def opened(office, rows):
    return by_office(office, lambda role: {
        (endpoint, path): (view.url + path.format(key=key_for(rows, endpoint, role)), {})
        for endpoint, view in declared().items() for paths in GETS.values() for path in paths})


@pytest.fixture(scope="module")
def posted(office, rows):
    """Create, edit and delete of whoever may not, each with its token and a whole row of values."""
    return by_office(office, lambda role: {
        (endpoint, verb): (view.url + path.format(key=rows[endpoint]), {
            "method": "POST", "data": {column.name: "1" for column in view.model.__table__.columns}})
        for endpoint, view in declared().items() for verb, path in POSTS.items() if not may(role, endpoint, verb)})


@pytest.fixture(scope="module")
def knocked(office, rows):
    """What a screen serves besides the ordinary verbs: history, paper, files, the check of the trail, a password handed
    over; of whoever may not."""
    return by_office(office, lambda role: {
        (endpoint, rule.rule, method): (address(office.app, rule, key=rows[endpoint]), {"method": method})
        for endpoint, rule, method, verb in other_doors(office) if not may(role, endpoint, verb)})


@pytest.fixture(scope="module")
def begun(office, rows):
    """The page of each act."""
    urls = {view.model: (endpoint, view.url) for endpoint, view in declared().items()}
    return by_office(office, lambda role: {
        (model.__tablename__, name): (f"{urls[model][1]}/{key_for(rows, urls[model][0], role)}/acto/{name}/", {})
        for model, name in policies.ACTS})


def other_doors(office):
    """(screen, rule, method, verb) of what is not among the usual doors."""
    for rule, method in rules(office.app):
        endpoint, _, name = rule.endpoint.partition(".")
        if endpoint in declared() and name not in USUAL | {"static"}:
            yield endpoint, rule, method, VERBS[name]


def expected(role, endpoint, verb, state, whole):
    view = declared()[endpoint]
    rule = policies.RULES[view.model]
    if role not in getattr(rule, verb):
        return 403
    if verb == "create" and not view.creates_here:
        return 409
    if verb == "edit" and rule.edit_while and state not in rule.edit_while:
        return 409
    if verb == "edit" and rule.part_of and whole not in policies.RULES[rule.part_of[1]].edit_while:
        return 409
    return 200


def test_there_is_a_row_behind_every_screen(rows):
    assert [endpoint for endpoint, key in rows.items() if key is None] == []


def test_the_cases_are_of_every_screen_that_is_served(office):
    assert {endpoint: view.url for endpoint, view in declared().items()} == {
        endpoint: view.url for endpoint, view in screens(office.app).items()}


@pytest.mark.parametrize(("role", "endpoint", "verb", "path"), PAGES)
def test_a_page_opens_exactly_to_whom_the_rule_names(opened, states, wholes, role, endpoint, verb, path):
    assert opened(role).said[endpoint, path][0] == expected(role, endpoint, verb, states.get(endpoint), wholes.get(endpoint))


@pytest.mark.parametrize("role", ROLES)
def test_no_page_writes_and_each_that_is_refused_is_kept(opened, role):
    answers = opened(role)
    assert not answers.wrote
    assert answers.refused == sum(status != 200 for status, _ in answers.said.values()) > 0


@pytest.mark.parametrize(("role", "endpoint", "verb"), FORBIDDEN)
def test_a_post_that_the_rule_does_not_name_is_refused(posted, role, endpoint, verb):
    status, page = posted(role).said[endpoint, verb]
    assert status == 403 and "Su cargo no permite" in page


@pytest.mark.parametrize("role", ROLES)
def test_no_post_that_is_refused_writes(posted, role):
    answers = posted(role)
    assert not answers.wrote and answers.refused == len(answers.said) > 0


@pytest.mark.parametrize(("role", "endpoint"), DOORS)
def test_the_other_doors_of_a_screen_obey_their_verb(knocked, role, endpoint):
    assert {door: status for door, (status, _) in knocked(role).said.items()
            if door[0] == endpoint and status != 403} == {}


@pytest.mark.parametrize("role", ROLES)
def test_no_other_door_that_is_shut_writes(knocked, role):
    assert knocked(role).said and not knocked(role).wrote


def test_a_records_history_opens_to_whom_the_record_does(office, rows):
    """What each office reads in it is PostgreSQL's to say: tests/policies/test_story.py."""
    path = f"/correcciones/{rows['corrections']}/historia/"
    opens = {role for role in ROLES if office.client(role).get(path).status_code == 200}
    assert opens == {"staff", "unit_head", "commercial_director", "general_director", "auditor"}


def test_delete_by_get_is_not_offered_to_anybody(office, rows):
    client, before = office.client("administrator"), checksum(office)
    for endpoint, view in screens(office.app).items():
        assert client.get(f"{view.url}/{rows[endpoint]}/borrar/").status_code == 405
    assert checksum(office) == before


def test_only_a_drafted_bands_slot_is_ever_deleted(office, rows):
    """The one delete that the house permits, and its refusal once the band is in force."""
    client = office.client("administrator")
    band = office.post(client, "/niveles/nuevo/", {"name": "Prueba", "from_amount": "999,999.00",
                                                   "valid_from": "2030-01-01"})
    band_id = band.location.rstrip("/").rsplit("/", 1)[-1]
    slot = office.post(client, "/firmas-por-nivel/nuevo/", {
        "band_id": band_id, "position": "1", "role": "unit_head"})
    assert slot.status_code == 302, slot.text
    gone, stays = slot.location.rstrip("/").rsplit("/", 1)[-1], rows["approval_slots"]
    for key, status, left in ((gone, 302, 0), (stays, 403, 1)):
        answer = office.post(client, f"/firmas-por-nivel/{key}/borrar/",
                             form=f"/firmas-por-nivel/{key}/", data={"version": "1"})
        assert answer.status_code == status, (key, answer.status_code)
        assert office.scalar("SELECT count(*) FROM console.approval_slots WHERE id = %s", key) == left


@pytest.mark.parametrize(("role", "table", "name"), STEPS)
def test_an_act_opens_exactly_to_whom_it_is_open(office, rows, begun, role, table, name):
    """A page of an act answers what refusal() says; for whoever may not see the record, 403."""
    (step,) = [step for (model, known), step in policies.ACTS.items() if (model.__tablename__, known) == (table, name)]
    endpoint = next(endpoint for endpoint, view in declared().items() if view.model is step.model)
    right = act_status(office, Role(role), step, step.model, key_for(rows, endpoint, role))
    if step.job and right != {403}:
        right = {404}       # the worker's alone: no page asks for it
    assert begun(role).said[table, name][0] in right


@pytest.mark.parametrize("role", ROLES)
def test_no_page_of_an_act_writes(begun, role):
    assert not begun(role).wrote


def act_status(office, role, step, model, key):
    if role not in policies.RULES[model].view or role not in step.by:
        return {403}
    with office.speaks(role, read_only=True) as session:
        subject = session.scalar(select(model).where(model.id == key))
        refused = policies.refusal(step, office.actor(role), subject)
        if refused is None:
            try:
                step.asks(subject, office.actor(role))
            except policies.Broken:
                return {409}
            return {200}
        return {403} if isinstance(refused, policies.Denied) else {409}


def test_an_act_of_another_table_does_not_exist(office, rows):
    staff = office.client("staff")
    for path in ("/cuentas/{accounts}/acto/apply/", "/recibos/{bills}/acto/sign/",
                 "/correcciones/{corrections}/acto/start_correction/",
                 "/correcciones/{corrections}/acto/__init__/"):
        assert staff.get(path.format(**rows)).status_code == 404, path


def test_directors_and_heads_type_no_record():
    """Whoever approves neither creates, edits nor deletes; a file that they ask for is no record."""
    for role in Role:
        if "director" in role or "head" in role or role == Role.AUDITOR:
            held = [rule.model.__name__ for rule in policies.RULES.values() if rule.model is not ExportOrder
                    and role in rule.create | rule.edit | rule.delete]
            assert held == [], role


def test_the_administrator_signs_nothing_and_the_auditor_only_confirms_who_holds_an_office():
    proposed = {Appointment, Delegation, Handover}
    for step in policies.ACTS.values():
        own = {Role.ADMINISTRATOR} if step.name in ("undo_import", "propose_holidays") else set()   # takes back what it typed, and types
        if step.model is ExportOrder:
            continue                   # the file of a list that they may read
        if step.model in proposed:     # the one proposes and takes away, the other confirms
            own = {Role.ADMINISTRATOR} if step.name.startswith("revoke_") else {Role.AUDITOR}
        assert not {Role.ADMINISTRATOR, Role.AUDITOR} & step.by - own, step.name
    assert Role.STAFF not in authority.endorse_version.by
