"""What heads the page of a case, from what its area declared: which step comes next, who has it and until when."""

from datetime import date, datetime
from typing import NamedTuple

from flask import g

from admin_views.acts.why import holders, name_of
from admin_views.core.words import owed
from admin_views.door.offices import today
from models.base.columns import Named
from models.base.people import Role
from models.base.signing import Signature
from policies.core.candidates import belongs
from policies.core.rules import RULES, Act, acts_of
from policies.core.signing_acts import next_place
from policies.core.terms import marked

MOST_NAMED = 2      # people said by name; with more of them, the office is enough


class Now(NamedTuple):
    """The next step of a record; `open` whether this reader may take it now, and `why` not where it is theirs."""

    step: Act
    open: bool
    why: str
    offices: list[tuple[str, str]]      # (who has it, by office; the names of those who hold it today)
    until: date | None                  # its nearest term
    late: bool
    since: datetime | None              # when it came to this state


def now_of(record: Named, offers: list) -> Now | None:
    """What comes next for a record; None where no act of anybody leads it on. `offers` are its acts on this page."""
    step = leading(record)
    if step is None:
        return None
    why = next(offer.why for offer in offers if offer.step is step)
    until = nearest_term(record)
    return Now(step, not why, why if belongs(step, g.actor) else "", who_has(step, record), until,
               until is not None and until < today(), state_since(record))


def leading(record: Named) -> Act | None:
    """The first act of the procedure that takes the record on from its state; none that ends it against its course or
    gives it back to whoever prepared it."""
    state, rule = getattr(record, "state", None), RULES.get(type(record))
    behind = {state, *(rule.edit_while if rule else ())}
    return next((step for step in acts_of(record) if (step.leads or not step.grave)
                 and set(step.moves.get(state, ())) - behind), None)


def who_has(step: Act, record: Named) -> list[tuple[str, str]]:
    """(office, its people) of whoever takes that step: of a signature, the office whose turn it is and its deputies."""
    place = next_place(record) if Signature in step.creates else None
    turn = [place.role, *(place.deputies or ())] if place else sorted(step.by, key=lambda role: role.label)
    return [(role.label, names_of(role)) for role in map(Role, turn)]


def names_of(role: Role) -> str:
    """The people who hold an office today, where they are few."""
    people = holders().get(role, [])
    return ", ".join(map(name_of, people)) if len(people) <= MOST_NAMED else ""


def nearest_term(record: Named) -> date | None:
    """The earliest due date of the record that its state has not met."""
    ends = (owed(record, name) for name in marked(type(record), "term"))
    return min((end for end in ends if end), default=None)


def state_since(record: Named) -> datetime | None:
    """When the record came to its state, where its table keeps it."""
    return next((getattr(record, name) for name in marked(type(record), "state_clock")), None)
