"""Passwords that nobody chooses for another: made at random, told once, kept only as argon2."""

import secrets
from datetime import date

from flask_security import hash_password
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from admin_views.gate import gate
from models.people import Appointment, Login, Person, Role
from models.proposals import ProposalState


def made():
    """Twenty letters and figures that a person can copy from paper: about 100 bits."""
    letters = "abcdefghijkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(4))


def hand_over(login_id):
    """Give a login a new password, end its sessions, and return the password, once."""
    login, password = gate.get(Login, login_id), made()
    login.password, login.fs_uniquifier = hash_password(password), secrets.token_hex(32)
    gate.commit()
    return password


def first_administrator(url, name, email):
    """The one person whom nobody appoints from the console: made by the database's owner.

    Raises ValueError in Spanish when the office already has people.
    """
    engine = create_engine(url, connect_args={"application_name": "instalador"})
    with Session(engine) as session, session.begin():
        if session.query(Person).first() is not None:
            raise ValueError("La oficina ya tiene personas; el administrador da los accesos "
                             "desde la consola.")
        person, password = Person(name=name), made()
        session.add(person)
        session.flush()
        session.add_all([
            Appointment(person_id=person.id, role=Role.ADMINISTRATOR, valid_from=date.today(),
                        letter="Instalación", state=ProposalState.CONFIRMED),
            Login(person_id=person.id, email=email.lower(), password=hash_password(password),
                  fs_uniquifier=secrets.token_hex(32))])
    engine.dispose()
    return password
