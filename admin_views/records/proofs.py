"""What proves a record of any kind, on its page and beside the form of its signature: its files and its signatures.

A model says that it has them by its base (WithAttachments, WithSignatures); its view declares nothing.
"""

from flask import Response, g
from flask_admin import expose
from sqlalchemy.orm.attributes import set_committed_value

import policies
from admin_views.forms import uploads
from admin_views.lists import lists
from models import db
from models.base.attachments import Attachment, WithAttachments
from models.base.columns import Named
from models.base.signing import SignaturePlace, WithSignatures
from policies.core.signing_acts import content_hash, signed_text


class Proven:
    """The part of a PolicyView that shows the files and the signatures of a record."""

    shows_proofs = True     # False: its own page shows them in its own way

    @expose("/<int:key>/evidencia/<int:evidence_id>/")
    def file_view(self, key: int, evidence_id: int) -> Response:
        """One of its files."""
        return uploads.serve_attachment(self.get_one(key), evidence_id)

    def proofs(self, record: Named) -> dict:
        """Its files and its signatures, as the generic page draws them."""
        found = {}
        if not self.shows_proofs:
            return found
        if isinstance(record, WithAttachments):
            found["files"], found["names_files"] = files_of(record), policies.reads_personal(g.actor, Attachment)
        if isinstance(record, WithSignatures):
            found["signatures"] = [place_facts(place, record) for place in record.places]
        return found


def files_of(record: WithAttachments) -> list[Attachment]:
    """Its files, with their names where this office may read them."""
    named = lists.personal_loading(policies.reads_personal(g.actor, Attachment))
    found = db.session.scalars(db.select(Attachment).where(Attachment.of(type(record), record.id)).order_by(
        Attachment.id).options(*named).execution_options(populate_existing=True)).all()
    set_committed_value(record, "attachments", found)
    return found


def place_facts(place: SignaturePlace, record: WithSignatures) -> dict:
    """A place and its signature, as pages and papers draw them."""
    return {"position": place.position, "role": place.role.label, "band": place.rule, "deputies": place.substitutes,
            "revision": place.revision, "signature": place.signature, "current": place.revision == record.revision}


def content_seen(record: WithSignatures) -> dict:
    """What the form of a signature shows and carries: the exact text that is signed and its hash."""
    seen = content_hash(record)
    return {"seen_hash": seen, "content_hash": seen, "canonical": signed_text(record)}
