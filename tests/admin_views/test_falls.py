"""Pages that fell: an act refused while it is done, and a record that names what the office may not see."""

import re
from contextlib import suppress
from dataclasses import replace
from itertools import count

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.exc import IntegrityError

import policies
from admin_views import AREAS
from admin_views.core.words import links_of
from models.base.people import Appointment, Delegation, Person, Role
from models.base.signing import WithSignatures
from models.batches import BatchRow
from models.billing import Bill, CreditNote
from models.corrections import CorrectionState as S
from models.fiscal import FiscalRecord
from models.replays import ReplayRow
from policies import ACTS, RULES
from policies.core.grants import GROWING
from policies.core.offices import EVERYONE
from policies.core.rules import Act
from tests.admin_views.pages import fresh_token
from tests.house.addresses import screens
from tests.policies.batches import Batches

WHY = "No procede por ahora; revise el expediente."
TAKEN = "Ya existe un registro"
REFUSALS = {"a rule": policies.Broken(WHY), "somebody was first": policies.Stale(WHY),
            "a constraint": IntegrityError("INSERT", {}, type("Unique", (Exception,), {"sqlstate": "23505"})())}
PERSONAL = [model for model in RULES if any(c.info.get("personal") for c in model.__table__.columns)]


@pytest.fixture(scope="module")
def records(office):
    """A record of every screen that is walked here, in the states that acts begin from."""
    made = {state: office.correction(state) for state in S}
    office.imported()
    office.tried()
    office.handed()
    office.ordered()
    office.mailed()
    Batches(office).applied()
    return made


@pytest.fixture
def tried_on_every_model(monkeypatch):
    """An act «prueba», of every office, on each model with personal columns."""
    for model in PERSONAL:
        monkeypatch.setitem(ACTS, (model, "prueba"), Act(
            "prueba", "Prueba", model, {}, EVERYONE, lambda subject, actor: None))


def refusing(monkeypatch, refusal):
    def perform(*arguments):
        raise refusal
    monkeypatch.setattr(policies, "perform", perform)


def version_of(office, model):
    """The version of its first row; a table that keeps none is asked for none."""
    name = model.__table__.fullname
    return office.scalar(f"SELECT version FROM {name} WHERE id = 1") if hasattr(model, "version") else "1"


def told(answer):
    """(status, what the page says first)."""
    said = re.search(r'<h1>(.*?)</h1>|class="flash[^>]*>(.*?)<', answer.text, re.DOTALL)
    return answer.status_code, WHY in answer.text or TAKEN in answer.text or said and said.group(0)


@pytest.mark.parametrize("why", REFUSALS)
def test_a_refused_act_shows_its_record_again_with_its_personal_columns(
        office, records, tried_on_every_model, monkeypatch, why):
    refusing(monkeypatch, REFUSALS[why])
    asked = 0
    for view in screens(office.app).values():
        for role in sorted(RULES[view.model].view) if view.model in PERSONAL else ():
            client = office.client(role)
            answer = client.post(f"{view.url}/1/acto/prueba/", data={
                "csrf_token": fresh_token(office, client), "version": version_of(office, view.model)})
            assert told(answer) == (409, True), (role, view.url)
            asked += 1
    assert asked >= 8


def cases(office):
    """(role, address) of every act that is open to somebody on some record now."""
    turn = count()
    for view in screens(office.app).values():
        for (model, name), step in ACTS.items():
            if model is not view.model or step.job:
                continue
            for role in sorted(step.by):
                with office.speaks(role, read_only=True) as session:
                    rows = [*session.query(model).order_by(model.id).limit(9),
                            *session.query(model).order_by(model.id.desc()).limit(9)]
                    keys = [row.id for row in rows if policies.refusal(step, office.actor(role), row) is None]
                if keys:
                    yield role, f"{view.url}/{keys[next(turn) % len(keys)]}/acto/{name}/"


@pytest.mark.parametrize("refusal", [policies.Broken(WHY), policies.Stale(WHY)], ids=["broken", "stale"])
def test_no_act_that_is_refused_while_it_is_done_falls(office, records, monkeypatch, refusal):
    """Every act that some office may take now: its page, sent as it stands, answers with a sentence."""
    found = list(cases(office))
    clients = {role: office.client(role) for role in Role}
    refusing(monkeypatch, refusal)
    monkeypatch.setattr("wtforms.Form.validate", lambda form, extra_validators=None: True)
    monkeypatch.setattr("admin_views.acts.acting.proven", lambda step: True)
    monkeypatch.setattr("admin_views.acts.acting.answers", lambda form: {})
    for role, path in found:
        page = clients[role].get(path)
        assert page.status_code == 200, (role, path)
        fields = {"csrf_token": office.token(page)}
        if 'name="version"' in page.text:
            fields["version"] = page.text.split('name="version"')[1].split('value="')[1].split('"')[0]
        answer = clients[role].post(path, data=fields)
        assert told(answer) == (409, True), (role, path)
    assert len({path.split("/acto/")[1] for _, path in found}) >= 15, sorted({path for _, path in found})


# ---- relations to tables that the office may not see

@pytest.fixture(scope="module")
def filled(office, records):
    """model → the key of a record whose every relation names something, as far as its CHECKs allow."""
    keys = {}
    with psycopg.connect(office.dsn()) as owner:
        for view in screens(office.app).values():
            table = view.model.__table__
            name = sql.Identifier(table.schema, table.name)
            (keys[view.model],) = owner.execute(sql.SQL("SELECT max({}) FROM {}").format(
                sql.Identifier(key_of(view.model)), name)).fetchone()
            if view.model in GROWING:       # a foreign table's own: nothing is filled in
                continue
            owner.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(name))
            for key in (key for key in table.foreign_keys if key.parent.computed is None):
                target = key.column.table
                fill = sql.SQL("UPDATE {0} SET {1} = (SELECT min({2}) FROM {3}) WHERE {4} = {5} AND {1} IS NULL").format(
                    name, sql.Identifier(key.parent.name), sql.Identifier(key.column.name),
                    sql.Identifier(target.schema, target.name), sql.Identifier(key_of(view.model)), keys[view.model])
                with suppress(psycopg.errors.IntegrityError), owner.transaction():
                    owner.execute(fill)
            owner.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(name))
    return keys


def key_of(model):
    return model.__table__.primary_key.columns[0].name


# A correction, a bill or an account without the tables that its own template draws is no page: its office sees them.
WALKED = [view.model for area in AREAS for view in area.views() if view.record_template == "record.html"]
# A record whose own name is another's: «Dirección General: Ana Ruiz» cannot be said without the person.
CALLED_BY = {(Appointment, Person), (Delegation, Person), (FiscalRecord, CreditNote), (ReplayRow, Bill),
             (BatchRow, Bill)}


def always_seen(model):
    """What whoever sees these records sees, or the start refuses the rule: their whole, and who signed them."""
    whole = RULES[model].part_of[1:]
    return {*whole, Person} if issubclass(model, WithSignatures) else {*whole}


NAMED = sorted({relation.mapper.class_ for model in WALKED for relation in links_of(model).values()
                if relation.mapper.class_ not in always_seen(model)}, key=str)


@pytest.fixture
def hidden(office, monkeypatch, request):
    """A table that the auditor may no longer see, by rule and by grant."""
    model = request.param
    name = sql.Identifier(model.__table__.schema, model.__tablename__)
    with psycopg.connect(office.dsn()) as owner:
        before = owner.execute("SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND"
                               " NOT attisdropped AND has_column_privilege('console_auditor', attrelid, attnum,"
                               " 'SELECT')", (model.__table__.fullname,)).fetchall()
        owner.execute(sql.SQL("REVOKE SELECT ON {} FROM console_auditor").format(name))
    rule = RULES[model]
    monkeypatch.setitem(RULES, model, replace(rule, view=rule.view - {Role.AUDITOR}))
    yield model
    with psycopg.connect(office.dsn()) as owner:
        owner.execute(sql.SQL("GRANT SELECT ({}) ON {} TO console_auditor").format(
            sql.SQL(", ").join(sql.Identifier(column) for (column,) in before), name))


@pytest.mark.parametrize("hidden", NAMED, ids=lambda model: model.__tablename__, indirect=True)
def test_a_record_that_names_what_the_office_may_not_see_opens_without_it(office, filled, hidden):
    client, walked = office.client("auditor"), 0
    for view in screens(office.app).values():
        if view.model not in WALKED:
            continue
        names = [relation.key for relation in links_of(view.model).values() if relation.mapper.class_ is hidden
                 and (view.model, hidden) not in CALLED_BY and hidden not in always_seen(view.model)]
        for path in ("", f"{filled[view.model]}/", f"{filled[view.model]}/?panel=1") if names else ():
            answer = client.get(f"{view.url}/{path}")
            assert answer.status_code == 200, (view.url, path, told(answer))
            walked += 1
    assert walked or hidden in {target for _, target in CALLED_BY}


def test_a_record_that_is_called_by_another_is_seen_only_where_that_one_is():
    for model, target in CALLED_BY:
        assert RULES[model].view <= RULES[target].view, model


def test_every_screen_has_a_record_to_open(office, filled):
    """The walk is not vacuous."""
    assert {model.__name__ for model, key in filled.items() if key is None} <= {"ReadEntry", "ExportEntry", "Refusal"}
