"""Signing a correction: who, in which order, over exactly what they saw."""

from sqlalchemy.orm import object_session

from models.corrections import Correction
from models.corrections import CorrectionState as S
from models.signatures import Endorsement, Signature, SignatureSlot
from policies.core.guard import settle
from policies.core.offices import CORRECTION_READERS, SIGNERS
from policies.core.rules import Ask, Broken, Rule, act, declare
from policies.corrections import limits
from policies.corrections.glance import said
from policies.corrections.outdated import outdated

ALL_SIGNED = "Esta revisión ya tiene todas sus firmas."
CHANGED = "El contenido cambió desde que usted abrió la página; revíselo de nuevo."

declare(
    Rule(SignatureSlot, view=CORRECTION_READERS, export=CORRECTION_READERS),
    Rule(Signature, view=CORRECTION_READERS, export=CORRECTION_READERS),
    Rule(Endorsement, view=CORRECTION_READERS, export=CORRECTION_READERS),
)


def content_hash(correction):
    """SHA-256, hex, of the correction's canonical content as PostgreSQL states it now."""
    return said(correction, "content_hash")


def current_slots(correction):
    """The signatures this revision asks for, in order."""
    return [slot for slot in correction.slots if slot.revision == correction.revision]


def next_slot(correction):
    """The first signature still missing, or None."""
    return next((slot for slot in current_slots(correction) if slot.signature is None), None)


def not_your_turn(correction, actor):
    """Why this office does not sign now, or None."""
    slots = current_slots(correction)
    if any(slot.signature and slot.signature.signer_id == actor.id for slot in slots):
        return "Usted ya firmó esta revisión."
    slot = next_slot(correction)
    if slot is None:
        return ALL_SIGNED
    if not slot.filled_by(actor.role):
        return f"La siguiente firma corresponde a: {', o a '.join((slot.role.label, *slot.substitutes))}."
    return limits.drifted(correction) or outdated(correction)


def not_asked(correction, actor):
    """Why this office neither returns nor rejects, or None: only whoever signs it decides on it."""
    if any(slot.filled_by(actor.role) for slot in current_slots(correction)):
        return None
    return "Esta corrección no pide firma de su cargo; decide quien la firma."


def ask_reason(correction, actor):
    return (Ask("reason", "Motivo", "long_text",
                help="Lo leerá quien elaboró la corrección; diga qué debe cambiar."),)


def ask_rejection(correction, actor):
    return (Ask("reason", "Motivo", "long_text",
                help="Por qué no procede de ningún modo; queda en el expediente y no se corrige: quien insista "
                     "iniciará otra. Si algo se puede mejorar, use «Devolver para corregir»."),)


def not_alike(corrections):
    """Why these are not signed together, or None: one look judges one cause under one version."""
    if len({(one.anomaly_type_id, one.procedure_version_id) for one in corrections}) < 2:
        return None
    return ("Solo se firman juntas correcciones de una misma causa y de una misma versión del procedimiento; "
            "filtre la lista por «Causa» y por «Procedimiento» y seleccione de nuevo.")


@act("Firmar", Correction, {S.SUBMITTED: {S.SUBMITTED, S.SIGNED}}, by=SIGNERS,
     independent=True, proof=True, creates=(Signature,), hinders=not_your_turn,
     together=True, at_most=50, alike=not_alike, over=content_hash)
def sign(correction, actor, seen_hash, method):
    """The person signs the content they saw; the last signature makes the correction signed."""
    if seen_hash != content_hash(correction):
        raise Broken(CHANGED)
    slot = next_slot(correction)
    last = slot is current_slots(correction)[-1]
    object_session(correction).add(Signature(
        slot_id=slot.id, correction_id=correction.id, revision=correction.revision,
        signer_id=actor.id, role=actor.role, acting=actor.acting, absent_id=actor.absent_id,
        letter=actor.letter, method=method, content_hash=seen_hash))
    settle(correction)
    return S.SIGNED if last else S.SUBMITTED


@act("Devolver para corregir", Correction, {S.SUBMITTED: {S.DRAFT}, S.SIGNED: {S.DRAFT}}, by=SIGNERS,
     sets=("decision_reason", "revision"), asks=ask_reason, hinders=not_asked, together=True)
def send_back(correction, actor, reason):
    """A returned correction opens a new revision; the signatures of the old one stay."""
    correction.decision_reason = reason
    correction.revision += 1


@act("Rechazar", Correction, {S.SUBMITTED: {S.REJECTED}}, by=SIGNERS,
     sets=("decision_reason",), asks=ask_rejection, hinders=not_asked, grave=True)
def reject(correction, actor, reason):
    """A rejected correction stays on file; whoever insists starts another."""
    correction.decision_reason = reason


