"""Who signs what: refused by PostgreSQL for any program, and every forged word overwritten."""

import psycopg
import pytest

from tests import psql
from tests.psql import SIGN, as_person, refused, whole


def person(office, name):
    """A new person, hired by the administrator."""
    with office.program("administrator") as raw:
        return raw.execute("INSERT INTO console.people (name) VALUES (%s) RETURNING id", (name,)).fetchone()[0]


@pytest.fixture
def twofold(office):
    """Someone who holds staff and, since later, every office that signs."""
    who = person(office, "Doble Nombramiento")
    for role in ("staff", *psql.SIGNERS):
        psql.appoint(office, who, role)
    return who


def refused_signature(office, code, key, who, role="commercial_director"):
    with refused(office, code, key), as_person(office, role, who) as raw:
        raw.execute(SIGN, (key,))


def test_the_author_does_not_sign_even_appointed_director_later(office):
    author = person(office, "Autora")
    psql.appoint(office, author, "staff")
    bill = office.scalar(psql.FREE_BILL)
    with as_person(office, "staff", author) as raw:
        (key,) = raw.execute(psql.NEW, (-10, bill)).fetchone()
        raw.execute(psql.LINES, (key, -10, bill))
    psql.send(office, key)   # sent by another
    psql.appoint(office, author, "commercial_director")
    refused_signature(office, "AG003", key, author)


@pytest.mark.parametrize("hand", ["line written", "line changed", "line removed", "evidence", "evidence removed",
                                  "reason"])
def test_whoever_put_a_hand_on_the_revision_does_not_sign(office, twofold, hand):
    key = psql.new_draft(office)
    bill, removed = psql.bill_of(office, key), "DELETE FROM console.correction_lines WHERE correction_id = %s"
    with office.program("staff") as raw:
        psql.file_for(raw, key, "b" * 64)
        if hand == "line written":
            raw.execute(removed, (key,))
    with as_person(office, "staff", twofold) as raw:
        if hand == "evidence":
            psql.file_for(raw, key, "c" * 64)
        elif hand == "evidence removed":
            raw.execute("DELETE FROM console.attachments WHERE subject = 'corrections' AND subject_id = %s", (key,))
        elif hand == "reason":
            raw.execute("UPDATE console.corrections SET reason = 'otra' WHERE id = %s", (key,))
        elif hand == "line written":
            raw.execute(psql.LINES, (key, -10, bill))
        elif hand == "line changed":
            raw.execute("UPDATE console.correction_lines SET position = position WHERE correction_id = %s", (key,))
        else:
            raw.execute(removed, (key,))
    if hand == "line removed":
        with office.program("staff") as raw:
            raw.execute(psql.LINES, (key, -10, bill))
    psql.send(office, key)
    refused_signature(office, "AG003", key, twofold)
    psql.sign(office, key)
    assert whole(office, key)["correction"]["state"] == "signed"


def test_hands_follow_a_returned_correction_into_its_next_revision(office, twofold):
    key = psql.new_draft(office)
    with as_person(office, "staff", twofold) as raw:
        psql.file_for(raw, key, "d" * 64)
    psql.send(office, key)
    psql.send_back(office, key)
    psql.send(office, key)
    refused_signature(office, "AG003", key, twofold)


def test_whoever_returned_it_may_sign_the_next_revision(office):
    key = psql.sent(office)
    psql.send_back(office, key)
    psql.send(office, key)
    psql.sign(office, key)
    assert whole(office, key)["correction"]["state"] == "signed"


@pytest.mark.parametrize("statement", [
    "UPDATE console.contributions SET person_id = 1 WHERE subject_id = %s",
    "UPDATE console.contributions SET revision = 9 WHERE subject_id = %s",
    "DELETE FROM console.contributions WHERE subject_id = %s"])
def test_nobody_takes_a_hand_off_a_record(office, statement):
    key = psql.sent(office)
    with refused(office, "AG002", key), office.program() as raw:
        raw.execute(statement, (key,))


def test_a_signature_over_other_content_is_refused(office):
    key = psql.sent(office)
    for told in ("repeat('0', 64)", "console.content_hash('corrections', c.id + 1)", "upper(console.content_hash('corrections', c.id))"):
        code = "AG004" if "id + 1" not in told else "23502"
        with refused(office, code, key), office.program("commercial_director") as raw:
            raw.execute(SIGN.replace("console.content_hash('corrections', c.id)", told), (key,))


def test_a_hash_that_was_seen_before_a_change_is_stale(office):
    key = psql.sent(office)
    seen = office.scalar(psql.CONTENT, key)
    psql.send_back(office, key)
    psql.send(office, key)
    with refused(office, "AG004", key), office.program("commercial_director") as raw:
        raw.execute(SIGN.replace("console.content_hash('corrections', c.id)", f"'{seen}'"), (key,))


def test_signatures_come_in_their_order(office):
    key = psql.sent(office, 20000)
    for role in ("commercial_director", "general_director"):
        with refused(office, "AG007", key), office.program(role) as raw:
            raw.execute(SIGN, (key,))
    psql.sign(office, key, "unit_head")
    with refused(office, "AG007", key), office.program("general_director") as raw:
        raw.execute(SIGN, (key,))


def test_the_slot_of_another_office_is_not_signed(office):
    key = psql.sent(office)
    for role in ("unit_head", "general_director"):
        with refused(office, "AG003", key), office.program(role) as raw:
            raw.execute(SIGN.replace("AND s.role = replace(current_setting('role'), 'console_', '')", ""), (key,))
    for role in ("operations_director", "works_director", "staff", "auditor", "administrator"):
        with refused(office, "42501", key), office.program(role) as raw:
            raw.execute(SIGN.replace("AND s.role = replace(current_setting('role'), 'console_', '')", ""), (key,))


def test_the_slot_of_another_correction_is_not_signed(office):
    """Over the hash of one, in the place of the other; and in a place that is nobody's."""
    key, other = psql.sent(office), psql.sent(office)
    for wanted, place in ((key, other), (other, key)):
        with refused(office, "AG004", key, other), office.program("commercial_director") as raw:
            raw.execute(SIGN.replace("console.content_hash('corrections', c.id)",
                                     f"console.content_hash('corrections', {wanted})"), (place,))
    with refused(office, "AG005", key), office.program("commercial_director") as raw:
        raw.execute("INSERT INTO console.signatures (place_id, method, content_hash) VALUES (0, 'x', repeat('0', 64))")


@pytest.mark.parametrize("state", ["draft", "signed", "applied", "rejected", "withdrawn"])
def test_only_what_waits_is_signed(office, state):
    key = psql.sent(office) if state != "signed" else psql.signed(office)
    moves = {"draft": ("commercial_director", "state = 'draft', revision = 2, decision_reason = 'x'"),
             "rejected": ("commercial_director", "state = 'rejected', decision_reason = 'x'")}
    if state == "applied":
        key = psql.applied(office)
    if state == "withdrawn":
        psql.send_back(office, key)
        moves[state] = ("staff", "state = 'withdrawn'")
    if state in moves:
        role, change = moves[state]
        with office.program(role) as raw:
            raw.execute(f"UPDATE console.corrections SET {change} WHERE id = %s", (key,))
    old = SIGN.replace("AND s.revision = c.revision", "")
    with refused(office, "AG005", key), office.program("commercial_director", 1) as raw:
        raw.execute(old, (key,))


def test_one_person_signs_a_revision_once(office, twofold):
    key = psql.sent(office, 1500)
    with as_person(office, "unit_head", twofold) as raw:
        raw.execute(SIGN, (key,))
    refused_signature(office, "23505", key, twofold)


def test_one_slot_is_signed_once(office):
    key = psql.sent(office, 1500)
    psql.sign(office, key, "unit_head")
    another = person(office, "Otra Titular")
    psql.appoint(office, another, "unit_head")
    refused_signature(office, "23505", key, another, "unit_head")


@pytest.mark.parametrize(("column", "value"), [
    ("signer_id", "1"), ("role", "'general_director'"), ("acting", "false"), ("letter", "'falso'"), ("revision", "77"),
    ("subject", "'correction_batches'"), ("subject_id", "1"), ("absent_id", "1"), ("signed_at", "'2001-01-01'"),
    ("moved_from", "'x'")])
def test_nobody_brings_a_word_of_a_signature_that_the_database_says(office, column, value):
    key = psql.sent(office)
    with refused(office, "42501", key), office.program("commercial_director") as raw:
        raw.execute(SIGN.replace("content_hash)", f"content_hash, {column})", 1).replace(
            "c.id)\n  FROM", f"c.id), {value}\n  FROM"), (key,))


def test_the_database_says_who_signed_in_which_office_and_by_which_letter(office):
    key = psql.sent(office)
    actor = office.actor("commercial_director", 1)
    with office.program("commercial_director", 1) as raw:
        raw.execute(SIGN, (key,))
    (row,) = whole(office, key)["signatures"]
    assert (row["signer_id"], row["role"], row["acting"], row["letter"], row["revision"], row["record"]) == (
        actor.id, "commercial_director", True, actor.letter, 1, f"corrections {key}")
    assert row["signed_at"] > "2026"


@pytest.mark.parametrize("statement", [
    "UPDATE console.signatures SET content_hash = repeat('0', 64) WHERE subject = 'corrections' AND subject_id = %s",
    "UPDATE console.signatures SET signer_id = signer_id WHERE subject = 'corrections' AND subject_id = %s",
    "DELETE FROM console.signatures WHERE subject = 'corrections' AND subject_id = %s"])
def test_a_signature_never_changes(office, statement):
    key = psql.signed(office)
    with refused(office, "AG002", key), office.program() as raw:
        raw.execute(statement, (key,))
    with refused(office, "42501", key), office.program("commercial_director") as raw:
        raw.execute(statement, (key,))


@pytest.mark.parametrize("lie, signer", [("repeat('0', 64)", "director"), ("console.content_hash('corrections', s.subject_id)", "author")])
def test_a_planted_signature_applies_nothing(cluster, office, lie, signer):
    """Rows restored behind the triggers, by whoever holds the machine, are checked again."""
    key = psql.sent(office)
    who = office.actor("staff" if signer == "author" else "commercial_director").id
    with psql.superuser(cluster, office) as raw:
        raw.execute(psql.PLANTED.format(role="s.role", hash=lie), (who, key))
        raw.execute("UPDATE console.corrections SET state = 'signed' WHERE id = %s", (key,))
    with refused(office, "AG006", key), office.program("staff") as raw:
        raw.execute(psql.NOTE, (key,))


def test_content_changed_behind_the_triggers_is_not_applied(cluster, office):
    key = psql.signed(office)
    with psql.superuser(cluster, office) as raw:
        raw.execute("UPDATE console.corrections SET reason = 'otra' WHERE id = %s", (key,))
    with refused(office, "AG006", key), office.program("staff") as raw:
        psql.write_note(raw, key)


def test_the_owner_signs_nothing(office):
    key = psql.sent(office)
    with refused(office, "42501", key), office.program() as raw:
        raw.execute("SELECT set_config('app.actor', %s, true)", (str(office.actor("commercial_director").id),))
        raw.execute(SIGN.replace("AND s.role = replace(current_setting('role'), 'console_', '')", ""), (key,))
    with pytest.raises(psycopg.Error), office.program() as raw:
        raw.execute("SET ROLE console_commercial_director")
