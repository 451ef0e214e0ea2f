"""The auditor's ready checks: what should never be, and what left the house."""

from sqlalchemy import and_, exists, or_, select, text
from sqlalchemy.orm import aliased

from models.access import ExportEntry, ReadEntry, Refusal, SpeakerToken, WebSession
from models.audit import AuditEntry, AuditSeal
from models.billing import CreditNote
from models.corrections import Correction
from models.corrections import CorrectionState as S
from models.people import Contribution
from models.signatures import Signature, SignatureSlot


def applied_without_note():
    """Corrections that say they were applied and moved no money."""
    return select(Correction.id).where(Correction.state == S.APPLIED, ~exists().where(
        CreditNote.correction_id == Correction.id).correlate(Correction))


def signed_out_of_turn():
    """Corrections with a signature given before another that its band asked for earlier."""
    mine, earlier, before = SignatureSlot, aliased(SignatureSlot), aliased(Signature)
    return (select(Signature.correction_id).distinct().join(mine, mine.id == Signature.slot_id)
            .join(earlier, and_(earlier.correction_id == mine.correction_id,
                                earlier.revision == mine.revision, earlier.position < mine.position))
            .outerjoin(before, before.slot_id == earlier.id)
            .where(or_(before.id.is_(None), before.signed_at > Signature.signed_at)))


def signed_by_a_hand_of_it():
    """Corrections signed by somebody who contributed to the same revision."""
    return (select(Signature.correction_id).distinct().join(Contribution, and_(
        Contribution.subject == Correction.__tablename__,
        Contribution.subject_id == Signature.correction_id,
        Contribution.revision == Signature.revision,
        Contribution.person_id == Signature.signer_id)))


def refused_since(moment):
    return select(Refusal.id).where(Refusal.at >= moment)


def read_since(moment):
    return select(ReadEntry.id).where(ReadEntry.at >= moment)


def exported_since(moment):
    return select(ExportEntry.id).where(ExportEntry.at >= moment)


def last_seal():
    return select(AuditSeal).order_by(AuditSeal.number.desc()).limit(1)


def unsealed():
    """Entries that wait for their seal: of the transactions that the last one could not count as finished."""
    horizon = select(AuditSeal.horizon).order_by(AuditSeal.number.desc()).limit(1)
    return select(AuditEntry.id).where(AuditEntry.txid >= horizon.scalar_subquery())


def waiting_for_seal():
    """(since when the oldest entry waits, process, login, program) of each open transaction that holds it."""
    return text("SELECT since, pid, login, program FROM audit.waiting()")


def latest_entries(shown):
    """The newest of what people and programs changed; a session that opens or closes is no change."""
    return (select(AuditEntry).where(AuditEntry.table_name.not_in(
                [model.__table__.fullname for model in (WebSession, SpeakerToken)]))
            .order_by(AuditEntry.id.desc()).limit(shown))


def numbered(keys):
    return select(Correction).where(Correction.id.in_(keys)).order_by(Correction.id)
