"""The outbox: e-mails to the console's own people, and letters that leave by e-mail, with how each ended."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, relationship

from models.base.columns import Model, Title, Words, field, personal, stamped, table
from models.base.people import Person
from models.base.records import AboutAnyRecord
from models.base.written import by_database


class MailState(Words):
    """How far an e-mail is."""

    WAITING = "waiting", "Por enviar"
    SENT = "sent", "Enviado"
    GIVEN_UP = "given_up", "No salió"


class LeavesByMail:
    """Columns of a record that leaves by e-mail: where to, and how that ended, which the outbox writes on it."""

    email: Mapped[str | None] = personal("Correo electrónico", help="Uno solo, como nombre@ejemplo.mx.")
    mailed_at: Mapped[datetime | None] = by_database("Salió por correo")
    mail_trouble: Mapped[str | None] = by_database("Por qué no salió")


class Mail(AboutAnyRecord, Model):
    """An e-mail to a person of the console, at most one a day, or one that takes a record to its addressee.

    Neither an address nor the words of a record are kept here a second time: they are asked of the person's login or
    of the record at the moment it leaves (policies/core/mailing.py).
    """

    __tablename__ = "mails"
    __title__ = Title("Correo", "Correos")
    __name_column__ = "subject"
    __table_args__ = table(
        UniqueConstraint("person_id", "day"),
        Index("ix_mails_due", "try_at", postgresql_where=text("state = 'waiting'")),
        Index("uq_mails_waiting", "about", "about_id", unique=True, postgresql_where=text("state = 'waiting'"),
              info={"says": "Esa carta ya espera salir por correo."}),
        CheckConstraint("(about IS NULL) = (about_id IS NULL) AND (about IS NULL) = (person_id IS NOT NULL)"
                        " AND (about IS NULL) = (body IS NOT NULL)", name="for_one"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sending_dated"),
        CheckConstraint("state <> 'given_up' OR length(btrim(trouble)) > 2", name="end_explained"))

    person_id: Mapped[int | None] = field("Para", ForeignKey("console.people.id"))
    about: Mapped[str | None] = field("Tabla de lo que lleva")
    about_id: Mapped[int | None] = field("Lleva")
    day: Mapped[date] = field("Día")
    subject: Mapped[str] = field("Asunto")
    body: Mapped[str | None] = field("Texto")
    state: Mapped[MailState] = field("Estado", server_default="waiting")
    attempts: Mapped[int] = field("Intentos", server_default="0")
    try_at: Mapped[datetime] = stamped("Próximo intento")
    trouble: Mapped[str | None] = field("Qué lo detuvo")
    written_at: Mapped[datetime] = stamped("Escrito")
    sent_at: Mapped[datetime | None] = field("Enviado el")

    person: Mapped[Person | None] = relationship()
