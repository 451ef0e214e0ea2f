"""Amount bands: how many signatures a correction needs, by which offices, in which order."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from models.base import Model, Money, amount_check, field, table
from models.organization import DraftState
from models.people import Role


class ApprovalBand(Model):
    """Which offices sign a correction of this size: drafted by one, authorised by another."""

    __tablename__ = "approval_bands"
    __table_args__ = table(
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="dates_in_order"),
        CheckConstraint("to_amount IS NULL OR to_amount > from_amount", name="band_in_order"),
        CheckConstraint(f"from_amount >= 0 AND {amount_check('from_amount')}", name="sane"))

    name: Mapped[str] = field("Nivel")
    from_amount: Mapped[Decimal] = field(
        "Desde (MXN)", Money, help="Rige desde este importe, incluido, a favor o a cargo del usuario.")
    to_amount: Mapped[Decimal | None] = field(
        "Hasta (MXN)", Money, help="Rige hasta antes de este importe. Vacío: sin límite. Dos niveles "
        "autorizados no rigen los mismos importes en las mismas fechas (regla de la consola).")
    valid_from: Mapped[date] = field(
        "Vigente desde", help="Las correcciones que se envíen a firma desde este día pedirán estas "
        "firmas; las ya enviadas conservan las suyas (regla de la consola).")
    valid_to: Mapped[date | None] = field("Vigente hasta", help="El último día. Vacío: hasta que se retire.")
    state: Mapped[DraftState] = field("Estado", default=DraftState.DRAFT,
                                      server_default="draft")

    slots: Mapped[list["ApprovalSlot"]] = relationship(back_populates="band",
                                                       order_by="ApprovalSlot.position")

    def __str__(self):
        return self.name


class ApprovalSlot(Model):
    """One signature that a band asks for: in which order, by which office."""

    __tablename__ = "approval_slots"
    __table_args__ = table(
        # Judged at the commit: two signatures may change places in one form.
        UniqueConstraint("band_id", "position", deferrable=True, initially="DEFERRED"),
        Index("ix_approval_slots_band", "band_id"),
        CheckConstraint("position BETWEEN 1 AND 9", name="position_sane"))

    band_id: Mapped[int] = field("Nivel", ForeignKey("console.approval_bands.id"))
    position: Mapped[int] = field("Orden", help="Del 1 al 9; nadie firma antes que el anterior.")
    role: Mapped[Role] = field("Firma")

    band: Mapped[ApprovalBand] = relationship(back_populates="slots")

    def __str__(self):
        return f"{self.position}. {self.role.label}"
