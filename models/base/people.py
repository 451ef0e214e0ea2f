"""People, their logins, and who holds which office from when to when."""

from datetime import date, datetime

from flask_security import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base.columns import Model, Title, field, stamped, table
from models.base.proposals import Proposal
from models.base.records import AboutAnyRecord
from models.base.roles import SINGLE_HOLDER, Role
from models.base.written import checked, excluded, in_order


class Person(Model):
    """A person of the utility, as every office may see them."""

    __tablename__ = "people"
    __title__ = Title("Persona", "Personas", "a")
    __name_column__ = "name"

    name: Mapped[str] = field("Nombre")
    active: Mapped[bool] = field("En activo", default=True, server_default="true")

    appointments: Mapped[list["Appointment"]] = relationship(
        back_populates="person", foreign_keys="Appointment.person_id")


class Login(Model, UserMixin):
    """How a person proves who they are. Only the gate reads the secrets."""

    __tablename__ = "logins"
    __title__ = Title("Acceso", "Accesos")
    __name_column__ = "email"
    __table_args__ = table(Index("uq_logins_email_lower", "email", unique=True,
                                 info={"says": "Ese correo ya tiene un acceso; use otro."}),
                           CheckConstraint("email = lower(email)", name="email_lower"))

    person_id: Mapped[int] = field(
        "Persona", ForeignKey("console.people.id"), unique=True,
        info={"taken": "Esa persona ya tiene un acceso; edítelo en lugar de crear otro."},
        help="Cada persona tiene un solo acceso. Si no aparece, regístrela antes en «Personas».")
    email: Mapped[str] = field(
        "Correo electrónico", help="Con él entra a la consola; se guarda en minúsculas. La "
        "contraseña se genera después y nadie la elige por otra persona (regla de la consola).")
    active: Mapped[bool] = field(
        "Acceso permitido", default=True, server_default="true",
        help="Quítelo cuando la persona deje su cargo. El acceso no se borra: lo que hizo sigue "
             "en la bitácora (regla de la consola).")
    fs_uniquifier: Mapped[str] = mapped_column(unique=True, info={"label": "Clave de sesión"})
    password: Mapped[str | None] = mapped_column(deferred=True, info={"label": "Contraseña"})
    # Since when the present password is one that somebody else made; nothing once its owner changed it.
    handed_at: Mapped[datetime | None] = field("Contraseña entregada, sin cambiar, desde")

    person: Mapped[Person] = relationship(lazy="joined")


def one_holder(role: Role) -> ExcludeConstraint:
    """Nobody is proposed for an office in his own right on a day on which another person has it."""
    return excluded(
        "daterange(valid_from, valid_to, '[]')", name=f"ex_appointments_{role.value}",
        where=f"role = '{role.value}' AND NOT acting AND NOT older_overlap AND state IN ('proposed', 'confirmed')",
        says="Ese cargo ya tiene titular en parte de esas fechas; termine antes ese nombramiento, elija otras fechas o "
             "registre a un encargado de despacho.")


class Appointment(Model, Proposal):
    """An office held by a person between two dates, by an official letter; once it is confirmed."""

    __tablename__ = "appointments"
    __title__ = Title("Nombramiento", "Nombramientos")
    __table_args__ = table(
        in_order(),
        Index("ix_appointments_person_role", "person_id", "role"),
        *(one_holder(role) for role in SINGLE_HOLDER))

    person_id: Mapped[int] = field(
        "Persona", ForeignKey("console.people.id"),
        help="Nadie se nombra a sí mismo: pida a otra persona de Informática que registre el "
             "suyo (regla de la consola; la base de datos también lo rechaza).")
    role: Mapped[Role] = field(
        "Cargo", help="De él dependen las pantallas que abre y los actos que firma (matriz de "
        "permisos de la consola).")
    valid_from: Mapped[date] = field("Desde", help="El primer día en que puede actuar.")
    valid_to: Mapped[date | None] = field(
        "Hasta", help="El último día en que puede actuar. Déjelo vacío si el oficio no fija término.")
    acting: Mapped[bool] = field(
        "Encargado de despacho", default=False, server_default="false",
        help="Marque si suple a quien falta en el cargo. Sus firmas dirán «encargado de despacho», "
             "y el encargo debe tener término (regla de la consola).")
    letter: Mapped[str] = field(
        "Oficio de nombramiento", help="El número del oficio que lo nombra, por ejemplo "
        "DG/2026/031. Queda junto a cada firma (regla de la consola).")

    older_overlap: Mapped[bool] = field("Coincide con otro titular desde antes de la regla", default=False,
                                        server_default="false")

    person: Mapped[Person] = relationship(back_populates="appointments", foreign_keys=person_id, lazy="joined")

    def __str__(self):
        return f"{self.role.label}: {self.person}"

    @property
    def parties(self) -> set[int]:
        """The people whom it concerns, and who therefore do not confirm it."""
        return {self.person_id}

    def in_force(self, on: date) -> bool:
        """Whether the office is held on that day, both ends included."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


class Delegation(Model, Proposal):
    """A holder's signature lent to another person for some days, by letter: «por ausencia»."""

    __tablename__ = "delegations"
    __title__ = Title("Delegación", "Delegaciones de firma", "a")
    __table_args__ = table(
        in_order("valid_to >= valid_from"),
        checked("valid_to - valid_from < 366", "bounded",
                "Una delegación dura un año a lo más; acorte sus fechas."),
        checked("holder_id <> delegate_id", "two_people",
                "Quien firma por ausencia debe ser otra persona que el titular."),
        checked("length(btrim(letter)) > 2", "letter_said",
                "Escriba el número del oficio de delegación, por ejemplo DG/2026/044."),
        Index("ix_delegations_delegate", "delegate_id", "role"))

    role: Mapped[Role] = field("Cargo que se delega", help="Solo se delegan los cargos que firman (regla "
                               "de la consola; la base de datos también lo rechaza).")
    holder_id: Mapped[int] = field("Titular ausente", ForeignKey("console.people.id"), help="Quien tiene el "
                                   "cargo por nombramiento propio en todas las fechas de la delegación.")
    delegate_id: Mapped[int] = field("Firma por ausencia", ForeignKey("console.people.id"), help="Nadie "
                                     "registra una delegación que da o que recibe.")
    valid_from: Mapped[date] = field("Desde", help="El primer día en que puede firmar.")
    valid_to: Mapped[date] = field("Hasta", help="El último día; una delegación siempre tiene término, "
                                   "de un año a lo más (regla de la consola).")
    letter: Mapped[str] = field("Oficio de delegación", help="El número del oficio, por ejemplo "
                                "DG/2026/044. Se imprime junto a cada firma.")

    holder: Mapped[Person] = relationship(foreign_keys=holder_id, lazy="joined")
    delegate: Mapped[Person] = relationship(foreign_keys=delegate_id, lazy="joined")

    def __str__(self):
        return f"{self.role.label}: {self.delegate} por ausencia de {self.holder}"

    @property
    def parties(self) -> set[int]:
        """The people whom it concerns, and who therefore do not confirm it."""
        return {self.holder_id, self.delegate_id}


class Contribution(AboutAnyRecord, Model):
    """Who wrote anything of a revision of a record; a trigger adds the row, so that no program can leave it out."""

    __tablename__ = "contributions"
    __title__ = Title("Participación", "Quién intervino", "a")
    __table_args__ = table(Index("uq_contributions_subject", "subject", "subject_id", "revision",
                                 "person_id", unique=True))
    named_by = ("subject", "subject_id")

    subject: Mapped[str] = field("Registro")
    subject_id: Mapped[int] = field("Número")
    revision: Mapped[int] = field("Revisión")
    person_id: Mapped[int] = field("Persona", ForeignKey("console.people.id"))
    at: Mapped[datetime] = stamped("Fecha")
