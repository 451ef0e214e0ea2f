"""Batches of corrections: one proposal over many bills, for a route that was misread or days without supply."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, relationship

from models.base.attachments import Attachment, WithAttachments
from models.base.columns import Ledger, Model, Money, Title, Volume, Words, amount_check, coded, field, stamped, table
from models.base.people import Person, Role
from models.base.records import FormerTable
from models.base.signing import Signature, WithSignatures
from models.base.written import author, author_office, derived, instant
from models.billing import Bill
from models.customers import Account, TariffClass
from models.organization import SupplyZone
from models.procedures import AnomalyType, ProcedureVersion

MOST_BILLS = 50_000


class BatchState(Words):
    """How far a batch is."""

    DRAFT = "draft", "Borrador"
    COMPUTING = "computing", "Calculando"
    COMPUTED = "computed", "Calculado"
    SUBMITTED = "submitted", "En firma"
    SIGNED = "signed", "Firmado"
    APPLYING = "applying", "Aplicando"
    APPLIED = "applied", "Aplicado"
    REJECTED = "rejected", "Rechazado"
    WITHDRAWN = "withdrawn", "Retirado"


class CorrectionBatch(WithAttachments, WithSignatures, Model):
    """Which bills, by which procedure, why; what was found of each is in its rows."""

    __tablename__ = "correction_batches"
    __title__ = Title("Lote", "Lotes de correcciones")
    former_tables = (FormerTable("console.batch_documents", Attachment, "batch_id"),
                     FormerTable("console.endorsements", Signature, "batch_id", ("version_id", "position")))
    __table_args__ = table(
        CheckConstraint("period_to >= period_from", name="period_in_order"),
        CheckConstraint("period_to - period_from <= 366", name="period_bounded"),
        CheckConstraint(f"bills BETWEEN 0 AND {MOST_BILLS}", name="bills_bounded"),
        CheckConstraint("state IN ('draft', 'computing', 'computed', 'withdrawn') OR folio IS NOT NULL",
                        name="folio"),
        CheckConstraint("revision BETWEEN 1 AND 99", name="revision_sane"),
        CheckConstraint("instalments BETWEEN 1 AND 120", name="instalments_bounded"),
        CheckConstraint(f"{amount_check('amount')} AND {amount_check('moved')}", name="amount_sane"))

    folio: Mapped[str | None] = coded("Folio", unique=True, info={"series": ("UAS-LOT",)})
    subject: Mapped[str] = field("Asunto")
    state: Mapped[BatchState] = field("Estado", default=BatchState.DRAFT, server_default="draft")
    revision: Mapped[int] = field("Revisión", default=1, server_default="1")
    anomaly_type_id: Mapped[int] = field("Causa", ForeignKey("console.anomaly_types.id"))
    procedure_version_id: Mapped[int] = field(
        "Procedimiento", ForeignKey("console.procedure_versions.id"))
    reason: Mapped[str] = field("Motivo", lines=True, default="", server_default="")
    period_from: Mapped[date] = field("Recibos que terminan desde")
    period_to: Mapped[date] = field("Recibos que terminan hasta")
    supply_zone_id: Mapped[int | None] = field("Zona de abasto", ForeignKey("console.supply_zones.id"))
    route: Mapped[str | None] = coded("Ruta")
    tariff_class: Mapped[TariffClass | None] = field("Uso")
    # Number → what the file says of it; loaded when asked for, as it may hold every account of a route.
    accounts: Mapped[dict] = field("Cuentas del archivo", default=dict, server_default="{}", deferred=True)
    file_notes: Mapped[list] = field("Cómo se leyó el archivo", default=list, server_default="[]")
    unbilled: Mapped[list] = field("Cuentas del archivo sin recibo", default=list, server_default="[]", deferred=True)
    inputs: Mapped[dict] = field("Datos capturados", default=dict, server_default="{}")
    # As many as whoever prepares it offers to every user; a bill takes fewer where its rule admits fewer.
    instalments: Mapped[int] = field("Pagos de cada cargo, a lo más", default=1, server_default="1")
    bills: Mapped[int] = field("Recibos", default=0, server_default="0")
    proceeding: Mapped[int] = field("Proceden", default=0, server_default="0")
    # What its rows propose, which is signed; and what its notes moved, which PostgreSQL writes once it was applied.
    amount: Mapped[Decimal] = field("Propuesto (MXN)", Money, default=Decimal(0), server_default="0")
    moved: Mapped[Decimal] = derived("Movido (MXN)", Money, default=Decimal(0), server_default="0")
    done: Mapped[int] = field("Avance", default=0, server_default="0")
    # {account, amount, corrections, since} of the account that adds up the most with other corrections.
    accumulated: Mapped[dict] = derived("Acumulado de una cuenta", default=dict, server_default="{}")
    trouble: Mapped[str | None] = field("Por qué se detuvo")
    run_by_id: Mapped[int | None] = author("En nombre de", sent=True)
    run_as: Mapped[Role | None] = author_office("Cargo", sent=True)
    drafted_by_id: Mapped[int] = author("Elaboró", sent=True)
    drafted_at: Mapped[datetime] = stamped("Elaborado")
    submitted_at: Mapped[datetime | None] = instant("Enviado a firma", sent=True)
    decision_reason: Mapped[str | None] = field("Motivo de la decisión")

    anomaly_type: Mapped[AnomalyType] = relationship()
    procedure_version: Mapped[ProcedureVersion] = relationship()
    supply_zone: Mapped[SupplyZone | None] = relationship()
    drafted_by: Mapped[Person] = relationship(foreign_keys=drafted_by_id)
    run_by: Mapped[Person | None] = relationship(foreign_keys=run_by_id)

    @property
    def effect(self) -> Decimal:
        """MXN that it moves: by its notes once it was applied, until then as it proposes."""
        return self.moved if self.state == BatchState.APPLIED else self.amount

    def __str__(self):
        return self.folio or f"Lote {self.id} en borrador"


class BatchRow(Ledger):
    """What the batch proposes for one bill, or why it does not proceed; written once, signed as it is."""

    __tablename__ = "batch_rows"
    __title__ = Title("Renglón de lote", "Renglones de lote")
    __table_args__ = table(
        UniqueConstraint("batch_id", "bill_id"),
        Index("ix_batch_rows_dearest", "batch_id", "eligible", "amount"),
        Index("ix_batch_rows_bill", "bill_id"),
        Index("ix_batch_rows_account", "account_id", postgresql_where=text("eligible")),
        Index("ix_batch_rows_content", "batch_id", "bill_id", postgresql_include=["row_hash"]),
        CheckConstraint(amount_check("amount"), name="amount_sane"),
        CheckConstraint("instalments BETWEEN 1 AND 120 AND (instalments = 1 OR amount > 0)",
                        name="instalments_of_debits"),
        CheckConstraint("eligible = (amount <> 0)", name="eligible_moves"))

    batch_id: Mapped[int] = field("Lote", ForeignKey("console.correction_batches.id"))
    bill_id: Mapped[int] = field("Recibo", ForeignKey("commercial.bills.id"))
    account_id: Mapped[int] = field("Cuenta", ForeignKey("commercial.accounts.id"))
    eligible: Mapped[bool] = field("Procede")
    refusals: Mapped[list] = field("Por qué no procede")
    inputs: Mapped[dict] = field("Datos capturados")
    volume_before: Mapped[Decimal | None] = field("Consumo facturado (m³)", Volume)
    volume_after: Mapped[Decimal | None] = field("Consumo corregido (m³)", Volume)
    amount: Mapped[Decimal] = field("Propuesto (MXN)", Money)
    instalments: Mapped[int] = field("Parcialidades", default=1, server_default="1")
    lines: Mapped[list] = field("Renglones")
    memoria: Mapped[list] = field("Memoria de cálculo")
    effects: Mapped[list] = field("Qué sigue", default=list, server_default="[]")
    # Fingerprints of the records read, by kind; none before 0.4 (migrations/sql/corrections/sources.sql).
    sources: Mapped[dict | None] = field("Registros con que se calculó")
    row_hash: Mapped[str] = derived("SHA-256 del renglón", by="console.batch_row_hash(NEW)", info={"coded": True})
    # Written while it is applied, and no part of what was signed: the bill had changed meanwhile.
    left_out: Mapped[str | None] = derived("Por qué no se aplicó")

    bill: Mapped[Bill] = relationship()
    account: Mapped[Account] = relationship()
    batch: Mapped[CorrectionBatch] = relationship()

    def __str__(self):
        return f"{self.batch}, recibo {self.bill}"
