"""Letters to service users: their templates, drafted and signed, and the letters that acts leave."""

from datetime import date, datetime

from sqlalchemy import Computed, FetchedValue, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, relationship

from models.base.columns import Model, Title, Words, coded, field, personal, ruled_by, since_state, stamped, table, term
from models.base.drafts import DraftState
from models.base.mails import LeavesByMail
from models.base.records import AboutAnyRecord
from models.base.written import by_database, checked
from models.corrections import Correction
from models.customers import Account

# The words of a subject as a list's search asks for them (models/queries/finding.py).
WORDS = ("to_tsvector('simple'::regconfig, regexp_replace(console.normalise(subject), '[^a-z0-9]+'::text, ' '::text,"
         " 'g'::text))")
LETTER_DELIVERY = "letter.delivery"
# One address and nothing else, as a mail server takes it without extensions.
EMAIL = r"^[A-Za-z0-9.!#$&*+/=?^_{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"


class LetterTemplate(Model):
    """The words of a kind of letter, with merge fields in braces; a newer version in force takes its place."""

    __tablename__ = "letter_templates"
    __title__ = Title("Plantilla de carta", "Plantillas de carta", "a")
    __table_args__ = table(Index("ix_letter_templates_code", "code", "state", "id"),
                           checked("length(btrim(body)) > 20", "body_said",
                                   "Escriba el texto de la carta."))

    code: Mapped[str] = coded("Clave", help="La que nombra el acto que deja la carta.")
    subject: Mapped[str] = field("Asunto", help="Puede llevar campos entre llaves, como {folio}.")
    body: Mapped[str] = field("Texto", lines=True, help="Deje una línea en blanco entre párrafos. Los campos van entre "
                              "llaves; al guardar se revisa que la carta los conozca.")
    reason: Mapped[str] = field("Qué cambia", lines=True, help="Por qué hay una versión nueva.")
    state: Mapped[DraftState] = field("Estado", default=DraftState.DRAFT, server_default="draft")

    def __str__(self):
        return f"Plantilla {self.id}: {self.subject}"


class NoticeState(Words):
    """How far a letter is."""

    DRAFTED = "drafted", "Por imprimir"
    PRINTED = "printed", "Impresa"
    SENT = "sent", "Enviada por correo"
    DELIVERED = "delivered", "Entregada"
    RETURNED = "returned", "Devuelta"


class Notice(AboutAnyRecord, LeavesByMail, Model):
    """A letter that an act on a record of any kind leaves in its own transaction, until somebody received it.

    PostgreSQL writes its folio, the table of its record and whom it is for and where: from the account that it names
    or, where it names none, from the columns of the record that its declaration says (migrations/sql/notices.sql).
    """

    __tablename__ = "notices"
    __title__ = Title("Carta", "Cartas", "a")
    __name_column__ = "subject"
    __table_args__ = table(
        UniqueConstraint("about", "about_id", "template_id"),
        Index("ix_notices_state", "state", "id"), Index("ix_notices_written", "written_at"),
        Index("ix_notices_words", text(WORDS), postgresql_using="gin"),
        Index("ix_notices_due", "deliver_by", postgresql_where=text("state NOT IN ('delivered', 'returned')")),
        Index("ix_notices_to_send", "id", postgresql_where=text("state = 'drafted' AND no_address IS FALSE")),
        checked("state <> 'delivered' OR delivered_on IS NOT NULL AND length(btrim(received_by)) > 2",
                "delivery_proven",
                "Escriba quién recibió la carta y qué día."),
        checked("state <> 'returned' OR length(btrim(return_reason)) > 2", "return_explained",
                "Escriba por qué se devolvió la carta."),
        Index("ix_notices_unsent", "id", postgresql_where=text("state = 'sent' AND mail_trouble IS NOT NULL")),
        checked("state <> 'printed' OR NOT coalesce(no_address, true)", "address_known",
                "Falta el domicilio; regístrelo con «Corregir domicilio» antes de imprimirla."),
        checked("state <> 'sent' OR email IS NOT NULL", "email_known", "Escriba a qué correo se envía la carta."),
        checked(f"length(email) <= 254 AND email ~ '{EMAIL}'", "email_written",
                "El correo debe ser uno solo, como nombre@ejemplo.mx; revíselo."))

    folio: Mapped[str] = coded("Folio", unique=True, server_default=FetchedValue(), info={"series": ("UAS-CAR",)})
    about: Mapped[str] = by_database("Tabla de lo que trata")
    about_id: Mapped[int] = field("Trata de")
    account_id: Mapped[int | None] = by_database("Cuenta", ForeignKey("commercial.accounts.id"), index=True)
    correction_id: Mapped[int | None] = field(
        "Corrección", Computed("CASE WHEN about = 'corrections' THEN about_id END", persisted=True),
        ForeignKey("console.corrections.id"), unique=True)
    template_id: Mapped[int] = field("Plantilla", ForeignKey("console.letter_templates.id"))
    addressee: Mapped[str | None] = personal("Destinatario", server_default=FetchedValue())
    address: Mapped[str | None] = personal("Domicilio", server_default=FetchedValue())
    no_address: Mapped[bool | None] = field(
        "Falta domicilio", Computed("coalesce(btrim(address), '') = ''", persisted=True))
    subject: Mapped[str] = field("Asunto")
    body: Mapped[str] = personal("Texto", lines=True)
    state: Mapped[NoticeState] = field("Estado", default=NoticeState.DRAFTED, server_default="drafted")
    state_since: Mapped[datetime] = since_state("En este estado desde")
    written_at: Mapped[datetime] = stamped("Escrita")
    deliver_by: Mapped[date | None] = term("Entregar a más tardar", rule=LETTER_DELIVERY, start="written_at",
                                           met=("delivered", "returned"))
    delivery_rule_id: Mapped[int | None] = ruled_by("deliver_by")
    received_by: Mapped[str | None] = personal("Quién la recibió")
    delivered_on: Mapped[date | None] = field("Entregada el")
    return_reason: Mapped[str | None] = field("Por qué se devolvió", help="Por ejemplo, domicilio cerrado.")

    account: Mapped[Account | None] = relationship()
    correction: Mapped[Correction | None] = relationship()
    template: Mapped[LetterTemplate] = relationship()
