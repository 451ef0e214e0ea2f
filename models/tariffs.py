"""Tariffs as data: blocks, minimum, look-up per m³, and what each line costs and is taxed."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from models.base.columns import Ledger, Money, Title, Volume, Words, amount_check, coded, field, table
from models.base.written import in_order
from models.customers import TariffClass


class TariffMethod(Words):
    """How a tariff prices a volume."""

    BLOCKS = "blocks", "Bloques"
    TABLE = "table", "Tabla por m³"


class Service(Words):
    """A line of the bill."""

    WATER = "water", "Agua potable"
    SEWER = "sewer", "Alcantarillado"
    SANITATION = "sanitation", "Saneamiento"


class RoundingMode(Words):
    """How an amount is rounded."""

    HALF_UP = "half_up", "Al más cercano, mitad hacia arriba"
    HALF_EVEN = "half_even", "Al más cercano, mitad al par"
    UP = "up", "Hacia arriba"
    DOWN = "down", "Hacia abajo"


class Tariff(Ledger):
    """The price of water for one class between two dates."""

    __tablename__ = "tariffs"
    __title__ = Title("Tarifa", "Tarifas", "a")
    __name_column__ = "code"
    __table_args__ = table(
        UniqueConstraint("tariff_class", "valid_from"),
        in_order(),
        CheckConstraint(amount_check("minimum_charge"), name="minimum_sane"),
        schema="commercial")

    code: Mapped[str] = coded("Clave", unique=True)
    tariff_class: Mapped[TariffClass] = field("Uso")
    valid_from: Mapped[date] = field("Desde")
    valid_to: Mapped[date | None] = field("Hasta")
    method: Mapped[TariffMethod] = field("Método")
    minimum_charge: Mapped[Decimal] = field("Cuota mínima (MXN)", Money)
    minimum_volume: Mapped[Decimal] = field("Consumo mínimo (m³)", Volume)

    blocks: Mapped[list["TariffBlock"]] = relationship(order_by="TariffBlock.from_m3")
    steps: Mapped[list["TariffStep"]] = relationship(order_by="TariffStep.volume")


class TariffBlock(Ledger):
    """A price per m³ above from_m3 and up to to_m3."""

    __tablename__ = "tariff_blocks"
    __title__ = Title("Bloque de tarifa", "Bloques de tarifa", part="Bloque")
    __table_args__ = table(
        UniqueConstraint("tariff_id", "from_m3"),
        CheckConstraint("to_m3 IS NULL OR to_m3 > from_m3", name="block_in_order"),
        schema="commercial")

    tariff_id: Mapped[int] = field("Tarifa", ForeignKey("commercial.tariffs.id"))
    from_m3: Mapped[Decimal] = field("Más de (m³)", Volume)
    to_m3: Mapped[Decimal | None] = field("Hasta (m³)", Volume)
    price: Mapped[Decimal] = field("Precio (MXN/m³)", Numeric(14, 4))


class TariffStep(Ledger):
    """The whole charge at one volume, for tariffs published as a table."""

    __tablename__ = "tariff_steps"
    __title__ = Title("Renglón de tabulador", "Tabulador por m³", part="Renglón")
    __table_args__ = table(UniqueConstraint("tariff_id", "volume"), schema="commercial")

    tariff_id: Mapped[int] = field("Tarifa", ForeignKey("commercial.tariffs.id"))
    volume: Mapped[Decimal] = field("Consumo (m³)", Volume)
    charge: Mapped[Decimal] = field("Cargo (MXN)", Money)


class LineRule(Ledger):
    """What a line costs and is taxed, by class and date, and how it is rounded."""

    __tablename__ = "line_rules"
    __title__ = Title("Regla por renglón", "Reglas por renglón", "a", told_apart_by="service")
    __table_args__ = table(
        UniqueConstraint("service", "tariff_class", "valid_from"),
        in_order(),
        Index("ix_line_rules_class", "tariff_class"),
        schema="commercial")

    service: Mapped[Service] = field("Concepto")
    tariff_class: Mapped[TariffClass] = field("Uso")
    valid_from: Mapped[date] = field("Desde")
    valid_to: Mapped[date | None] = field("Hasta")
    percent_of_water: Mapped[Decimal | None] = field("% del agua", Numeric(7, 4))
    tax_percent: Mapped[Decimal] = field("IVA (%)", Numeric(7, 4))
    rounding_step: Mapped[Decimal] = field("Redondeo a (MXN)", Numeric(7, 4))
    rounding_mode: Mapped[RoundingMode] = field("Forma de redondeo")
