"""Which office a person wears in this session: asked again on every request."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import session
from sqlalchemy import select

from admin_views.gate import gate
from models.people import Appointment
from policies.rules import Actor


def today():
    """The civil day in San Luis Potosí."""
    return datetime.now(ZoneInfo("America/Mexico_City")).date()


def appointments_of(login):
    """The appointments that the person holds today; none when the person left."""
    if not login.person.active:
        return []
    rows = gate.scalars(select(Appointment).where(Appointment.person_id == login.person_id)
                        .order_by(Appointment.acting, Appointment.id))
    return [row for row in rows if row.in_force(today())]


def actor_of(login):
    """The person in the office chosen for this session, or in their first; None without one."""
    held = appointments_of(login)
    if not held:
        return None
    chosen = next((row for row in held if row.id == session.get("appointment")), held[0])
    return Actor(login.person_id, chosen.role, login.person.name, chosen.acting, chosen.letter)
