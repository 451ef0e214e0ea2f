"""How each person likes the lists: columns, density, and the views that they or their office saved."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped

from models.base.columns import Ledger, Title, field, stamped, table
from models.base.people import Role


class ListSetting(Ledger):
    """The columns of a list, in this person's order, and how close its rows stand."""

    __tablename__ = "list_settings"
    __title__ = Title("Preferencia de lista", "Preferencias de listas", "a")
    __table_args__ = table(Index("uq_list_settings_person_screen", "person_id", "screen",
                                 unique=True))

    person_id: Mapped[int] = field("Persona", ForeignKey("console.people.id"))
    screen: Mapped[str] = field("Pantalla")
    columns: Mapped[list] = field("Columnas", default=list)   # empty: those of the screen
    dense: Mapped[bool] = field("Renglones juntos", default=False, server_default="false")


class SavedView(Ledger):
    """A list's address under a name: one person's, or shared with the office where it was saved."""

    __tablename__ = "saved_views"
    __title__ = Title("Vista guardada", "Vistas guardadas", "a")
    __name_column__ = "name"
    __table_args__ = table(
        Index("uq_saved_views_person_screen_name", "person_id", "screen", "name", unique=True),
        Index("ix_saved_views_role_screen", "role", "screen"),
        CheckConstraint("length(name) BETWEEN 1 AND 80", name="name_length"),
        CheckConstraint("length(query) <= 2000", name="query_length"))

    person_id: Mapped[int] = field("Persona", ForeignKey("console.people.id"))
    role: Mapped[Role | None] = field("Compartida con el cargo")   # empty: only the person's
    screen: Mapped[str] = field("Pantalla")
    name: Mapped[str] = field("Vista")
    query: Mapped[str] = field("Filtros, orden y columnas")
    opens: Mapped[bool] = field("Se abre al entrar", default=False, server_default="false")
    saved_at: Mapped[datetime] = stamped("Guardada el")
