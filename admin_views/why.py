"""«¿Por qué no puedo?»: beside the reason, which offices could and who holds them today."""

from typing import NamedTuple

from flask import g
from sqlalchemy import select

from admin_views.offices import today
from models import db
from models.people import Appointment, Person
from policies.candidates import offices_that_could, without_hand
from policies.rules import Actor


class Could(NamedTuple):
    """An office, and the names of those who hold it today."""

    office: str
    names: list


def who_could(offer, record):
    """[Could] of a closed act."""
    held = holders()
    return [Could(role.label, [named(person) for person in without_hand(
        offer.step, record, held.get(role, ()))])
        for role in offices_that_could(offer.step, g.actor, record, held)]


def named(person):
    return f"{person.name} (encargo de despacho)" if person.acting else person.name


def holders():
    """office → the people who hold it today, asked once a request."""
    if "holders" not in g:
        g.holders = {}
        for row in db.session.scalars(select(Appointment).join(Person).where(
                Person.active).order_by(Appointment.acting, Person.name)):
            if row.in_force(today()):
                g.holders.setdefault(row.role, []).append(Actor(
                    row.person_id, row.role, row.person.name, row.acting, row.letter))
    return g.holders
