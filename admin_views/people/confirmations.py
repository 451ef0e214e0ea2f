"""Who confirmed a proposal and when, as its page says it."""

from admin_views.core.words import moment
from models.base.handovers import Handover
from models.base.proposals import Proposal
from models.base.proposals import ProposalState as P
from policies.core.offices import CONFIRMERS
from policies.people.appointments import gives_decisions

WAITS = "No cuenta todavía: lo confirma otra persona, {}."
OF_ITSELF = "Cuenta desde que se registró: este cargo no firma ni audita, así que no pide confirmación."
HANDED = "No pidió confirmación: quien la recibió no tenía entonces un cargo que firme o audite."
UPGRADED = ("En vigor desde antes de que la consola pidiera confirmación: la actualización del {} lo dejó en firme, "
            "sin que otra persona lo revisara.")
INSTALLED = "Lo registró la instalación de la consola, sin confirmación de otra persona."


def confirmation(proposal: Proposal) -> str:
    """One sentence: whether it counts, who decided it and when; and who registered it, where that is known."""
    return " ".join(part for part in (decision(proposal), registered(proposal)) if part)


def decision(proposal: Proposal) -> str:
    """Whether it counts, by whose decision, or who is to confirm it."""
    if proposal.state == P.PROPOSED:
        return WAITS.format(" o ".join(sorted(role.label for role in CONFIRMERS)))
    if proposal.state == P.REVOKED and isinstance(proposal, Handover):
        return "Ya no vale: se entregó otra después."
    if proposal.state == P.REVOKED:
        return f"Informática lo dejó sin efecto; su historia dice cuándo. {standing(proposal)}"
    if proposal.state == P.DECLINED:
        return f"No lo confirmó {decider(proposal)}: «{proposal.decision_reason}»"
    return standing(proposal)


def standing(proposal: Proposal) -> str:
    """By whose decision it counted, or why it needed none."""
    if proposal.decided_by_id is not None:
        return f"Lo confirmó {decider(proposal)}."
    if isinstance(proposal, Handover):
        return HANDED
    if not gives_decisions(proposal):
        return OF_ITSELF
    if proposal.decided_at is not None:
        return UPGRADED.format(moment(proposal.decided_at))
    return "" if proposal.state == P.REVOKED else INSTALLED


def decider(proposal: Proposal) -> str:
    """Who decided it, in which office and when."""
    return f"{proposal.decided_by}, {proposal.decided_as.label}, el {moment(proposal.decided_at)}"


def registered(proposal: Proposal) -> str:
    """Who registered it; empty where it is not known."""
    return f"Lo registró {proposal.proposed_by}." if proposal.proposed_by_id is not None else ""
