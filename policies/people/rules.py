"""People and logins: kept by the administrator, seen by whom they concern."""

from models.base.access import (
    ExportEntry,
    LoginAttempt,
    ParkedForm,
    ReadEntry,
    Refusal,
    SentForm,
    SpeakerToken,
    WebSession,
)
from models.base.people import Contribution, Login, Person
from models.base.preferences import ListSetting, SavedView
from models.base.trail import AuditEntry, AuditSeal, SealedEntry
from models.queries import reports as find
from models.queries.offices import logins_without_office
from policies.core.offices import ADMINISTRATOR, AUDITOR, EVERYONE
from policies.core.refusals import refuses
from policies.core.rules import Rule, declare
from policies.core.sql.reports import reports
from policies.core.trays import Tray, declare_trays

refuses(
    login_brings_password="La contraseña de un acceso la hace la consola; registre el acceso sin ella y entréguela "
                          "después.",
    login_of_another="Un acceso se queda con su persona; ciérrelo y registre otro para la otra persona.")

declare(
    Rule(Person, view=EVERYONE, create=ADMINISTRATOR, edit=ADMINISTRATOR,
         export=ADMINISTRATOR | AUDITOR, edits=("name", "active"), imports=True),
    # The administrator opens and closes a login, and never chooses or reads a password.
    Rule(Login, view=ADMINISTRATOR, create=ADMINISTRATOR, edit=ADMINISTRATOR,
         edits=("person_id", "email", "active")),
    # Nobody removes a hand from a record: who contributed must not sign.
    Rule(Contribution, export=AUDITOR, grows=True),
    Rule(AuditEntry, view=AUDITOR, export=AUDITOR),
    Rule(AuditSeal, view=AUDITOR, export=AUDITOR),
    Rule(SealedEntry, view=AUDITOR),
    Rule(Refusal, view=AUDITOR, export=AUDITOR),
    Rule(ReadEntry, view=AUDITOR, export=AUDITOR),
    Rule(ExportEntry, view=AUDITOR, export=AUDITOR),
    # The door's own tables: only its login reaches them; sent forms, two functions.
    Rule(WebSession), Rule(SpeakerToken), Rule(ParkedForm), Rule(LoginAttempt), Rule(ListSetting), Rule(SavedView),
    Rule(SentForm),
)

reports(bitacora=find.trail())

declare_trays(Tray(Login, "Accesos sin nombramiento", ADMINISTRATOR,
                   lambda reader: Login.id.in_(logins_without_office(reader.day))))
