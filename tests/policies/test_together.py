"""Which acts may be taken on many records at once, and which may not even be declared so."""

from dataclasses import replace

import pytest

import policies
from models.base.calendar import Holiday
from models.base.people import Role
from models.billing import Bill
from models.corrections import Correction
from policies.core.deciding import acts_together
from policies.core.declarations import Misdeclared
from policies.core.rules import act

# By hand: what is typed or begun is done one by one; what is signed, up to fifty alike.
TOGETHER = {"submit", "withdraw", "apply", "sign", "send_back", "authorize_holiday", "retire_holiday",
            "authorize_deadline", "retire_deadline", "mark_printed"}


def test_the_acts_that_may_be_taken_together_are_these():
    assert {step.name for step in policies.ACTS.values() if step.together} == TOGETHER


def test_an_office_is_offered_its_own_and_of_that_table_alone(office):
    offered = {(model, role): {step.name for step in acts_together(office.actor(role), model)}
               for model in (Correction, Holiday, Bill) for role in Role}
    assert {place: names for place, names in offered.items() if names} == {
        (Correction, Role.STAFF): {"submit", "withdraw", "apply"},
        **{(Correction, role): {"sign", "send_back"} for role in (
            Role.COMMERCIAL_DIRECTOR, Role.UNIT_HEAD, Role.GENERAL_DIRECTOR)},
        (Holiday, Role.UNIT_HEAD): {"authorize_holiday", "retire_holiday"}}


@pytest.mark.parametrize(("model", "terms"), [
    (Correction, {"proof": True}), (Correction, {"starts": True}), (Bill, {})])
def test_what_is_signed_begun_or_unversioned_cannot_be_declared_together(model, terms):
    kept = dict(policies.ACTS)
    declare = act("Prueba", model, {}, by=(), together=True, **terms)
    with pytest.raises(Misdeclared, match="one by one"):
        declare(lambda subject, actor: None)
    policies.ACTS.pop((model, "<lambda>"), None)
    assert kept == policies.ACTS


def test_the_flag_changes_nothing_of_who_may(office):
    key = office.correction("submitted")
    with office.speaks("staff") as session:
        subject, step = session.get(Correction, key), policies.ACTS[Correction, "apply"]
        for role in Role:
            why = policies.refusal(step, office.actor(role), subject)
            assert str(why) == str(policies.refusal(replace(step, together=False), office.actor(role), subject))
            assert (policies.not_by(step, office.actor(role)) is None) == (role == Role.STAFF)
