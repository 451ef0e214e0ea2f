"""The acts by which a document is signed, returned and rejected, the same for every kind that is declared."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Row, column, func, select
from sqlalchemy.orm import object_session

from models.base.columns import Named
from models.base.people import Role
from models.base.signing import Signature, SignaturePlace
from policies.core.guard import settle
from policies.core.page_reads import once
from policies.core.rules import Act, Actor, Ask, Broken, act
from policies.core.signing import Signed

ALL_SIGNED = "Esta revisión ya tiene todas sus firmas."
CHANGED = "El contenido cambió desde que usted abrió la página; revíselo de nuevo."


@dataclass(frozen=True)
class Words:
    """How the acts of one kind of document are called, as (name, label), and what they say."""

    sign: tuple
    send_back: tuple
    not_asked: str                  # why an office that it does not ask neither returns nor rejects it
    why_back: str                   # help beside the reason for returning it
    reject: tuple = ()
    why_reject: str = ""
    already: str = "Usted ya firmó esta revisión."
    turn: str = "La siguiente firma corresponde a: {}."
    changed: str = CHANGED


def content_hash(record: Named) -> str:
    """SHA-256, hex, of the record's signed text as PostgreSQL states it now."""
    return once(record, "content_hash", lambda: object_session(record).scalar(
        select(func.console.content_hash(record.__tablename__, record.id))))


def signed_text(record: Named) -> str:
    """The text that its signatures are over, as PostgreSQL states it now."""
    return once(record, "content", lambda: object_session(record).scalar(
        select(func.console.signed_content(record.__tablename__, record.id))))


def asked_if_sent(record: Named) -> Sequence[Row]:
    """(position, office, rule, deputies) of each signature that it would ask for if it were sent now."""
    rows = func.console.asked_places(record.__tablename__, record.id).table_valued(
        column("position"), column("role"), column("rule"), column("deputies", SignaturePlace.deputies.type)).c
    return object_session(record).execute(
        select(rows.position, rows.role, rows.rule, rows.deputies).order_by(rows.position)).all()


def next_place(record: Named) -> SignaturePlace | None:
    """The first signature still missing from the present revision."""
    return next((place for place in record.places_now if place.signature is None), None)


def not_in_turn(record: Named, actor: Actor, words: Words) -> str | None:
    """Why this office does not sign now, or None."""
    if any(place.signature and place.signature.signer_id == actor.id for place in record.places_now):
        return words.already
    place = next_place(record)
    if place is None:
        return ALL_SIGNED
    if not place.filled_by(actor.role):
        return words.turn.format(", o a ".join((Role(place.role).label, *place.substitutes)))
    return None


def not_asked(record: Named, actor: Actor, words: Words) -> str | None:
    """Why this office neither returns nor rejects it, or None: only whoever signs it decides on it."""
    return None if any(place.filled_by(actor.role) for place in record.places_now) else words.not_asked


def signing(kind: Signed, by: frozenset, words: Words, hinders: Callable = lambda record, actor: None,
            returned: tuple = ("submitted",), hinders_back: Callable = lambda record, actor: None,
            besides: dict | None = None, needs: tuple = (), **together) -> list[Act]:
    """Declare the acts to sign, to return and, where `words` name it, to reject.

    `hinders` and `hinders_back` say why a record is not signed or returned for reasons of its own; `besides` are moves
    that PostgreSQL makes as it is signed; `needs` are those of signing; `together` says how many are signed at once
    (see Act).
    """
    state = kind.model.__table__.c.state.type.enum_class
    opened, done, draft = state(kind.opened), state(kind.decided[0]), state(kind.drafts[0])

    def sign(record, actor, seen_hash, method):
        """The person signs the content that they saw; the last signature decides it."""
        if seen_hash != content_hash(record):
            raise Broken(words.changed)
        place = next_place(record)
        last = place is record.places_now[-1]
        object_session(record).add(Signature(place_id=place.id, method=method, content_hash=seen_hash))
        settle(record)
        return done if last else opened

    def send_back(record, actor, reason):
        """A returned document opens a new revision; the signatures of the old one stay."""
        record.decision_reason = reason
        record.revision += 1

    def reject(record, actor, reason):
        """A rejected document stays on file; whoever insists prepares another."""
        record.decision_reason = reason

    def ask(help):
        return lambda record, actor: (Ask("reason", "Motivo", "long_text", help=help),)

    def may_not_decide(record, actor):
        return hinders_back(record, actor) or not_asked(record, actor, words)

    sign.__name__, send_back.__name__ = words.sign[0], words.send_back[0]
    made = [act(words.sign[1], kind.model, {opened: {opened, done}, **(besides or {})}, by=by, independent=True,
                proof=True, creates=(Signature,), needs=needs, over=content_hash if together else None, **together,
                hinders=lambda record, actor: not_in_turn(record, actor, words) or hinders(record, actor))(sign),
            act(words.send_back[1], kind.model, {state(word): {draft} for word in returned}, by=by,
                sets=("decision_reason", "revision"), asks=ask(words.why_back), hinders=may_not_decide,
                together=bool(together))(send_back)]
    if words.reject:
        reject.__name__ = words.reject[0]
        made.append(act(words.reject[1], kind.model, {opened: {state(kind.refused[0])}}, by=by,
                        sets=("decision_reason",), asks=ask(words.why_reject), grave=True,
                        hinders=lambda record, actor: not_asked(record, actor, words))(reject))
    return made
