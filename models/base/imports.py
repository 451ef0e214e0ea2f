"""Lists that an office imported from a file: which, by whom, and whether they were undone."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, relationship

from models.base.columns import Ledger, Title, field, stamped, table
from models.base.people import Person


class ImportBatch(Ledger):
    """One file that became rows of one table, all or none."""

    __tablename__ = "import_batches"
    __title__ = Title("Importación", "Importaciones", "a")
    __table_args__ = table(
        CheckConstraint("rows > 0", name="rows_positive"),
        CheckConstraint("(undone_at IS NULL) = (undone_by_id IS NULL)", name="undone_whole"))

    screen: Mapped[str] = field("Lista")
    file_name: Mapped[str] = field("Archivo")
    sha256: Mapped[str] = field("SHA-256 del archivo")
    rows: Mapped[int] = field("Renglones")
    imported_by_id: Mapped[int] = field("Importó", ForeignKey("console.people.id"))
    imported_at: Mapped[datetime] = stamped("Importada el")
    undone_by_id: Mapped[int | None] = field("Deshizo", ForeignKey("console.people.id"))
    undone_at: Mapped[datetime | None] = field("Deshecha el")

    imported_by: Mapped[Person] = relationship(foreign_keys=imported_by_id)
    undone_by: Mapped[Person | None] = relationship(foreign_keys=undone_by_id)

    def __str__(self):
        return f"{self.file_name} ({self.rows:,} {'renglón' if self.rows == 1 else 'renglones'})"


class ImportRow(Ledger):
    """One row that an import created, so that undoing the import deletes those rows and no other."""

    __tablename__ = "import_rows"
    __title__ = Title("Renglón importado", "Renglones importados")
    __table_args__ = table(Index("ix_import_rows_batch", "batch_id"))

    batch_id: Mapped[int] = field("Importación", ForeignKey("console.import_batches.id"))
    row_id: Mapped[int] = field("Registro")
