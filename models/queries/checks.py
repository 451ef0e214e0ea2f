"""The auditor's ready-made checks: what should never happen, and what left the console."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    TextClause,
    and_,
    column,
    exists,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.orm import aliased

from models.bands import ApprovalBand
from models.base.access import ExportEntry, ExportOutcome, ReadEntry, Refusal, SpeakerToken, WebSession
from models.base.people import Appointment, Contribution, Delegation, Person, Role
from models.base.proposals import ProposalState
from models.base.roles import SINGLE_HOLDER
from models.base.signing import Signature, SignaturePlace
from models.base.trail import AuditEntry, AuditSeal
from models.billing import CreditNote
from models.corrections import Correction
from models.corrections import CorrectionState as S
from models.customers import Account
from models.queries.accumulated import stands
from models.queries.bands import rules_on


def applied_without_note() -> Select:
    """Corrections in state applied that have no note."""
    return select(Correction.id).where(Correction.state == S.APPLIED, ~exists().where(
        CreditNote.correction_id == Correction.id).correlate(Correction))


def signed_out_of_turn() -> Select:
    """Corrections with a signature given before another that its band asked for earlier."""
    mine, earlier, before = SignaturePlace, aliased(SignaturePlace), aliased(Signature)
    return (select(Signature.subject_id).distinct().join(mine, mine.id == Signature.place_id)
            .join(earlier, and_(earlier.subject == mine.subject, earlier.subject_id == mine.subject_id,
                                earlier.revision == mine.revision, earlier.position < mine.position))
            .outerjoin(before, before.place_id == earlier.id)
            .where(mine.subject == Correction.__tablename__,
                   or_(before.id.is_(None), before.signed_at > Signature.signed_at)))


def signed_by_a_contributor() -> Select:
    """Corrections signed by somebody who contributed to the same revision."""
    return (select(Signature.subject_id).distinct().join(Contribution, and_(
        Signature.subject == Correction.__tablename__, Contribution.subject == Signature.subject,
        Contribution.subject_id == Signature.subject_id,
        Contribution.revision == Signature.revision,
        Contribution.person_id == Signature.signer_id)))


def with_exclusive_offices() -> Select:
    """People who have, or are proposed for, two offices that exclude one another on some same day."""
    found = func.console.incompatible().table_valued(column("person_id", Integer)).render_derived()
    return select(Person.id).where(Person.id.in_(select(found.c.person_id)))


def two_holders(day: date) -> Select:
    """Appointments in their holder's own right of an office that another person also has on that day."""
    other = aliased(Appointment)
    return select(Appointment.id).where(
        Appointment.role.in_(SINGLE_HOLDER), *of_its_own(Appointment, day),
        exists().where(other.role == Appointment.role, other.person_id != Appointment.person_id,
                       *of_its_own(other, day)).correlate(Appointment))


def of_its_own(row: type[Appointment], day: date) -> tuple[ColumnElement, ...]:
    """Conditions: an appointment is confirmed, in the holder's own right and in force on that day."""
    return (row.state == ProposalState.CONFIRMED, ~row.acting, row.valid_from <= day,
            or_(row.valid_to.is_(None), row.valid_to >= day))


def never_confirmed(model: type[Appointment | Delegation], roles: Iterable[Role], day: date) -> Select:
    """Appointments or delegations to one of these offices, in force on that day, that no second person confirmed."""
    return select(model.id).where(
        model.state == ProposalState.CONFIRMED, model.decided_by_id.is_(None), model.role.in_(roles),
        model.valid_from <= day, or_(model.valid_to.is_(None), model.valid_to >= day))


def split_accounts() -> Select:
    """Accounts whose standing corrections in today's window ask, together, for a higher band than each of them
    alone."""
    today = func.console.local_day()
    each, all_of_it = func.max(func.abs(Correction.amount)), func.sum(func.abs(Correction.amount))
    B = ApprovalBand
    return (select(Correction.account_id)
            .where(stands(func.console.window_start(today, type_=Date)))
            .group_by(Correction.account_id).having(func.count() > 1)
            .having(exists().where(rules_on(today), B.from_amount > each, B.from_amount <= all_of_it)))


def accounts(keys: Select | Sequence[int]) -> Select:
    """The accounts with these keys, by number."""
    return select(Account).where(Account.id.in_(keys)).order_by(Account.id)


def refusals_since(moment: datetime) -> Select:
    """The attempts refused since that moment."""
    return select(Refusal.id).where(Refusal.at >= moment)


def reads_since(moment: datetime) -> Select:
    """The readings of personal data since that moment."""
    return select(ReadEntry.id).where(ReadEntry.at >= moment)


# How an export ends, whole or cut: an order that began, or that expired, is no second one.
LEFT = (ExportOutcome.COMPLETE, ExportOutcome.READY, ExportOutcome.CUT)


def exports_since(moment: datetime) -> Select:
    """Exports that ended since then: one that is ordered is logged at each of its steps."""
    return select(ExportEntry.id).where(ExportEntry.at >= moment, ExportEntry.outcome.in_(LEFT))


def last_seal() -> Select:
    """The newest seal."""
    return select(AuditSeal).order_by(AuditSeal.number.desc()).limit(1)


def entries_without_seal() -> Select:
    """The entries that wait for their seal: those of transactions that were still open at the last one."""
    horizon = select(AuditSeal.horizon).order_by(AuditSeal.number.desc()).limit(1)
    return select(AuditEntry.id).where(AuditEntry.txid >= horizon.scalar_subquery())


def waiting_for_seal() -> TextClause:
    """(since when the oldest entry waits, process, login, program) of each open transaction that holds it."""
    return text("SELECT since, pid, login, program FROM audit.waiting()")


def latest_entries(shown: int) -> Select:
    """The newest changes by people and programs, without the opening and closing of sessions."""
    return (select(AuditEntry).where(AuditEntry.table_name.not_in(
                [model.__table__.fullname for model in (WebSession, SpeakerToken)]))
            .order_by(AuditEntry.id.desc()).limit(shown))


def corrections_by_key(keys: Select | Sequence[int]) -> Select:
    """The corrections with these keys, with their folio."""
    return select(Correction).where(Correction.id.in_(keys)).order_by(Correction.id)
