"""Who must sign a correction, and who did: rows that are never changed."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from models.base import Model, field, stamped, table
from models.people import Person, Role


class SignatureSlot(Model):
    """A signature that this revision needs; copied from the band when it was submitted."""

    __tablename__ = "signature_slots"
    __table_args__ = table(UniqueConstraint("correction_id", "revision", "position"))

    correction_id: Mapped[int] = field("Corrección", ForeignKey("console.corrections.id"))
    revision: Mapped[int] = field("Revisión")
    position: Mapped[int] = field("Orden")
    role: Mapped[Role] = field("Cargo")
    band: Mapped[str] = field("Regla")

    signature: Mapped["Signature | None"] = relationship(back_populates="slot", uselist=False)


class Signature(Model):
    """One person's name under one content; never changed, never removed."""

    __tablename__ = "signatures"
    __table_args__ = table(
        UniqueConstraint("correction_id", "revision", "signer_id"),
        CheckConstraint("content_hash ~ '^[0-9a-f]{64}$'", name="hash_hex"))

    slot_id: Mapped[int] = field("Lugar", ForeignKey("console.signature_slots.id"), unique=True)
    correction_id: Mapped[int] = field("Corrección", ForeignKey("console.corrections.id"))
    revision: Mapped[int] = field("Revisión")
    signer_id: Mapped[int] = field("Firmó", ForeignKey("console.people.id"))
    role: Mapped[Role] = field("Cargo")
    acting: Mapped[bool] = field("Encargado de despacho")
    letter: Mapped[str] = field("Oficio")
    method: Mapped[str] = field("Prueba de identidad")
    content_hash: Mapped[str] = field("SHA-256 firmado")
    signed_at: Mapped[datetime] = stamped("Fecha de firma")

    slot: Mapped[SignatureSlot] = relationship(back_populates="signature")
    signer: Mapped[Person] = relationship(lazy="joined")
