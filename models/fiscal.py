"""What a note means for the tax authority, and the instalments in which a debit is paid.

Rules of the tax authority (SAT) that the record follows; PostgreSQL decides by them (migrations/sql/fiscal.sql):

- A bill already paid keeps its CFDI: the difference is a CFDI of its own, related to it (catalogue
  c_TipoRelacion: 01 «Nota de crédito», 02 «Nota de débito»; Anexo 20, guide of filling). Nothing is
  cancelled, so the record has no reason.
- An unpaid bill is replaced: the corrected bill is stamped first, related by 04 «Sustitución de los CFDI
  previos», and then the original is cancelled for reason 01, which names the substitute (CFF article
  29-A, fourth paragraph; RMF rule 2.7.1.34).
- A corrected bill that leaves nothing to charge has no substitute: the original is cancelled for reason
  02, or 03 when there was no service at all. Reason 04 (global invoices) is not a bill's.
- The receiver accepts the cancellation when the original is over 1,000 MXN in total (RMF rule 2.7.1.35,
  I: up to that amount none is asked). The other exceptions of that rule (the day after it was issued,
  the general public) are left to the stamping system: asking for an acceptance harms nobody. A receiver
  who refuses leaves the original standing: the cancellation is asked for again once it is cleared up.
"""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from models.base.columns import Model, Money, Title, Words, amount_check, coded, field, stamped, table
from models.billing import CreditNote

ACCEPTANCE_OVER = 1000      # MXN: above it the receiver accepts the cancellation (RMF, rule 2.7.1.35, I)
UUID = "^[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}$"


class CancelReason(Words):
    """The tax authority's reasons for cancelling a CFDI."""

    WITH_SUBSTITUTE = "01", "Con errores, con relación (01)"
    WITHOUT_SUBSTITUTE = "02", "Con errores, sin relación (02)"
    NOT_CARRIED_OUT = "03", "No se llevó a cabo la operación (03)"
    IN_GLOBAL = "04", "Operación nominativa en una factura global (04)"


BARE = (CancelReason.WITHOUT_SUBSTITUTE, CancelReason.NOT_CARRIED_OUT)   # cancelled with nothing in its place


class FiscalState(Words):
    """How far the replacement and the cancellation of a CFDI are."""

    PENDING = "pending", "Pendiente"
    SUBSTITUTED = "substituted", "Timbrado"
    REQUESTED = "requested", "Cancelación pedida"
    ACCEPTED = "accepted", "Aceptada por el receptor"
    REFUSED = "refused", "Rechazada por el receptor"
    CANCELLED = "cancelled", "Original cancelado"


class FiscalRecord(Model):
    """The CFDI of one note: which one it replaces, why, and how far its cancellation is."""

    __tablename__ = "fiscal_records"
    __title__ = Title("Comprobante fiscal", "Comprobantes fiscales")
    __table_args__ = table(
        Index("ix_fiscal_records_original", "original_uuid"), Index("ix_fiscal_records_state", "state", "id"),
        Index("ix_fiscal_records_opened", "opened_at"),
        CheckConstraint(f"original_uuid IS NULL OR original_uuid ~ '{UUID}'", name="original_uuid"),
        CheckConstraint(f"substitute_uuid IS NULL OR substitute_uuid ~ '{UUID}'", name="substitute_uuid"),
        CheckConstraint("original_uuid <> substitute_uuid", name="two_documents"),
        CheckConstraint("state = 'pending' OR reason <> '01' OR substitute_uuid IS NOT NULL",
                        name="substitute_first"))

    note_id: Mapped[int] = field("Nota", ForeignKey("commercial.credit_notes.id"), unique=True)
    original_uuid: Mapped[str | None] = coded("Folio fiscal original")
    substitute_uuid: Mapped[str | None] = coded("Folio fiscal nuevo", unique=True, info={
        "taken": "Ese folio fiscal ya está registrado en otra nota; revíselo en el acuse del timbrado."})
    reason: Mapped[CancelReason | None] = field("Motivo de cancelación")     # None: the original stands
    state: Mapped[FiscalState] = field("Estado", default=FiscalState.PENDING, server_default="pending")
    needs_acceptance: Mapped[bool] = field("Pide aceptación", default=False, server_default="false")
    opened_at: Mapped[datetime] = stamped("Abierto")

    note: Mapped[CreditNote] = relationship(lazy="joined")

    def __str__(self):
        return f"CFDI de {self.note}"


class Instalment(Model):
    """One payment of a debit note, MXN, and the day it is due."""

    __tablename__ = "instalments"
    __title__ = Title("Parcialidad", "Parcialidades", "a")
    __table_args__ = table(
        UniqueConstraint("note_id", "number"),
        CheckConstraint("number BETWEEN 1 AND 120", name="number_sane"),
        CheckConstraint(f"amount > 0 AND {amount_check('amount')}", name="amount_positive"))

    note_id: Mapped[int] = field("Nota", ForeignKey("commercial.credit_notes.id"))
    number: Mapped[int] = field("Parcialidad")
    due_on: Mapped[date] = field("Vence")
    amount: Mapped[Decimal] = field("Importe (MXN)", Money)

    note: Mapped[CreditNote] = relationship(lazy="joined")

    def __str__(self):
        return f"{self.note}, parcialidad {self.number}"
