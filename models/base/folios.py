"""Series of folios and their counters."""

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from models.base.columns import Model, Title, field, table


class FolioCounter(Model):
    """The last number given in a series and year; moved only by console.next_folio()."""

    __tablename__ = "folio_counters"
    __title__ = Title("Serie de folios", "Folios", "a")
    __table_args__ = table(UniqueConstraint("series", "year"))

    series: Mapped[str] = field("Serie")
    year: Mapped[int] = field("Año")
    last: Mapped[int] = field("Último", default=0, server_default="0")
