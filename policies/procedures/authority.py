"""Who puts a procedure in force: one office drafts it and two others sign it; a signed version is never edited."""

from sqlalchemy import ColumnElement, and_, text

from models.base.people import Role
from models.procedures import AnomalyType, Procedure, ProcedureVersion
from models.procedures import VersionState as V
from models.queries import procedures as find
from policies.core.offices import (
    ADMINISTRATOR,
    AUDITOR,
    COMMERCIAL,
    CORRECTION_READERS,
    STAFF,
    UNIT_HEAD,
)
from policies.core.rules import Actor, Rule, declare
from policies.core.signing import Signed
from policies.core.signing_acts import Words, signing
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
    return ProcedureVersion.id.in_(find.waiting_for(reader.role))


def returned(reader: Reader) -> ColumnElement:
    """The drafts that were returned to be corrected."""
    return and_(ProcedureVersion.state == V.DRAFT, ProcedureVersion.revision > 1)


declare_trays(
    Tray(ProcedureVersion, "Procedimientos devueltos para corregir", STAFF, returned),
    Tray(ProcedureVersion, "Procedimientos por firmar", AUTHORITIES, signs_next),
)

VERSION = Signed(
    ProcedureVersion, "PROCEDIMIENTO", (
        # Superseding writes valid_to and nothing else, so the end that is signed is the definition's own.
        "id", "procedure_id.code", "number", "revision", "valid_from",
        text("coalesce(c.definition ->> 'valid_to', '')"), "content_hash", "anomaly_codes", "definition", "reason",
        "=document_id.sha256"),
    places=f"""SELECT v.* FROM console.procedure_versions c,
       (VALUES (1, '{Role.UNIT_HEAD.value}', 'Regla de la consola', '[]'::jsonb),
               (2, '{Role.COMMERCIAL_DIRECTOR.value}', 'Regla de la consola', '[]')) v""",
    decided=("authorized",))

WORDS = Words(
    sign=("endorse_version", "Firmar versión"), send_back=("return_version", "Devolver versión"),
    not_asked="Esta versión no pide firma de su cargo; decide quien la firma.",
    why_back="Qué debe cambiar antes de firmarla; lo leerá quien la elaboró.",
    already="Usted ya firmó esta revisión del procedimiento.", turn="Primero firma: {}.",
    changed="La versión cambió desde que usted abrió la página; léala de nuevo antes de firmar.")


def not_signable(version: ProcedureVersion, actor: Actor) -> str | None:
    """Why the version may not be signed, or None; a version that cannot be computed on a bill is not signed."""
    found = hindrances(definition_of(version))
    return (f"No se puede capturar ni calcular en un recibo: {found[0][0]}, {found[0][1]} Devuélvala para que se "
            "corrija." if found else None)


# The second move, AUTHORIZED to SUPERSEDED, is made by the database alone: as the last signature puts a version in
# force, it supersedes the former one (migrations/sql/procedures.sql).
endorse_version, return_version = signing(VERSION, AUTHORITIES, WORDS, not_signable,
                                          besides={V.AUTHORIZED: {V.SUPERSEDED}})
