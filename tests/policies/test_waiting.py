"""What waits for an office is what its acts decide: said here again by hand, office by office."""

from dataclasses import replace
from datetime import date, timedelta

import psycopg
import pytest

from models.bands import ApprovalBand, ApprovalWindow
from models.base.calendar import CalendarYear, DeadlineRule, Holiday
from models.base.drafts import DraftState
from models.base.handovers import Handover
from models.base.people import Appointment, Delegation, Login, Role
from models.base.proposals import ProposalState
from models.batches import CorrectionBatch
from models.corrections import Correction
from models.exclusions import ExclusiveOffices
from models.notices import LetterTemplate, Notice
from models.procedures import ProcedureVersion
from policies.core.rules import RULES
from policies.core.trays import decides, waiting
from tests import psql
from tests.policies.batches import Batches

TODAY = date(2026, 11, 23)
WAITS = {
    "staff": {Correction, CorrectionBatch, Notice, ProcedureVersion},
    "unit_head": {LetterTemplate, Holiday, DeadlineRule, CalendarYear, ExclusiveOffices, Appointment, Delegation, Handover, Correction, CorrectionBatch, ProcedureVersion},
    "commercial_director": {ApprovalBand, ApprovalWindow, ExclusiveOffices, ProcedureVersion, Correction, CorrectionBatch},
    "operations_director": set(), "works_director": set(), "general_director": {Correction, CorrectionBatch},
    "auditor": {Appointment, Delegation, Handover}, "administrator": {Login, Appointment}}


@pytest.mark.parametrize("role", Role)
def test_each_office_waits_for_its_own(role):
    assert set(waiting(role, TODAY)) == WAITS[role]


def test_a_draft_waits_for_whoever_puts_it_in_force_and_not_for_whoever_typed_it():
    proposed = dict.fromkeys((Appointment, Delegation), ProposalState.PROPOSED)
    assert decides(Role.UNIT_HEAD) == {Holiday: DraftState.DRAFT, DeadlineRule: DraftState.DRAFT, CalendarYear: DraftState.DRAFT, LetterTemplate: DraftState.DRAFT, ExclusiveOffices: DraftState.DRAFT, **proposed}
    assert decides(Role.AUDITOR) == proposed
    assert decides(Role.COMMERCIAL_DIRECTOR) == {ApprovalBand: DraftState.DRAFT, ApprovalWindow: DraftState.DRAFT,
                                               ExclusiveOffices: DraftState.DRAFT}
    assert not any(decides(role) for role in set(Role) - {Role.UNIT_HEAD, Role.COMMERCIAL_DIRECTOR,
                                                                  Role.AUDITOR})


def test_whoever_types_a_draft_and_decides_it_alone_waits_for_nobody(monkeypatch):
    alone = replace(RULES[Holiday], create=frozenset({Role.UNIT_HEAD}))
    monkeypatch.setitem(RULES, Holiday, alone)
    assert Holiday not in decides(Role.UNIT_HEAD)


def found(office, role, model, today):
    with office.speaks(role, read_only=True) as session:
        return set(session.scalars(waiting(Role(role), today)[model]))


def test_an_appointment_that_ends_soon_waits_until_its_successor_is_named(office):
    def insert(owner, start, end):
        return owner.execute(
            "INSERT INTO console.appointments (person_id, role, valid_from, valid_to, acting, letter, state)"
            " SELECT max(id), 'staff', %s, %s, false, 'x', 'confirmed' FROM console.people RETURNING id",
            (start, end)).fetchone()[0]
    with psycopg.connect(office.dsn()) as owner:
        owner.execute("INSERT INTO console.people (name) VALUES ('Quien termina')")
        far = insert(owner, TODAY, TODAY + timedelta(days=31))
        gone = insert(owner, TODAY - timedelta(days=9), TODAY - timedelta(days=1))
    assert not {far, gone} & found(office, "administrator", Appointment, TODAY)
    with psycopg.connect(office.dsn()) as owner:
        owner.execute("DELETE FROM console.appointments WHERE id IN (%s, %s)", (far, gone))
        person = owner.execute("SELECT id FROM console.people WHERE name = 'Quien termina'").fetchone()[0]
        ends = owner.execute(
            "INSERT INTO console.appointments (person_id, role, valid_from, valid_to, acting, letter, state)"
            " VALUES (%s, 'staff', %s, %s, false, 'x', 'confirmed') RETURNING id",
            (person, TODAY, TODAY + timedelta(days=30))).fetchone()[0]
    assert ends in found(office, "administrator", Appointment, TODAY)
    with psycopg.connect(office.dsn()) as owner:
        owner.execute("INSERT INTO console.appointments (person_id, role, valid_from, acting, letter, state)"
                      " VALUES (%s, 'staff', %s, false, 'x', 'confirmed')", (person, TODAY + timedelta(days=20)))
    assert ends not in found(office, "administrator", Appointment, TODAY)


def test_a_login_without_an_office_waits_and_a_closed_one_does_not(office):
    with psycopg.connect(office.dsn()) as owner:
        person = owner.execute("INSERT INTO console.people (name) VALUES ('Sin cargo') RETURNING id").fetchone()[0]
        login = owner.execute("INSERT INTO console.logins (person_id, email, fs_uniquifier) VALUES (%s, 's@x.example', 'x')"
                              " RETURNING id", (person,)).fetchone()[0]
    assert found(office, "administrator", Login, TODAY) == {login}
    with psycopg.connect(office.dsn()) as owner:
        owner.execute("UPDATE console.logins SET active = false WHERE id = %s", (login,))
    assert found(office, "administrator", Login, TODAY) == set()


def test_a_batch_waits_for_each_signer_in_turn_and_then_for_whoever_applies_it(office):
    made, roles = Batches(office), ("unit_head", "commercial_director", "general_director")
    key = made.submitted()
    asked = [slot["role"] for slot in made.scalar(psql.BATCH_PLACES, key)]
    for turn in asked:
        assert [role for role in roles if key in found(office, role, CorrectionBatch, TODAY)] == [turn]
        assert key not in found(office, "staff", CorrectionBatch, TODAY)
        made.sign(key, turn)
    assert not any(key in found(office, role, CorrectionBatch, TODAY) for role in roles) and len(asked) > 1
    assert key in found(office, "staff", CorrectionBatch, TODAY)
