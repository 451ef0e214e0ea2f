"""A chunk of a signed batch, applied: each row its correction, or its reason for being left out."""

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from models.batches import CorrectionBatch
from models.corrections import Correction, CorrectionLine
from models.queries import applying as find
from policies.core.rules import Stale
from policies.corrections.applying import WRITES, write

WRITTEN = (Correction, CorrectionLine, *WRITES)
# Why a row no longer fits: its bill has another correction, or the bill or what it was computed from changed.
UNFIT = {"23505", "AG008", "AG027"}
TRIES = 5
BUSY = "Otros corrigen a la vez los recibos de este lote; se intenta de nuevo en un momento."


def apply_rows(session: Session, batch: CorrectionBatch, rows: list[int]) -> None:
    """Write the corrections of these rows and what follows from them, each once.

    Rows that no longer fit are looked for only when PostgreSQL refuses: nearly always, nothing moved since the batch
    was signed.
    """
    for _ in range(TRIES):
        fit = session.scalars(find.not_left_out(rows)).all()
        try:
            with session.begin_nested():
                if fit:
                    write_children(session, batch, fit)
            return
        except DBAPIError as error:
            if error.orig.sqlstate not in UNFIT or not session.scalar(find.leave_out(fit)):
                raise
    raise Stale(BUSY)


def write_children(session: Session, batch: CorrectionBatch, rows: list[int]) -> None:
    """Write the correction of each row, its lines, and the notes, instalments and letters that follow."""
    session.execute(find.children(rows))
    session.execute(find.child_lines(rows))
    write(session, find.of_rows(rows), batch.procedure_version)
