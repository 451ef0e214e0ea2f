"""The acts that attach a file to a record and remove one, the same for every kind of record; who reads the record reads
its files (carried.py)."""

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy.orm import object_session

from models.base.attachments import Attachment
from models.base.columns import Named
from models.base.documents import Document
from models.base.people import Contribution
from policies.core.carried import carries
from policies.core.filing import stored_document
from policies.core.guard import settle
from policies.core.rules import Act, Ask, Broken, Rule, act, declare

LARGEST = "20 MB como máximo; PDF, JPG o PNG"
NOT_ASKED_FOR = "El procedimiento no pide ese documento; elija uno de la lista."
# A stored file says nothing of whose it is: its content is reached by the rows that name it.
declare(Rule(Attachment), Rule(Document, grows=True))


class Words(NamedTuple):
    """What the two acts of one kind of record are called, and what they say."""

    add: tuple              # (name of the act, label of its button)
    remove: tuple
    nothing: str            # there is no file to remove
    gone: str               # the file was removed meanwhile


def attaching(model: type, states: tuple, by: frozenset, kinds: Callable, words: Words) -> tuple[Act, Act]:
    """Declare both acts, which leave the record in its state; `kinds(record)` gives (requirement, its label) pairs."""
    stays = {state: {state} for state in states}
    carries(model, Attachment, Contribution)

    def ask_file(record, actor):
        return (Ask("kind", "Requisito", "choice", choices=tuple(kinds(record))),
                Ask("file", "Archivo", "file", help=LARGEST))

    def add(record, actor, kind, file):
        """A stored file meets one requirement of the procedure."""
        session, labels = object_session(record), dict(kinds(record))
        if kind not in labels:
            raise Broken(NOT_ASKED_FOR)
        session.add(Attachment(subject=record.__tablename__, subject_id=record.id, kind=kind, label=labels[kind],
                               document_id=stored_document(session, file).id, file_name=file.name))
        settle(record)

    def ask_which(record, actor):
        return (Ask("document", "Documento", "choice", choices=tuple(
            (str(item.id), f"{item.label}: {item.document.sha256[:12]}…") for item in record.attachments)),)

    def nothing(record, actor):
        return None if record.attachments else words.nothing

    def remove(record, actor, document):
        """The row is deleted from the open record; the stored file and the trail remain."""
        found = attached(record, document)
        if found is None:
            raise Broken(words.gone)
        object_session(record).delete(found)
        settle(record)

    add.__name__, remove.__name__ = words.add[0], words.remove[0]
    return (act(words.add[1], model, stays, by=by, creates=(Document, Attachment), asks=ask_file)(add),
            act(words.remove[1], model, stays, by=by, removes=(Attachment,), asks=ask_which, hinders=nothing)(remove))


def attached(record: Named, key: str) -> Attachment | None:
    """The file of the record with that key."""
    return next((item for item in record.attachments if str(item.id) == key), None)
