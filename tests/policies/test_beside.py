"""Records beside others: what may be declared, in which order it stands, and what of it an office sees."""

import pytest
from flask import g

from admin_views.core.screens import screen_of
from models.base.people import Person, Role
from models.billing import Bill, BillLine, CreditNote, CreditNoteLine
from models.corrections import Correction
from models.customers import Account
from models.fiscal import FiscalRecord, Instalment
from models.meters import Meter
from models.notices import Notice
from policies.core import beside as declared
from policies.core.beside import BESIDE, Beside, beside, of_page
from policies.core.declarations import Misdeclared
from policies.core.rules import RULES, Actor


@pytest.fixture
def standing(monkeypatch):
    """The declarations, put back after the test."""
    monkeypatch.setattr(declared, "BESIDE", {whole: list(ones) for whole, ones in BESIDE.items()})


@pytest.mark.parametrize(("whole", "models"), [
    (Account, [Correction, Notice, Meter]), (Bill, [CreditNote, Correction]),
    (CreditNote, [CreditNoteLine, Instalment, FiscalRecord])])
def test_a_page_lists_what_areas_declared_in_their_order(whole, models):
    assert [one.model for one in of_page(whole)] == models


@pytest.mark.parametrize(("one", "names"), [
    (Beside(Person, Meter), "has no foreign key"), (Beside(Person, object), "has no rule"),
    (Beside(Account, Correction), "declared twice"),
    (Beside(Person, Meter, where=lambda key: Meter.id == key, told=True), "told in its story")])
def test_what_could_show_nothing_stops_the_start(standing, one, names):
    with pytest.raises(Misdeclared, match=names):
        beside(one)


def test_they_are_found_by_a_condition_of_their_own_too(office, standing):
    beside(Beside(Account, BillLine, where=lambda key: BillLine.bill_id.in_(
        Bill.__table__.select().with_only_columns(Bill.id).where(Bill.account_id == key))))
    with office.speaks("staff") as session, office.app.test_request_context():
        g.actor = session.info["actor"]
        view, account = screen_of(Account), session.get(Account, 1)
        relation = next(one for one in view.relations(account) if one.model is BillLine)
        assert {session.get(Bill, line.bill_id).account_id for line in relation.rows} == {1} and relation.more


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
def test_an_office_sees_of_it_what_its_rule_lets_it_see(office, role):
    with office.app.test_request_context():
        g.actor = Actor(1, role)
        for whole in BESIDE:
            assert [one.model for one in screen_of(whole).referring()] == [
                one.model for one in of_page(whole) if role in RULES[one.model].view]


def test_row_scope_holds_on_another_s_page_with_a_screen_and_without_one(office, standing, monkeypatch):
    for model in (Meter, Notice):
        monkeypatch.setitem(RULES, model, RULES[model].__class__(
            **vars(RULES[model]) | {"rows": {RULES[model].view: lambda office, model=model: model.id < 0}}))
    with office.speaks("staff") as session, office.app.test_request_context():
        g.actor = session.info["actor"]
        view, account = screen_of(Account), session.get(Account, 1)
        shown = {one.model: view.relation(account, one, 5).rows for one in of_page(Account)}
        assert shown[Meter] == [] == shown[Notice]
        monkeypatch.undo()
        assert view.relation(account, Beside(Account, Meter), 5).rows
