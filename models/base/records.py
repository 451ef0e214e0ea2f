"""Rows that belong to one record of whichever kind, which no foreign key can name."""

from typing import NamedTuple

from sqlalchemy import ColumnElement, Computed
from sqlalchemy.orm import Mapped, Relationship, mapped_column, relationship

from models.base.columns import field
from models.base.written import by_database


class FormerTable(NamedTuple):
    """A table that held parts of a record before: the trail still tells of its rows under its name."""

    name: str               # with its schema
    model: type             # where its rows are now; `moved_from` there says which was which
    whole: str              # its column that named the record
    others: tuple = ()      # its other columns that the model does not have


class AboutAnyRecord:
    """A model whose rows name a record of any kind: `named_by` are its columns that say the table and the key."""

    named_by = ("about", "about_id")

    @classmethod
    def of(cls, model: type, key: object) -> ColumnElement:
        """Condition: the row names the record of `model` with that key."""
        table, number = cls.named_columns()
        return (table == model.__tablename__) & (number == key)

    @classmethod
    def named_columns(cls) -> tuple[ColumnElement, ColumnElement]:
        """The columns that say the table and the key of the record."""
        table, key = (getattr(cls, name) for name in cls.named_by)
        return table, key


class PartOfAnyRecord(AboutAnyRecord):
    """Columns of a part that names its record by table and key, because no foreign key reaches several tables."""

    named_by = ("subject", "subject_id")

    subject: Mapped[str] = field("Registro")
    subject_id: Mapped[int] = field("Número de registro")
    revision: Mapped[int] = by_database("Revisión")
    # Both in one word, as «<table> 7»: how the trail finds what was deleted.
    record: Mapped[str] = mapped_column(Computed("subject || ' ' || subject_id::text", persisted=True),
                                        info={"label": "Registro"})
    moved_from: Mapped[str | None] = by_database("Antes en")


def parts(cls: type, name: str, order: str) -> Relationship:
    """The rows of a PartOfAnyRecord that belong to a record of `cls`, in order."""
    return relationship(
        name, viewonly=True, order_by=", ".join(f"{name}.{column}" for column in order.split()),
        primaryjoin=f"and_(foreign({name}.subject_id) == {cls.__name__}.id, {name}.subject == '{cls.__tablename__}')")
