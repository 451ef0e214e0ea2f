"""Whoever prepared a revision is refused as its author by the act itself, before PostgreSQL is asked."""

import pytest

import policies
from models.base.people import Role
from models.batches import CorrectionBatch
from models.corrections import Correction
from models.procedures import ProcedureVersion
from policies.core.rules import Actor, Denied
from tests.policies import drafting
from tests.policies.batches import Batches

INDEPENDENT = [step for step in policies.ACTS.values() if step.independent]
HERE = (Correction, CorrectionBatch, ProcedureVersion)      # another area tries its own in its tests
AS_AUTHOR = "Usted participó en la elaboración de esta revisión; «{}» corresponde a otra persona."


@pytest.fixture(scope="module")
def waiting(office):
    """Of each table that is signed: a record that waits for its first signature, and the office that signs it."""
    return {Correction: (office.correction("submitted"), Role.COMMERCIAL_DIRECTOR),
            CorrectionBatch: (Batches(office).submitted(days=1), Role.UNIT_HEAD),
            ProcedureVersion: (drafting.sent(office), Role.UNIT_HEAD)}


@pytest.mark.parametrize("step", [step for step in INDEPENDENT if step.model in HERE], ids=lambda step: step.name)
def test_the_author_in_the_office_that_signs_is_refused_as_author(office, waiting, step):
    key, role = waiting[step.model]
    other, author = office.actor(role), Actor(office.actor("staff").id, role)
    answers = {"seen_hash": "0" * 64, "method": "password"}
    with office.speaks(role) as session:
        subject = session.get(step.model, key)
        assert policies.refusal(step, other, subject) is None
        assert str(policies.refusal(step, author, subject)) == AS_AUTHOR.format(step.label)
        with pytest.raises(Denied) as caught:
            policies.perform(session, step, subject, author, answers)
    assert str(caught.value) == AS_AUTHOR.format(step.label)


def test_every_signature_is_independent_of_its_author():
    assert set(HERE) <= {step.model for step in INDEPENDENT} == {
        step.model for step in policies.ACTS.values()
        if {"Signature"} & {made.__name__ for made in step.creates}}


def test_the_author_who_logs_in_as_director_is_told_that_he_prepared_it(office):
    """Appointed acting director after he drafted it, with the page open in his new office."""
    key = office.correction("submitted")
    today, who = "(now() AT TIME ZONE 'America/Mexico_City')::date", office.actor("staff").id
    with office.program() as owner:    # his first office ended yesterday: nobody holds both on one day
        owner.execute(f"UPDATE console.appointments SET valid_to = {today} - 1 WHERE person_id = %s", (who,))
        owner.execute("INSERT INTO console.appointments (person_id, role, valid_from, letter, acting, state)"
                      f" VALUES (%s, 'commercial_director', {today}, 'DG/9', true, 'confirmed')", (who,))
    author = office.client("staff")
    office.post(author, "/cargo", {"office": "commercial_director"})
    page = author.get(f"/correcciones/{key}/")
    assert "acto/reject/" in page.text and "acto/sign/" not in page.text     # he is a director here
    answer = author.get(f"/correcciones/{key}/acto/sign/")
    assert answer.status_code == 403 and AS_AUTHOR.format("Firmar") in answer.text
