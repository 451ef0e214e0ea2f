"""Appointments, delegations and handed passwords: one person proposes them and one of another office confirms them."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import and_, func, or_

from models.base.handovers import Handover
from models.base.people import Appointment, Delegation
from models.base.proposals import Proposal
from models.base.proposals import ProposalState as P
from models.queries import offices as find
from policies.core.needs import Holds
from policies.core.offices import ADMINISTRATOR, AUDITOR, CONFIRMERS, DECIDING, EVERYONE, SIGNERS
from policies.core.refusals import refuses
from policies.core.rules import Act, Actor, Ask, Rule, act, declare
from policies.core.trays import Tray, declare_trays, draft_tray

DECIDED = ("proposed_by_id", "decided_by_id", "decided_as", "decided_at")     # by migrations/core/proposals.sql
PROPOSED = dict(view=EVERYONE, create=ADMINISTRATOR, edit=ADMINISTRATOR, export=ADMINISTRATOR | AUDITOR,
                born=P.PROPOSED, edit_while=frozenset({P.PROPOSED, P.CONFIRMED}), unattended=True)

refuses(
    appoints_oneself="Nadie se nombra a sí mismo; pida a otra persona de Informática que lo registre.",
    signed_with_only_shortened="Con esta delegación ya se firmó: solo se acorta, con término de hoy en adelante; para "
                               "otro cambio registre una nueva.",
    holder_without_office="Quien delega debe tener ese cargo por nombramiento propio en todas esas fechas, no como "
                          "encargado ni por otra delegación; revise «Nombramientos».")

ENDED = Delegation.state.in_((P.DECLINED, P.REVOKED))      # what takes the office away is always allowed
BY_A_THIRD = Holds("Nadie registra una delegación que da o que recibe; pida a otra persona de Informática que la "
                   "registre.", "third", or_(ENDED, and_(
                       Delegation.holder_id.is_distinct_from(func.console.speaker()),
                       Delegation.delegate_id.is_distinct_from(func.console.speaker()))), code="AG033")
THAT_SIGNS = Holds("Ese cargo no firma correcciones, así que no se delega; elija uno que firme.", "signs",
                   or_(ENDED, Delegation.role.in_(sorted(SIGNERS))), code="AG030")

declare(
    Rule(Appointment, **PROPOSED, edits=("person_id", "role", "valid_from", "valid_to", "acting", "letter")),
    # Born with the password itself, by trigger: no office types it, and the gate closes it.
    Rule(Handover, view=ADMINISTRATOR | CONFIRMERS, export=AUDITOR, born=P.PROPOSED, unattended=True),
    Rule(Delegation, **PROPOSED, guarded=True, begins=(BY_A_THIRD, THAT_SIGNS), obeys=(BY_A_THIRD, THAT_SIGNS),
         derives=DECIDED, edits=("role", "holder_id", "delegate_id", "valid_from", "valid_to", "letter")),
)


SOON = timedelta(days=30)   # an appointment that ends within it asks for its successor

# Nobody types a handed password, so the trays of drafts do not find it.
declare_trays(
    draft_tray(Handover, P.PROPOSED, CONFIRMERS),
    Tray(Appointment, "Nombramientos que terminan pronto", ADMINISTRATOR, lambda reader: Appointment.id.in_(
        find.ending(reader.day, reader.day + SOON).order_by(None).with_only_columns(Appointment.id))),
)


def gives_decisions(proposal: Appointment | Delegation) -> bool:
    """Whether its office signs or audits, so that a second person confirms it."""
    return proposal.role in DECIDING


def one_of_the_parties(proposal: Proposal, actor: Actor) -> str | None:
    """Why this person does not decide on the proposal, or None: whoever registered it, or gains or loses by it, does
    not.
    """
    if actor.id == proposal.proposed_by_id:
        return "Usted lo registró; lo confirma otra persona."
    if actor.id in proposal.parties:
        return "Trata de usted; lo confirma otra persona: Titular de la Unidad o Contraloría."
    return None


def ask_why(proposal: Proposal, actor: Actor) -> tuple[Ask, ...]:
    """The question of why a proposal is not confirmed."""
    return (Ask("reason", "Motivo", "long_text",
                help="Por qué no se confirma, por ejemplo: el oficio no existe o nombra a otra persona. Lo leerá "
                     "Informática, que registrará otro si procede."),)


def ask_why_not_handed(handover: Handover, actor: Actor) -> tuple[Ask, ...]:
    """The question of why a password that was handed over is not confirmed."""
    return (Ask("reason", "Motivo", "long_text",
                help="Por qué no se confirma, por ejemplo: la persona dice que no la pidió. Esa contraseña no abrirá "
                     "la cuenta; Informática entregará otra."),)


# The three steps of every proposal; each declaration below says what it means for its own.

def confirming(label: str, model: type) -> Callable[[Callable], Act]:
    """Declare the act by which a second person confirms a proposal, which counts from then on."""
    return act(label, model, {P.PROPOSED: {P.CONFIRMED}}, by=CONFIRMERS, proof=True, hinders=one_of_the_parties)


def declining(model: type, asks: Callable) -> Callable[[Callable], Act]:
    """Declare the act by which a second person does not confirm a proposal, with the reason."""
    return act("No confirmar", model, {P.PROPOSED: {P.DECLINED}}, by=CONFIRMERS, sets=("decision_reason",), asks=asks,
               hinders=one_of_the_parties, grave=True)


def revoking(model: type) -> Callable[[Callable], Act]:
    """Declare the act by which the administrator ends it at this moment."""
    return act("Dejar sin efecto", model, {P.PROPOSED: {P.REVOKED}, P.CONFIRMED: {P.REVOKED}}, by=ADMINISTRATOR,
               grave=True)


@confirming("Confirmar nombramiento", Appointment)
def confirm_appointment(appointment: Appointment, actor: Actor, method: str) -> None:
    """The office counts from here on; PostgreSQL writes who confirmed it and when."""


@declining(Appointment, ask_why)
def decline_appointment(appointment: Appointment, actor: Actor, reason: str) -> None:
    """Decline it: the proposal stays on file and never counts; whoever insists registers another."""
    appointment.decision_reason = reason


@revoking(Appointment)
def revoke_appointment(appointment: Appointment, actor: Actor) -> None:
    """The office ends at this moment; to end it on a later day its last day is edited."""


@confirming("Confirmar delegación", Delegation)
def confirm_delegation(delegation: Delegation, actor: Actor, method: str) -> None:
    """From here on the delegate may sign on its dates; PostgreSQL writes who confirmed it and when."""


@declining(Delegation, ask_why)
def decline_delegation(delegation: Delegation, actor: Actor, reason: str) -> None:
    """Decline it: the proposal stays on file and never counts; whoever insists registers another."""
    delegation.decision_reason = reason


@revoking(Delegation)
def revoke_delegation(delegation: Delegation, actor: Actor) -> None:
    """Nobody signs with it after this moment; what was signed with it stays."""


@confirming("Confirmar entrega", Handover)
def confirm_handover(handover: Handover, actor: Actor, method: str) -> None:
    """From here on its owner may enter with the password, and changes it before anything else."""


@declining(Handover, ask_why_not_handed)
def decline_handover(handover: Handover, actor: Actor, reason: str) -> None:
    """Nobody enters with the password; the administrator hands another."""
    handover.decision_reason = reason
