"""Who must sign a correction, and who did: rows that are never changed."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from models.base.columns import Model, Title, field, stamped, table
from models.base.people import Person, Role


class SignatureSlot(Model):
    """A signature that this revision needs; copied from the band when it was submitted."""

    __tablename__ = "signature_slots"
    __title__ = Title("Lugar de firma", "Firmas pedidas")
    __table_args__ = table(UniqueConstraint("correction_id", "revision", "position"))

    correction_id: Mapped[int] = field("Corrección", ForeignKey("console.corrections.id"))
    revision: Mapped[int] = field("Revisión")
    position: Mapped[int] = field("Orden")
    role: Mapped[Role] = field("Cargo")
    band: Mapped[str] = field("Regla")
    deputies: Mapped[list] = field("También pueden firmar", default=list, server_default="[]")

    signature: Mapped["Signature | None"] = relationship(back_populates="slot", uselist=False)

    def filled_by(self, role):
        """Whether that office may sign here: the one that is asked, or a deputy of it."""
        return role == self.role or role.value in self.deputies

    @property
    def substitutes(self):
        """The other offices that may sign here, as people call them."""
        return [Role(word).label for word in self.deputies]


class Signature(Model):
    """One person's name under one content; never changed, never removed."""

    __tablename__ = "signatures"
    __title__ = Title("Firma", "Firmas", "a")
    __table_args__ = table(
        UniqueConstraint("correction_id", "revision", "signer_id"),
        CheckConstraint("content_hash ~ '^[0-9a-f]{64}$'", name="hash_hex"))

    slot_id: Mapped[int] = field("Lugar", ForeignKey("console.signature_slots.id"), unique=True)
    correction_id: Mapped[int] = field("Corrección", ForeignKey("console.corrections.id"))
    revision: Mapped[int] = field("Revisión")
    signer_id: Mapped[int] = field("Firmó", ForeignKey("console.people.id"))
    role: Mapped[Role] = field("Cargo")
    acting: Mapped[bool] = field("Encargado de despacho")
    absent_id: Mapped[int | None] = field("Por ausencia de", ForeignKey("console.people.id"))
    letter: Mapped[str] = field("Oficio")
    method: Mapped[str] = field("Prueba de identidad")
    content_hash: Mapped[str] = field("SHA-256 firmado")
    signed_at: Mapped[datetime] = stamped("Fecha de firma")

    slot: Mapped[SignatureSlot] = relationship(back_populates="signature")
    signer: Mapped[Person] = relationship(foreign_keys=signer_id, lazy="joined")
    absent: Mapped[Person | None] = relationship(foreign_keys=absent_id, lazy="joined")

    @property
    def absent_name(self):
        """Whose signature was lent to the signer, or nothing."""
        return self.absent.name if self.absent else ""

    @property
    def deputises(self):
        """Whether the office that signed stood in for the one that was asked."""
        return self.role != self.slot.role


class Endorsement(Model):
    """One person's name under a whole document: a procedure version or a batch of corrections."""

    __tablename__ = "endorsements"
    __title__ = Title("Firma de documento", "Firmas de documentos", "a")
    __table_args__ = table(
        CheckConstraint("num_nonnulls(version_id, batch_id) = 1", name="of_one_document"),
        UniqueConstraint("version_id", "revision", "position"),
        UniqueConstraint("version_id", "revision", "signer_id", name="uq_endorsements_version_signer"),
        UniqueConstraint("batch_id", "revision", "position"),
        UniqueConstraint("batch_id", "revision", "signer_id", name="uq_endorsements_batch_signer"),
        CheckConstraint("content_hash ~ '^[0-9a-f]{64}$'", name="hash_hex"))

    version_id: Mapped[int | None] = field("Procedimiento", ForeignKey("console.procedure_versions.id"))
    batch_id: Mapped[int | None] = field("Lote", ForeignKey("console.correction_batches.id"))
    revision: Mapped[int] = field("Revisión")
    position: Mapped[int] = field("Orden")
    role: Mapped[Role] = field("Cargo")
    signer_id: Mapped[int] = field("Firmó", ForeignKey("console.people.id"))
    acting: Mapped[bool] = field("Encargado de despacho")
    absent_id: Mapped[int | None] = field("Por ausencia de", ForeignKey("console.people.id"))
    letter: Mapped[str] = field("Oficio")
    method: Mapped[str] = field("Prueba de identidad")
    content_hash: Mapped[str] = field("SHA-256 firmado")
    signed_at: Mapped[datetime] = stamped("Fecha de firma")

    signer: Mapped[Person] = relationship(foreign_keys=signer_id, lazy="joined")
    absent: Mapped[Person | None] = relationship(foreign_keys=absent_id, lazy="joined")

    batch = relationship("CorrectionBatch", viewonly=True)     # by text: batches.py names this class too

    @property
    def deputises(self):
        """Whether it stands in the place of another office, as the procedure of its batch allows."""
        asked = self.batch.signers if self.batch and self.batch.revision == self.revision else ()
        return any(slot["position"] == self.position and slot["role"] != self.role for slot in asked)

    @property
    def absent_name(self):
        """Whose signature was lent to the signer, or nothing."""
        return self.absent.name if self.absent else ""
