"""What a correction is as it begins, for any program: a draft of its bill's account under the procedure that ruled the
bill, or the one reversal of an applied correction; and by what it is undone."""

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased

from models.billing import Bill
from models.corrections import Correction
from models.corrections import CorrectionState as S
from models.procedures import ProcedureVersion
from models.queries.billing import valid
from models.queries.procedures import mending
from policies.core.needs import Holds

AS_DRAFT = and_(Correction.revision == 1, Correction.folio.is_(None), Correction.reversed_by_id.is_(None),
                Correction.batch_row_id.is_(None))
OF_ITS_ACCOUNT = select(Bill.id).where(Bill.id == Correction.bill_id, Bill.account_id == Correction.account_id).exists()


def ruled() -> ColumnElement:
    """Condition: its procedure ruled on the last day of its bill, for its cause."""
    return mending(Correction.procedure_version_id, Correction.anomaly_type_id).join(
        Bill, and_(*valid(ProcedureVersion, Bill.period_end))).where(Bill.id == Correction.bill_id).exists()


def undoes() -> ColumnElement:
    """Condition: the correction that it undoes is applied, of its bill, no reversal itself and not undone."""
    undone = aliased(Correction)
    return select(undone.id).where(
        undone.id == Correction.reversal_of_id, undone.bill_id == Correction.bill_id, undone.state == S.APPLIED,
        undone.reversal_of_id.is_(None), undone.reversed_by_id.is_(None)).exists()


def undone_by_its_own() -> ColumnElement:
    """Whether what undid it is its own reversal, signed."""
    reversal = aliased(Correction)
    return select(reversal.id).where(
        reversal.id == Correction.reversed_by_id, reversal.reversal_of_id == Correction.id,
        reversal.state.in_((S.SIGNED, S.APPLIED))).exists()


BEGINS = (
    Holds("Una corrección empieza en borrador, sin folio y en su primera revisión; iníciela desde el recibo.", "draft",
          AS_DRAFT),
    Holds("El recibo es de otra cuenta; nada se guardó. Inicie la corrección desde el recibo.", "account",
          OF_ITS_ACCOUNT, code="AG008"),
    Holds("Ese procedimiento no regía el último día del recibo o no atiende esa causa; elija otro.", "procedure",
          or_(Correction.reversal_of_id.is_not(None), ruled()), code="AG008"),
    Holds("Solo se revierte, una vez, una corrección aplicada de ese mismo recibo.", "reversal",
          or_(Correction.reversal_of_id.is_(None), undoes()), code="AG008"))
OBEYS = (Holds("Una corrección la deja sin efecto solo su propia reversa firmada.", "reversed_by",
               or_(Correction.reversed_by_id.is_(None), undone_by_its_own())),)
