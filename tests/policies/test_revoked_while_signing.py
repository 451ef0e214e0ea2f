"""An office that is taken away while its holder signs: the one of the two that is first decides, at every isolation."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from psycopg import IsolationLevel as Level

from tests import psql
from tests.policies import drafting
from tests.policies.batches import Batches
from tests.policies.test_bands import drafted
from tests.policies.test_delegations import hired, lend
from tests.policies.test_endorsements import HASH, SIGN

DIRECTOR, UNIT = "commercial_director", "unit_head"
ENDED = "UPDATE console.appointments SET state = 'revoked' WHERE person_id = {} AND role = '{}'"
LEFT = "UPDATE console.people SET active = false WHERE id = {}"
WAYS = {"the appointment ended": ENDED.format("{signer}", DIRECTOR), "the signer left": LEFT.format("{signer}")}
LENT = {"the delegation ended": "UPDATE console.delegations SET state = 'revoked' WHERE delegate_id = {signer}",
        "the holder's appointment ended": ENDED.format("{holder}", DIRECTOR), "the holder left": LEFT.format("{holder}"),
        "the delegate left": LEFT.format("{signer}")}
LEVELS = [Level.READ_COMMITTED, Level.REPEATABLE_READ]


@pytest.fixture(scope="module")
def batches(office):
    return Batches(office)


@pytest.fixture(params=[*WAYS, *LENT])
def office_held(office, request):
    """(who signs, the statement that takes the office away)."""
    if request.param in WAYS:
        signer = hired(office, "Directora Por Irse", DIRECTOR)
        return signer, WAYS[request.param].format(signer=signer)
    holder, signer = hired(office, "Titular Por Irse", DIRECTOR), hired(office, "Delegada Por Irse")
    lend(office, signer, holder=holder)
    return signer, LENT[request.param].format(signer=signer, holder=holder)


def waits(raw, *statement):
    """That it waits for somebody else's transaction."""
    raw.execute("SAVEPOINT waiting; SET LOCAL lock_timeout = '150ms'")
    with pytest.raises(psycopg.errors.LockNotAvailable):
        raw.execute(*statement)
    raw.execute("ROLLBACK TO SAVEPOINT waiting")


def test_a_signature_waits_for_a_revocation_that_began_before_and_then_fails(office, office_held):
    signer, revoke = office_held
    key = psql.sent(office)
    with pytest.raises(psycopg.Error) as caught, psql.as_person(office, DIRECTOR, signer) as late:
        with office.program("administrator") as raw:
            raw.execute(revoke)
            waits(late, psql.SIGN, (key,))
        late.execute(psql.SIGN, (key,))
    assert caught.value.sqlstate in ("40001", "42501") and psql.whole(office, key)["signatures"] is None


def signed_while(office, signer, key, statement):
    """What a signature answers that was already waiting when the statement was committed; None if it was put."""
    with ThreadPoolExecutor(1) as pool, psql.as_person(office, DIRECTOR, signer) as late:
        with office.program("administrator") as raw:
            raw.execute(statement)
            waiting = pool.submit(late.execute, psql.SIGN, (key,))
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.3)
        try:
            waiting.result(timeout=10)
        except psycopg.Error as error:
            late.rollback()
            return error.sqlstate


def test_a_signature_that_was_waiting_for_the_revocation_fails_by_it(office, office_held):
    signer, revoke = office_held
    key = psql.sent(office)
    assert signed_while(office, signer, key, revoke) == "40001"
    assert psql.whole(office, key)["signatures"] is None


def test_an_office_that_was_gone_before_it_was_looked_at_is_not_held(office):
    """Between asking who acts and holding the office it may have ended: then nothing is left to compare."""
    with pytest.raises(psycopg.Error) as caught, office.program() as raw:
        raw.execute("SELECT * FROM console.hold_office(%s, %s)", (office.actor("staff").id, DIRECTOR))
    assert caught.value.sqlstate == "40001"


def test_who_keeps_the_office_in_another_way_signs_again_with_what_is_left(office):
    """The holder whose absence would be signed for was not held: the capacity that was read first no longer counts."""
    holder, signer = hired(office, "Titular Ausente", DIRECTOR), hired(office, "Encargada Y Delegada", DIRECTOR)
    lend(office, signer, holder=holder)
    key = psql.sent(office)
    assert signed_while(office, signer, key, ENDED.format(signer, DIRECTOR)) == "40001"
    with psql.as_person(office, DIRECTOR, signer) as raw:
        raw.execute(psql.SIGN, (key,))
    assert psql.whole(office, key)["signatures"][0]["absent_id"] == holder


def test_an_old_snapshot_signs_nothing_after_the_revocation(office, office_held):
    signer, revoke = office_held
    key = psql.sent(office)
    with pytest.raises(psycopg.Error) as caught, psql.as_person(
            office, DIRECTOR, signer, isolation=Level.REPEATABLE_READ) as late:
        late.execute("SELECT count(*) FROM console.corrections")
        with office.program("administrator") as raw:
            raw.execute(revoke)
        late.execute(psql.SIGN, (key,))
    assert caught.value.sqlstate == "40001" and psql.whole(office, key)["signatures"] is None


@pytest.mark.parametrize("level", LEVELS)
def test_a_revocation_waits_for_a_signature_that_is_being_put(office, office_held, level):
    signer, revoke = office_held
    key = psql.sent(office)
    administrator = office.actor("administrator").id
    with psql.as_person(office, "administrator", administrator, isolation=level) as raw:
        raw.execute("SELECT count(*) FROM console.people")
        with psql.as_person(office, DIRECTOR, signer) as early:
            early.execute(psql.SIGN, (key,))
            waits(raw, revoke)
        if level != Level.READ_COMMITTED:      # written, not only locked: the older snapshot fails
            with pytest.raises(psycopg.errors.SerializationFailure):
                raw.execute(revoke)
            raw.rollback()
    assert len(psql.whole(office, key)["signatures"]) == 1


def batch(office, batches):
    key = batches.submitted(back=5)
    return (UNIT, SIGN.format(HASH), {"subject": "correction_batches", "id": key, "position": 1},
            ("SELECT count(*) FROM console.signatures WHERE subject = 'correction_batches' AND subject_id = %s", key))


def version(office, batches):
    key = drafting.sent(office)
    return (UNIT, SIGN.format(HASH), {"subject": "procedure_versions", "id": key, "position": 1},
            ("SELECT count(*) FROM console.signatures WHERE subject = 'procedure_versions' AND subject_id = %s", key))


def band(office, batches):
    key = drafted(office, 0, 1, "1990-01-01", "1990-12-31")
    return (DIRECTOR, "UPDATE console.approval_bands SET state = 'in_force' WHERE id = %s", (key,),
            ("SELECT count(*) FROM console.approval_bands WHERE id = %s AND state = 'in_force'", key))


def holiday(office, batches):
    with office.program("administrator") as raw:
        (key,) = raw.execute("INSERT INTO console.holidays (day, reason) VALUES ('2031-05-05', 'Prueba')"
                             " ON CONFLICT (day) DO UPDATE SET reason = 'Otra' RETURNING id").fetchone()
    return (UNIT, "UPDATE console.holidays SET state = 'in_force' WHERE id = %s", (key,),
            ("SELECT count(*) FROM console.holidays WHERE id = %s AND state = 'in_force'", key))


def returned(office, batches):
    key = psql.sent(office)
    return (DIRECTOR, "UPDATE console.corrections SET state = 'draft', revision = 2, decision_reason = 'x' WHERE id = %s",
            (key,), ("SELECT count(*) FROM console.corrections WHERE id = %s AND state = 'draft'", key))


@pytest.mark.parametrize("prepare", [batch, version, band, holiday, returned])
def test_every_signed_or_authorised_document_waits_for_the_revocation_too(office, batches, prepare):
    role, statement, values, done = prepare(office, batches)
    signer = hired(office, "Por Irse", role)
    for level in LEVELS:
        with pytest.raises(psycopg.Error) as caught, psql.as_person(office, role, signer, isolation=level) as late:
            late.execute("SELECT count(*) FROM console.people")
            with office.program("administrator") as raw:
                raw.execute(ENDED.format(signer, role))
                waits(late, statement, values)
                if level == LEVELS[0]:
                    raw.rollback()
                    raise psycopg.errors.SerializationFailure
            late.execute(statement, values)
        assert caught.value.sqlstate in ("40001", "42501"), level
    assert office.scalar(*done) == 0


def test_a_signature_leaves_the_forms_of_people_and_appointments_as_they_were(office):
    """It writes the signer's rows without a change, and no form learns a new version."""
    versions = "SELECT array_agg(version ORDER BY id) FROM console.{}"
    before = [office.scalar(versions.format(table)) for table in ("people", "appointments")]
    psql.signed(office)
    assert [office.scalar(versions.format(table)) for table in ("people", "appointments")] == before
