"""E-mail leaves by the SMTP server that the installation names, one message at a time and again while it is refused."""

import smtplib
import ssl
from datetime import timedelta
from email.message import EmailMessage
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from flask import Flask, current_app
from sqlalchemy import Row, update

from admin_views.core.words import HERE, long_day
from models import db
from models.base.columns import now
from models.base.mails import Mail, MailState
from models.queries.mails import next_due
from policies.core.mailing import OUTBOX

# How long an e-mail that did not leave waits before each further attempt; after the last it is given up.
PAUSES = tuple(timedelta(minutes=many) for many in (1, 5, 30, 120, 480))
PATIENCE = 20.0                                 # seconds that the server may take to answer
PORTS = {"smtp": 587, "smtps": 465}
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
NO_ACCESS = "La persona ya no tiene una cuenta de acceso a la cual escribirle."
AWAY = "No se pudo hablar con el servidor de correo ({why}); revise CONSOLE_SMTP_URL y que el servidor responda."
NOT_ON_ITS_WAY = "La carta ya no está como enviada por correo; si debe salir, envíela de nuevo."
NO_SUCH = ("El servidor de correo no recibe mensajes para esa dirección ({why}); corrija el correo en «Accesos» o, si "
           "es de una carta, regístrela como devuelta y envíela a otro.")
LETTER = ("INTERAPAS\nUnidad de Atención Social\n\n{folio}\nSan Luis Potosí, S.L.P., {day}\n\n{addressee}\n\n"
          "{words}\n\n-- \nSi recibió esta carta, avise a la Unidad de Atención Social, para que conste su entrega. "
          "Nadie lee lo que se contesta a este correo.\n")
IN_CLEAR = ("El servidor de correo no ofrece cifrado, y la contraseña no se envía en claro; use smtps:// o un servidor "
            "con STARTTLS.")
MALFORMED = "CONSOLE_SMTP_URL debe ser como smtp://usuario:clave@correo.ejemplo.mx:587 o smtps://…, y no se entiende."
NO_SENDER = "CONSOLE_MAIL_FROM debe decir de qué dirección salen los correos, como consola@ejemplo.mx."


class Server(NamedTuple):
    """The SMTP server of the installation and the address from which the console writes."""

    host: str
    port: int
    implicit_tls: bool
    user: str
    password: str
    sender: str


class Undelivered(Exception):
    """The message did not leave; the sentence says why. `lasting` where trying again is of no use; `unreachable` where
    the server itself does not answer, so that no other message would leave either."""

    def __init__(self, why: str, lasting: bool = False, unreachable: bool = False):
        super().__init__(why)
        self.lasting, self.unreachable = lasting, unreachable


def server_of(address: str, sender: str) -> Server | None:
    """The server that CONSOLE_SMTP_URL names; None where the installation sends no e-mail."""
    if not address:
        return None
    parts = urlsplit(address)
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError(MALFORMED)
    if "@" not in sender:
        raise ValueError(NO_SENDER)
    return Server(parts.hostname, parts.port or PORTS[parts.scheme], parts.scheme == "smtps",
                  unquote(parts.username or ""), unquote(parts.password or ""), sender)


def install(app: Flask) -> None:
    """A setting that cannot work stops the start."""
    app.extensions["mail_server"] = server_of(app.config["SMTP_URL"], app.config["MAIL_FROM"])
    OUTBOX["serves"] = lambda: current_app.extensions["mail_server"] is not None


def send_due() -> int:
    """Try every e-mail that is due, the one that waited longest first, while the server answers; how many left."""
    server, sent = current_app.extensions["mail_server"], 0
    while server and (left := send_next(server)) is not None:
        sent += left
    return sent


def send_next(server: Server) -> bool | None:
    """Whether the next one that is due left; None where none is, or the server does not answer.

    It is held meanwhile, so that no other worker takes it: one whose worker is killed after the server took it leaves
    again, with the same Message-ID.
    """
    with db.engines["gate"].begin() as connection:
        found = connection.execute(next_due(now())).first()
        if found is None:
            return None
        try:
            deliver(server, message(found, server.sender))
        except Undelivered as fault:
            connection.execute(update(Mail).where(Mail.id == found.id).values(**refused(found.attempts + 1, fault)))
            return None if fault.unreachable else False
        connection.execute(update(Mail).where(Mail.id == found.id).values(
            state=MailState.SENT, attempts=found.attempts + 1, sent_at=now(), trouble=None))
        return True


def refused(attempts: int, fault: Undelivered) -> dict:
    """What is written of an e-mail that did not leave: when it is tried again, or that it is given up."""
    told = {"attempts": attempts, "trouble": str(fault)}
    if fault.lasting or attempts > len(PAUSES):
        return told | {"state": MailState.GIVEN_UP}
    return told | {"try_at": now() + PAUSES[attempts - 1]}


def message(mail: Row, sender: str) -> EmailMessage:
    """The e-mail as it travels: plain text, and a mark by which servers do not answer it automatically."""
    if mail.email is None:
        raise Undelivered(NO_ACCESS if mail.about is None else NOT_ON_ITS_WAY, lasting=True)
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, mail.email, mail.subject
    made["Date"] = mail.written_at
    made["Message-ID"] = f"<consola-{mail.id}-{mail.day:%Y%m%d}@{sender.rpartition('@')[2]}>"
    made["Auto-Submitted"], made["Content-Language"] = "auto-generated", "es-MX"
    made.set_content(text_of(mail))
    return made


def text_of(mail: Row) -> str:
    """The words of an e-mail: its own or, of one that takes a letter, those of the letter with its folio and date."""
    if mail.about is None:
        return mail.body
    return LETTER.format(folio=mail.folio, day=long_day(mail.dated.astimezone(HERE).date()), addressee=mail.addressee,
                         words=mail.words)


def deliver(server: Server, made: EmailMessage) -> None:
    """Hand one message to the server, encrypted where it offers to; raise Undelivered where it does not take it."""
    secure = ssl.create_default_context()
    try:
        with (smtplib.SMTP_SSL(server.host, server.port, timeout=PATIENCE, context=secure) if server.implicit_tls
              else smtplib.SMTP(server.host, server.port, timeout=PATIENCE)) as link:
            link.ehlo()
            if not server.implicit_tls and link.has_extn("starttls"):
                link.starttls(context=secure)
            elif server.user and not server.implicit_tls and server.host not in LOOPBACK:
                raise Undelivered(IN_CLEAR)
            if server.user:
                link.login(server.user, server.password)
            link.send_message(made)
    except smtplib.SMTPRecipientsRefused as fault:
        ((code, said),) = fault.recipients.values()
        # What the server answers may name the address, which only who reads the record's personal data may see.
        why = f"{code} {said.decode(errors='replace').replace(made['To'], 'la dirección')}"
        raise Undelivered((NO_SUCH if code >= 500 else AWAY).format(why=why), lasting=code >= 500) from None
    except smtplib.SMTPResponseException as fault:
        raise Undelivered(AWAY.format(why=fault)) from None
    except (OSError, smtplib.SMTPException) as fault:
        raise Undelivered(AWAY.format(why=fault), unreachable=True) from None
