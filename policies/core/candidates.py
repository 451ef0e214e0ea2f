"""Who could take an act that somebody else may not: offices, and the people who hold them."""

from policies.core.deciding import contributed, refusal
from policies.core.rules import is_decision


def offices_that_could(step, actor, subject, held):
    """The offices to which the act is open now; if to none, those it belongs to.

    `held`: office → the Actors that hold it today. Empty when the act waits for something else
    than another office. Each office is asked through one of its people.
    """
    open_to = [role for role in step.by if _may_now(step, subject, held.get(role, ()))]
    if not open_to and belongs(step, actor):
        return []
    return sorted(open_to or step.by)


def belongs(step, actor):
    """Whether the act is of the actor's office, whatever keeps it closed now."""
    return actor.role in step.by


def past_its_state(step, subject):
    """Whether the record's state keeps the act closed to everybody."""
    return bool(step.moves) and subject.state not in step.moves


def _may_now(step, subject, people):
    one = next(iter(without_hand(step, subject, people)), None)
    return one is not None and refusal(step, one, subject) is None


def without_hand(step, subject, people):
    """Those of the people who put no hand on the record, where the act asks for that, and whose signature is
    not lent, where it decides."""
    return [person for person in people if not (step.independent and contributed(person, subject))
            and not (person.away and is_decision(step))]
