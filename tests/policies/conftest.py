"""The trial tables of trials.py, opened."""

from contextlib import contextmanager

import psycopg
import pytest

from policies.core.rules import ACTS, RULES, Rule
from policies.core.sql import guards
from tests.policies.trials import RULE, TABLES, Piece, Trial


@pytest.fixture
def table(office, monkeypatch):
    """Opens the trial tables, guarded as these acts say, in a transaction that is undone."""
    @contextmanager
    def opened(*acts, rule=RULE):
        monkeypatch.setitem(RULES, Piece, Rule(Piece, part_of=("trial_id", Trial)))
        for step in acts:
            monkeypatch.setitem(ACTS, (Trial, step.name), step)
        monkeypatch.setattr(guards, "models", lambda: [Trial])
        with psycopg.connect(office.dsn()) as raw:
            raw.execute(TABLES)
            for statement in (guards.series(), *guards.guard(rule), *guards.unmet(rule)):
                raw.execute(statement)
            raw.execute("SELECT set_config('app.actor', %s, true)", (str(office.actor("staff").id),))
            raw.execute("GRANT console_staff, console_unit_head TO CURRENT_USER")
            raw.execute("SET LOCAL ROLE console_staff")
            yield raw
            raw.rollback()
    return opened
