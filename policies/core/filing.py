"""Uploaded files as documents: each content is kept as one Document, whoever attaches it."""

from sqlalchemy.orm import Session

from models.base.documents import Document
from models.queries.documents import document


def stored_document(session: Session, file: object) -> Document:
    """The Document of an uploaded file: the one that already has its SHA-256, or a new one."""
    known = session.scalar(document(file.sha256))
    if known is None:
        known = Document(sha256=file.sha256, size=file.size, media_type=file.media_type, warning=file.warning)
        session.add(known)
        session.flush()
    return known
