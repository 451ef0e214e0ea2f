"""What counts as seeing somebody's data, and what is kept of it, one answer at a time."""

from contextlib import contextmanager

import pytest
from flask import g
from sqlalchemy import select
from sqlalchemy.orm import undefer

import policies
from admin_views.core import reads
from models import db
from models.customers import Account

KEPT = "SELECT count(*) FROM console.read_entries"
NAMED = select(Account).options(undefer(Account.holder_name))
LAST = "SELECT row_to_json(e) FROM console.read_entries e ORDER BY id DESC LIMIT 1"


@contextmanager
def asked(office, known=True):
    """A request of somebody of the staff, or of nobody who is known; its session."""
    actor = office.actor("staff")
    with office.app.test_request_context("/cuentas/"), policies.speaks(db.session, actor) as session:
        g.request_id = "una"
        if known:
            g.actor = actor
        yield session
    with office.app.app_context():
        db.session.remove()


@pytest.mark.parametrize("known", [True, False])
def test_a_name_that_loads_later_than_its_record_was_seen_by_who_asks_if_anybody_does(office, known):
    with asked(office, known) as session:
        bare = session.get(Account, 1)
        assert "shown" not in g
        assert session.scalars(NAMED.where(Account.id == 1)).one() is bare and bare.holder_name
        assert g.get("shown") == ({"accounts": {1: True}} if known else None)


@pytest.mark.parametrize(("status", "keys", "entries"), [
    (200, {3: True}, 1), (422, {3: True}, 1), (302, {3: True}, 0), (304, {3: True}, 0), (500, {3: True}, 0), (200, {}, 0)])
def test_an_answer_that_shows_nothing_keeps_nothing(office, status, keys, entries):
    before = office.scalar(KEPT)
    with asked(office):
        g.shown = {"accounts": keys}
        reads.keep_reads(status)
    assert office.scalar(KEPT) - before == entries


def test_beyond_some_keys_an_entry_says_how_many(office):
    with asked(office):
        g.shown = {"accounts": dict.fromkeys(range(1, reads.MOST_KEYS + 2), True)}
        reads.keep_reads(200)
    kept = office.scalar(LAST)
    assert (kept["rows"], kept["keys"], kept["row_id"]) == (reads.MOST_KEYS + 1, [*range(1, reads.MOST_KEYS + 1)], None)


def test_what_was_loaded_to_look_beyond_a_page_was_not_seen(office):
    with asked(office) as session:
        accounts = session.scalars(NAMED.order_by(Account.id).limit(3)).all()
        reads.not_shown(accounts[2:])
        reads.keep_reads(200)
    assert office.scalar(LAST)["keys"] == [1, 2]


@pytest.mark.parametrize("role", ["staff", "auditor"])
def test_a_file_counts_for_who_reads_names_in_place_of_what_loaded_to_make_it(office, role):
    with asked(office):
        g.actor, g.shown = office.actor(role), {"accounts": {3: True}}
        entry = reads.export_entry(Account, 7)
        assert "shown" not in g and (entry is None) == (role == "auditor")
        assert entry is None or (entry.rows, entry.keys) == (7, [])
