"""Passwords that one person handed to another, and who confirmed that they arrived."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, relationship

from models.base.columns import Model, Title, field, table
from models.base.people import Person
from models.base.proposals import Proposal


class Handover(Model, Proposal):
    """A password that the administrator handed; PostgreSQL writes the row with the password (see
    migrations/sql/people/passwords.sql).

    It opens the account once it is confirmed: by a second person where its owner has an office that decides,
    at once for everybody else. `proposed_by` is who handed it; nobody for the installation.
    """

    __tablename__ = "handovers"
    __title__ = Title("Entrega de contraseña", "Contraseñas entregadas", "a")
    __table_args__ = table(Index("ix_handovers_person", "person_id", "id"))

    person_id: Mapped[int] = field("A quién", ForeignKey("console.people.id"))
    handed_at: Mapped[datetime] = field("Entregada el")
    seen_at: Mapped[datetime | None] = field("Enterada el")

    person: Mapped[Person] = relationship(foreign_keys=person_id, lazy="joined")

    def __str__(self):
        return f"Contraseña de {self.person}"

    @property
    def parties(self) -> set[int]:
        """The person whose account it opens, and who therefore does not confirm it."""
        return {self.person_id}
