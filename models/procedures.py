"""Correction procedures: rows with versions and dates."""

from datetime import date

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from models.base.columns import Model, Title, Words, coded, field, table
from models.base.documents import Document
from models.base.people import Person
from models.base.records import FormerTable
from models.base.signing import Signature, WithSignatures
from models.base.written import author, in_order


class AnomalyType(Model):
    """A cause of correction: an entry of the catalogue that every procedure refers to."""

    __tablename__ = "anomaly_types"
    __title__ = Title("Anomalía", "Anomalías", "a")
    __name_column__ = "name"

    code: Mapped[str] = coded(
        "Clave", unique=True, info={"taken": "Esa clave de anomalía ya existe; use otra."},
        help="En mayúsculas y sin espacios, por ejemplo FUGA_OCULTA: con ella la citan los procedimientos.")
    name: Mapped[str] = field("Anomalía")
    description: Mapped[str] = field("Descripción", lines=True)
    active: Mapped[bool] = field("Vigente", default=True, server_default="true",
                                 help="Sin la marca ya no se ofrece al iniciar una corrección.")


class Procedure(Model):
    """A named way of correcting; its rules are in its versions."""

    __tablename__ = "procedures"
    __title__ = Title("Nombre de procedimiento", "Nombres de procedimientos")
    __name_column__ = "name"

    code: Mapped[str] = coded("Clave", unique=True)
    name: Mapped[str] = field("Procedimiento")

    versions: Mapped[list["ProcedureVersion"]] = relationship(back_populates="procedure",
                                                              order_by="ProcedureVersion.number")


class VersionState(Words):
    """How far a version is."""

    DRAFT = "draft", "En elaboración"
    SUBMITTED = "submitted", "En firma"
    AUTHORIZED = "authorized", "Autorizada"
    SUPERSEDED = "superseded", "Sustituida"      # rules the periods of its dates, and no later one
    WITHDRAWN = "withdrawn", "Retirada"


RULING = (VersionState.AUTHORIZED, VersionState.SUPERSEDED)


class ProcedureVersion(WithSignatures, Model):
    """The rules of a procedure between two dates; a correction keeps the version of its bill's last day."""

    __tablename__ = "procedure_versions"
    __title__ = Title("Procedimiento", "Procedimientos", part="Versión")
    former_tables = (FormerTable("console.endorsements", Signature, "version_id", ("batch_id", "position")),)
    __table_args__ = table(
        UniqueConstraint("procedure_id", "number", info={
            "says": "Otra persona guardó antes una versión con ese número; actualice la página y guarde de nuevo."}),
        in_order())

    procedure_id: Mapped[int] = field("Procedimiento", ForeignKey("console.procedures.id"))
    number: Mapped[int] = field("Versión")
    state: Mapped[VersionState] = field("Estado", default=VersionState.DRAFT,
                                        server_default="draft")
    valid_from: Mapped[date] = field("Desde")
    valid_to: Mapped[date | None] = field("Hasta")
    anomaly_codes: Mapped[list] = field("Anomalías")
    definition: Mapped[dict] = field("Contenido")
    content_hash: Mapped[str] = coded("SHA-256 del contenido")
    revision: Mapped[int] = field("Revisión", default=1, server_default="1")
    reason: Mapped[str] = field("Qué cambia y por qué", lines=True, default="", server_default="")
    document_id: Mapped[int | None] = field("Documento autorizado", ForeignKey("console.documents.id"))
    drafted_by_id: Mapped[int | None] = author("Elaboró", at_birth=True, sent=True)
    decision_reason: Mapped[str | None] = field("Motivo de la decisión")

    document: Mapped[Document | None] = relationship(lazy="joined")
    drafted_by: Mapped[Person | None] = relationship(lazy="joined")
    procedure: Mapped[Procedure] = relationship(back_populates="versions", lazy="joined")

    def __str__(self):
        return f"{self.procedure.name} v{self.number}"
