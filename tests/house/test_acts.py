"""State × act × office: each act is open exactly where it is declared, and nowhere else."""

import ast
from pathlib import Path

import pytest

import policies
from models.bands import ApprovalBand, ApprovalWindow
from models.base.calendar import CalendarYear, DeadlineRule, Holiday
from models.base.drafts import DraftState
from models.base.exports import ExportOrder, ExportState
from models.base.handovers import Handover
from models.base.people import Appointment, Delegation, Role
from models.base.proposals import ProposalState
from models.billing import Bill
from models.corrections import Correction
from models.corrections import CorrectionState as S
from models.exclusions import ExclusiveOffices
from models.notices import LetterTemplate, Notice, NoticeState
from models.replays import Replay, ReplayState
from policies.core.rules import Broken, Denied

ROOT = Path(__file__).resolve().parents[2]
PROVEN = "draft with its evidence"
SIGNER = "commercial_director"

# Written by hand from the procedure, not read from the acts: (state, act) → who may.
OPEN = {
    (S.DRAFT, "calculate"): ("staff",), (S.DRAFT, "attach"): ("staff",),
    (S.DRAFT, "withdraw"): ("staff",),
    (PROVEN, "calculate"): ("staff",), (PROVEN, "attach"): ("staff",),
    (PROVEN, "detach"): ("staff",), (PROVEN, "submit"): ("staff",),
    (PROVEN, "withdraw"): ("staff",),
    # 500.82 lies in the first band: one signature, the commercial director's, and so whoever
    # signs it decides on it; the unit head and the general director read it.
    (S.SUBMITTED, "sign"): (SIGNER,), (S.SUBMITTED, "send_back"): (SIGNER,),
    (S.SUBMITTED, "reject"): (SIGNER,),
    (S.SIGNED, "apply"): ("staff",), (S.SIGNED, "send_back"): (SIGNER,),
    (S.APPLIED, "start_reversal"): ("staff",),
}
# Whose act it is at all, whatever the state of the record or its band.
SIGN = {"commercial_director", "unit_head", "general_director"}
TRIERS = {"staff", "unit_head", "commercial_director"}
CONFIRM = {"unit_head", "auditor"}
EXPORTERS = {"staff", "unit_head", "commercial_director", "general_director", "auditor", "administrator"}
BY = {
    "start_correction": {"staff"}, "start_reversal": {"staff"}, "calculate": {"staff"},
    "attach": {"staff"}, "detach": {"staff"}, "submit": {"staff"}, "withdraw": {"staff"},
    "apply": {"staff"}, "sign": SIGN, "send_back": SIGN, "reject": SIGN,
    "authorize_band": {"commercial_director"}, "retire_band": {"commercial_director"},
    "authorize_window": {"commercial_director"}, "retire_window": {"commercial_director"},
    "prepare_version": {"staff"}, "write_version": {"staff"}, "attach_authorized": {"staff"},
    "send_version": {"staff"}, "withdraw_version": {"staff"},
    "endorse_version": {"unit_head", "commercial_director"},
    "return_version": {"unit_head", "commercial_director"},
    "authorize_holiday": {"unit_head"}, "retire_holiday": {"unit_head"},
    "authorize_deadline": {"unit_head"}, "end_deadline": {"unit_head"}, "retire_deadline": {"unit_head"},
    "authorize_template": {"unit_head"}, "retire_template": {"unit_head"},
    **dict.fromkeys(("mark_printed", "send_by_mail", "correct_address", "register_delivery", "register_return"), {"staff"}),
    "authorize_calendar": {"unit_head"}, "retire_calendar": {"unit_head"}, "propose_holidays": {"administrator"},
    **dict.fromkeys(("register_substitute", "request_cancellation", "register_acceptance", "register_refusal",
                     "register_cancellation"),
                    {"staff"}),
    "try_on_past_bills": TRIERS, "replay_chunk": TRIERS, "stop_replay": TRIERS, "resume_replay": TRIERS,
    "prepare_batch": {"staff"}, "change_batch": {"staff"}, "compute_batch": {"staff"}, "compute_chunk": {"staff"},
    "stop_computing": {"staff"}, "resume_batch": {"staff"}, "attach_to_batch": {"staff"},
    "detach_from_batch": {"staff"}, "submit_batch": {"staff"}, "sign_batch": SIGN, "send_back_batch": SIGN,
    "reject_batch": SIGN, "apply_batch": {"staff"}, "apply_chunk": {"staff"}, "stop_applying": {"staff"},
    "withdraw_batch": {"staff"},
    **dict.fromkeys(("confirm_appointment", "decline_appointment", "confirm_delegation", "decline_delegation",
                     "confirm_handover", "decline_handover"), CONFIRM),
    **dict.fromkeys(("authorize_exclusion", "retire_exclusion"), {"unit_head", "commercial_director"}),
    "revoke_appointment": {"administrator"}, "revoke_delegation": {"administrator"},
    "write_export": EXPORTERS, "stop_export": EXPORTERS,     # of whoever ordered it alone: policies/test_export_orders.py
    "undo_import": {"staff", "administrator"},   # of those, who may create in the batch's list
}
OTHERS = {
    (Holiday, DraftState.DRAFT): {"authorize_holiday": "unit_head"},
    (Holiday, DraftState.IN_FORCE): {"retire_holiday": "unit_head"},
    (Holiday, DraftState.RETIRED): {},
    # Their drafts are compared with saved rows: tests/policies/test_deadlines.py.
    (DeadlineRule, DraftState.IN_FORCE): {"end_deadline": "unit_head", "retire_deadline": "unit_head"},
    (CalendarYear, DraftState.IN_FORCE): {"retire_calendar": "unit_head"},
    (LetterTemplate, DraftState.DRAFT): {},     # of a letter that no act leaves
    (LetterTemplate, DraftState.IN_FORCE): {"retire_template": "unit_head"}, (LetterTemplate, DraftState.RETIRED): {},
    # Without a mail server none is sent by it: policies/test_letters_by_mail.py.
    (Notice, NoticeState.DRAFTED): {"mark_printed": "staff", "correct_address": "staff"},
    (Notice, NoticeState.PRINTED): {"register_delivery": "staff", "register_return": "staff"},
    (Notice, NoticeState.DELIVERED): {}, (Notice, NoticeState.RETURNED): {"correct_address": "staff"},
    (Notice, NoticeState.SENT): {"register_delivery": "staff", "register_return": "staff"},
    (DeadlineRule, DraftState.RETIRED): {}, (CalendarYear, DraftState.RETIRED): {},
    (ExclusiveOffices, DraftState.IN_FORCE): {"retire_exclusion": {"unit_head", "commercial_director"}},
    (ExclusiveOffices, DraftState.RETIRED): {},
    (ApprovalBand, DraftState.DRAFT): {},     # it has no signatures yet
    (ApprovalBand, DraftState.IN_FORCE): {"retire_band": "commercial_director"},
    (ApprovalBand, DraftState.RETIRED): {},
    # Drafts of windows are compared with saved ones: tests/policies/test_accumulated.py.
    (ApprovalWindow, DraftState.IN_FORCE): {"retire_window": "commercial_director"},
    (ApprovalWindow, DraftState.RETIRED): {},
    (Appointment, ProposalState.PROPOSED): {"confirm_appointment": CONFIRM, "decline_appointment": CONFIRM,
                                            "revoke_appointment": "administrator"},
    (Appointment, ProposalState.CONFIRMED): {"revoke_appointment": "administrator"},
    (Appointment, ProposalState.DECLINED): {}, (Appointment, ProposalState.REVOKED): {},
    (Handover, ProposalState.PROPOSED): {"confirm_handover": CONFIRM, "decline_handover": CONFIRM},
    **{(Handover, state): {} for state in set(ProposalState) - {ProposalState.PROPOSED}},
    (Delegation, ProposalState.PROPOSED): {"confirm_delegation": CONFIRM, "decline_delegation": CONFIRM,
                                           "revoke_delegation": "administrator"},
    (Delegation, ProposalState.CONFIRMED): {"revoke_delegation": "administrator"},
    (Delegation, ProposalState.DECLINED): {}, (Delegation, ProposalState.REVOKED): {},
    (Replay, ReplayState.RUNNING): {"replay_chunk": TRIERS, "stop_replay": TRIERS, "resume_replay": TRIERS},
    (Replay, ReplayState.STOPPED): {"resume_replay": TRIERS},
    (Replay, ReplayState.DONE): {},
    **{(ExportOrder, state): {"write_export": EXPORTERS, "stop_export": EXPORTERS}
       for state in (ExportState.ORDERED, ExportState.RUNNING)},
    **{(ExportOrder, state): {} for state in (ExportState.READY, ExportState.FAILED, ExportState.EXPIRED)},
}


@pytest.fixture(scope="module")
def corrections(office):
    """state → a correction there, walked by its acts."""
    made = {state: office.correction(state) for state in S}
    made[PROVEN] = office.draft()
    office.prove(made[PROVEN])
    return made


def steps(model):
    return [step for (owner, _), step in policies.ACTS.items() if owner is model]


@pytest.mark.parametrize("state", [*S, PROVEN])
def test_a_corrections_acts_are_open_exactly_as_the_procedure_says(office, corrections, state):
    with office.speaks("staff") as session:
        subject = session.get(Correction, corrections[state])
        for step in steps(Correction):
            may = [role for role in Role
                   if policies.refusal(step, office.actor(role), subject) is None]
            assert sorted(may) == sorted(OPEN.get((state, step.name), ())), (state, step.name)


@pytest.mark.parametrize("state", [*S, PROVEN])
def test_perform_refuses_what_the_button_refuses_with_the_same_sentence(office, corrections, state):
    with office.speaks("staff") as session:
        subject = session.get(Correction, corrections[state])
        version = subject.version
        for step in steps(Correction):
            for role in Role:
                actor = office.actor(role)
                why = policies.refusal(step, actor, subject)
                if why is None:
                    continue
                assert str(why)[-1] == "." and str(why)[0] in "«ABCDEFGHIJKLMNÑOPQRSTUVWXYZÁÉÍÓÚ"
                with pytest.raises((Denied, Broken)) as refused:
                    policies.perform(session, step, subject, actor, {})
                assert str(refused.value) == str(why)
        session.expire(subject)
        assert subject.version == version and subject.state == S(state if state in list(S) else S.DRAFT)


def test_an_office_that_may_not_is_denied_before_the_state_is_looked_at(office, corrections):
    """Whoever has no business there does not learn how the record stands."""
    with office.speaks("staff") as session:
        for key in corrections.values():
            subject = session.get(Correction, key)
            for step in steps(Correction):
                for role in set(Role) - step.by:
                    why = policies.refusal(step, office.actor(role), subject)
                    assert isinstance(why, Denied) and "corresponde a" in str(why)


def test_a_correction_starts_only_where_none_stands(office, corrections):
    (start,) = steps(Bill)
    free = office.leak_bill()
    with office.speaks("staff") as session:
        staff = office.actor("staff")
        assert policies.refusal(start, staff, session.get(Bill, free)) is None
        for state, key in corrections.items():
            bill = session.get(Correction, key).bill
            why = policies.refusal(start, staff, bill)
            assert (why is None) == (state in (S.REJECTED, S.WITHDRAWN)), state


def test_catalogue_acts_are_open_exactly_as_declared(office):
    """Unsaved rows are enough: these rules read the row alone."""
    asked = set()
    for (model, state), may in OTHERS.items():
        with office.speaks("commercial_director"):
            for step in steps(model):
                asked.add(step.name)
                subject = model(state=state)
                who = {role for role in Role
                       if policies.refusal(step, office.actor(role), subject) is None}
                wanted = may.get(step.name, set())
                assert who == ({wanted} if isinstance(wanted, str) else wanted), (state, step.name)
    assert asked == {step.name for model in {model for model, _ in OTHERS} for step in steps(model)}


def test_a_reversal_is_not_reversed_nor_twice_begun(office):
    key = office.correction(S.APPLIED)
    made = office.perform("staff", policies.corrections.acts.start_reversal, key,
                          {"reason": "Se aplicó al recibo equivocado."})
    with office.speaks("staff") as session, pytest.raises(Broken, match="abierta"):
        policies.perform(session, policies.corrections.acts.start_reversal,
                         session.get(Correction, key), office.actor("staff"), {"reason": "Otra."})
    with office.speaks("staff") as session:
        why = policies.refusal(policies.corrections.acts.start_reversal, office.actor("staff"),
                               session.get(Correction, made))
        assert "Solo se revierte una corrección aplicada." in str(why)


def test_every_act_of_what_is_written_here_is_of_the_offices_that_say_so():
    """Of the records of these areas, every act is written here; another area writes its own in its tests."""
    written = {model for model, name in policies.ACTS if name in BY}
    assert {step.name: set(step.by) for step in policies.ACTS.values() if step.model in written} == BY


def test_every_act_says_what_it_does_to_a_director_and_to_a_person():
    for step in policies.ACTS.values():
        assert len((step.effect.__doc__ or "").split()) >= 6, step.name
        assert step.label[:1].isupper() and step.label != step.name, step.name
        assert step.by, f"{step.name} belongs to nobody"
    labels = [(step.model, step.label) for step in policies.ACTS.values()]
    assert len(labels) == len(set(labels))


def test_every_move_leads_between_declared_states_and_no_state_is_a_trap():
    for step in policies.ACTS.values():
        for source, targets in step.moves.items():
            assert targets and {type(source)} == {type(target) for target in targets}, step.name
    moves = [(source, target) for step in steps(Correction)
             for source, targets in step.moves.items() for target in targets]
    assert {state for move in moves for state in move} == set(S)
    ends = set(S) - {source for source, target in moves if source != target}
    assert ends == {S.APPLIED, S.REJECTED, S.WITHDRAWN}


def test_every_act_has_a_story():
    """Somebody walks it in a test: its name is spoken outside this folder."""
    told = set()
    for path in (ROOT / "tests").rglob("*.py"):
        if path.parent.name != "house":
            told |= {word for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                     for word in spoken(node)}
    assert {step.name for step in policies.ACTS.values()} - told == set()


def spoken(node):
    if isinstance(node, ast.Name | ast.Attribute):
        yield node.id if isinstance(node, ast.Name) else node.attr
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield from node.value.replace("/", " ").split()
