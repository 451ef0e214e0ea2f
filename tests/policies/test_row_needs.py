"""What a rule says that a row needs to begin, to change and to be deleted, tried in PostgreSQL on a table of its own."""

from dataclasses import replace

import psycopg
import pytest
from sqlalchemy import func

from policies.core.needs import Holds
from policies.core.offices import STAFF
from policies.core.rules import Act
from policies.core.sql import guards
from tests.policies.trials import OF_KIND, RULE, S, Trial, born, change, close, nothing, refused, value

BEGINS = Holds("Empieza sin número.", "number", Trial.number.is_(None), code="AG060")
OBEYS = Holds("El texto y el tipo no son iguales.", "text", Trial.text != Trial.kind, leaving=frozenset({S.OPEN}))


def test_a_row_begins_as_its_rule_says_and_one_that_arrives_is_not_asked(table):
    with table(close(), rule=replace(RULE, begins=(BEGINS,))) as raw:
        born(raw)
        change(raw, "account = 5")
        with refused("begin_trials_number", BEGINS.says):
            born(raw, 2, number="UAS-EXT-2026-000001")
    with table(close(), rule=replace(RULE, begins=(BEGINS,), arrives=Trial.kind == "b")) as raw:
        raw.execute("INSERT INTO console.trials (id, text, kind, number) VALUES (1, 'x', 'b', console.next_folio('UAS-EXT'))")


@pytest.mark.parametrize("text", ["a", "b"])
def test_what_a_row_obeys_is_asked_at_each_change_from_the_states_that_it_names(table, text):
    with table(close(), rule=replace(RULE, obeys=(OBEYS,))) as raw:
        born(raw)
        with pytest.raises(psycopg.Error) as caught, raw.transaction():
            change(raw, "text = 'a', state = 'closed'")
        assert (caught.value.diag.constraint_name, caught.value.diag.message_hint) == ("obey_trials_text", OBEYS.says)
        change(raw, "state = 'closed'")
        change(raw, f"text = '{text}'")


def test_a_row_is_deleted_only_as_its_rule_says(table):
    ends = Holds("Solo se quita lo que está abierto.", "open", Trial.state == "open")
    with table(close(), rule=replace(RULE, kept=False, ends=(ends,))) as raw:
        born(raw)
        born(raw, 2)
        change(raw, "state = 'closed'")
        raw.execute("DELETE FROM console.trials WHERE id = 2")
        with refused("end_trials_open", ends.says):
            raw.execute("DELETE FROM console.trials")


def test_a_row_that_is_written_without_a_change_is_not_asked_again(table):
    with table(close()) as raw:
        born(raw, kind="Fuga")
        raw.execute("RESET ROLE")
        for statement in guards.guard(replace(RULE, obeys=(OBEYS,))):
            raw.execute(statement)
        change(raw, "state = state")
        with refused("obey_trials_text"):
            change(raw, "account = 5")


def test_what_forms_edit_of_the_content_stands_still_when_it_is_closed(table):
    with table(close(), rule=replace(RULE, content=("text",), edit_while=frozenset({S.OPEN}))) as raw:
        born(raw)
        change(raw, "text = 'Otra'")
        change(raw, "state = 'closed'")
        with refused("frozen_trials"):
            change(raw, "text = 'Fuga'")


@pytest.mark.parametrize("unattended", [True, False])
def test_who_acts_in_no_office_writes_what_acts_set_only_where_the_rule_says_it(table, unattended):
    with table(close(), rule=replace(RULE, unattended=unattended)) as raw:
        born(raw)
        raw.execute("RESET ROLE")
        if unattended:
            change(raw, "answer = 'Sí.'")
        else:
            with refused("unasked_trials_answer"):
                change(raw, "answer = 'Sí.'")


def test_a_row_bears_its_request_and_what_it_may_bring(table):
    with table(close()) as raw:
        raw.execute("SELECT set_config('app.request_id', 'a1', true)")
        born(raw, request_id="otra", expected=7)
        assert (value(raw, "request_id"), value(raw, "expected")) == ("a1", 7)
        with refused("unasked_trials_expected"):
            change(raw, "expected = 8")


def test_a_need_that_the_effect_fulfils_is_asked_by_the_guard_and_not_by_the_button():
    assert replace(OF_KIND, asked_before=False).met_by(close()) and not OF_KIND.met_by(close())


CLOSES = Act("close_trial", "Cerrar", Trial, {S.OPEN: {S.CLOSED}}, STAFF, nothing)
EXTENDS = Act("extend_trial", "Ampliar", Trial, {S.CLOSED: {S.CLOSED}}, STAFF, nothing, sets=("text",),
              needs=(Holds("El texto es más largo.", "long", func.length(Trial.text) > 4, code="AG072"),))
EDITED = replace(RULE, edit_while=frozenset({S.OPEN}))


def test_what_forms_edit_while_it_is_open_an_act_sets_afterwards_by_its_office_and_as_it_needs(table):
    with table(CLOSES, EXTENDS, rule=EDITED) as raw:
        born(raw)
        assert value(raw, "text") == "Fuga"
        change(raw, "text = 'Tal'")
        change(raw, "state = 'closed'")
        with pytest.raises(psycopg.Error) as caught, raw.transaction():
            change(raw, "text = 'Una'")
        assert (caught.value.diag.constraint_name, caught.value.sqlstate) == ("need_trials_extend_trial_long", "AG072")
        change(raw, "account = 5")
        change(raw, "text = 'Larga'")
        raw.execute("SET LOCAL ROLE console_unit_head")
        with pytest.raises(psycopg.Error) as caught, raw.transaction():
            change(raw, "text = 'Larguísima'")
        assert (caught.value.diag.constraint_name, caught.value.sqlstate) == ("unasked_trials_text", "AG072")
