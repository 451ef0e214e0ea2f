"""A file that rests in the store becomes a document once, whoever attaches it."""

from models.base.documents import Document
from models.queries.documents import document


def filed(session, file):
    """The Document of those bytes: the one that is there, or a new one."""
    known = session.scalar(document(file.sha256))
    if known is None:
        known = Document(sha256=file.sha256, size=file.size, media_type=file.media_type, warning=file.warning)
        session.add(known)
        session.flush()
    return known
