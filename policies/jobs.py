"""Long work as acts: what is left is on the record itself, so no queue can disagree with it.

A batch or a replay knows its own cursor. The worker takes its act again and again, each time in one
transaction and in the name of the person who began it: a worker that is killed loses the chunk in
hand and nothing else, and whatever was committed is never done twice.
"""

from sqlalchemy import select

from models.people import Role
from policies.rules import ACTS, Actor

# Reads what waits; it holds no office, so PostgreSQL lets it write nothing.
LOOKER = Actor(None, Role.STAFF, "El trabajador")


def jobs():
    return [step for step in ACTS.values() if step.job]


def waiting(session):
    """(act, key of the record) of everything that has work left, oldest first in each table."""
    return [(step, key) for step in jobs() for key in session.scalars(
        select(step.model.id).where(step.model.state.in_(step.moves)).order_by(step.model.id))]


def begun_by(subject):
    """The person in whose name the work is done, in the office that they wore."""
    return Actor(subject.run_by_id, subject.run_as)
