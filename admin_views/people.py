"""People, logins and appointments: the administrator's desk."""

import secrets

from sqlalchemy.orm import defer

from admin_views.base import PolicyView
from models.people import Appointment, Login, Person


class PersonView(PolicyView):
    column_list = ("name", "active")
    column_default_sort = ("name", False)
    filters_by, search_in, endings = ("active",), ("name",), "a"


class AppointmentView(PolicyView):
    column_list = ("person", "role", "valid_from", "valid_to", "acting", "letter")
    column_default_sort = ("id", True)
    filters_by, search_in = ("role", "acting"), ("letter",)


class LoginView(PolicyView):
    """The administrator opens and closes a login, and never chooses or reads a password."""

    column_list = ("email", "person", "active")
    column_default_sort = ("email", False)
    filters_by, search_in = ("active",), ("email",)
    facts = (("", ("email", "person", "active")),)

    def scope(self, query):
        """Without the session's key, which only the gate reads."""
        return query.options(defer(Login.fs_uniquifier, raiseload=True))

    def saved(self, record):
        if record.id is None:
            record.fs_uniquifier = secrets.token_hex(32)
        record.email = record.email.lower()
        return super().saved(record)


def views():
    yield PersonView(Person, name="Personas", endpoint="people", url="/personas")
    yield LoginView(Login, name="Accesos", endpoint="logins", url="/accesos")
    yield AppointmentView(Appointment, name="Nombramientos", endpoint="appointments",
                          url="/nombramientos")
