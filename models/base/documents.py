"""Stored files, known by the hash of their content and never overwritten."""

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped

from models.base.columns import Model, Title, field, table

LARGEST = 20 * 1024 * 1024


class Document(Model):
    """The bytes of a file, once, whoever attaches them."""

    __tablename__ = "documents"
    __title__ = Title("Archivo", "Archivos")
    __table_args__ = table(
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256_hex"),
        CheckConstraint(f"size BETWEEN 1 AND {LARGEST}", name="size_sane"))

    sha256: Mapped[str] = field("SHA-256", unique=True)
    size: Mapped[int] = field("Tamaño (bytes)")
    media_type: Mapped[str] = field("Tipo")
    # Found when it was attached, and shown to whoever signs: a blank page, a picture of one colour.
    warning: Mapped[str] = field("Aviso", default="", server_default="")

    def __str__(self):
        return self.sha256[:12]
