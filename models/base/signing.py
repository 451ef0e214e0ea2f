"""Who must sign a document of any kind, and who did: rows that PostgreSQL writes and that never change."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, relationship

from models.base.columns import Model, Title, field, table
from models.base.people import Person, Role
from models.base.records import PartOfAnyRecord, parts
from models.base.written import by_database


class SignaturePlace(PartOfAnyRecord, Model):
    """A signature that a revision of a document asks for, written by PostgreSQL when it is sent to be signed."""

    __tablename__ = "signature_places"
    __title__ = Title("Lugar de firma", "Firmas pedidas")
    __table_args__ = table(UniqueConstraint("subject", "subject_id", "revision", "position"))

    position: Mapped[int] = field("Orden")      # every earlier one is signed first
    role: Mapped[Role] = field("Cargo")
    rule: Mapped[str] = field("Regla")          # which asked for it
    deputies: Mapped[list | None] = field("También pueden firmar")

    signature: Mapped["Signature | None"] = relationship(back_populates="place", uselist=False)

    def filled_by(self, role: Role) -> bool:
        """Whether that office may sign here: the one that is asked, or a deputy of it."""
        return role == self.role or role.value in (self.deputies or ())

    @property
    def substitutes(self) -> list[str]:
        """The other offices that may sign here, as people call them."""
        return [Role(word).label for word in self.deputies or ()]


class Signature(PartOfAnyRecord, Model):
    """The signature of one person over one content. The office sends the place, the hash that it saw and how it proved
    who signs."""

    __tablename__ = "signatures"
    __title__ = Title("Firma", "Firmas", "a")
    __table_args__ = table(
        UniqueConstraint("subject", "subject_id", "revision", "signer_id",
                         info={"says": "Usted ya firmó esta revisión."}),
        CheckConstraint("content_hash ~ '^[0-9a-f]{64}$'", name="hash_hex"))

    subject: Mapped[str] = by_database("Registro")
    subject_id: Mapped[int] = by_database("Número de registro")
    place_id: Mapped[int] = field("Lugar", ForeignKey("console.signature_places.id"), unique=True, info={
        "taken": "Esa firma ya fue puesta por otra persona; actualice la página."})
    signer_id: Mapped[int] = by_database("Firmó", ForeignKey("console.people.id"))
    role: Mapped[Role] = by_database("Cargo")
    acting: Mapped[bool] = by_database("Encargado de despacho")
    absent_id: Mapped[int | None] = by_database("Por ausencia de", ForeignKey("console.people.id"))
    letter: Mapped[str] = by_database("Oficio")
    method: Mapped[str] = field("Prueba de identidad")
    content_hash: Mapped[str] = field("SHA-256 firmado")
    signed_at: Mapped[datetime] = by_database("Fecha de firma")

    place: Mapped[SignaturePlace] = relationship(back_populates="signature")
    signer: Mapped[Person] = relationship(foreign_keys=signer_id, lazy="joined")
    absent: Mapped[Person | None] = relationship(foreign_keys=absent_id, lazy="joined")

    @property
    def absent_name(self) -> str:
        """Whose signature was lent to the signer, or nothing."""
        return self.absent.name if self.absent else ""

    @property
    def deputises(self) -> bool:
        """Whether the office that signed stood in for the one that was asked."""
        return self.role != self.place.role


class WithSignatures:
    """A model whose records are signed."""

    @declared_attr
    def places(cls) -> Mapped[list[SignaturePlace]]:
        """The signatures that the record asks for or asked for, of every revision, in order."""
        return parts(cls, "SignaturePlace", "revision position")

    @property
    def places_now(self) -> list[SignaturePlace]:
        """The signatures that the present revision asks for, in order; none before it is sent."""
        return [place for place in self.places if place.revision == self.revision]
