"""What logging in and requests leave in the database: sessions, attempts, refusals, reads, exports, typed forms."""

from datetime import datetime

from sqlalchemy import ARRAY, ForeignKey, Index, Integer, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base.columns import Ledger, Title, Words, coded, field, stamped, table


class WebSession(Ledger):
    """A browser that logged in, or is about to; the cookie holds only the key to this row."""

    __tablename__ = "web_sessions"
    __title__ = Title("Sesión", "Sesiones", "a")
    __table_args__ = table()

    key_hash: Mapped[str] = field("Huella de la clave", unique=True)
    person_id: Mapped[int | None] = field("Persona", ForeignKey("console.people.id"), index=True)
    data: Mapped[bytes] = mapped_column(LargeBinary, info={"label": "Contenido"})
    created_at: Mapped[datetime] = stamped("Inicio")
    seen_at: Mapped[datetime] = stamped("Última actividad")
    ended_at: Mapped[datetime | None] = field("Terminó")


class SpeakerToken(Ledger):
    """What lets a transaction write as one person: only the gate stores one, and no office reads this table.

    PostgreSQL keeps the SHA-256 of the token; who holds the token says it in `app.token` (console.speaker)."""

    __tablename__ = "speaker_tokens"
    __title__ = Title("Ficha de sesión", "Fichas de sesión", "a")
    __table_args__ = table(Index("ix_speaker_tokens_expires", "expires_at"))

    token_hash: Mapped[str] = field("Huella de la ficha", unique=True)
    person_id: Mapped[int] = field("Persona", ForeignKey("console.people.id"), index=True)
    issued_at: Mapped[datetime] = stamped("Emitida")
    expires_at: Mapped[datetime] = field("Vence")


class LoginAttempt(Ledger):
    """A password that somebody tried. A row is written before it is checked, so that every server process counts it; a
    second row says that it was right.
    """

    __tablename__ = "login_attempts"
    __title__ = Title("Intento de acceso", "Intentos de acceso")
    __table_args__ = table(Index("ix_login_attempts_who", "who", "at"),
                           Index("ix_login_attempts_where", "address", "at"))

    who: Mapped[str] = field("Correo o sesión (huella)")
    address: Mapped[str] = field("Dirección de red")
    right: Mapped[bool] = field("Fue correcta", default=False, server_default="false")
    at: Mapped[datetime] = stamped("Fecha")


class Refusal(Ledger):
    """A request that was refused: its transaction was rolled back, and this row stays."""

    __tablename__ = "refusals"
    __title__ = Title("Intento negado", "Intentos negados")
    __table_args__ = table(Index("ix_refusals_at", "at"), Index("ix_refusals_person", "person_id", "at"),
                           Index("ix_refusals_request", "request_id"))

    at: Mapped[datetime] = stamped("Fecha")
    person_id: Mapped[int | None] = field("Persona", ForeignKey("console.people.id"))
    role: Mapped[str | None] = coded("Cargo")
    request_id: Mapped[str] = coded("Solicitud")
    asked: Mapped[str] = field("Qué pidió")
    status: Mapped[int] = field("Respuesta")
    why: Mapped[str] = field("Por qué no")


class ReadEntry(Ledger):
    """Personal data that a page showed to a person: whose, on which screen, by which filters."""

    __tablename__ = "read_entries"
    __title__ = Title("Consulta", "Consultas de datos personales", "a")
    __table_args__ = table(Index("ix_read_entries_at", "at"), Index("ix_read_entries_person", "person_id", "at"),
                           Index("ix_read_entries_row", "table_name", "row_id"))

    at: Mapped[datetime] = stamped("Fecha")
    person_id: Mapped[int] = field("Persona", ForeignKey("console.people.id"))
    role: Mapped[str] = coded("Cargo")
    request_id: Mapped[str] = coded("Solicitud")
    table_name: Mapped[str] = coded("Tabla")
    row_id: Mapped[int | None] = field("Registro")      # where it was just one
    place: Mapped[str] = field("Pantalla", default="", server_default="")
    filters: Mapped[str] = field("Filtro", default="", server_default="")
    rows: Mapped[int] = field("Registros vistos", default=1, server_default="1")
    keys: Mapped[list] = field("Cuáles", ARRAY(Integer), default=list, server_default="{}")


class ExportOutcome(Words):
    """How far an export came. A streamed one is logged when it begins and when it ends; one that the worker writes,
    when it is ordered, when its file is ready or failed, each time that it is taken and when it expires."""

    BEGUN = "begun", "Iniciada"
    COMPLETE = "complete", "Completa"
    CUT = "cut", "Interrumpida"
    ORDERED = "ordered", "Pedida"
    READY = "ready", "Lista para descargar"
    FAILED = "failed", "No se terminó"
    EXPIRED = "expired", "Vencida"


class ExportEntry(Ledger):
    """A list that left the console as a file: of which table, by which filters, how many rows, and how that ended."""

    __tablename__ = "export_entries"
    __title__ = Title("Exportación", "Exportaciones", "a")
    __table_args__ = table(Index("ix_export_entries_at", "at"), Index("ix_export_entries_person", "person_id", "at"),
                           Index("ix_export_entries_begun", "at", postgresql_where=text("outcome = 'begun'")))

    at: Mapped[datetime] = stamped("Fecha")
    person_id: Mapped[int] = field("Persona", ForeignKey("console.people.id"))
    role: Mapped[str] = coded("Cargo")
    request_id: Mapped[str] = coded("Solicitud")
    table_name: Mapped[str] = coded("Tabla")
    filters: Mapped[str] = field("Filtro")
    rows: Mapped[int] = field("Renglones")
    sha256: Mapped[str] = coded("SHA-256 del archivo")
    outcome: Mapped[ExportOutcome] = field("Resultado", default=ExportOutcome.COMPLETE, server_default="complete")


class ParkedForm(Ledger):
    """What a person was typing in the form at an address: shown again there until it is sent."""

    __tablename__ = "parked_forms"
    __title__ = Title("Formulario a medio escribir", "Formularios a medio escribir")
    __table_args__ = table(Index("uq_parked_forms_person_path", "person_id", "path", unique=True))

    person_id: Mapped[int] = field("Persona", ForeignKey("console.people.id"))
    path: Mapped[str] = field("Formulario")
    fields: Mapped[list] = field("Lo escrito")
    at: Mapped[datetime] = stamped("Fecha")


class SentForm(Ledger):
    """A form that was sent, by its one-time token: sent again, it shows the first result."""

    __tablename__ = "sent_forms"
    __title__ = Title("Formulario enviado", "Formularios enviados")
    __table_args__ = table(Index("ix_sent_forms_at", "at"))

    token_hash: Mapped[str] = field("Huella de la ficha", unique=True)
    person_id: Mapped[int] = field("Persona", ForeignKey("console.people.id"))
    location: Mapped[str] = field("Resultado", default="", server_default="")
    at: Mapped[datetime] = stamped("Fecha")
