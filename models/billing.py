"""Bills, their lines, and the notes that move their balance."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from models.base.columns import Balance, Ledger, Money, Title, Volume, Words, amount_check, coded, field, stamped, table
from models.customers import Account, TariffClass
from models.meters import Reading
from models.tariffs import Service


class NoteKind(Words):
    """Whether a note lowers the bill or raises it."""

    CREDIT = "credit", "Nota de crédito"
    DEBIT = "debit", "Nota de cargo"


SERIES = {NoteKind.CREDIT: "NC", NoteKind.DEBIT: "ND"}


class NoteForm(Words):
    """The document that the user receives, by whether anything of the bill had been paid when the note was made."""

    NOTE = "note", "Nota"
    CORRECTED_BILL = "corrected_bill", "Recibo corregido"


class Bill(Ledger):
    """One period charged to one account. The balance moves by payments and by notes only."""

    __tablename__ = "bills"
    __title__ = Title("Recibo", "Recibos")
    __name_column__ = "folio"
    __table_args__ = table(
        UniqueConstraint("account_id", "period_start"),
        Index("ix_bills_account_period", "account_id", "period_end"),
        Index("ix_bills_period", "period_end", "id"),   # the list's own order
        Index("ix_bills_balance", "balance", "id"),
        CheckConstraint("period_end >= period_start", name="period_in_order"),
        CheckConstraint(f"{amount_check('total')} AND {amount_check('balance')}", name="sane"),
        schema="commercial")

    folio: Mapped[str] = coded("Recibo", unique=True)
    account_id: Mapped[int] = field("Cuenta", ForeignKey("commercial.accounts.id"))
    period_start: Mapped[date] = field("Periodo desde")
    period_end: Mapped[date] = field("Periodo hasta")
    issued_on: Mapped[date] = field("Emitido")
    due_on: Mapped[date] = field("Vence")
    tariff_class: Mapped[TariffClass] = field("Uso facturado")
    volume: Mapped[Decimal] = field("Consumo (m³)", Volume)
    previous_reading_id: Mapped[int | None] = field(
        "Lectura anterior", ForeignKey("commercial.readings.id"))
    current_reading_id: Mapped[int | None] = field(
        "Lectura actual", ForeignKey("commercial.readings.id"))
    total: Mapped[Decimal] = field("Total", Money)
    balance: Mapped[Decimal] = field("Saldo", Balance)
    fiscal_uuid: Mapped[str | None] = coded("Folio fiscal (CFDI)", unique=True)

    account: Mapped[Account] = relationship()
    previous_reading: Mapped[Reading | None] = relationship(foreign_keys=[previous_reading_id])
    current_reading: Mapped[Reading | None] = relationship(foreign_keys=[current_reading_id])
    lines: Mapped[list["BillLine"]] = relationship(order_by="BillLine.position")
    notes: Mapped[list["CreditNote"]] = relationship(back_populates="bill")


class BillLine(Ledger):
    """One service charged, with its tax."""

    __tablename__ = "bill_lines"
    __title__ = Title("Renglón de recibo", "Renglones de recibo", part="Renglón", told_apart_by="service")
    __table_args__ = table(
        UniqueConstraint("bill_id", "service"),
        CheckConstraint(f"{amount_check('amount')} AND {amount_check('tax')}", name="sane"),
        schema="commercial")

    bill_id: Mapped[int] = field("Recibo", ForeignKey("commercial.bills.id"))
    position: Mapped[int] = field("Orden")
    service: Mapped[Service] = field("Concepto")
    amount: Mapped[Decimal] = field("Importe", Money)
    tax_percent: Mapped[Decimal] = field("IVA (%)", Numeric(7, 4))
    tax: Mapped[Decimal] = field("IVA", Money)


class CreditNote(Ledger):
    """A note, the only way in which the console changes the balance of a bill: one for each signed correction."""

    __tablename__ = "credit_notes"
    __title__ = Title("Nota", "Notas de crédito y cargo", "a")
    __name_column__ = "folio"
    __table_args__ = table(
        Index("ix_credit_notes_issued", "issued_at"), Index("ix_credit_notes_amount", "amount"),
        CheckConstraint(f"amount > 0 AND {amount_check('amount')}", name="amount_positive"),
        schema="commercial")

    folio: Mapped[str] = coded("Folio", unique=True, info={"series": tuple(SERIES.values())})
    kind: Mapped[NoteKind] = field("Tipo")
    bill_id: Mapped[int] = field("Recibo", ForeignKey("commercial.bills.id"), index=True)
    correction_id: Mapped[int] = field(
        "Corrección", ForeignKey("console.corrections.id"), unique=True,
        info={"taken": "Esta corrección ya se aplicó; existe una sola nota por corrección."})
    amount: Mapped[Decimal] = field("Importe (MXN)", Money)
    form: Mapped[NoteForm] = field("Documento", default=NoteForm.NOTE, server_default="note")
    issued_at: Mapped[datetime] = stamped("Emitida")

    bill: Mapped[Bill] = relationship(back_populates="notes")
    # Named by text: corrections.py imports this file.
    correction = relationship("Correction", viewonly=True)
    lines: Mapped[list["CreditNoteLine"]] = relationship(order_by="CreditNoteLine.position")


class CreditNoteLine(Ledger):
    """What a note moves in one service; the sign is the note's."""

    __tablename__ = "credit_note_lines"
    __title__ = Title("Renglón de nota", "Renglones de nota", told_apart_by="service")
    __table_args__ = table(
        UniqueConstraint("credit_note_id", "service"),
        CheckConstraint(f"{amount_check('amount')} AND {amount_check('tax')}", name="sane"),
        schema="commercial")

    credit_note_id: Mapped[int] = field("Nota", ForeignKey("commercial.credit_notes.id"))
    position: Mapped[int] = field("Orden")
    service: Mapped[Service] = field("Concepto")
    amount: Mapped[Decimal] = field("Importe", Money)
    tax: Mapped[Decimal] = field("IVA", Money)
