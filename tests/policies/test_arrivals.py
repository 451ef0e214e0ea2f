"""Rows that are written from what was signed: what the start refuses, and that PostgreSQL asks the SELECT that writes them."""

import pytest
from sqlalchemy import true

from models.billing import CreditNoteLine
from models.queries.applying import NOTE_LINE, signed_note_lines
from policies.core.declarations import Misdeclared
from policies.core.sql import arrivals


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """Nothing else declared."""
    monkeypatch.setattr(arrivals, "ARRIVALS", [])


def declared(rule="note_line_not_signed", columns=NOTE_LINE):
    arrivals.arriving(CreditNoteLine, rule, columns, expected=lambda fresh: signed_note_lines(true()),
                      which=lambda fresh: fresh.c.amount != 0)


def test_a_statement_adds_only_what_the_select_gives():
    declared()
    function, trigger = arrivals.statements()
    assert "SELECT fresh.credit_note_id, fresh.position, fresh.service, fresh.amount, fresh.tax" in function
    assert "WHERE fresh.amount != 0 EXCEPT SELECT commercial.credit_notes.id" in function
    assert "console.refuse('AG008', 'note_line_not_signed', NULL)" in function
    assert trigger.startswith("CREATE OR REPLACE TRIGGER f_note_line_not_signed AFTER INSERT ON commercial.credit_note_lines")


@pytest.mark.parametrize(("changes", "words"), [
    ({"columns": ("amount", "taxes")}, "names 'taxes', which is no column of CreditNoteLine"),
    ({"columns": "amount"}, "write a tuple of column names"), ({"rule": "nothing_said"}, "has no sentence; say it with")])
def test_the_start_refuses_what_it_cannot_compare_or_tell(changes, words):
    with pytest.raises(Misdeclared, match=words):
        declared(**changes)
