"""What the moves of a batch need of its rows, for any program; the acts say why not before, in the case's words."""

from sqlalchemy import or_

from models.batches import BatchState, CorrectionBatch
from models.corrections import Correction
from models.queries import applying
from models.queries import batches as find
from policies.core.needs import Holds, Named
from policies.core.refusals import REFUSALS

CHANGED = REFUSALS["sources_changed"]
APPLIED_ALREADY = find.corrections_of(CorrectionBatch).with_only_columns(Correction.id).exists()

AS_ITS_ROWS = Holds("Las cifras del lote no son las de sus recibos; calcúlelo de nuevo.", "figures",
                    find.says_its_rows(CorrectionBatch), code="AG008", asked_before=False)
RULED = Holds("Ningún recibo del lote procede, o alguno no es de su cuenta, de sus fechas o de las del procedimiento; "
              "revise los datos y calcúlelo de nuevo.", "ruled", find.rows_are_ruled(CorrectionBatch), code="AG008",
              asked_before=False)
UP_TO_DATE = Holds(CHANGED, "sources", ~find.outdated(CorrectionBatch, True).exists(), code="AG027", asked_before=False)
# What is applied in part goes on: a row whose records changed is left out alone.
STILL_UP_TO_DATE = Holds(CHANGED, "sources", or_(APPLIED_ALREADY, ~find.outdated(CorrectionBatch, False).exists()),
                         code="AG027", asked_before=False)
FINISHED = Holds("El lote todavía tiene recibos por aplicar; continúe con «Aplicar lote».", "rows",
                 ~applying.unfinished(CorrectionBatch).exists(), code="AG008", asked_before=False)


def of_batch(state: BatchState) -> Named:
    """That the batch of a row is in that state; it is held meanwhile, so that it does not move from under its rows."""
    return Named("Los renglones de un lote se escriben mientras se calcula y ya no se cambian.", column="batch_id",
                 states=frozenset({state}))
