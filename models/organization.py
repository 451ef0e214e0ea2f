"""The ground of the utility: municipalities, neighbourhoods, supply zones; and its folio counters."""

from datetime import date

from sqlalchemy import ColumnElement, ForeignKey, UniqueConstraint, literal
from sqlalchemy.orm import Mapped, relationship

from models.base.columns import Model, Title, coded, field, table
from models.base.written import in_order


class Municipality(Model):
    """A municipality served, with the dates between which it is."""

    __tablename__ = "municipalities"
    __title__ = Title("Municipio", "Municipios")
    __name_column__ = "name"
    __table_args__ = table(
        in_order())

    name: Mapped[str] = field("Municipio", unique=True)
    valid_from: Mapped[date] = field("Desde")
    valid_to: Mapped[date | None] = field("Hasta")


class SupplyZone(Model):
    """An area fed by one source: the unit of a supply crisis."""

    __tablename__ = "supply_zones"
    __title__ = Title("Zona de abasto", "Zonas de abasto", "a")

    code: Mapped[str] = coded("Clave", unique=True)
    name: Mapped[str] = field("Zona de abasto")
    source: Mapped[str] = field("Fuente")
    municipality_id: Mapped[int] = field("Municipio", ForeignKey("console.municipalities.id"))

    municipality: Mapped[Municipality] = relationship(lazy="joined")

    def __str__(self):
        return f"{self.code} {self.name}"

    @classmethod
    def name_sql(cls, row: type) -> ColumnElement:
        """Its code and its name."""
        return row.code + literal(" ") + row.name


class Neighborhood(Model):
    """A colonia, by identifier, so that its name is never typed two ways."""

    __tablename__ = "neighborhoods"
    __title__ = Title("Colonia", "Colonias", "a")
    __name_column__ = "name"
    __table_args__ = table(UniqueConstraint("municipality_id", "name"))

    name: Mapped[str] = field("Colonia")
    municipality_id: Mapped[int] = field("Municipio", ForeignKey("console.municipalities.id"))

    municipality: Mapped[Municipality] = relationship(lazy="joined")
