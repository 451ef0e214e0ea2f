"""Long work as acts: what is left to do is kept on the record itself, so no queue can disagree with it.

The worker takes the act of a record again and again, each time in one transaction and in the name of the person who
began the work. A worker that is killed loses the chunk in hand and nothing else, and what was committed is never done
twice.
"""

from sqlalchemy.orm import Session

from models.base.columns import Named
from models.base.people import Role
from models.queries import jobs as find
from policies.core.rules import ACTS, Act, Actor

# Reads what waits; it holds no office, so PostgreSQL lets it write nothing.
LOOKER = Actor(None, Role.STAFF, "El trabajador")


def jobs() -> list[Act]:
    """The acts that the worker takes."""
    return [step for step in ACTS.values() if step.job]


def waiting(session: Session) -> list[tuple[Act, int]]:
    """(act, key of the record) of every record with work left, the oldest first within each act."""
    left = session.execute(find.waiting()).all()
    return [(step, row.id) for step in jobs() for row in left if row.act == step.name]


def begun_by(session: Session, model: type[Named], key: int) -> Actor | None:
    """The person in whose name the work on that record is done, in the office in which they began it; None where no
    work is left.
    """
    row = session.execute(find.waiting_in(model, key)).first()
    return row and Actor(row.run_by_id, Role(row.run_as))
