"""«¿Por qué no puedo?»: beside the reason, which offices could and who holds them today."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from flask import g

from admin_views.core.words import capacity
from admin_views.door.offices import today
from models import db
from models.base.people import Role
from models.queries.offices import wearing
from policies.core.candidates import (
    belongs,
    offices_that_could,
    past_its_state,
    uninvolved,
)
from policies.core.rules import Act, Actor


class Closed(NamedTuple):
    """Acts that are closed for one same reason; who could take them: [(office, [names])]."""

    acts: str
    why: str
    could: list


def reasons(offers: list, record: object) -> list[Closed]:
    """The closed acts of a page, those with the same answer told once."""
    told = {}
    for offer in offers:
        late = past_its_state(offer.step, record)
        could = [] if late else who_could(offer.step, record)
        # The offices that follow say it, where the only reason is the office.
        why = (f"El registro está en «{record.state.label}»." if late
               else offer.why if belongs(offer.step, g.actor) or not could else "")
        told.setdefault((why, repr(could)), ([], could))[0].append(offer.step.label)
    return [Closed(", ".join(labels), why, could) for (why, _), (labels, could) in told.items()]


def who_could(step: Act, record: object) -> list[tuple[str, list[str]]]:
    """[(office, names of those who hold it today)] of a closed act."""
    held = holders()
    return [(role.label, [name_of(person) for person in uninvolved(
        step, record, held.get(role, ()))])
        for role in offices_that_could(step, g.actor, record, held)]


def name_of(person: Actor) -> str:
    """A person's name, with the capacity in which they wear the office."""
    how = capacity(person)
    return f"{person.name} ({how})" if how else person.name


def holders() -> dict[Role, list[Actor]]:
    """office → the people who wear it today: holders, whoever acts for them, and their delegates; asked
    once a request."""
    if "holders" not in g:
        g.holders = {}
        for person in people_in_office(today()):
            others = g.holders.setdefault(person.role, [])
            if person.id not in {other.id for other in others}:   # in their first capacity alone
                others.append(person)
    return g.holders


def people_in_office(day: date) -> Iterator[Actor]:
    """Everybody in each office they may wear on that day, in the order in which their capacity counts."""
    rows = db.session.execute(wearing(day)).all()
    away = {(row.absent_id, row.role): row.letter for row in rows if row.absent_id}
    for row in rows:
        lent = not row.acting and not row.absent_id and away.get((row.person_id, row.role))
        yield Actor(row.person_id, row.role, row.name, row.acting, row.letter, row.absent_id, row.absent_name or "",
                    away=lent or "")
