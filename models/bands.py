"""Amount bands: how many signatures a correction needs, by which offices, in which order."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from models.base.columns import Model, Money, Title, Words, amount_check, field, table
from models.base.drafts import DraftState
from models.base.people import Role
from models.base.written import checked, excluded, in_order


class ApprovalBand(Model):
    """Which offices sign a correction of this size: drafted by one, authorised by another."""

    __tablename__ = "approval_bands"
    __title__ = Title("Nivel de firma", "Niveles de firma")
    __name_column__ = "name"
    __table_args__ = table(
        in_order(),
        checked("to_amount IS NULL OR to_amount > from_amount", "band_in_order",
                "El importe «hasta» debe ser mayor que «desde»."),
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


class ApprovalSlot(Model):
    """One signature that a band asks for: in which order, by which office."""

    __tablename__ = "approval_slots"
    __title__ = Title("Firma", "Firmas por nivel", "a", part="Firma pedida")
    __table_args__ = table(
        # Judged at the commit: two signatures may change places in one form.
        UniqueConstraint("band_id", "position", deferrable=True, initially="DEFERRED",
                         info={"says": "Ese nivel ya tiene una firma con ese orden; use otro número."}),
        Index("ix_approval_slots_band", "band_id"),
        CheckConstraint("position BETWEEN 1 AND 9", name="position_sane"))

    band_id: Mapped[int] = field("Nivel", ForeignKey("console.approval_bands.id"))
    position: Mapped[int] = field("Orden", help="Del 1 al 9; nadie firma antes que el anterior.")
    role: Mapped[Role] = field("Firma")

    band: Mapped[ApprovalBand] = relationship(back_populates="slots")

    def __str__(self):
        return f"{self.position}. {self.role.label}"


class WindowUnit(Words):
    """The units in which a window is counted."""

    DAYS = "days", "Días naturales"
    WORKING_DAYS = "working_days", "Días hábiles"


class ApprovalWindow(Model):
    """For how many days back the corrections of one account are added up to choose the band.

    Drafted by one office and authorised by another, as bands are. On a day that no authorised window
    rules, everything that was ever sent of the account is added up.
    """

    __tablename__ = "approval_windows"
    __title__ = Title("Ventana de acumulación", "Ventanas de acumulación", "a")
    __table_args__ = table(
        in_order(),
        checked("length BETWEEN 1 AND 1000", "length_sane", "La duración va de 1 a 1000 días."),
        excluded("daterange(valid_from, valid_to, '[]')", where="state = 'in_force'",
                 name="ex_approval_windows_one_rules",
                 says="Ya rige otra ventana en parte de esas fechas; retírela antes de autorizar esta."))

    length: Mapped[int] = field(
        "Duración", help="De 1 a 1000 días. Las firmas de una corrección se piden por lo que su cuenta acumula en "
        "correcciones enviadas en estos últimos días, para que un importe no se parta (regla de la consola).")
    unit: Mapped[WindowUnit] = field("Se cuenta en", default=WindowUnit.DAYS, server_default="days")
    valid_from: Mapped[date] = field("Vigente desde")
    valid_to: Mapped[date | None] = field(
        "Vigente hasta", help="El último día. Vacío: hasta que se retire. Un día que ninguna ventana rige acumula "
        "todo lo que se haya enviado de la cuenta.")
    state: Mapped[DraftState] = field("Estado", default=DraftState.DRAFT, server_default="draft")

    def __str__(self):
        return f"{self.length} {self.unit.label.lower()}"
