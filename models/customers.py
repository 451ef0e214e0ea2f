"""Water accounts: the commercial system's register, which the console reads live."""

from datetime import date

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, relationship

from models.base.columns import Ledger, Title, Words, coded, field, personal, table
from models.organization import Neighborhood, SupplyZone


class TariffClass(Words):
    """The use that a tariff charges."""

    DOMESTIC = "domestic", "Doméstico"
    COMMERCIAL = "commercial", "Comercial"
    INDUSTRIAL = "industrial", "Industrial"
    PUBLIC = "public", "Público"


class AccountStatus(Words):
    """Whether the account is served."""

    ACTIVE = "active", "Activa"
    SUSPENDED = "suspended", "Suspendida"
    CLOSED = "closed", "Baja"


class Account(Ledger):
    """A service contract. Its names are searched and sorted without accents or case."""

    __tablename__ = "accounts"
    __title__ = Title("Cuenta", "Cuentas", "a")
    __name_column__ = "number"
    __table_args__ = table(
        Index("ix_accounts_search_name", "search_name"),
        Index("ix_accounts_search_words", text("to_tsvector('simple'::regconfig, search_name)"),
              postgresql_using="gin"),
        # The filters of the list, each with the list's order; computations use the index of the premise too.
        Index("ix_accounts_premise", "neighborhood_id", "street"),
        Index("ix_accounts_zone", "supply_zone_id", "number"),
        Index("ix_accounts_class", "tariff_class", "number"),
        Index("ix_accounts_status", "status", "number"),
        Index("ix_accounts_route", "route", "number"),
        Index("ix_accounts_opened", "opened_on", "number"),
        CheckConstraint("number ~ '^[0-9]{4,12}$'", name="number_digits"),
        schema="commercial")

    number: Mapped[str] = coded("Cuenta", unique=True)
    holder_name: Mapped[str] = personal("Titular", info={"sorts_as": "search_name"})
    search_name: Mapped[str] = personal(
        "Titular, sin acentos", Computed("console.normalise(holder_name)", persisted=True))
    holder_initials: Mapped[str] = field(
        "Titular (iniciales)", Computed("console.initials(holder_name)", persisted=True))
    street: Mapped[str] = personal("Domicilio")
    tariff_class: Mapped[TariffClass] = field("Uso")
    route: Mapped[str] = coded("Ruta")
    status: Mapped[AccountStatus] = field("Situación")
    opened_on: Mapped[date] = field("Alta")
    neighborhood_id: Mapped[int] = field("Colonia", ForeignKey("console.neighborhoods.id"))
    supply_zone_id: Mapped[int] = field("Zona de abasto", ForeignKey("console.supply_zones.id"))

    neighborhood: Mapped[Neighborhood] = relationship()
    supply_zone: Mapped[SupplyZone] = relationship()
