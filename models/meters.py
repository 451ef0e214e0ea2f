"""Meters and their readings, in cubic metres."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from models.base.columns import Ledger, Title, Volume, Words, coded, field, table
from models.customers import Account


class MeterState(Words):
    """The state of a meter, in the words of the published rules."""

    WORKING = "working", "En servicio"
    BROKEN = "broken", "Descompuesto"
    UNREADABLE = "unreadable", "Ilegible"
    ABSENT = "absent", "Sin medidor"


class ReadingKind(Words):
    """How a reading was obtained."""

    MEASURED = "measured", "Medida"
    ESTIMATED = "estimated", "Estimada"


class Meter(Ledger):
    """A measuring device at an account, between two dates."""

    __tablename__ = "meters"
    __title__ = Title("Medidor", "Medidores")
    __name_column__ = "serial"
    __table_args__ = table(schema="commercial")

    serial: Mapped[str] = coded("Medidor", unique=True)
    account_id: Mapped[int] = field("Cuenta", ForeignKey("commercial.accounts.id"), index=True)
    installed_on: Mapped[date] = field("Instalado")
    removed_on: Mapped[date | None] = field("Retirado")
    state: Mapped[MeterState] = field("Estado")

    account: Mapped[Account] = relationship()


class Reading(Ledger):
    """The figure on a meter on a day, m³ accumulated."""

    __tablename__ = "readings"
    __title__ = Title("Lectura", "Lecturas", "a")
    __table_args__ = table(UniqueConstraint("meter_id", "read_on"),
                           CheckConstraint("value >= 0 AND value < 10000000", name="value_sane"),
                           schema="commercial")

    meter_id: Mapped[int] = field("Medidor", ForeignKey("commercial.meters.id"))
    read_on: Mapped[date] = field("Fecha")
    value: Mapped[Decimal] = field("Lectura (m³)", Volume)
    kind: Mapped[ReadingKind] = field("Tipo")

    meter: Mapped[Meter] = relationship()

    def __str__(self):
        return f"{self.value.normalize():f} m³"
