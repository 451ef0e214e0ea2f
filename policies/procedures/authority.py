"""Who puts a procedure in force: one office drafts it and two others sign it; a signed version is never edited."""

from sqlalchemy import ColumnElement, and_, text
from sqlalchemy.dialects.postgresql import JSONB

from models.base.people import Role
from models.procedures import AnomalyType, Procedure, ProcedureVersion
from models.procedures import VersionState as V
from models.queries import procedures as find
from policies.core.needs import Holds
from policies.core.offices import (
    ADMINISTRATOR,
    AUDITOR,
    CASE_READERS,
    COMMERCIAL,
    SIGNERS,
    STAFF,
    UNIT_HEAD,
)
from policies.core.refusals import refuses
from policies.core.rules import Actor, Rule, declare
from policies.core.signing import Signed
from policies.core.signing_acts import Words, signing
from policies.core.sql.readings import reading
from policies.core.trays import Reader, Tray, declare_trays
from policies.corrections.cases import definition_of
from policies.procedures.applicable import CAPTURED, hindrances
from policies.procedures.facts import RECORDS, USED

CONTENT = ("procedure_id", "number", "valid_from", "anomaly_codes", "definition", "content_hash", "reason",
           "document_id", "drafted_by_id")
AUTHORITIES = UNIT_HEAD | COMMERCIAL

refuses(
    version_keeps_its_days="Los días en que rige una versión enviada ya no se cambian; prepare una versión nueva.",
    input_of_nobody="Nadie puede capturar el dato «{}» y el expediente no lo tiene; corríjalo en inputs y envíe de "
                    "nuevo.",
    superseded_by_nobody="Una versión la sustituye solo la que entra en vigor después de ella.",
    day_ruled_twice="Otra versión de este procedimiento ya rige en esos días; cambie las fechas de vigencia.")

IN_ORDER = Holds("Las versiones de un procedimiento se numeran una tras otra; actualice la página y guarde de nuevo.",
                 "number", and_(ProcedureVersion.revision == 1, ProcedureVersion.number == find.next_number(
                     ProcedureVersion.procedure_id).scalar_subquery()), code="AG041")
# The columns that people search by say what the content says.
AS_ITS_CONTENT = Holds("El contenido no dice la clave, el número o las fechas de su versión; actualice la página y "
                       "guarde de nuevo.", "content", find.says_its_columns(ProcedureVersion), code="AG041",
                       leaving=frozenset({V.DRAFT}))

declare(
    Rule(AnomalyType, view=CASE_READERS | ADMINISTRATOR, create=ADMINISTRATOR,
         edit=ADMINISTRATOR, export=ADMINISTRATOR | AUDITOR,
         edits=("code", "name", "description", "active")),
    Rule(Procedure, view=CASE_READERS, create=STAFF, export=AUDITOR),
    Rule(ProcedureVersion, view=CASE_READERS, create=STAFF, export=AUDITOR,
         content=CONTENT, edit_while=frozenset({V.DRAFT}), born=V.DRAFT, guarded=True, kept=True,
         derives=("valid_to",), begins=(IN_ORDER, AS_ITS_CONTENT), obeys=(AS_ITS_CONTENT,)),
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


SIGNABLE = Holds("El procedimiento pide la firma de un cargo que aquí no firma; use en «quién firma»: unit_head, "
                 "commercial_director o general_director.", "signers",
                 ~find.strange_signers(ProcedureVersion.definition, SIGNERS).exists(), code="AG034",
                 leaving=frozenset({V.DRAFT, V.SUBMITTED}))
# PostgreSQL asks it as the version moves, and names the input.
reading("dead_input", lambda definition: find.dead_input(definition, CAPTURED, RECORDS, USED.pattern), definition=JSONB)


def not_signable(version: ProcedureVersion, actor: Actor) -> str | None:
    """Why the version may not be signed, or None; a version that cannot be computed on a bill is not signed."""
    found = hindrances(definition_of(version))
    return (f"No se puede capturar ni calcular en un recibo: {found[0][0]}, {found[0][1]} Devuélvala para que se "
            "corrija." if found else None)


# The second move, AUTHORIZED to SUPERSEDED, is made by the database alone: as the last signature puts a version in
# force, it supersedes the former one (migrations/sql/procedures.sql).
endorse_version, return_version = signing(VERSION, AUTHORITIES, WORDS, not_signable,
                                          besides={V.AUTHORIZED: {V.SUPERSEDED}}, needs=(SIGNABLE,))
