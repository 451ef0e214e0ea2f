"""Offices that one person does not hold on one day."""

from datetime import date

from sqlalchemy.orm import Mapped

from models.base.columns import Model, Title, field, table
from models.base.drafts import DraftState
from models.base.roles import Role, role_type
from models.base.written import checked, in_order


class ExclusiveOffices(Model):
    """Two offices that exclude one another between two dates: drafted by one office, authorised by another."""

    __tablename__ = "exclusive_offices"
    __title__ = Title("Incompatibilidad", "Cargos incompatibles", "a")
    __table_args__ = table(
        checked("first_role <> second_role", "two_offices",
                "Elija dos cargos distintos."),
        in_order(),
        checked("length(btrim(reason)) > 2", "reason_said",
                "Escriba qué separa la incompatibilidad, por ejemplo «quien prepara no firma»."))

    first_role: Mapped[Role] = field("Un cargo", role_type("first_role"))
    second_role: Mapped[Role] = field("No se reúne con", role_type("second_role"), help="Nadie tendrá los dos el mismo "
                                      "día, ni por nombramiento ni por delegación (la base de datos lo rechaza).")
    reason: Mapped[str] = field("Por qué", lines=True, help="Qué separa, por ejemplo «quien prepara no "
                                "firma», y la norma si la hay.")
    valid_from: Mapped[date] = field("Vigente desde", help="El primer día en que no pueden reunirse.")
    valid_to: Mapped[date | None] = field("Vigente hasta", help="El último día en que no pueden reunirse. Vacío: sin "
                                          "término.")
    state: Mapped[DraftState] = field("Estado", default=DraftState.DRAFT, server_default="draft")

    def __str__(self):
        return f"{self.first_role.label} / {self.second_role.label}"
