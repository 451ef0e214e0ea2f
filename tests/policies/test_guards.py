"""The guard that a declaration makes, tried in PostgreSQL on a table of its own: each clause refuses or writes."""

from dataclasses import replace

import psycopg
import pytest
from sqlalchemy import and_, exists

from policies.core.declarations import Misdeclared, check_act
from policies.core.needs import Exists, Named, Unnamed
from policies.core.offices import STAFF
from policies.core.rules import RULES, Act, Rule
from policies.core.sql import declared
from policies.core.sql.clauses import sql
from tests.policies.trials import (
    ANSWERED,
    OF_KIND,
    RULE,
    WITH_PIECES,
    Piece,
    S,
    Trial,
    born,
    change,
    close,
    nothing,
    refused,
    value,
)


def test_a_new_row_gets_its_folio_author_and_instant_whatever_the_program_brings(office, table):
    with table(close()) as raw:
        born(raw, folio="UAS-PRU-2020-000009", registered_by_id=0, registered_at="2020-01-01", answer="ya", done=7,
             closed_at="2020-01-01")
        assert value(raw, "folio").startswith("UAS-PRU-20") and value(raw, "folio").endswith("-000001")
        assert value(raw, "registered_by_id") == office.actor("staff").id
        assert value(raw, "registered_at > now() - interval '1 minute'")
        assert (value(raw, "answer"), value(raw, "done"), value(raw, "closed_at")) == (None, 0, None)


def test_a_folio_that_is_on_no_row_is_refused(office, table):
    with table(close()) as raw:
        born(raw)
        raw.execute("SET CONSTRAINTS ALL IMMEDIATE")    # this one is on its row
        raw.execute("RESET ROLE")
        with pytest.raises(psycopg.Error, match="folio_unused refused"):
            raw.execute("SELECT console.take_folios('UAS-PRU', 1)")


@pytest.mark.parametrize("what", ["kind = 'b'", "registered_by_id = 1", "registered_at = now()", "folio = 'x'"])
def test_a_column_that_nothing_declares_never_changes(table, what):
    with table(close()) as raw:
        born(raw)
        with refused("fixed_trials"):
            change(raw, what)


def test_what_a_form_edits_changes(table):
    with table(close()) as raw:
        born(raw)
        change(raw, "text = 'Otra'")
        assert value(raw, "text") == "Otra"


def test_what_an_act_sets_changes_at_its_move_and_at_no_other_moment(table):
    with table(close()) as raw:
        born(raw)
        with pytest.raises(psycopg.Error) as caught, raw.transaction():
            change(raw, "answer = 'Sí'")
        assert caught.value.diag.constraint_name == "unasked_trials_answer"
        change(raw, "answer = 'Sí', state = 'closed'")
        assert value(raw, "answer") == "Sí"


def test_what_an_act_sets_changes_by_its_office_alone(office, table):
    with table(close()) as raw:
        born(raw)
        raw.execute("SET LOCAL ROLE console_unit_head")
        with refused("unasked_trials_answer"):
            change(raw, "answer = 'Sí', state = 'closed'")


def test_who_and_when_are_stamped_at_the_move_and_kept_at_any_other(office, table):
    with table(close()) as raw:
        born(raw)
        change(raw, "closed_at = '2020-01-01'")
        assert value(raw, "closed_at") is None
        change(raw, "state = 'closed', closed_by_id = 0")
        assert value(raw, "closed_by_id") == office.actor("staff").id
        assert value(raw, "closed_at > now() - interval '1 minute'")


def test_a_stamp_that_some_rows_arrive_with_is_refused_at_any_other_move(table):
    send = Act("send_trial", "Enviar", Trial, {S.OPEN: {S.MERGED}}, STAFF, nothing, stamps=("sent_at",))
    with table(send) as raw:
        born(raw)
        with refused("unasked_trials_sent_at"):
            change(raw, "sent_at = now()")
    with table(send) as raw:
        born(raw)
        change(raw, "state = 'merged', sent_at = '2020-01-01'")
        assert value(raw, "sent_at > now() - interval '1 minute'")


def test_content_changes_while_it_is_open_and_not_afterwards(table):
    with table(close(), rule=replace(RULE, content=("answer",), edit_while=frozenset({S.OPEN}))) as raw:
        born(raw)
        change(raw, "answer = 'Sí.'")
        change(raw, "state = 'closed', answer = 'No.'")
        with refused("frozen_trials"):
            change(raw, "answer = 'Sí.'")


def test_a_row_that_arrives_brings_what_acts_write_and_one_that_is_born_does_not(office, table):
    with table(close(), rule=replace(RULE, arrives=and_(Trial.kind == "b", Trial.account.is_not(None)))) as raw:
        born(raw, 1, answer="Sí.", registered_by_id=0, total=5)
        assert value(raw, "answer") is None and value(raw, "registered_by_id") == office.actor("staff").id
        assert value(raw, "total") == 0
        with refused("unissued_trials"):
            born(raw, 2, kind="b", account=1, number="UAS-EXT-2026-000001")
    with table(close(), rule=replace(RULE, arrives=Trial.kind == "b")) as raw:
        raw.execute("INSERT INTO console.trials (id, text, kind, answer, registered_by_id, total, number, registered_at) VALUES"
                    " (1, 'x', 'b', 'Sí.', 0, 5, console.next_folio('UAS-EXT'), '2020-01-01')")
        assert (value(raw, "answer"), value(raw, "registered_by_id"), value(raw, "total")) == ("Sí.", 0, 0)
        assert value(raw, "registered_at > now() - interval '1 minute'")


def test_what_is_derived_by_an_expression_is_written_at_birth_from_the_row(table):
    with table(close()) as raw:
        born(raw, said="otro")
        assert value(raw, "said") == "<Fuga>"
        with refused("fixed_trials"):
            change(raw, "said = 'otro'")


def test_what_the_area_derives_no_program_writes(table):
    with table(close()) as raw:
        born(raw)
        with refused("fixed_trials"):
            change(raw, "total = 1")


def test_a_folio_that_an_act_sets_comes_from_its_counter(table):
    step = Act("number_trial", "Numerar", Trial, {S.OPEN: {S.OPEN}}, STAFF, nothing, sets=("number",))
    with table(step) as raw:
        born(raw)
        change(raw, "number = console.next_folio('UAS-EXT')")
        with refused("unissued_trials"):
            change(raw, "number = 'UAS-EXT-2026-999999'")


def test_what_is_written_once_stays(table):
    with table(close()) as raw:
        born(raw)
        change(raw, "account = 5")
        with refused("once_trials_account"):
            change(raw, "account = 6")


def test_a_count_does_not_fall(table):
    with table(close()) as raw:
        born(raw)
        change(raw, "state = 'closed', done = 4")
        with refused("unasked_trials_done"):
            change(raw, "done = 3")
    stays = Act("go_on", "Seguir", Trial, {S.OPEN: {S.OPEN}}, STAFF, nothing, sets=("done",))
    with table(stays) as raw:
        born(raw)
        change(raw, "done = 4")
        with refused("falls_trials_done"):
            change(raw, "done = 3")


def test_a_row_that_is_kept_is_not_deleted_by_its_owner_either(table):
    with table(close()) as raw:
        born(raw)
        raw.execute("RESET ROLE")
        with refused("kept_trials"):
            raw.execute("DELETE FROM console.trials")


NEEDS = {
    "filled": (ANSWERED, "answer", "answer = 'Sí'"),
    "all_of": (WITH_PIECES, "all_trial_pieces", "INSERT INTO console.trial_pieces VALUES (1, 1, 'closed')"),
    "exists": (Exists("Falta una pieza.", Piece, Piece.state == "closed"), "trial_pieces",
               "INSERT INTO console.trial_pieces VALUES (1, 1, 'closed')")}


@pytest.mark.parametrize("kind", NEEDS)
def test_a_move_waits_for_what_it_needs(table, kind):
    need, about, mend = NEEDS[kind]
    name = f"need_trials_close_trial_{about}"
    with table(close(needs=(need,))) as raw:
        born(raw)
        raw.execute("RESET ROLE")
        assert raw.execute("SELECT console.unmet_trials(1)").fetchall() == [(name,)]
        raw.execute("SET LOCAL ROLE console_staff")
        with pytest.raises(psycopg.Error) as caught, raw.transaction():
            change(raw, "state = 'closed'")
        assert (caught.value.diag.constraint_name, caught.value.diag.message_hint) == (name, need.says)
        if mend.startswith("INSERT"):
            raw.execute(mend)
            mend = ""
        change(raw, f"state = 'closed'{mend and ', ' + mend}")
        assert value(raw, "state") == "closed"


def test_a_piece_that_is_still_open_holds_its_whole(table):
    with table(close(needs=(WITH_PIECES,))) as raw:
        born(raw)
        raw.execute("INSERT INTO console.trial_pieces VALUES (1, 1, 'closed'), (2, 1, 'open')")
        with refused("need_trials_close_trial_all_trial_pieces", WITH_PIECES.says):
            change(raw, "state = 'closed'")


def test_a_condition_on_its_own_columns_holds_it(table):
    with table(close(needs=(OF_KIND,))) as raw:
        born(raw, kind="b")
        with refused("need_trials_close_trial_kind", OF_KIND.says):
            change(raw, "state = 'closed'")


def test_a_record_is_not_merged_into_one_that_is_merged_nor_while_others_name_it(table):
    into = Named("Ya se unió a otra.", "merged_into_id", frozenset({S.OPEN}))
    alone = Unnamed("Otra se unió a esta.", Trial.merged_into_id)
    merge = Act("merge_trial", "Unir", Trial, {S.OPEN: {S.MERGED}}, STAFF, nothing, sets=("merged_into_id",),
                needs=(into, alone))
    with table(merge) as raw:
        for key in (1, 2, 3):
            born(raw, key)
        change(raw, "state = 'merged', merged_into_id = 2", key=1)
        with pytest.raises(psycopg.Error) as caught, raw.transaction():
            change(raw, "state = 'merged', merged_into_id = 1", key=3)
        assert caught.value.diag.constraint_name == "need_trials_merge_trial_merged_into_id"
        with refused("need_trials_merge_trial_unnamed_merged_into_id", alone.says):
            change(raw, "state = 'merged', merged_into_id = 3", key=2)


def test_a_condition_with_or_stays_whole_where_it_is_joined():
    either = (Piece.state == "open") | (Piece.id > 3)
    text = Exists("…", Piece, either).condition
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(RULES, Piece, Rule(Piece, part_of=("trial_id", Trial)))
        assert "AND (console.trial_pieces.state = 'open' OR console.trial_pieces.id > 3)" in text(Trial, "NEW")


def test_a_condition_that_reads_every_column_is_refused():
    with pytest.raises(Misdeclared, match="name one column"):
        sql(exists().where(Piece.trial_id == Trial.id), Trial.__table__)


def test_a_need_over_what_is_no_part_stops_the_start(monkeypatch):
    monkeypatch.setitem(RULES, Piece, Rule(Piece))
    with pytest.raises(Misdeclared, match="Piece is no part of Trial"):
        Exists("…", Piece).condition(Trial, "NEW")


def test_a_folio_given_by_an_act_that_nobody_declared_stops_the_start():
    with pytest.raises(Misdeclared, match="is given by the act 'refer'"):
        declared.act_named(Trial, "refer")


def test_a_column_is_stamped_only_where_it_says_what_is_written():
    step = Act("close_trial", "Cerrar", Trial, {S.OPEN: {S.CLOSED}}, STAFF, nothing, stamps=("answer",))
    with pytest.raises(Misdeclared, match="names 'answer'; declare it with author"):
        check_act(step)
