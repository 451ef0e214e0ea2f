"""Queries over corrections."""

from sqlalchemy import BigInteger, ColumnElement, Select, Text, case, cast, column, func, select, true
from sqlalchemy.orm import aliased

from models.base.people import Role
from models.batches import BatchRow, CorrectionBatch
from models.corrections import Correction
from models.corrections import CorrectionState as S
from models.queries.signing import waits_for


def accumulated_if_sent(correction: Correction) -> Select:
    """{amount, corrections, since} that its account would add up if it were sent now; {} where no window rules."""
    return select(func.console.accumulated(correction.id, None))


def verify_code(code: ColumnElement) -> Select:
    """What a stranger with the printed code may know: state and hash, and no personal data."""
    undoing, undone = aliased(Correction), aliased(Correction)
    batched = CorrectionBatch.id.is_not(None)
    signed = func.console.signatures_of(
        case((batched, CorrectionBatch.__tablename__), else_=Correction.__tablename__),
        func.coalesce(CorrectionBatch.id, Correction.id)).table_valued(
            column("given", BigInteger), column("required", BigInteger)).render_derived()
    return (select(
        Correction.folio, cast(Correction.state, Text).label("state"), Correction.revision,
        func.console.content_hash(Correction.__tablename__, Correction.id, type_=Text).label("content_hash"),
        signed.c.given.label("signatures"), signed.c.required, Correction.submitted_at,
        undoing.folio.label("reversed_by"), undone.folio.label("reversal_of"), CorrectionBatch.folio.label("batch"))
        .outerjoin(undoing, undoing.id == Correction.reversed_by_id)
        .outerjoin(undone, undone.id == Correction.reversal_of_id)
        .outerjoin(BatchRow, BatchRow.id == Correction.batch_row_id)
        .outerjoin(CorrectionBatch, CorrectionBatch.id == BatchRow.batch_id).join(signed, true())
        .where(Correction.verification_code == code, Correction.folio.is_not(None)))


def waiting_for(role: Role) -> Select:
    """Submitted corrections whose first missing signature this office may give, as its own or as a deputy; the oldest
    and largest first.
    """
    return (select(Correction).where(Correction.state == S.SUBMITTED, waits_for(Correction, role))
            .order_by(func.date(Correction.submitted_at), func.abs(Correction.amount).desc(),
                      Correction.id))
