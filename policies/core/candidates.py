"""Who could take an act that somebody else may not: offices, and the people who hold them."""

from collections.abc import Iterable, Mapping, Sequence

from models.base.columns import Named
from models.base.people import Role
from policies.core.deciding import contributed, refusal
from policies.core.rules import Act, Actor, is_decision


def offices_that_could(step: Act, actor: Actor, subject: Named, held: Mapping[Role, Sequence[Actor]]) -> list[Role]:
    """The offices to which the act is open now; where it is open to none, those to which it belongs.

    `held` gives for each office the people who hold it today, and one of them is asked for all. Empty when the act is
    of the actor's own office and waits for something else.
    """
    open_to = [role for role in step.by if _may_now(step, subject, held.get(role, ()))]
    if not open_to and belongs(step, actor):
        return []
    return sorted(open_to or step.by)


def belongs(step: Act, actor: Actor) -> bool:
    """Whether the act is of the actor's office, whatever hinders it now."""
    return actor.role in step.by


def past_its_state(step: Act, subject: Named) -> bool:
    """Whether the record is in a state from which nobody takes the act."""
    return bool(step.moves) and subject.state not in step.moves


def _may_now(step, subject, people):
    one = next(iter(uninvolved(step, subject, people)), None)
    return one is not None and refusal(step, one, subject) is None


def uninvolved(step: Act, subject: Named, people: Iterable[Actor]) -> list[Actor]:
    """Those of the people who could take the act: who wrote nothing of the record, where the act asks for that, and
    whose signature is not delegated, where the act decides.
    """
    return [person for person in people if not (step.independent and contributed(person, subject))
            and not (person.away and is_decision(step))]
