"""What one office registers and a person of another office confirms before it counts."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, declared_attr, relationship

from models.base.columns import Words, field
from models.base.roles import Role, role_type


class ProposalState(Words):
    """How far a proposal is: only a confirmed one counts."""

    PROPOSED = "proposed", "Por confirmar"
    CONFIRMED = "confirmed", "En firme"
    DECLINED = "declined", "Confirmación negada"
    REVOKED = "revoked", "Sin efecto"


class Proposal:
    """The columns of a proposal. PostgreSQL writes who proposed and who decided (migrations/core/proposals.sql).

    A row confirmed by nobody is of an office that needs no confirmation, or older than this rule
    (then `decided_at` is the instant of the upgrade), or of the installation.
    """

    state: Mapped[ProposalState] = field("Estado", default=ProposalState.PROPOSED, server_default="proposed")
    proposed_by_id: Mapped[int | None] = field("Lo registró", ForeignKey("console.people.id"))
    decided_by_id: Mapped[int | None] = field("Quién decidió", ForeignKey("console.people.id"))
    decided_as: Mapped[Role | None] = field("Cargo de quien decidió", role_type("decided_as"))
    decided_at: Mapped[datetime | None] = field("Cuándo se decidió")
    decision_reason: Mapped[str | None] = field("Motivo de la negativa")

    @declared_attr
    def proposed_by(cls) -> Mapped[object]:
        """Who registered it."""
        return relationship("Person", foreign_keys=[cls.proposed_by_id])

    @declared_attr
    def decided_by(cls) -> Mapped[object]:
        """Who confirmed it, or did not."""
        return relationship("Person", foreign_keys=[cls.decided_by_id])
