"""Who puts a procedure in force: one office drafts it and two others sign it; a signed version is never edited."""

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import object_session

from models.base.people import Role
from models.procedures import AnomalyType, Procedure, ProcedureVersion
from models.procedures import VersionState as V
from models.queries import procedures as find
from models.signatures import Endorsement
from policies.core.guard import settle
from policies.core.offices import (
    ADMINISTRATOR,
    AUDITOR,
    COMMERCIAL,
    CORRECTION_READERS,
    STAFF,
    UNIT_HEAD,
)
from policies.core.rules import Actor, Ask, Broken, Rule, act, declare
from policies.core.trays import Reader, Tray, declare_trays
from policies.corrections.cases import definition_of
from policies.procedures.applicable import hindrances

CONTENT = ("procedure_id", "number", "valid_from", "anomaly_codes", "definition", "content_hash", "reason",
           "document_id", "drafted_by_id")
AUTHORITIES = UNIT_HEAD | COMMERCIAL

declare(
    Rule(AnomalyType, view=CORRECTION_READERS | ADMINISTRATOR, create=ADMINISTRATOR,
         edit=ADMINISTRATOR, export=ADMINISTRATOR | AUDITOR,
         edits=("code", "name", "description", "active")),
    Rule(Procedure, view=CORRECTION_READERS, create=STAFF, export=AUDITOR),
    Rule(ProcedureVersion, view=CORRECTION_READERS, create=STAFF, export=AUDITOR,
         content=CONTENT, edit_while=frozenset({V.DRAFT}), born=V.DRAFT),
)


def signs_next(reader: Reader) -> ColumnElement:
    """The versions whose next signature is this office's."""
    return ProcedureVersion.id.in_(find.waiting_for(1 if reader.role in UNIT_HEAD else 2))


def returned(reader: Reader) -> ColumnElement:
    """The drafts that were returned to be corrected."""
    return and_(ProcedureVersion.state == V.DRAFT, ProcedureVersion.revision > 1)


declare_trays(
    Tray(ProcedureVersion, "Procedimientos devueltos para corregir", STAFF, returned),
    Tray(ProcedureVersion, "Procedimientos por firmar", AUTHORITIES, signs_next),
)


def document_hash(version: ProcedureVersion) -> str:
    """SHA-256, hex, of the version's canonical content as PostgreSQL states it now."""
    return object_session(version).scalar(find.document_hash(version.id))


def places(version: ProcedureVersion) -> list[tuple[int, Role, Endorsement | None]]:
    """[(position, office, Endorsement or None)] of the signatures that this revision needs, in order."""
    given = {item.position: item for item in version.endorsements if item.revision == version.revision}
    asked = object_session(version).execute(find.endorsers(version.id))
    return [(position, role, given.get(position)) for position, role in asked]


def next_place(version: ProcedureVersion) -> tuple[int, Role] | None:
    """(position, office) of the first signature still missing, or None."""
    return next(((position, role) for position, role, given in places(version) if given is None), None)


def not_your_turn(version: ProcedureVersion, actor: Actor) -> str | None:
    """Why it is not this person's turn to sign the version, or None."""
    if version.state != V.SUBMITTED:
        return "La versión ya fue autorizada con todas sus firmas."
    if any(given and given.signer_id == actor.id for _, _, given in places(version)):
        return "Usted ya firmó esta revisión del procedimiento."
    _, role = next_place(version)
    if role != actor.role:
        return f"Primero firma: {next(office.label for office in AUTHORITIES if office == role)}."
    return None


def not_signable(version: ProcedureVersion, actor: Actor) -> str | None:
    """Why this person may not sign the version now, or None; a version that cannot be computed on a bill is not signed.
    """
    why = not_your_turn(version, actor)
    found = [] if why else hindrances(definition_of(version))
    return why or (f"No se puede capturar ni calcular en un recibo: {found[0][0]}, {found[0][1]} Devuélvala para "
                   "que se corrija." if found else None)


def ask_why(version: ProcedureVersion, actor: Actor) -> tuple[Ask, ...]:
    """The question of «Devolver versión»: the reason."""
    return (Ask("reason", "Motivo", "long_text",
                help="Qué debe cambiar antes de firmarla; lo leerá quien la elaboró."),)


# The second move, AUTHORIZED to SUPERSEDED, is made by the database alone: as the last signature puts a version in
# force, it supersedes the former one (migrations/sql/37_versions.sql).
@act("Firmar versión", ProcedureVersion, {V.SUBMITTED: {V.SUBMITTED, V.AUTHORIZED}, V.AUTHORIZED: {V.SUPERSEDED}},
     by=AUTHORITIES, independent=True, proof=True, creates=(Endorsement,), hinders=not_signable)
def endorse_version(version: ProcedureVersion, actor: Actor, seen_hash: str, method: str) -> V:
    """Add this person's signature over the content hash that was shown; the last of the two puts the version in force.

    Raises Broken when the content is no longer the one that was shown.
    """
    if seen_hash != document_hash(version):
        raise Broken("La versión cambió desde que usted abrió la página; léala de nuevo antes de firmar.")
    position, _ = next_place(version)
    last = position == places(version)[-1][0]
    object_session(version).add(Endorsement(
        version_id=version.id, revision=version.revision, position=position, role=actor.role,
        signer_id=actor.id, acting=actor.acting, letter=actor.letter, method=method, content_hash=seen_hash))
    settle(version)
    return V.AUTHORIZED if last else V.SUBMITTED


@act("Devolver versión", ProcedureVersion, {V.SUBMITTED: {V.DRAFT}}, by=AUTHORITIES,
     sets=("decision_reason", "revision"), asks=ask_why)
def return_version(version: ProcedureVersion, actor: Actor, reason: str) -> None:
    """Return the version to its draft under a new revision, which both offices sign again from the first."""
    version.decision_reason = reason
    version.revision += 1
