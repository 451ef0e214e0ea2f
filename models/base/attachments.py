"""Rows that belong to a record of whichever kind, and the files that prove one."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import CheckConstraint, Computed, FetchedValue, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from models.base.columns import Model, Title, field, personal, table
from models.base.documents import Document


class FormerTable(NamedTuple):
    """A table that held parts of a record before: the trail still tells of its rows under its name."""

    name: str               # with its schema
    model: type             # where its rows are now; `moved_from` there says which was which
    whole: str              # its column that named the record
    others: tuple = ()      # its other columns that the model does not have


def by_database(label, *args, **options):
    """A column that a trigger writes when the row arrives: no statement sends it."""
    return field(label, *args, server_default=FetchedValue(), **options)


class PartOfAnyRecord:
    """Columns of a part that names its record by table and key, because no foreign key reaches several tables."""

    subject: Mapped[str] = field("Registro")
    subject_id: Mapped[int] = field("Número de registro")
    revision: Mapped[int] = by_database("Revisión")
    # Both in one word, as «corrections 7»: how the trail finds what was deleted.
    record: Mapped[str] = mapped_column(Computed("subject || ' ' || subject_id::text", persisted=True),
                                        info={"label": "Registro"})
    moved_from: Mapped[str | None] = by_database("Antes en")


class Attachment(PartOfAnyRecord, Model):
    """A file of a record, and which requirement it meets. Added and removed while the record is open, never changed."""

    __tablename__ = "attachments"
    __title__ = Title("Evidencia", "Evidencia", "a")
    __table_args__ = table(
        UniqueConstraint("subject", "subject_id", "kind", "document_id"),
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
        return parts(cls, "Attachment", "id")


def parts(cls, name, order):
    """The rows of a PartOfAnyRecord that belong to a record of `cls`, in order."""
    return relationship(
        name, viewonly=True, order_by=", ".join(f"{name}.{column}" for column in order.split()),
        primaryjoin=f"and_(foreign({name}.subject_id) == {cls.__name__}.id, {name}.subject == '{cls.__tablename__}')")
