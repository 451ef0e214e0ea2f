"""Who holds which office, and who has a key without one."""

from sqlalchemy import exists, func, or_, select

from models.organization import DraftState, Holiday
from models.people import Appointment, Login, Person


def holding(day):
    """The terms of an appointment that is held on that day, both ends included, by someone who stays."""
    return (Appointment.valid_from <= day, Person.active,
            or_(Appointment.valid_to.is_(None), Appointment.valid_to >= day))


def held(day):
    """The appointments of that day, by office; whoever holds it before whoever acts for them."""
    return (select(Appointment).join(Appointment.person).where(*holding(day))
            .order_by(Appointment.role, Appointment.acting, Appointment.id))


def ending(day, until):
    """Those of them that end within these days, the next first, and nobody follows in the same office."""
    later = Appointment.__table__.alias()
    followed = exists().where(
        later.c.person_id == Appointment.person_id, later.c.role == Appointment.role,
        later.c.id != Appointment.id, or_(later.c.valid_to.is_(None), later.c.valid_to > until),
        later.c.valid_from <= until).correlate(Appointment)
    return (select(Appointment).join(Appointment.person)
            .where(*holding(day), Appointment.valid_to <= until, ~followed)
            .order_by(Appointment.valid_to, Appointment.id))


def logins_without_office(day):
    """Open logins of people who hold no office on that day: a key that opens nothing."""
    office = (select(Appointment.id).join(Appointment.person)
              .where(Appointment.person_id == Login.person_id, *holding(day)).correlate(Login).exists())
    return select(Login.id).where(Login.active, ~office)


def offices_without_login(day):
    """Appointments of that day whose person has no open login: an office that cannot act here."""
    # By a column: EXISTS (SELECT *) would ask for the columns that only the gate reads.
    key = (select(Login.id).where(Login.person_id == Appointment.person_id, Login.active)
           .correlate(Appointment).exists())
    return select(Appointment.id).join(Appointment.person).where(*holding(day), ~key)


def days_off_in(year):
    """How many days of that year a signed calendar takes out of the terms."""
    return select(func.count()).select_from(Holiday).where(
        Holiday.state == DraftState.IN_FORCE, func.extract("year", Holiday.day) == year)
