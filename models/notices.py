"""The outbox: letters written with the act that caused them, waiting to leave."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, relationship

from models.base.columns import Model, Title, Words, field, personal, stamped, table
from models.corrections import Correction
from models.customers import Account

# The words of a subject as a list's search asks for them (models/queries/finding.py).
WORDS = ("to_tsvector('simple'::regconfig, regexp_replace(console.normalise(subject), '[^a-z0-9]+'::text, ' '::text,"
         " 'g'::text))")


class NoticeState(Words):
    WAITING = "waiting", "Por enviar"
    SENT = "sent", "Enviada"


class Notice(Model):
    """A letter to a service user about a correction."""

    __tablename__ = "notices"
    __title__ = Title("Carta", "Cartas por enviar", "a")
    __table_args__ = table(Index("ix_notices_state", "state", "id"), Index("ix_notices_written", "written_at"),
                           Index("ix_notices_words", text(WORDS), postgresql_using="gin"))

    account_id: Mapped[int] = field("Cuenta", ForeignKey("commercial.accounts.id"), index=True)
    correction_id: Mapped[int] = field(
        "Corrección", ForeignKey("console.corrections.id"), unique=True)
    subject: Mapped[str] = field("Asunto")
    body: Mapped[str] = personal("Texto")
    state: Mapped[NoticeState] = field("Estado", default=NoticeState.WAITING,
                                       server_default="waiting")
    written_at: Mapped[datetime] = stamped("Escrita")

    account: Mapped[Account] = relationship()
    correction: Mapped[Correction] = relationship()

    def __str__(self):
        return self.subject
