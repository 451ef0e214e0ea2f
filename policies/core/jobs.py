"""Long work as acts: what is left is on the record itself, so no queue can disagree with it.

A batch, a replay or an ordered export knows how far it is. The worker takes its act again and again, each time in
one transaction and in the name of the person who began it: a worker that is killed loses the chunk in hand and
nothing else, and whatever was committed is never done twice.
"""

from models.base.people import Role
from models.queries import jobs as find
from policies.core.rules import ACTS, Actor

# Reads what waits; it holds no office, so PostgreSQL lets it write nothing.
LOOKER = Actor(None, Role.STAFF, "El trabajador")


def jobs():
    return [step for step in ACTS.values() if step.job]


def waiting(session):
    """(act, key of the record) of everything that has work left, oldest first in each table."""
    left = session.execute(find.waiting()).all()
    return [(step, row.id) for step in jobs() for row in left if row.act == step.name]


def begun_by(session, model, key):
    """The person in whose name the work is done, in the office that they wore; None where none is left."""
    row = session.execute(find.waiting_in(model, key)).first()
    return row and Actor(row.run_by_id, Role(row.run_as))
