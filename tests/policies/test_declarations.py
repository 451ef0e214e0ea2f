"""A declaration that contradicts the models stops the start, and says what to mend."""

from dataclasses import replace

import pytest

from admin_views.door.verification import PublicStatus, public_status
from models.bands import ApprovalBand, ApprovalSlot
from models.base.calendar import DeadlineRule, Holiday, TermUnit
from models.base.drafts import DraftState
from models.base.roles import Role
from models.corrections import Correction
from policies.core.asking import asked_columns, copy_answers
from policies.core.coherence import check_frozen, check_part
from policies.core.declarations import Misdeclared, check_act, check_rule
from policies.core.guard import move
from policies.core.rules import ACTS, RULES, Act, Ask, Rule, act, declare
from policies.core.trays import TRAYS, Tray, declare_trays


class Untold:
    """What has no rule."""


DRAFT, FORCE = DraftState.DRAFT, DraftState.IN_FORCE


@pytest.mark.parametrize(("terms", "words"), [
    (dict(edits=("nmae",)), "edits of the rule of ApprovalBand names 'nmae'"),
    (dict(edits="name"), "write a tuple of column names"),
    (dict(content=("nmae",)), "content of the rule"),
    (dict(edit_while=frozenset({"draft"})), "as text; use the member of its vocabulary"),
    (dict(born="draft"), "born of the rule"),
    (dict(part_of=("band", ApprovalBand)), "part_of of the rule of ApprovalBand names 'band'")])
def test_a_rule_over_what_the_table_does_not_have_is_refused(terms, words):
    with pytest.raises(Misdeclared, match=words):
        check_rule(Rule(ApprovalBand, **terms))


@pytest.mark.parametrize(("model", "moves", "terms", "words"), [
    (ApprovalBand, {"draft": {FORCE}}, {}, "gives the state 'draft' as text"),
    (ApprovalBand, {DRAFT: {"in_force"}}, {}, "gives the state 'in_force' as text"),
    (Correction, {FORCE: {FORCE}}, {}, "which Correction does not have"),
    (ApprovalBand, {}, dict(sets=("nmae",)), "sets of the act step names 'nmae'"),
    (ApprovalBand, {}, dict(touches={Holiday: ("dya",)}), "touches of the act step names 'dya'")])
def test_an_act_over_what_its_tables_do_not_have_is_refused(model, moves, terms, words):
    with pytest.raises(Misdeclared, match=words):
        check_act(Act("step", "Paso", model, moves, frozenset(), print, **terms))


def test_a_question_of_a_kind_that_no_form_draws_is_refused():
    with pytest.raises(Misdeclared, match="the question days is of no known kind: 'numer'"):
        Ask("days", "Días", "numer")
    with pytest.raises(Misdeclared, match="the question file takes a file of any length"):
        Ask("file", "Archivo", "sheet")


def test_nothing_is_declared_twice():
    with pytest.raises(Misdeclared, match="has two rules"):
        declare(RULES[ApprovalBand])
    (model, name), step = next(iter(ACTS.items()))
    with pytest.raises(Misdeclared, match="declared twice"):
        act(step.label, model, step.moves, by=step.by)(step.effect)
    assert ACTS[model, name] is step


@pytest.mark.parametrize(("terms", "words"), [
    (dict(for_=frozenset({Role.WORKS_DIRECTOR})), "is for \\['works_director'\\], who may not see the table"),
    (dict(for_=frozenset()), "is for no office"),
    (dict(model=Untold), "table without rule; declare its Rule before"),
    (dict(title="Vencidas"), "has the name of another one"), (dict(title="Pendientes"), "has the name of another one")])
def test_a_tray_that_its_offices_could_not_open_stops_the_start(terms, words):
    declared = list(TRAYS)
    with pytest.raises(Misdeclared, match=words):
        declare_trays(Tray(**{"model": Correction, "title": "Otra", "for_": frozenset({Role.STAFF}),
                              "where": lambda reader: Correction.id > 0, **terms}))
    assert declared == TRAYS


def test_an_effect_that_does_not_say_where_it_leads_moves_nothing():
    band = ApprovalBand(state=DRAFT)
    step = Act("step", "Paso", ApprovalBand, {DRAFT: {FORCE, DraftState.RETIRED}}, frozenset(), print)
    with pytest.raises(Misdeclared, match="none of the states"):
        move(step, band, None)
    assert band.state == DRAFT


# ---- between declarations

EVERY = frozenset(Role)
AUDITOR, CLERK = frozenset({Role.AUDITOR}), frozenset({Role.ADMINISTRATOR})


@pytest.mark.parametrize(("terms", "words"), [
    (dict(view=EVERY), "lets .* view it, who may not view its ApprovalBand"),
    (dict(create=AUDITOR), "lets .'auditor'. write it, who may not write its ApprovalBand"),
    (dict(delete=AUDITOR), "lets .'auditor'. write it"),
    (dict(open_while=frozenset({"draft"})), "open_while of the rule of ApprovalSlot gives the state 'draft' as text"),
    (dict(part_of=("band_id", Untold)), "is part of Untold, which has no rule")])
def test_a_part_freer_than_its_whole_stops_the_start(terms, words):
    check_part(RULES[ApprovalSlot])
    with pytest.raises(Misdeclared, match=words):
        check_part(replace(RULES[ApprovalSlot], **terms))


def test_an_act_that_sets_a_frozen_column_stops_the_start():
    rule, named = RULES[ApprovalBand], dict(by=CLERK, effect=print, sets=("name",))
    check_frozen(Act("step", "Paso", ApprovalBand, {DRAFT: {FORCE}}, **named), rule)
    with pytest.raises(Misdeclared, match="sets 'name' of ApprovalBand in .'in_force'., where the rule freezes it"):
        check_frozen(Act("step", "Paso", ApprovalBand, {FORCE: {FORCE}}, **named), rule)


# ---- what an act asks

def test_an_act_that_asks_for_a_column_it_has_not_is_refused():
    with pytest.raises(Misdeclared, match="asks of an act of ApprovalBand names 'nmae'"):
        asked_columns(ApprovalBand, ("nmae",))


@pytest.mark.parametrize(("model", "name", "kind"), [
    (ApprovalBand, "name", "text"), (ApprovalBand, "from_amount", "number"), (ApprovalBand, "valid_to", "day"),
    (Holiday, "reason", "long_text"), (DeadlineRule, "confirmed", "yes_no"), (DeadlineRule, "unit", "choice"),
    (DeadlineRule, "amount", "number"), (ApprovalSlot, "band_id", "record")])
def test_a_column_is_asked_for_as_what_it_is(model, name, kind):
    (ask,) = asked_columns(model, (name,))(None, None)
    column = model.__mapper__.columns[name]
    assert (ask.kind, ask.label, ask.required) == (kind, column.info["label"], True)
    assert bool(ask.limits) == (kind == "number") and (ask.target is ApprovalBand) == (kind == "record")


def test_answers_are_written_in_their_columns_and_the_others_are_left_for_the_effect():
    rule = DeadlineRule()
    left = copy_answers(rule, ("unit", "amount"), {"unit": "months", "amount": 3, "method": "password"})
    assert (rule.unit, rule.amount, left) == (TermUnit.MONTHS, 3, {"method": "password"})


def test_a_public_status_without_a_printed_code_or_said_twice_stops_the_start():
    with pytest.raises(Misdeclared, match="of Holiday has no code to be found by; add a column with printed_code"):
        public_status(PublicStatus(Holiday, "x", dict))
    with pytest.raises(Misdeclared, match="of Correction is declared twice"):
        public_status(PublicStatus(Correction, "x", dict))
