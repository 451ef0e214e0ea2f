"""A list too long to be made while its browser waits: ordered, written by the worker, kept for a day."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlalchemy.orm import Mapped, relationship

from models.base.columns import Model, Title, Words, coded, field, stamped, table
from models.base.people import Person, Role
from models.base.written import author, author_office, derived, may_bring, request

LONGEST_QUERY = 8000


class ExportState(Words):
    """How far an ordered export is."""

    ORDERED = "ordered", "Pedida"
    RUNNING = "running", "En curso"
    READY = "ready", "Lista para descargar"
    FAILED = "failed", "No se terminó"
    EXPIRED = "expired", "Vencida"


class ExportKind(Words):
    """The formats of a file."""

    CSV = "csv", "CSV"
    XLSX = "xlsx", "Excel"


class ExportOrder(Model):
    """One list that one person asked for in one office; PostgreSQL shows it to nobody else (see
    migrations/sql/exports.sql).

    Its file is in the store under the order's number until `expires_at`. What is logged of it is written by a
    trigger whenever its state moves, so that the log of exports says what the order says.
    """

    __tablename__ = "export_orders"
    __title__ = Title("Exportación", "Mis exportaciones", "a")
    __table_args__ = table(
        CheckConstraint(f"length(query) <= {LONGEST_QUERY}", name="query_length"),
        CheckConstraint("state <> 'failed' OR trouble IS NOT NULL", name="end_explained"),
        CheckConstraint("state <> 'ready' OR sha256 IS NOT NULL AND expires_at IS NOT NULL", name="ready_whole"),
        Index("ix_export_orders_whose", "run_by_id", "run_as", "id"), Index("ix_export_orders_state", "state"))

    screen: Mapped[str] = coded("Lista")                # its screen's endpoint, which is its table's name
    kind: Mapped[ExportKind] = field("Formato")
    query: Mapped[str] = field("Filtros, orden y columnas")
    state: Mapped[ExportState] = field("Estado", default=ExportState.ORDERED, server_default="ordered")
    expected: Mapped[int] = may_bring("Renglones esperados", default=0, server_default="0")
    written: Mapped[int] = field("Renglones", default=0, server_default="0")
    size: Mapped[int] = field("Tamaño", BigInteger, default=0, server_default="0")     # bytes, as it is kept
    sha256: Mapped[str | None] = coded("SHA-256 del archivo")                           # of what the person receives
    trouble: Mapped[str | None] = field("Por qué no se terminó")
    run_by_id: Mapped[int] = author("Pedida por", sent=True)
    run_as: Mapped[Role] = author_office("Cargo", sent=True)
    request_id: Mapped[str] = request("Solicitud")
    asked_at: Mapped[datetime] = stamped("Pedida el")
    ready_at: Mapped[datetime | None] = derived("Lista el")
    expires_at: Mapped[datetime | None] = derived("Se guarda hasta")

    run_by: Mapped[Person] = relationship()

    def __str__(self):
        return f"Exportación {self.id}"
