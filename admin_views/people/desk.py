"""People, logins and appointments: the administrator's desk."""

import secrets
from collections.abc import Iterator

from flask import g
from flask_admin import expose
from flask_admin.form import BaseForm
from sqlalchemy import Select
from sqlalchemy.orm import defer

import policies
from admin_views.core.base import VERBS, PolicyView
from admin_views.door.passwords import hand_over
from admin_views.people.work import FIGURES, PANELS
from models.base.handovers import Handover
from models.base.people import Appointment, Delegation, Login, Person, Role
from policies.core.offices import ADMINISTRATOR, SIGNERS

VERBS |= {"password_view": "edit"}


class PersonView(PolicyView):
    menu_entry, daily_for, leads = "Personas y cargos", ADMINISTRATOR, True
    figures, panels = FIGURES, PANELS
    column_list = ("name", "active")
    column_default_sort = ("name", False)
    filters_by, search_in = ("active", "name"), ("name",)
    facts = (("Persona", ("name", "active")),)


class AppointmentView(PolicyView):
    menu_entry = "Personas y cargos"
    column_list = ("person", "role", "valid_from", "valid_to", "acting", "letter", "state")
    column_default_sort = ("id", True)
    filters_by = ("role", "person", "state", "acting", "valid_from", "valid_to", "letter")
    search_in = ("letter",)
    facts = (("Quién y qué cargo", ("person", "role", "acting")),
             ("Vigencia", ("valid_from", "valid_to", "letter")))
    record_template = "proposal_record.html"
    steps = (("Persona y cargo", ("person_id", "role", "acting")),
             ("Vigencia", ("valid_from", "valid_to")), ("Oficio", ("letter",)))
    needed_when = {"valid_to": ("acting", True)}   # who only stands in does so until a day


class DelegationView(PolicyView):
    """A holder lends the signature for some days; what was signed with it keeps its letter."""

    menu_entry = "Personas y cargos"
    column_list = ("delegate", "role", "holder", "valid_from", "valid_to", "letter", "state")
    column_default_sort = ("id", True)
    filters_by = ("role", "delegate", "state", "holder", "valid_from", "valid_to", "letter")
    record_template = "proposal_record.html"
    search_in = ("letter",)
    when_empty = "Una delegación se registra con el oficio del titular que se ausenta."
    facts = (("Quién firma y por quién", ("delegate", "role", "holder")),
             ("Vigencia", ("valid_from", "valid_to", "letter")))
    steps = (("Cargo y personas", ("role", "holder_id", "delegate_id")),
             ("Vigencia", ("valid_from", "valid_to")), ("Oficio", ("letter",)))

    def form_class(self) -> type[BaseForm]:
        """Offers only the offices that sign."""
        form = super().form_class()
        form.role.kwargs["choices"] = [("", "Elija…"), *((role.value, role.label) for role in sorted(
            SIGNERS, key=list(Role).index))]
        return form


class LoginView(PolicyView):
    """The administrator opens and closes a login, and never chooses or reads a password."""

    menu_entry = "Personas y cargos"
    column_list = ("email", "person", "active")
    column_default_sort = ("email", False)
    filters_by, search_in = ("active", "email", "person"), ("email",)
    facts = (("Acceso", ("person", "email", "active")),)
    record_template = "login_record.html"

    @expose("/<int:key>/contrasena/", methods=("POST",))
    def password_view(self, key: int) -> str:
        """A new password, shown once to who hands it over; the old sessions end."""
        record = self.get_one(key)
        if record.person_id == g.actor.id:
            raise policies.Denied("Su propia contraseña la cambia usted en «Contraseña».")
        password, waits = hand_over(record.id)
        return self.show("handed_password.html", record=record, password=password, waits=waits)

    def scope(self, query: Select) -> Select:
        """Without the session's key, which only the gate reads."""
        return super().scope(query).options(defer(Login.fs_uniquifier, raiseload=True))

    def save(self, record: Login) -> object:
        """Save the login with its e-mail in small letters; a new one gets the key of its sessions."""
        if record.id is None:
            record.fs_uniquifier = secrets.token_hex(32)
        record.email = record.email.lower()
        return super().save(record)


class HandoverView(PolicyView):
    """Passwords that were handed: who confirms that they arrived does it here."""

    menu_entry = "Personas y cargos"
    column_list = ("person", "handed_at", "proposed_by", "state")
    column_default_sort = ("id", True)
    filters_by = ("state", "person", "proposed_by", "handed_at")
    facts = (("Entrega", ("person", "handed_at", "proposed_by", "seen_at")),)
    record_template = "proposal_record.html"


def views() -> Iterator[PolicyView]:
    """The screens of people, logins, appointments and delegations."""
    yield PersonView(Person, url="/personas")
    yield LoginView(Login, url="/accesos")
    yield HandoverView(Handover, url="/entregas")
    yield AppointmentView(Appointment, url="/nombramientos")
    yield DelegationView(Delegation, url="/delegaciones")
