"""The e-mails that the console owes to its own people: written before they are sent, and kept with how they ended."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, relationship

from models.base.columns import Model, Title, Words, field, stamped, table
from models.base.people import Person


class MailState(Words):
    """How far an e-mail is."""

    WAITING = "waiting", "Por enviar"
    SENT = "sent", "Enviado"
    GIVEN_UP = "given_up", "No salió"


class Mail(Model):
    """What a person is told by e-mail, at most once a day; only the gate's login writes it.

    Its address is the one of the person's login at the moment it leaves, so that none is kept twice.
    """

    __tablename__ = "mails"
    __title__ = Title("Correo", "Correos")
    __name_column__ = "subject"
    __table_args__ = table(
        UniqueConstraint("person_id", "day"),
        Index("ix_mails_due", "try_at", postgresql_where=text("state = 'waiting'")),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sending_dated"),
        CheckConstraint("state <> 'given_up' OR length(btrim(trouble)) > 2", name="end_explained"))

    person_id: Mapped[int] = field("Para", ForeignKey("console.people.id"))
    day: Mapped[date] = field("Día")
    subject: Mapped[str] = field("Asunto")
    body: Mapped[str] = field("Texto")
    state: Mapped[MailState] = field("Estado", server_default="waiting")
    attempts: Mapped[int] = field("Intentos", server_default="0")
    try_at: Mapped[datetime] = stamped("Próximo intento")
    trouble: Mapped[str | None] = field("Qué lo detuvo")
    written_at: Mapped[datetime] = stamped("Escrito")
    sent_at: Mapped[datetime | None] = field("Enviado el")

    person: Mapped[Person] = relationship()
