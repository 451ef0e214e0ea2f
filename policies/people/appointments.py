"""What gives an office that decides, or opens its account: one person proposes, one of another office confirms."""

from models.base.handovers import Handover
from models.base.people import Appointment, Delegation
from models.base.proposals import ProposalState as P
from policies.core.offices import ADMINISTRATOR, AUDITOR, CONFIRMERS, DECIDING, EVERYONE
from policies.core.rules import Ask, Rule, act, declare

PROPOSED = dict(view=EVERYONE, create=ADMINISTRATOR, edit=ADMINISTRATOR, export=ADMINISTRATOR | AUDITOR,
                born=P.PROPOSED, edit_while=frozenset({P.PROPOSED, P.CONFIRMED}))
CONFIRM, DECLINE = {P.PROPOSED: {P.CONFIRMED}}, {P.PROPOSED: {P.DECLINED}}
REVOKE = {P.PROPOSED: {P.REVOKED}, P.CONFIRMED: {P.REVOKED}}

declare(
    Rule(Appointment, **PROPOSED, edits=("person_id", "role", "valid_from", "valid_to", "acting", "letter")),
    # Born with the password itself, by trigger: no office types it.
    Rule(Handover, view=ADMINISTRATOR | CONFIRMERS, export=AUDITOR, born=P.PROPOSED),
    Rule(Delegation, **PROPOSED, edits=("role", "holder_id", "delegate_id", "valid_from", "valid_to", "letter")),
)


def gives_decisions(proposal: Appointment | Delegation) -> bool:
    """Whether its office signs or audits, and so asks for a second person."""
    return proposal.role in DECIDING


def one_of_the_parties(proposal, actor):
    """Why this person does not decide on it, or None: a second person does, whom it gives and takes nothing."""
    if actor.id == proposal.proposed_by_id:
        return "Usted lo registró; lo confirma otra persona."
    if actor.id in proposal.parties:
        return "Trata de usted; lo confirma otra persona: Titular de la Unidad o Contraloría."
    return None


def ask_why(proposal, actor):
    return (Ask("reason", "Motivo", "long_text",
                help="Por qué no se confirma, por ejemplo: el oficio no existe o nombra a otra persona. Lo leerá "
                     "Informática, que registrará otro si procede."),)


def ask_why_not_handed(handover, actor):
    return (Ask("reason", "Motivo", "long_text",
                help="Por qué no se confirma, por ejemplo: la persona dice que no la pidió. Esa contraseña no abrirá "
                     "la cuenta; Informática entregará otra."),)


def declined(proposal, reason):
    proposal.decision_reason = reason


@act("Confirmar nombramiento", Appointment, CONFIRM, by=CONFIRMERS, proof=True, hinders=one_of_the_parties)
def confirm_appointment(appointment, actor, method):
    """The office counts from here on; PostgreSQL writes who confirmed it and when."""


@act("No confirmar", Appointment, DECLINE, by=CONFIRMERS, sets=("decision_reason",), asks=ask_why,
     hinders=one_of_the_parties, grave=True)
def decline_appointment(appointment, actor, reason):
    """The proposal stays on file and never counts; whoever insists registers another."""
    declined(appointment, reason)


@act("Dejar sin efecto", Appointment, REVOKE, by=ADMINISTRATOR, grave=True)
def revoke_appointment(appointment, actor):
    """The office ends at this moment; to end it on a later day its last day is edited."""


@act("Confirmar delegación", Delegation, CONFIRM, by=CONFIRMERS, proof=True, hinders=one_of_the_parties)
def confirm_delegation(delegation, actor, method):
    """The signature is lent on its dates from here on; PostgreSQL writes who confirmed it and when."""


@act("No confirmar", Delegation, DECLINE, by=CONFIRMERS, sets=("decision_reason",), asks=ask_why,
     hinders=one_of_the_parties, grave=True)
def decline_delegation(delegation, actor, reason):
    """The proposal stays on file and never counts; whoever insists registers another."""
    declined(delegation, reason)


@act("Dejar sin efecto", Delegation, REVOKE, by=ADMINISTRATOR, grave=True)
def revoke_delegation(delegation, actor):
    """Nobody signs with it after this moment; what was signed with it stays."""


@act("Confirmar entrega", Handover, CONFIRM, by=CONFIRMERS, proof=True, hinders=one_of_the_parties)
def confirm_handover(handover, actor, method):
    """The password opens the account of its owner, who changes it before anything else."""


@act("No confirmar", Handover, DECLINE, by=CONFIRMERS, sets=("decision_reason",), asks=ask_why_not_handed,
     hinders=one_of_the_parties, grave=True)
def decline_handover(handover, actor, reason):
    """The password never opens the account; the administrator hands another."""
    declined(handover, reason)
