"""A version is drafted by one office, signed by two others, and then supersedes the former and is never edited."""

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

import pytest

import policies
from models.base.people import Role
from models.procedures import ProcedureVersion
from models.procedures import VersionState as V
from policies.core.rules import Broken, Denied
from policies.core.trays import waiting
from policies.corrections.cases import definition_of
from policies.procedures import authority, drafts
from policies.procedures.library_entries import library
from policies.procedures.readiness import days_without_version, reasons
from policies.procedures.requisites import Source
from tests.policies import drafting
from tests.policies.drafting import FROM, do, draft, rewrite, row, ruling, sent, sign

# Said again by hand: (state, act) → who may.
OPEN = {
    (V.DRAFT, "write_version"): ["staff"], (V.DRAFT, "attach_authorized"): ["staff"],
    (V.DRAFT, "send_version"): ["staff"], (V.DRAFT, "withdraw_version"): ["staff"],
    (V.SUBMITTED, "endorse_version"): ["unit_head"],            # then the commercial director
    (V.SUBMITTED, "return_version"): ["commercial_director", "unit_head"],
    (V.AUTHORIZED, "prepare_version"): ["staff"], (V.SUPERSEDED, "prepare_version"): ["staff"],
    (V.AUTHORIZED, "prepare_batch"): ["staff"], (V.SUPERSEDED, "prepare_batch"): ["staff"],
    **{(state, "try_on_past_bills"): ["commercial_director", "staff", "unit_head"]
       for state in (V.DRAFT, V.SUBMITTED, V.AUTHORIZED, V.SUPERSEDED)}}


@pytest.fixture(scope="module")
def walked(office):
    """state → a version there."""
    withdrawn = draft(office)
    do(office, "staff", drafts.withdraw_version, withdrawn)
    former = ruling(office)
    new = drafting.authorized(office, valid_from=date(2026, 11, 1))
    return {V.SUPERSEDED: former, V.AUTHORIZED: new, V.WITHDRAWN: withdrawn,
            V.DRAFT: draft(office), V.SUBMITTED: sent(office)}


@pytest.mark.parametrize("state", V)
def test_each_act_is_open_exactly_to_whom_it_belongs(office, walked, state):
    with office.speaks("staff") as session:
        version = session.get(ProcedureVersion, walked[state])
        assert version.state == state
        for (model, name), step in policies.ACTS.items():
            if model is ProcedureVersion:
                may = sorted(role for role in Role if policies.refusal(step, office.actor(role), version) is None)
                assert may == OPEN.get((state, name), []), name


def test_the_former_version_rules_until_the_day_before(office, walked):
    assert row(office, walked[V.SUPERSEDED])[:3] == ("superseded", date(2024, 1, 1), date(2026, 10, 31))
    assert row(office, walked[V.AUTHORIZED])[:3] == ("authorized", date(2026, 11, 1), None)


@pytest.mark.parametrize(("day", "state"), [(date(2026, 10, 31), V.SUPERSEDED), (date(2026, 11, 1), V.AUTHORIZED)])
def test_each_day_is_ruled_by_one_version(office, walked, day, state):
    found = office.scalar("SELECT array_agg(v.id) FROM console.procedure_versions v JOIN console.procedures p"
                          " ON p.id = v.procedure_id WHERE p.code = %s AND v.state IN ('authorized', 'superseded')"
                          " AND v.valid_from <= %s AND coalesce(v.valid_to, 'infinity') >= %s", drafting.LEAK, day, day)
    assert found == [walked[state]]


def test_a_superseded_version_still_proves_its_signatures(office, walked):
    """Its end changed by law, not by hand: the signed content is the same."""
    new, old = drafting.authorized(office, code="slp-error-lectura"), None
    old = office.scalar("SELECT id FROM console.procedure_versions WHERE procedure_id = (SELECT procedure_id FROM"
                        " console.procedure_versions WHERE id = %s) AND state = 'superseded'", new)
    assert office.scalar("SELECT console.fully_signed('procedure_versions', %s)", old)
    assert office.scalar("SELECT console.fully_signed('procedure_versions', %s)", new)


def test_a_copy_says_the_same_under_the_next_number(office):
    key = draft(office)
    before, after = (office.scalar("SELECT definition FROM console.procedure_versions WHERE id = %s", one)
                     for one in (ruling(office), key))
    assert {name for name in before | after if before.get(name) != after.get(name)} <= {"version", "valid_from", "valid_to"}
    number, last = row(office, key, "number, (SELECT max(number) FROM console.procedure_versions o WHERE o.procedure_id ="
                                    " procedure_versions.procedure_id)")
    assert number == last


def test_what_does_not_parse_is_refused_whole_with_every_fault(office):
    key = draft(office)
    before = row(office, key, "definition, content_hash")
    with pytest.raises(drafts.Unreadable) as refused:
        rewrite(office, key, caps=[{"kind": "x", "of": "nada", "maximum": "1"}], effects="no es lista")
    assert len(refused.value.problems) >= 1 and row(office, key, "definition, content_hash") == before


@pytest.mark.parametrize(("changes", "why"), [
    ({"code": "otra-clave"}, "no se cambian"), ({"version": 77}, "no se cambian"), ({"valid_from": None}, "valid_from")])
def test_identity_and_first_day_are_not_lost(office, changes, why):
    with pytest.raises(Broken, match=why):
        rewrite(office, draft(office), **changes)


def test_only_a_pdf_is_an_authorised_document(office):
    key = draft(office)
    with pytest.raises(Broken, match="debe ser PDF"):
        do(office, "staff", drafts.attach_authorized, key,
           file=SimpleNamespace(sha256="b" * 64, size=1, media_type="image/png", name="a.png", warning=""))


def why_not(office, key):
    with office.speaks("staff") as session:
        return reasons(session.get(ProcedureVersion, key))


def test_sending_says_every_reason_at_once(office):
    key = do(office, "staff", drafts.prepare_version, ruling(office), valid_from=date(2024, 1, 1), reason="x")
    document = office.scalar("SELECT definition FROM console.procedure_versions WHERE id = %s", key)
    examples = document["worked_examples"]
    examples[0]["expected"]["corrected_volume"] = 15
    rewrite(office, key, evidence=[], worked_examples=examples, effects=["credit_nota"], anomaly_types=["NADIE"])
    found = " ".join(why_not(office, key))
    for words in ("la evidencia (evidence)", "ejemplo 1 no sale", "debía dar 15 y da 14", "no existe el efecto",
                  "«NADIE» no está en el catálogo", "documento autorizado en PDF", "ya rige del"):
        assert words in found, words
    with pytest.raises(Broken, match="ejemplo 1 no sale"):
        do(office, "staff", drafts.send_version, key)


def test_a_later_version_gives_no_clash_and_one_over_a_superseded_does(office, walked):
    assert why_not(office, draft(office, valid_from=FROM)) == []
    assert "ya rige" in why_not(office, draft(office, valid_from=date(2026, 6, 1)))[0]


def test_both_offices_sign_in_order_and_nobody_else(office):
    key = sent(office)
    with pytest.raises(Broken, match="Primero firma"):
        sign(office, key, "commercial_director")
    with pytest.raises(Denied):
        sign(office, key, "general_director")
    sign(office, key, "unit_head")
    with pytest.raises(Broken, match="ya firmó"):
        sign(office, key, "unit_head")
    assert row(office, key)[0] == "submitted"


def test_a_signature_over_another_content_is_refused(office):
    key = sent(office)
    with pytest.raises(Broken, match="cambió desde que usted abrió"):
        do(office, "unit_head", authority.endorse_version, key, seen_hash="0" * 64, method="password")


def test_a_returned_version_is_signed_again_from_the_first(office):
    key = sent(office)
    sign(office, key, "unit_head")
    do(office, "commercial_director", authority.return_version, key, reason="El tope no es el acordado.")
    assert row(office, key, "state, revision, decision_reason") == ("draft", 2, "El tope no es el acordado.")
    do(office, "staff", drafts.send_version, key)
    with pytest.raises(Broken, match="Primero firma"):
        sign(office, key, "commercial_director")
    sign(office, key, "unit_head")


def test_a_version_waits_for_each_of_its_signers_in_turn(office):
    def waits(role):
        with office.speaks(role) as session:
            return key in set(session.scalars(waiting(Role(role), FROM)[ProcedureVersion]))
    key = sent(office)
    assert waits("unit_head") and not waits("commercial_director")
    sign(office, key, "unit_head")
    assert waits("commercial_director") and not waits("unit_head")
    do(office, "unit_head", authority.return_version, key, reason="Falta un anexo.")
    assert waits("staff") and not waits("commercial_director")


@pytest.fixture(scope="module")
def between(office):
    """A draft of a procedure that rules until 31/dic/2026 and again from 01/jun/2027."""
    code = "slp-iva-por-linea"
    former = draft(office, valid_from=date(2026, 12, 1), code=code)
    rewrite(office, former, valid_to="2026-12-31")
    drafting.authorize(office, former)
    drafting.authorized(office, valid_from=date(2027, 6, 1), code=code)
    return draft(office, valid_from=date(2027, 2, 1), code=code)


@pytest.mark.parametrize(("starts", "ends", "told"), [
    (date(2027, 1, 1), date(2027, 5, 31), []), (date(2026, 12, 15), date(2027, 5, 31), []), (date(2027, 7, 1), None, []),
    (date(2027, 1, 2), date(2027, 5, 31), [("valid_from", "El 01/ene/2027")]),
    (date(2027, 2, 1), date(2027, 4, 30), [("valid_from", "Del 01/ene/2027 al 31/ene/2027"),
                                           ("valid_to", "Del 01/may/2027 al 31/may/2027")]),
    (date(2023, 1, 1), date(2023, 12, 31), []), (date(2023, 1, 1), date(2023, 12, 30), [("valid_to", "El 31/dic/2023")])])
def test_days_that_no_version_would_rule_are_warned_of(office, between, starts, ends, told):
    with office.speaks("staff") as session:
        version = session.get(ProcedureVersion, between)
        found = days_without_version(version, replace(definition_of(version), valid_from=starts, valid_to=ends))
    assert [(item.severity, item.place, item.text) for item in found] == [
        ("warning", place, f"{days} no rige ninguna versión: los recibos que terminen entonces no podrán corregirse con "
                           "este procedimiento; cambie la vigencia si no debe quedar ese hueco.") for place, days in told]


def test_the_library_is_adopted_under_a_code_of_ones_own(office):
    entry = library()["us-nc-pamlico-leak"]
    with office.speaks("staff") as session:
        definition = drafts.adopt(entry, "slp-otra-fuga", "Otra fuga", FROM)
        made = drafts.draft_of(session, definition, "Se adopta.")
        session.commit()
        assert (made.procedure.code, made.number, made.state) == ("slp-otra-fuga", 1, V.DRAFT)
        assert definition.sources[0] == Source(**{**vars(entry.sources[0]), "procedure": "us-nc-pamlico-leak"})
        found = " ".join(reasons(made))
        again = drafts.draft_of(session, definition, "Otra vez.")
        assert again.number == 2 and again.procedure_id == made.procedure_id
    assert "unidades en m³ y MXN" in found and "los renglones" not in found and "qué renglones" in found


def test_nobody_but_staff_begins_a_version(office):
    entry = library()["us-nc-pamlico-leak"]
    with office.speaks("commercial_director") as session, pytest.raises(Denied):
        drafts.draft_of(session, drafts.adopt(entry, "slp-x", "X", FROM), "x")


def test_the_day_before_is_counted_over_a_year(office):
    key = drafting.authorized(office, code="slp-clase-tarifaria", valid_from=date(2027, 1, 1))
    former = office.scalar("SELECT valid_to FROM console.procedure_versions WHERE state = 'superseded' AND procedure_id ="
                           " (SELECT procedure_id FROM console.procedure_versions WHERE id = %s)", key)
    assert former == date(2027, 1, 1) - timedelta(days=1)
