"""Queries over corrections."""

from sqlalchemy import Select, func, select

from models.base.attachments import Attachment
from models.base.people import Role
from models.corrections import Correction
from models.corrections import CorrectionState as S
from models.queries.signing import waits_for


def accumulated_if_sent(correction: Correction) -> Select:
    """{amount, corrections, since} that its account would add up if it were sent now; {} where no window rules."""
    return select(func.console.accumulated(correction.id, None))


def waiting_for(role: Role) -> Select:
    """Submitted corrections whose first missing signature this office may give, as its own or as a deputy; the oldest
    and largest first.
    """
    return (select(Correction).where(Correction.state == S.SUBMITTED, waits_for(Correction, role))
            .order_by(func.date(Correction.submitted_at), func.abs(Correction.amount).desc(),
                      Correction.id))


def attachments_of(correction: Correction) -> Select:
    """The files attached to a correction, in the order in which they were attached."""
    return select(Attachment).where(
        Attachment.subject == Correction.__tablename__, Attachment.subject_id == correction.id).order_by(Attachment.id)
