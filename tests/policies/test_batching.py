"""Why a batch does not go on: each sentence at its own moment, and none when nothing is in the way."""

from types import SimpleNamespace

import pytest

from models.base.people import Role
from models.base.signing import SignaturePlace, WithSignatures
from models.batches import MOST_BILLS
from models.batches import BatchState as B
from policies.batches import batching
from policies.batches.acts import detach_from_batch, reject_batch, send_back_batch, sign_batch
from policies.core.attaching import attached
from policies.core.rules import Actor, Broken
from policies.core.signing_acts import ALL_SIGNED
from policies.corrections.drafting import NO_BAND

HEAD, DIRECTOR = Actor(1, Role.UNIT_HEAD), Actor(2, Role.COMMERCIAL_DIRECTOR)
ASKED = [{"position": 1, "role": "unit_head"}, {"position": 2, "role": "commercial_director"}]


def place(position, role, signer=None, revision=2):
    signature = SimpleNamespace(signer_id=signer.id) if signer else None
    return SignaturePlace(position=position, role=role, revision=revision, deputies=[]), signature


def batch(*places, **terms):
    """A batch as its acts see it; what PostgreSQL would give is given here."""
    asked = []
    for one, signature in places or (place(1, Role.UNIT_HEAD), place(2, Role.COMMERCIAL_DIRECTOR)):
        asked.append(SimpleNamespace(position=one.position, role=one.role, signature=signature, filled_by=one.filled_by,
                                     substitutes=one.substitutes))
    return SimpleNamespace(**{"places_now": asked, "state": B.SUBMITTED, "done": 0, "id": None, "accounts": {},
                              "attachments": [], "proceeding": 1, "run_by_id": HEAD.id} | terms)


@pytest.mark.parametrize(("places", "actor", "why"), [
    ((), HEAD, None), ((), DIRECTOR, "La siguiente firma corresponde a: "),
    ((place(1, Role.UNIT_HEAD, HEAD), place(2, Role.COMMERCIAL_DIRECTOR)), HEAD, "Usted ya firmó"),
    ((place(1, Role.UNIT_HEAD, HEAD), place(2, Role.COMMERCIAL_DIRECTOR)), DIRECTOR, None),
    ((place(1, Role.UNIT_HEAD, Actor(3, Role.UNIT_HEAD)), place(2, Role.COMMERCIAL_DIRECTOR, DIRECTOR)), HEAD, ALL_SIGNED)])
def test_each_office_signs_a_revision_in_its_turn_and_once(places, actor, why):
    assert (sign_batch.hinders(batch(*places), actor) or "").startswith(why or "\0") is bool(why)


def test_the_places_of_a_former_revision_count_for_nothing():
    (former, _), (present, _) = place(1, Role.UNIT_HEAD, revision=1), place(1, Role.UNIT_HEAD)
    assert WithSignatures.places_now.fget(SimpleNamespace(revision=2, places=[former, present])) == [present]


def test_only_who_signs_it_decides_on_it_and_not_once_a_part_is_applied():
    other = Actor(4, Role.GENERAL_DIRECTOR)
    assert "decide quien lo firma" in reject_batch.hinders(batch(), other) and reject_batch.hinders(batch(), HEAD) is None
    assert "decide quien lo firma" in send_back_batch.hinders(batch(), other)
    assert send_back_batch.hinders(batch(state=B.SIGNED), HEAD) is None
    assert "ya se aplicó" in send_back_batch.hinders(batch(state=B.SIGNED, done=1), HEAD)


def test_nobody_takes_over_what_is_theirs_already():
    assert "ya va a su nombre" in batching.already_theirs(batch(), HEAD)
    assert batching.already_theirs(batch(), DIRECTOR) is None


def test_a_document_is_taken_off_by_its_own_key():
    one, other = SimpleNamespace(id=1), SimpleNamespace(id=2)
    assert attached(batch(attachments=[one, other]), "2") is other
    with pytest.raises(Broken, match="ya no está en el lote"):
        detach_from_batch.effect(batch(attachments=[one]), HEAD, "2")
    assert detach_from_batch.hinders(batch(attachments=[one]), HEAD) is None
    assert "no tiene documentos" in detach_from_batch.hinders(batch(), HEAD)


@pytest.mark.parametrize(("proceeding", "lacks", "signers", "why"), [
    (0, [], ASKED, "Ningún recibo del lote procede"), (1, ["Falta el reporte."], ASKED, "Falta el reporte."),
    (1, [], [], NO_BAND), (1, [], ASKED, None)])
def test_a_batch_is_sent_with_bills_that_proceed_its_documents_and_a_band(monkeypatch, proceeding, lacks, signers, why):
    monkeypatch.setattr(batching, "lacking", lambda _: lacks)
    monkeypatch.setattr(batching, "asked_if_sent", lambda _: signers)
    told = batching.not_ready(batch(proceeding=proceeding), HEAD)
    assert told is None if why is None else told.startswith(why)


@pytest.mark.parametrize(("count", "why"), [(0, "Ningún recibo"), (MOST_BILLS + 1, "un lote admite"), (MOST_BILLS, None)])
def test_a_batch_covers_some_bills_and_no_more_than_it_admits(monkeypatch, count, why):
    monkeypatch.setattr(batching, "find", SimpleNamespace(bills=lambda _: None, count_of=lambda query: query))
    session = SimpleNamespace(scalar=lambda _: count)
    if why is None:
        assert batching.bounded(session, batch()) == count
        return
    with pytest.raises(Broken, match=why):
        batching.bounded(session, batch())
