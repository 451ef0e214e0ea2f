"""Billing corrections: what changes on one bill, why, and who signed it (article 58, II)."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Numeric,
    Text,
    UniqueConstraint,
    cast,
    func,
    literal,
    text,
)
from sqlalchemy.orm import Mapped, relationship

from models.base.attachments import Attachment, WithAttachments
from models.base.columns import Model, Money, Title, Volume, Words, amount_check, coded, field, stamped, table
from models.base.people import Person
from models.base.records import FormerTable
from models.base.signing import Signature, SignaturePlace, WithSignatures
from models.base.trail import AuditEntry
from models.base.written import author, derived, instant, printed_code
from models.billing import Bill, CreditNote
from models.customers import Account
from models.procedures import AnomalyType, ProcedureVersion
from models.tariffs import Service


class CorrectionState(Words):
    """How far a correction is."""

    DRAFT = "draft", "Borrador"
    SUBMITTED = "submitted", "En firma"
    SIGNED = "signed", "Firmada"
    APPLIED = "applied", "Aplicada"
    REJECTED = "rejected", "Rechazada"
    WITHDRAWN = "withdrawn", "Retirada"


OPEN = (CorrectionState.DRAFT, CorrectionState.SUBMITTED, CorrectionState.SIGNED)
STANDING = (*OPEN, CorrectionState.APPLIED)


def states(*members: CorrectionState) -> str:
    """The states as a list for SQL."""
    return ", ".join(f"'{member.value}'" for member in members)


class Correction(WithAttachments, WithSignatures, Model):
    """The correction of one bill: begun as a draft, and applied once it has the signatures that its level asks for."""

    __tablename__ = "corrections"
    __title__ = Title("Corrección", "Correcciones", "a")
    former_tables = (FormerTable("console.evidence", Attachment, "correction_id"),
                     FormerTable("console.signature_slots", SignaturePlace, "correction_id", ("band",)),
                     FormerTable("console.signatures", Signature, "correction_id", ("slot_id",)))
    __table_args__ = table(
        Index("uq_corrections_open", "bill_id", unique=True,
              postgresql_where=text(f"state IN ({states(*OPEN)})"),
              info={"says": "Este recibo ya tiene una corrección abierta; termine o retire esa antes de iniciar "
                            "otra."}),
        Index("uq_corrections_standing", "bill_id", unique=True, postgresql_where=text(
            f"state IN ({states(*STANDING)}) AND reversal_of_id IS NULL"
            " AND reversed_by_id IS NULL"), info={
                "says": "Este recibo ya fue corregido; para cambiarlo inicie la reversa de esa corrección."}),
        Index("uq_corrections_reversal", "reversal_of_id", unique=True,
              postgresql_where=text(f"state IN ({states(*STANDING)})"),
              info={"says": "Esa corrección ya tiene una reversa en curso."}),
        Index("ix_corrections_state", "state", "id"),
        Index("ix_corrections_sent", "submitted_at"),
        Index("ix_corrections_cause", "anomaly_type_id", "id"),
        Index("ix_corrections_version", "procedure_version_id", "id"),
        Index("ix_corrections_author", "drafted_by_id", "id"), Index("ix_corrections_drafted", "drafted_at"),
        Index("ix_corrections_amount", "amount"),
        CheckConstraint(amount_check("amount"), name="amount_sane"),
        CheckConstraint("state IN ('draft', 'withdrawn') OR folio IS NOT NULL", name="folio"),
        CheckConstraint("state IN ('draft', 'withdrawn') OR amount <> 0", name="moves_money"),
        CheckConstraint("revision BETWEEN 1 AND 99", name="revision_sane"),
        CheckConstraint("instalments BETWEEN 1 AND instalments_most", name="instalments_bounded"),
        CheckConstraint("instalments = 1 OR amount > 0", name="instalments_of_debits"))

    folio: Mapped[str | None] = coded("Folio", unique=True, info={"series": ("UAS-COR",)})
    bill_id: Mapped[int] = field("Recibo", ForeignKey("commercial.bills.id"), index=True)
    account_id: Mapped[int] = field(
        "Cuenta", ForeignKey("commercial.accounts.id"), index=True)
    anomaly_type_id: Mapped[int] = field("Causa", ForeignKey("console.anomaly_types.id"))
    procedure_version_id: Mapped[int] = field(
        "Procedimiento", ForeignKey("console.procedure_versions.id"))
    reversal_of_id: Mapped[int | None] = field(
        "Reversa de", ForeignKey("console.corrections.id"))
    reversed_by_id: Mapped[int | None] = field(
        "Revertida por", ForeignKey("console.corrections.id"))
    state: Mapped[CorrectionState] = field("Estado", default=CorrectionState.DRAFT,
                                           server_default="draft")
    revision: Mapped[int] = field("Revisión", default=1, server_default="1")
    reason: Mapped[str] = field("Motivo", lines=True, default="", server_default="")
    inputs: Mapped[dict] = field("Datos capturados", default=dict, server_default="{}")
    eligible: Mapped[bool] = field("Procede", default=False, server_default="false")
    refusals: Mapped[list] = field("Por qué no procede", default=list, server_default="[]")
    volume_before: Mapped[Decimal | None] = field("Consumo facturado (m³)", Volume)
    volume_after: Mapped[Decimal | None] = field("Consumo corregido (m³)", Volume)
    amount: Mapped[Decimal] = field("Diferencia (MXN)", Money, default=Decimal(0),
                                    server_default="0")
    # {amount, corrections, since}, written by PostgreSQL when it is sent; empty where nothing else adds up.
    accumulated: Mapped[dict] = derived("Acumulado de la cuenta", default=dict, server_default="{}")
    memoria: Mapped[list] = field("Memoria de cálculo", default=list, server_default="[]")
    effects: Mapped[list] = field("Qué sigue", default=list, server_default="[]")
    # Fingerprints of the records read, by kind; none before 0.4 (migrations/sql/corrections/sources.sql).
    sources: Mapped[dict | None] = field("Registros con que se calculó")
    instalments: Mapped[int] = field("Parcialidades", default=1, server_default="1")
    instalments_most: Mapped[int] = field("Parcialidades permitidas", default=1, server_default="1")
    batch_row_id: Mapped[int | None] = field(
        "Renglón del lote", ForeignKey("console.batch_rows.id"), unique=True)
    drafted_by_id: Mapped[int] = author("Elaboró", sent=True)
    drafted_at: Mapped[datetime] = stamped("Elaborada")
    submitted_at: Mapped[datetime | None] = instant("Enviada a firma", sent=True)
    decision_reason: Mapped[str | None] = field("Motivo de la decisión")
    verification_code: Mapped[str] = printed_code("Código de verificación")

    bill: Mapped[Bill] = relationship()
    account: Mapped[Account] = relationship()
    anomaly_type: Mapped[AnomalyType] = relationship()
    procedure_version: Mapped[ProcedureVersion] = relationship()
    drafted_by: Mapped[Person] = relationship()
    reversal_of: Mapped["Correction | None"] = relationship(
        foreign_keys=[reversal_of_id], remote_side="Correction.id")
    lines: Mapped[list["CorrectionLine"]] = relationship(order_by="CorrectionLine.position")
    notes: Mapped[list[CreditNote]] = relationship(viewonly=True)
    # Named by text: batches.py imports this file.
    batch_row = relationship("BatchRow")

    def __str__(self):
        return self.folio or f"Borrador {self.id}"

    @classmethod
    def name_sql(cls, row: type) -> ColumnElement:
        """Its folio or, while it has none, its number."""
        return func.coalesce(func.nullif(row.folio, ""), literal("Borrador ") + cast(row.id, Text))


# The trail of what was decided lately on corrections is read by its time.
Index("ix_log_corrections", AuditEntry.at,
      postgresql_where=text("table_name IN ('console.corrections', 'console.signatures')"))


class CorrectionLine(Model):
    """One service of the bill, before and after. Money is written by the engine only."""

    __tablename__ = "correction_lines"
    __title__ = Title("Renglón de corrección", "Renglones de corrección", part="Renglón", told_apart_by="service")
    __table_args__ = table(
        UniqueConstraint("correction_id", "service"),
        CheckConstraint(" AND ".join(amount_check(column) for column in (
            "amount_before", "tax_before", "amount_after", "tax_after")), name="sane"),
        CheckConstraint("amount_after >= 0 AND tax_after >= 0", name="never_negative"))

    correction_id: Mapped[int] = field(
        "Corrección", ForeignKey("console.corrections.id"), index=True)
    position: Mapped[int] = field("Orden")
    service: Mapped[Service] = field("Concepto")
    amount_before: Mapped[Decimal] = field("Importe facturado", Money)
    tax_before: Mapped[Decimal] = field("IVA facturado", Money)
    amount_after: Mapped[Decimal] = field("Importe corregido", Money)
    tax_percent_after: Mapped[Decimal] = field("IVA corregido (%)", Numeric(7, 4))
    tax_after: Mapped[Decimal] = field("IVA corregido", Money)

    @property
    def difference(self) -> Decimal:
        """What the line moves, MXN with tax; negative is in favour of the user."""
        return self.amount_after + self.tax_after - self.amount_before - self.tax_before
