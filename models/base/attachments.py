"""The files that prove a record of any kind."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, relationship

from models.base.columns import Model, Title, field, personal, table
from models.base.documents import Document
from models.base.records import PartOfAnyRecord, parts
from models.base.written import by_database


class Attachment(PartOfAnyRecord, Model):
    """A file of a record, and which requirement it meets. Added and removed while the record is open, never changed."""

    __tablename__ = "attachments"
    __title__ = Title("Evidencia", "Evidencia", "a")
    __table_args__ = table(
        UniqueConstraint("subject", "subject_id", "kind", "document_id",
                         info={"says": "Ese mismo archivo ya está agregado a ese requisito."}),
        CheckConstraint("length(file_name) BETWEEN 1 AND 200", name="name"),
        CheckConstraint("kind !~ '[|[:cntrl:]]'", name="kind_is_a_word"))     # it enters the signed text as it is

    kind: Mapped[str] = field("Requisito")
    label: Mapped[str] = field("Documento")
    document_id: Mapped[int] = field("Archivo", ForeignKey("console.documents.id"))
    file_name: Mapped[str] = personal("Nombre del archivo")
    added_by_id: Mapped[int] = by_database("Agregó", ForeignKey("console.people.id"))
    added_at: Mapped[datetime] = by_database("Agregada")

    document: Mapped[Document] = relationship(lazy="joined")


class WithAttachments:
    """A model whose records take files."""

    former_tables = ()      # FormerTable of each table that held parts of its records

    @declared_attr
    def attachments(cls) -> Mapped[list[Attachment]]:
        """The files of the record, in the order in which they were attached."""
        return parts(cls, "Attachment", "id")
