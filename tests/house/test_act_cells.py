"""Each act × state × office, of every area: open in Python only where it is declared, and moved in PostgreSQL by no
other office, whatever program tries it."""

import psycopg
import pytest

import policies
from models.base.roles import Role
from policies.core.rules import ACTS, RULES, Actor, Broken, Denied

TIMED = [model for model, rule in RULES.items() if rule.born is not None]     # the tables whose states move by acts
MOVES = {(model.__tablename__, source.value, target.value, role.value) for (model, _), step in ACTS.items()
         for source, targets in step.moves.items() for target in targets for role in step.by}


def states(model):
    return list(model.__table__.c.state.type.enum_class)


def case(*cell):
    return pytest.param(*cell, id=":".join(getattr(part, "value", part) for part in cell))


REFUSED = [pytest.param(step, state, role, id=f"{model.__tablename__}:{name}:{state.value}:{role.value}")
           for (model, name), step in ACTS.items() if step.moves for state in states(model) for role in Role
           if role not in step.by or state not in step.moves]
CELLS = [case(model.__tablename__, source, target, role) for model in TIMED for source in states(model)
         for target in states(model) if source is not target for role in Role]


@pytest.mark.parametrize(("step", "state", "role"), REFUSED)
def test_an_act_is_refused_to_every_other_office_and_in_every_other_state(step, state, role):
    why = policies.refusal(step, Actor(0, role), step.model(state=state))
    if role not in step.by:
        assert isinstance(why, Denied) and f"«{step.label}» corresponde a: " in str(why)
    else:
        assert isinstance(why, Broken) and str(why) == f"No procede «{step.label}»: el registro está en «{state.label}»."


@pytest.fixture(scope="module")
def rows(office):
    """(table, state) → the key of a row there, empty but for its state: who moves it is asked before anything else."""
    found = {}
    with office.program() as owner:
        for model in TIMED:
            name = model.__table__.fullname
            owner.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER")
            for (constraint,) in owner.execute("SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass"
                                               " AND contype IN ('c', 'f', 'x')", (name,)).fetchall():
                owner.execute(f'ALTER TABLE {name} DROP CONSTRAINT "{constraint}"')
            for column in model.__table__.columns:
                if not column.primary_key and not column.nullable and column.computed is None:
                    owner.execute(f'ALTER TABLE {name} ALTER "{column.name}" DROP NOT NULL')
            for state in states(model):
                found[model.__tablename__, state.value] = owner.execute(
                    f"INSERT INTO {name} (state) VALUES (%s) RETURNING id", (state.value,)).fetchone()[0]
            owner.execute(f"ALTER TABLE {name} ENABLE TRIGGER USER")
    return found


@pytest.fixture(scope="module")
def tried(office, rows):
    """role → {(table, from, to): how PostgreSQL answers to that office: a code of refusal, «unseen» or «moved»}."""
    return {role: {cell: answer for model in TIMED for cell, answer in of_table(office, rows, role, model)} for role in Role}


def of_table(office, rows, role, model):
    """((table, from, to), the answer) of each pair of states, in a transaction as short as can be."""
    with office.program(role.value) as raw:
        for source in states(model):
            for target in (state for state in states(model) if state is not source):
                yield (model.__tablename__, source.value, target.value), attempt(
                    raw, model, rows[model.__tablename__, source.value], target)
        raw.rollback()


def attempt(raw, model, key, target):
    try:
        with raw.transaction(force_rollback=True):
            done = raw.execute(f"UPDATE {model.__table__.fullname} SET state = %s WHERE id = %s", (target.value, key))
            return "moved" if done.rowcount else "unseen"
    except psycopg.Error as error:
        return error.sqlstate


@pytest.mark.parametrize(("table", "source", "target", "role"), CELLS)
def test_postgresql_moves_a_state_only_along_an_act_of_that_office(tried, table, source, target, role):
    answer = tried[role][table, source.value, target.value]
    if (table, source.value, target.value, role.value) in MOVES:
        assert answer not in ("AG001", "42501")
    else:
        assert answer in ("AG001", "42501", "unseen")
