"""Procedure versions as any program could touch them: what PostgreSQL itself refuses."""

from datetime import date

import psycopg
import pytest

from tests import psql
from tests.policies.drafting import authorized, draft, row, ruling, sent, sign

VERSION = "UPDATE console.procedure_versions SET {} WHERE id = %s"


def refused(office, role, statement, *values, code):
    with pytest.raises(psycopg.Error) as caught, office.program(role) as raw:
        raw.execute(statement, values)
    assert caught.value.sqlstate == code, caught.value


def test_no_version_is_authorised_without_both_signatures(office):
    key = sent(office)
    for role in ("unit_head", "commercial_director"):
        refused(office, role, VERSION.format("state = 'authorized'"), key, code="AG006")
    sign(office, key, "unit_head")
    refused(office, "commercial_director", VERSION.format("state = 'authorized'"), key, code="AG006")
    assert row(office, key)[0] == "submitted"


@pytest.mark.parametrize("change", [
    "definition = definition || '{\"notes\": [\"x\"]}'", "content_hash = repeat('0', 64)", "reason = 'otra'",
    "valid_from = valid_from + 1", "anomaly_codes = '[]'", "document_id = NULL", "valid_to = '2030-01-01'",
    "number = number + 1", "drafted_by_id = drafted_by_id + 1", "revision = revision + 1", "decision_reason = 'x'"])
@pytest.mark.parametrize("state", ["submitted", "authorized", "superseded"])
def test_what_was_sent_is_frozen_even_for_the_owner(office, stood, state, change):
    refused(office, None, VERSION.format(change), stood[state], code="AG002")


@pytest.fixture(scope="module")
def stood(office):
    former = ruling(office, "slp-error-lectura")
    return {"submitted": sent(office), "authorized": authorized(office, code="slp-error-lectura"), "superseded": former}


def test_versions_are_never_deleted(office):
    refused(office, None, "DELETE FROM console.procedure_versions WHERE id = %s", draft(office), code="AG002")


@pytest.mark.parametrize("change", [
    "valid_from = valid_from + 1", "valid_to = '2030-01-01'", "anomaly_codes = '[\"OTRA\"]'",
    "definition = definition || '{\"code\": \"otra\"}'", "definition = definition || '{\"version\": 99}'",
    "definition = definition || '{\"valid_from\": \"2020-01-01\"}'", "definition = definition || '{\"valid_to\": \"2030-01-01\"}'",
    "definition = definition - 'anomaly_types'"])
def test_the_columns_of_a_draft_say_what_its_content_says(office, change):
    refused(office, "staff", VERSION.format(change), draft(office), code="AG041")


NEW = """INSERT INTO console.procedure_versions (procedure_id, number, valid_from, anomaly_codes, definition, content_hash, {0})
SELECT procedure_id, {2}, valid_from, anomaly_codes, definition || jsonb_build_object('version', {2}), content_hash, {1}
  FROM console.procedure_versions WHERE id = %s"""
NEXT = "(SELECT max(number) + 1 FROM console.procedure_versions o WHERE o.procedure_id = procedure_versions.procedure_id)"


@pytest.mark.parametrize(("column", "value", "number", "code"), [
    ("reason", "'x'", "99", "AG041"), ("reason", "'x'", "1", "AG041"), ("revision", "2", NEXT, "AG041"),
    ("valid_to", "'2030-01-01'", NEXT, "AG041"), ("state", "'authorized'", NEXT, "AG001"),
    ("state", "'submitted'", NEXT, "AG001")])
def test_a_version_is_born_a_draft_with_the_next_number(office, column, value, number, code):
    refused(office, "staff", NEW.format(column, value, number), ruling(office), code=code)


def test_who_drafted_is_who_acts_whatever_was_typed(office):
    with office.program("staff", 1) as raw:
        (key,) = raw.execute(NEW.format("drafted_by_id", "1", NEXT) + " RETURNING id", (ruling(office),)).fetchone()
    assert row(office, key, "drafted_by_id")[0] == office.actor("staff", 1).id


def test_whoever_begins_a_version_or_changes_it_puts_a_hand_on_it(office):
    hands = ("SELECT array_agg(person_id ORDER BY person_id) FROM console.contributions WHERE subject = 'procedure_versions'"
             " AND subject_id = %s AND revision = 1")
    with office.program("staff", 1) as raw:
        (key,) = raw.execute(NEW.format("reason", "'x'", NEXT) + " RETURNING id", (ruling(office),)).fetchone()
    assert office.scalar(hands, key) == [office.actor("staff", 1).id]
    with office.program("staff") as raw:
        raw.execute(VERSION.format("reason = 'otra'"), (key,))
    assert office.scalar(hands, key) == sorted(office.actor("staff", which).id for which in (0, 1))


@pytest.mark.parametrize("change", [
    "definition = definition || '{\"notes\": [\"x\"]}'", "content_hash = repeat('0', 64)", "reason = 'otra'", "number = 99",
    "valid_from = valid_from + 1", "definition = definition || '{\"valid_to\": \"2030-01-01\"}'", "anomaly_codes = '[]'",
    "document_id = NULL", "revision = revision + 1"])
def test_every_part_of_a_version_enters_what_is_signed(office, stood, change):
    content = "SELECT console.content_hash('procedure_versions', %s)"
    with psql.unguarded(office, "console.procedure_versions") as raw:
        before = raw.execute(content, (stood["submitted"],)).fetchone()
        raw.execute(VERSION.format(change), (stood["submitted"],))
        after = raw.execute(content, (stood["submitted"],)).fetchone()
        raw.rollback()
    assert before != after


@pytest.mark.parametrize("change", [
    "number = number + 90, definition = definition || jsonb_build_object('version', number + 90)",
    "drafted_by_id = drafted_by_id + 1", "revision = revision + 1", "decision_reason = 'x'",
    "procedure_id = (SELECT max(id) FROM console.procedures), definition = definition || jsonb_build_object('code',"
    " (SELECT code FROM console.procedures ORDER BY id DESC LIMIT 1))"])
def test_a_draft_stays_the_version_that_was_begun(office, change):
    refused(office, None, VERSION.format(change), draft(office), code="AG002")


def test_nothing_is_sent_without_its_pdf(office):
    key = draft(office)
    with office.program("staff") as raw:
        raw.execute(VERSION.format("document_id = NULL"), (key,))
    refused(office, "staff", VERSION.format("state = 'submitted'"), key, code="AG042")
    with office.program("staff") as raw:
        raw.execute("INSERT INTO console.documents (sha256, size, media_type) VALUES (repeat('c', 64), 1, 'image/png')")
    refused(office, "staff", VERSION.format("state = 'submitted', document_id = (SELECT id FROM console.documents WHERE"
                                            " sha256 = repeat('c', 64))"), key, code="AG042")


def test_who_put_a_hand_on_a_version_does_not_sign_it(office):
    """The staff member is named unit head the same day: still not over what they wrote."""
    key, author = sent(office), office.actor("staff").id
    psql.appoint(office, author, "unit_head")
    statement = ("INSERT INTO console.signatures (place_id, method, content_hash) SELECT id, 'password',"
                 " console.content_hash('procedure_versions', subject_id) FROM console.signature_places"
                 " WHERE subject = 'procedure_versions' AND subject_id = %s AND position = 1")
    with pytest.raises(psycopg.Error) as caught, psycopg.connect(office.dsn("directors")) as raw:
        office.speak(raw, "unit_head", author)
        raw.execute(statement, (key,))
    assert caught.value.sqlstate == "AG003"


def test_the_hands_of_a_returned_version_stay_on_it_and_its_judge_puts_none(office):
    key = sent(office)
    with office.program("unit_head") as raw:
        raw.execute(VERSION.format("state = 'draft', revision = 2, decision_reason = 'Falta.'"), (key,))
    hands = office.scalar("SELECT array_agg(person_id) FROM console.contributions WHERE subject = 'procedure_versions'"
                          " AND subject_id = %s AND revision = 2", key)
    assert hands == [office.actor("staff").id]


@pytest.mark.parametrize("change", ["state = 'draft', revision = 2", "state = 'draft', revision = 2, decision_reason = ''"])
def test_a_returned_version_says_why(office, change):
    refused(office, "unit_head", VERSION.format(change), sent(office), code="AG008")


def test_a_returned_version_opens_the_next_revision(office):
    refused(office, "unit_head", VERSION.format("state = 'draft', decision_reason = 'x'"), sent(office), code="AG002")


def test_only_its_successor_supersedes_a_version(office):
    ends = VERSION.format("state = 'superseded', valid_to = '2026-01-01'")
    refused(office, "commercial_director", ends, ruling(office), code="42501")
    with psycopg.connect(office.dsn()) as owner:
        owner.execute("GRANT UPDATE (valid_to) ON console.procedure_versions TO console_commercial_director")
    refused(office, "commercial_director", ends, ruling(office), code="AG001")   # a grant too many is not enough
    refused(office, "commercial_director", VERSION.format("state = 'superseded'"), ruling(office), code="AG002")


def test_two_versions_never_rule_one_day(office):
    """Sent while it clashed with nothing; meanwhile another came into force over the same days."""
    code = "slp-medidor-danado"
    one, other = sent(office, code=code), sent(office, code=code, valid_from=date(2026, 12, 1))
    for role in ("unit_head", "commercial_director"):
        sign(office, one, role)
    sign(office, other, "unit_head")
    with pytest.raises(Exception, match="day_ruled_twice"):
        sign(office, other, "commercial_director")
    assert (row(office, one)[0], row(office, other)[0]) == ("authorized", "submitted")
    assert office.scalar("SELECT count(*) FROM console.signatures WHERE subject = 'procedure_versions' AND subject_id = %s", other) == 1


def bounded(office, start, end=None):
    """Sent to rule those days, by a program that did not look whether they were free."""
    key = draft(office, valid_from=start, code="slp-dias-sin-servicio")
    with office.program("staff") as raw:
        if end:
            raw.execute(VERSION.format("valid_to = %s, definition = definition || jsonb_build_object('valid_to', %s::text)"),
                        (end, str(end), key))
        raw.execute(VERSION.format("state = 'submitted'"), (key,))
    return key


def test_a_version_that_ended_by_itself_keeps_its_end_and_no_day_of_the_past_is_ruled_twice(office):
    december, june, spring, past = (bounded(office, *days) for days in (
        (date(2026, 12, 1), date(2026, 12, 31)), (date(2027, 6, 1),), (date(2027, 2, 1), date(2027, 3, 31)),
        (date(2026, 10, 1), date(2026, 10, 31))))
    for key in (december, june, spring):
        for role in ("unit_head", "commercial_director"):
            sign(office, key, role)
        assert row(office, key)[0] == "authorized"
    assert row(office, december)[:3] == ("authorized", date(2026, 12, 1), date(2026, 12, 31))
    sign(office, past, "unit_head")
    with pytest.raises(Exception, match="day_ruled_twice"):    # the former one ruled that month
        sign(office, past, "commercial_director")


def test_the_procedure_takes_the_name_that_was_signed(office):
    code = "slp-iva-por-linea"
    key = draft(office, code=code)
    with office.program("staff") as raw:
        raw.execute(VERSION.format("definition = definition || '{\"name\": \"IVA por renglón, nuevo\"}'"), (key,))
        raw.execute(VERSION.format("state = 'submitted'"), (key,))
    assert office.scalar("SELECT name FROM console.procedures WHERE code = %s", code) != "IVA por renglón, nuevo"
    for role in ("unit_head", "commercial_director"):
        sign(office, key, role)
    assert office.scalar("SELECT name FROM console.procedures WHERE code = %s", code) == "IVA por renglón, nuevo"
