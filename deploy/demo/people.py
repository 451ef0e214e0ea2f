"""Who works in the demonstration office, in which post, and how they enter."""

from datetime import date, timedelta
from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5

from flask_security import hash_password
from sqlalchemy import func, select, update

from admin_views.door.login import DEMO_PASSWORD
from admin_views.door.offices import today
from deploy.demo.months import OFFICES_BEGIN
from deploy.demo.owner import INSTALLER, owner_session
from models import db
from models.base.people import Appointment, Delegation, Login, Person, Role
from models.base.proposals import ProposalState
from models.queries.offices import offices_of
from policies import Actor

DOMAIN = "demo.interapas.example"


class Post(NamedTuple):
    """One person, one office, one login."""

    mailbox: str
    name: str
    role: Role
    letter: str
    valid_from: date = OFFICES_BEGIN
    valid_to: date | None = None
    acting: bool = False
    active: bool = True

    @property
    def email(self):
        """The login's e-mail."""
        return f"{self.mailbox}@{DOMAIN}"


SYSTEMS = Post("sistemas", "Gerardo Ordóñez Faz", Role.ADMINISTRATOR, "DG/2026/009")
POSTS = (
    SYSTEMS,
    Post("personal", "Ana Sofía Peña Loredo", Role.STAFF, "DG/2026/031"),
    Post("personal2", "Luis Fernando Ibáñez Rangel", Role.STAFF, "DG/2026/032"),
    Post("titular", "Beatriz Muñoz Castañón", Role.UNIT_HEAD, "DG/2026/004"),
    Post("comercial", "Héctor Zúñiga Palau", Role.COMMERCIAL_DIRECTOR, "DG/2026/002"),
    Post("encargado", "Óscar Treviño Saldaña", Role.COMMERCIAL_DIRECTOR, "DG/2026/017",
         valid_to=date(2029, 12, 31), acting=True),
    Post("operacion", "Ramón Turrubiartes Gaitán", Role.OPERATIONS_DIRECTOR, "DG/2026/003"),
    Post("obras", "Inés Villalpando Cedillo", Role.WORKS_DIRECTOR, "DG/2026/005"),
    Post("general", "Álvaro Monsiváis Yáñez", Role.GENERAL_DIRECTOR, "JG/2026/001"),
    Post("auditoria", "Noemí Bárcenas Acuña", Role.AUDITOR, "CI/2026/001"),
    Post("anterior", "Josefina Quibrera Niño", Role.STAFF, "DG/2023/040",
         valid_from=date(2023, 3, 1), valid_to=date(2025, 12, 31), active=False),
)


# (who will be absent, who signs meanwhile, office, days from the load to its first and to its last day, letter)
LENT = (("comercial", "operacion", Role.COMMERCIAL_DIRECTOR, 30, 60, "DG/2026/044"),)


def logins():
    """(name, office, e-mail, password) of everyone who may enter."""
    return [(post.name, post.role.label + (" (encargado)" if post.acting else ""), post.email,
             DEMO_PASSWORD) for post in POSTS if post.active]


def load(app):
    """The owner names who holds each office; passwords arrive through the gate.

    False when the database has people who are not ours: it is no demonstration.
    """
    if not first_administrator(app):
        return False
    hire_the_others(app)
    give_passwords()
    return True


def first_administrator(app):
    """Register the first administrator in an empty database; whether the database is a demonstration."""
    with owner_session(app, INSTALLER) as session:
        if not session.scalar(select(func.count()).select_from(Person)):
            person = Person(name=SYSTEMS.name)
            session.add(person)
            session.flush()
            session.add_all([appointment(SYSTEMS, person), login(SYSTEMS, person)])
        return is_ours(session)


def is_ours(session):
    """Whether the people of the database are those of the demonstration."""
    return session.scalar(select(Login.id).where(Login.email == SYSTEMS.email)) is not None


def hire_the_others(app):
    """As the installation writes them: their letters are older than today, so nobody could propose them now."""
    with owner_session(app, INSTALLER) as session:
        if session.scalar(select(func.count()).select_from(Login)) > 1:
            return
        held = {}
        for post in POSTS[1:]:
            held[post.mailbox] = person = Person(name=post.name, active=post.active)
            session.add(person)
            session.flush()
            session.add_all([appointment(post, person), login(post, person)])
        session.flush()
        session.add_all([Delegation(
            role=role, holder_id=held[holder].id, delegate_id=held[delegate].id, letter=letter,
            valid_from=today() + timedelta(days=first), valid_to=today() + timedelta(days=last),
            state=ProposalState.CONFIRMED) for holder, delegate, role, first, last, letter in LENT])


def appointment(post, person):
    """The confirmed appointment of a post."""
    return Appointment(person_id=person.id, role=post.role, valid_from=post.valid_from, state=ProposalState.CONFIRMED,
                       valid_to=post.valid_to, acting=post.acting, letter=post.letter)


def login(post, person):
    """The login of a post, still without password."""
    return Login(person_id=person.id, email=post.email, active=post.active,
                 fs_uniquifier=uuid5(NAMESPACE_URL, post.email).hex)


def give_passwords():
    """As if each had chosen it: through the gate, and never over one that exists."""
    ours = Login.email.in_([post.email for post in POSTS if post.active])
    with db.engines["gate"].begin() as gate:
        missing = ours & Login.password.is_(None)
        if gate.scalar(select(func.count(Login.id)).where(missing)):
            gate.execute(update(Login).where(missing).values(password=hash_password(DEMO_PASSWORD)))


def actor(mailbox):
    """The person behind a mailbox, in their office: found as the gate finds them."""
    post = next(post for post in POSTS if post.mailbox == mailbox)
    with db.engines["gate"].connect() as gate:
        return acting_as(post, gate)


def decider(role):
    """Who decides today in that office: its holder, or the acting one while the holder's signature is lent."""
    with db.engines["gate"].connect() as gate:
        who = [acting_as(post, gate) for post in POSTS if post.role == role and post.active]
        return next((one for one in who if not lends(gate, one)), who[0])


def lends(gate, one):
    """Whether this person's own signature is delegated to somebody else today."""
    return any(row.role == one.role and row.lent_by is not None for row in gate.execute(offices_of(one.id)))


def acting_as(post, gate):
    """The Actor of a post."""
    person_id = gate.scalar(select(Login.person_id).where(Login.email == post.email))
    return Actor(person_id, post.role, post.name, post.acting, post.letter)
