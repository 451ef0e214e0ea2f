"""What people and acts ask of corrections."""

from sqlalchemy import Date, String, column, func, select

from models.corrections import Correction
from models.corrections import CorrectionState as S
from models.documents import Document
from models.people import Role
from models.signatures import Signature, SignatureSlot


def document(sha256):
    return select(Document).where(Document.sha256 == sha256)


def required_slots(correction):
    """(position, role, band) that today's authorised bands ask for this difference."""
    today = func.timezone("America/Mexico_City", func.now()).cast(Date)
    slots = func.console.required_slots(correction.amount, today).table_valued(
        column("position"), column("role", String), column("band", String))
    return select(slots.c.position, slots.c.role, slots.c.band).order_by(slots.c.position)


def next_folio(series):
    """The next number of a series; the counter is held until the transaction ends."""
    return select(func.console.next_folio(series))


def waiting_for(role):
    """Submitted corrections whose first missing signature is this office's; oldest and dearest
    first."""
    missing = (select(func.min(SignatureSlot.position))
               .where(SignatureSlot.correction_id == Correction.id,
                      SignatureSlot.revision == Correction.revision,
                      ~select(Signature.id).where(Signature.slot_id == SignatureSlot.id).exists())
               .scalar_subquery())
    mine = (select(SignatureSlot.id)
            .where(SignatureSlot.correction_id == Correction.id,
                   SignatureSlot.revision == Correction.revision,
                   SignatureSlot.position == missing, SignatureSlot.role == Role(role)).exists())
    return (select(Correction).where(Correction.state == S.SUBMITTED, mine)
            .order_by(func.date(Correction.submitted_at), func.abs(Correction.amount).desc(),
                      Correction.id))


def in_state(*states):
    return (select(Correction).where(Correction.state.in_(states))
            .order_by(Correction.id.desc()))


def of_account(account):
    return (select(Correction).where(Correction.account_id == account.id)
            .order_by(Correction.id.desc()))
