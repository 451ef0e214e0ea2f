"""Which office a person wears in this session: asked again on every request.

A person has each office in one capacity, the one by which PostgreSQL would have them sign
(console.held): as holder before acting, acting before «por ausencia». So one chooses the office, and
what the page says of it is what the signature will say.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from flask import flash, g, session
from sqlalchemy import Row

import policies
from admin_views.door.gate import gate
from models import db
from models.base.people import Login, Role
from models.queries.offices import offices_of
from policies.core.rules import Actor


class Worn(NamedTuple):
    """An office that a person may wear today, by which letter and until when."""

    role: Role
    acting: bool
    letter: str
    valid_from: date
    valid_to: date | None
    absent_id: int | None
    absent_name: str
    lent_by: str


def today() -> date:
    """The civil day in San Luis Potosí."""
    return datetime.now(ZoneInfo("America/Mexico_City")).date()


def offices_held(login: Login) -> list[Worn]:
    """What the person may wear today, each office once, first the one held longest; nothing when the person left."""
    return each_once(session.offices if login == session.login else gate.execute(offices_of(login.person_id)))


def each_once(ways: Iterable[Row]) -> list[Worn]:
    """Each office of those ways of holding one, the way that counts; first the one held longest."""
    found = {}
    for row in ways:
        found.setdefault(row.role, Worn(
            Role(row.role), row.acting, row.letter, row.valid_from, row.valid_to, row.absent_id,
            row.absent_name or "", row.lent_by or ""))
    return sorted(found.values(), key=lambda worn: (worn.absent_id is not None, worn.acting, worn.valid_from))


def actor_of(login: Login) -> Actor | None:
    """The person in the office chosen for this session, or in their first; None without one.

    An office that ended since it was chosen is told, and the first of the others is worn. The others are
    kept in `g.other_offices`, for the page that tells what waits in each.
    """
    held = offices_held(login)
    if not held:
        return None
    worn = next((row for row in held if row.role.value == session.get("office")), None)
    if worn is None:
        worn = held[0]
        if ended := session.pop("office", None):
            flash(f"Ya no tiene el cargo que usaba ({Role(ended).label}); ahora actúa como "
                  f"{worn.role.label}.", "warning")
    g.other_offices = [actor_in(login.person_id, login.person.name, row) for row in held if row is not worn]
    return actor_in(login.person_id, login.person.name, worn)


def actor_in(person_id: int, name: str, worn: Worn) -> Actor:
    """A person in one of the offices that they may wear."""
    return Actor(person_id, worn.role, name, worn.acting, worn.letter, worn.absent_id, worn.absent_name, worn.lent_by)


@contextmanager
def reading_in(actor: Actor) -> Iterator[None]:
    """What is read meanwhile is read in that office, with its login and its rows; nothing is written."""
    own = g.actor
    with policies.reads_as(db.session, actor, g.request_id, session.token):
        g.actor = actor
        try:
            yield
        finally:
            g.actor = own
