"""Passwords that nobody chooses for another: made at random, told once, kept only as argon2."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from flask_security import hash_password
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session

from admin_views.door.gate import gate
from admin_views.door.offices import today
from models.base.columns import now
from models.base.handovers import Handover
from models.base.people import Appointment, Login, Person, Role
from models.base.proposals import ProposalState
from models.queries.offices import holding
from policies.core.offices import CONFIRMERS


def new_password() -> str:
    """Twenty letters and figures that a person can copy from paper: about 100 bits."""
    letters = "abcdefghijkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(4))


def hand_over(login_id: int) -> tuple[str, bool]:
    """Give a login a new password and end its sessions; (the password, once; whether a second person confirms it)."""
    login, password = gate.get(Login, login_id), new_password()
    login.password, login.fs_uniquifier = hash_password(password), secrets.token_hex(32)
    gate.flush()
    waits = not opens(login.person_id)
    gate.commit()
    return password, waits


def latest(person_id: int) -> Handover | None:
    """The last password that somebody else made for this person."""
    return gate.scalar(select(Handover).where(Handover.person_id == person_id).order_by(Handover.id.desc()).limit(1))


def opens(person_id: int) -> bool:
    """Whether the last password that was handed to this person opens the account."""
    handover = latest(person_id)
    return handover is None or handover.state == ProposalState.CONFIRMED


def unseen(person_id: int) -> list[Handover]:
    """The passwords that were handed to this person and whose notice they have not put away."""
    return gate.scalars(select(Handover).where(
        Handover.person_id == person_id, Handover.seen_at.is_(None)).order_by(Handover.id)).all()


def see(person_id: int) -> None:
    """The person read the notices of the passwords that were handed in their name."""
    for handover in unseen(person_id):
        handover.seen_at = now()
    gate.commit()


def first_administrator(url: str, name: str, email: str) -> str:
    """The one person whom nobody appoints from the console: written by the database's owner; their password.

    Raises ValueError in Spanish when the office already has people.
    """
    with installation(url) as session:
        if session.query(Person).first() is not None:
            raise ValueError("La oficina ya tiene personas; el administrador da los accesos "
                             "desde la consola.")
        return add_person(session, Role.ADMINISTRATOR, name, email)


def first_auditor(url: str, name: str, email: str) -> str:
    """The first person who confirms what the administrator proposes, written by the database's owner; their password.

    Raises ValueError in Spanish when somebody can already confirm, or the e-mail has an account.
    """
    with installation(url) as session:
        session.execute(text("LOCK TABLE console.appointments IN SHARE ROW EXCLUSIVE MODE"))
        confirms = select(Appointment.id).join(Appointment.person).where(
            Appointment.role.in_(CONFIRMERS), *holding(today()))
        if session.scalar(confirms.limit(1)) is not None:
            raise ValueError("Ya hay quien confirma: Titular de la Unidad o Contraloría. Registre a la persona desde "
                             "la consola y pida que la confirmen.")
        if session.scalar(select(Login.id).where(Login.email == email.lower())) is not None:
            raise ValueError("Ese correo ya tiene un acceso; quien confirma es otra persona que quien administra.")
        return add_person(session, Role.AUDITOR, name, email)


@contextmanager
def installation(url: str) -> Iterator[Session]:
    """One transaction of the owner; the trail names the program."""
    engine = create_engine(url, connect_args={"application_name": "instalador"})
    try:
        with Session(engine) as session, session.begin():
            yield session
    finally:
        engine.dispose()


def add_person(session: Session, role: Role, name: str, email: str) -> str:
    """A person, their office and their account; returns the password, which they change when they enter."""
    person, password = Person(name=name), new_password()
    session.add(person)
    session.flush()
    session.add_all([
        Appointment(person_id=person.id, role=role, valid_from=today(), letter="Instalación",
                    state=ProposalState.CONFIRMED),
        Login(person_id=person.id, email=email.lower(), password=hash_password(password),
              fs_uniquifier=secrets.token_hex(32))])
    return password
