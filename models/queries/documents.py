"""The query of stored files."""

from sqlalchemy import Select, select

from models.base.documents import Document


def document(sha256: str) -> Select:
    """The stored document with that SHA-256."""
    return select(Document).where(Document.sha256 == sha256)
