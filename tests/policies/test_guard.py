"""The session guard: an act writes what it declared, a form what its rule lets, nothing else passes."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import delete, insert, text, update
from sqlalchemy.orm import object_session

import policies
from models import db
from models.bands import ApprovalBand
from models.base.people import Person
from models.billing import Bill, CreditNote
from models.corrections import Correction, CorrectionLine
from models.corrections import CorrectionState as S
from models.organization import Municipality
from policies.core.guard import during, perform
from policies.core.rules import Act, Broken, Denied, Stale
from policies.corrections.acts import apply, calculate, start_correction, submit, withdraw
from tests import psql
from tests.psql import whole

# Named as an act that is declared: the trail accepts no other.
STEP = Act("calculate", "Prueba", Correction, {}, frozenset({"staff"}), lambda subject, actor: None)


@pytest.fixture
def draft(office):
    return psql.new_draft(office)


def doing(office, key, change, role="staff", **terms):
    """Run an act made for the test on a correction, and try to commit."""
    with office.speaks(role) as session:
        step = replace(STEP, by=frozenset({office.actor(role).role}), effect=lambda subject, actor: change(subject),
                       **terms)
        perform(session, step, session.get(Correction, key), office.actor(role))
        session.commit()


def refuses(office, key, change, kind=Denied, **terms):
    before = whole(office, key)
    with pytest.raises(kind) as caught:
        doing(office, key, change, **terms)
    assert whole(office, key) == before and str(caught.value)


def test_an_act_writes_the_columns_it_declared(office, draft):
    doing(office, draft, lambda correction: setattr(correction, "reason", "nueva"), sets=("reason",))
    assert whole(office, draft)["correction"]["reason"] == "nueva"


@pytest.mark.parametrize("column, value", [("amount", -5), ("eligible", False), ("state", S.SIGNED),
                                           ("memoria", []), ("drafted_by_id", 1), ("revision", 2)])
def test_an_act_writes_no_other_column(office, draft, column, value):
    change = {"memoria": [{"x": 1}]}.get(column, value)
    refuses(office, draft, lambda correction: setattr(correction, column, change), sets=("reason",))


def test_an_act_creates_what_it_declared_and_nothing_else(office, draft):
    def add(correction):
        object_session(correction).add(CorrectionLine(
            correction_id=correction.id, position=9, service="water", amount_before=0, tax_before=0,
            amount_after=0, tax_percent_after=0, tax_after=0))
    refuses(office, draft, add, creates=(CreditNote,))


def test_an_act_removes_what_it_declared_and_nothing_else(office, draft):
    def remove(correction):
        object_session(correction).delete(correction.lines[0])
    refuses(office, draft, remove)
    doing(office, draft, remove, removes=(CorrectionLine,))
    assert len(whole(office, draft)["lines"]) == 2


def test_an_act_touches_other_records_only_in_the_columns_it_declared(office, draft):
    other = psql.new_draft(office)

    def touch(column, value):
        return lambda correction: setattr(
            object_session(correction).get(Correction, other), column, value)
    refuses(office, other, touch("reason", "ajena"), touches={Correction: ("memoria",)})
    doing(office, draft, touch("reason", "ajena"), touches={Correction: ("reason",)})
    assert whole(office, other)["correction"]["reason"] == "ajena"


@pytest.mark.parametrize("statement", [
    update(Correction).values(reason="todas"), delete(CorrectionLine),
    insert(Person).values(name="x"), update(Bill).values(balance=0)])
def test_a_statement_over_many_rows_passes_only_where_the_act_said_so(office, draft, statement):
    def many(correction):
        object_session(correction).execute(statement)
    refuses(office, draft, many)
    refuses(office, draft, many, bulk=(Municipality,))
    with office.speaks("staff") as session, pytest.raises(Denied):
        session.execute(statement)


def test_a_declared_statement_over_many_rows_passes(office, draft):
    def many(correction):
        object_session(correction).execute(
            delete(CorrectionLine).where(CorrectionLine.correction_id == correction.id))
    doing(office, draft, many, bulk=(CorrectionLine,))
    assert whole(office, draft)["lines"] is None


def test_an_act_that_failed_leaves_no_door_open(office, draft):
    with office.speaks("staff") as session:
        correction = session.get(Correction, draft)
        with pytest.raises(RuntimeError), during(session, STEP, correction):
            raise RuntimeError
        correction.reason = "después"
        with pytest.raises(Denied):
            session.flush()


def test_outside_an_act_nobody_writes_a_correction(office, draft):
    for role in ("staff", "commercial_director", "auditor"):
        with office.speaks(role) as session:
            session.get(Correction, draft).reason = "otra"
            with pytest.raises(Denied):
                session.flush()
    assert whole(office, draft)["correction"]["reason"] == "a mano"   # as psql drafted it


def test_a_form_writes_what_its_rule_lets(office):
    with office.speaks("administrator") as session:
        session.add(Municipality(name="Soledad", valid_from=date(2020, 1, 1)))
        session.commit()
    assert office.scalar("SELECT count(*) FROM console.municipalities WHERE name = 'Soledad'") >= 1
    for role in ("staff", "unit_head", "auditor"):
        with office.speaks(role) as session:
            session.add(Municipality(name="Villa"))
            with pytest.raises(Denied):
                session.flush()


def test_a_form_leaves_what_is_in_force_alone(office):
    with office.speaks("administrator") as session:
        band = session.query(ApprovalBand).filter_by(from_amount=0).one()
        band.name = "otro"
        with pytest.raises(Denied):
            session.flush()
        session.rollback()
        band = session.query(ApprovalBand).filter_by(from_amount=0).one()
        session.delete(band.slots[0])
        with pytest.raises(Denied):
            session.flush()


def test_a_session_of_nobody_writes_nothing(office):
    with office.app.app_context():
        db.session.add(Person(name="nadie"))
        with pytest.raises(Denied):
            db.session.flush()
        db.session.rollback()


# ---- asked twice: before the lock and after it

def test_who_may_not_is_refused_before_the_record_is_locked(office, draft):
    with office.program("staff") as other:
        other.execute("SELECT FROM console.corrections WHERE id = %s FOR UPDATE", (draft,))
        with office.speaks("auditor") as session, pytest.raises(Denied):
            session.execute(text("SET lock_timeout = '1s'"))
            perform(session, withdraw, session.get(Correction, draft), office.actor("auditor"))


def test_what_moved_while_waiting_for_the_lock_is_seen(office, draft):
    with office.speaks("staff") as session:
        seen = session.get(Correction, draft)
        assert seen.state == S.DRAFT
        with office.program("staff", 1) as other:
            other.execute("UPDATE console.corrections SET state = 'withdrawn' WHERE id = %s", (draft,))
        with pytest.raises(Broken) as caught:
            perform(session, calculate, seen, office.actor("staff"), {"reason": "x"})
    assert "Retirada" in str(caught.value)
    assert whole(office, draft)["correction"]["state"] == "withdrawn"


@pytest.mark.parametrize("when", ["before the page was sent", "while it waits for the lock"])
def test_a_page_of_another_version_is_stale(office, draft, when):
    with office.speaks("staff") as session:
        correction = session.get(Correction, draft)
        seen = correction.version
        with office.program("staff", 1) as other:
            other.execute("UPDATE console.corrections SET reason = 'ajena' WHERE id = %s", (draft,))
        if when.startswith("before"):
            session.expire(correction)
        with pytest.raises(Stale):
            perform(session, withdraw, correction, office.actor("staff"), seen_version=seen)
    made = whole(office, draft)["correction"]
    assert (made["state"], made["reason"]) == ("draft", "ajena")


def test_a_record_changed_by_another_program_before_the_flush_is_stale(office, draft):
    """No lock is taken by an act that moves nothing: the version still tells."""
    def late(correction):
        with office.program("staff", 1) as other:
            other.execute("UPDATE console.corrections SET reason = 'primero' WHERE id = %s", (correction.id,))
        correction.reason = "segundo"
    with pytest.raises(Stale):
        doing(office, draft, late, sets=("reason",))
    assert whole(office, draft)["correction"]["reason"] == "primero"


def test_an_act_on_another_kind_of_record_is_refused(office, draft):
    with office.speaks("staff") as session:
        for step, subject in ((start_correction, session.get(Correction, draft)),
                              (submit, session.get(Correction, draft).bill)):
            with pytest.raises(Broken):
                perform(session, step, subject, office.actor("staff"))


def test_a_step_out_of_its_state_says_where_the_record_is(office, draft):
    with office.speaks("staff") as session:
        why = policies.refusal(apply, office.actor("staff"), session.get(Correction, draft))
    assert isinstance(why, Broken) and "Borrador" in str(why)


def test_an_effect_that_writes_children_and_forgets_to_read_the_record_again_is_no_conflict(office, draft):
    """A trigger raises the version of a record when a child changes; whoever acts holds the record meanwhile."""
    def lines_touched(subject):
        subject.lines[0].amount_after -= 1
        object_session(subject).flush()
        subject.reason = "Otra"
    doing(office, draft, lines_touched, moves={S.DRAFT: {S.DRAFT}}, sets=("reason",),
          touches={CorrectionLine: ("amount_after",)})
    assert office.scalar("SELECT reason FROM console.corrections WHERE id = %s", draft) == "Otra"
