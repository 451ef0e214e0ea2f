"""Where batches wait: those that staff takes up again, and those that each signer signs next."""

from sqlalchemy import ColumnElement, and_

from models.batches import BatchState as B
from models.batches import CorrectionBatch
from models.queries import batches as find
from policies.core.offices import SIGNERS, STAFF
from policies.core.trays import Reader, Tray, declare_trays


def returned(reader: Reader) -> ColumnElement:
    """Condition: returned to be corrected."""
    return and_(CorrectionBatch.state == B.DRAFT, CorrectionBatch.revision > 1)


def to_apply(reader: Reader) -> ColumnElement:
    """Condition: signed, so that it can be applied."""
    return CorrectionBatch.state == B.SIGNED


def signs_next(reader: Reader) -> ColumnElement:
    """Condition: the first signature that it lacks is this office's to give."""
    return CorrectionBatch.id.in_(find.waiting_for(reader.role))


declare_trays(
    Tray(CorrectionBatch, "Lotes devueltos para corregir", STAFF, returned),
    Tray(CorrectionBatch, "Lotes firmados, por aplicar", STAFF, to_apply),
    Tray(CorrectionBatch, "Lotes por firmar", SIGNERS, signs_next),
)
