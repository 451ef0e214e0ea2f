"""The draft of a procedure version: copied from one in force, adopted from the library or loaded from a file; then

sent to be signed.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from models.base.documents import Document
from models.procedures import RULING, Procedure, ProcedureVersion
from models.procedures import VersionState as V
from models.queries import procedures as find
from policies.core.filing import stored_document
from policies.core.guard import settle
from policies.core.needs import Holds
from policies.core.offices import STAFF
from policies.core.rules import Actor, Ask, Broken, act
from policies.corrections.cases import definition_of
from policies.procedures.authority import SIGNABLE
from policies.procedures.definition import Definition
from policies.procedures.parsing import DefinitionError, parse
from policies.procedures.readiness import reasons
from policies.procedures.requisites import Source

WRITTEN = ("definition", "content_hash", "anomaly_codes", "valid_from", "valid_to", "reason")
UNDATED = "Diga desde qué día regirá (valid_from); sin esa fecha la versión no se guarda."


class Unreadable(Broken):
    """The content does not parse; `problems` holds one Spanish sentence for each fault."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(" ".join(self.problems))


# ---- new drafts

def new_draft(session: Session, procedure: Procedure, definition: Definition, reason: str) -> ProcedureVersion:
    """A new draft with the content of `definition`, under the procedure's next number; raises Broken without a first
    day.
    """
    if definition.valid_from is None:
        raise Broken(UNDATED)
    definition = replace(definition, code=procedure.code, version=session.scalar(find.next_number(procedure.id)))
    version = ProcedureVersion(procedure_id=procedure.id, number=definition.version, reason=reason)
    set_content(version, definition)
    session.add(version)
    settle(version)
    return version


def set_content(version: ProcedureVersion, definition: Definition) -> None:
    """Set the version's content, its hash, and the columns that repeat parts of the content for searches."""
    version.definition, version.content_hash = definition.as_document(), definition.content_hash()
    version.anomaly_codes = list(definition.anomaly_types)
    version.valid_from, version.valid_to = definition.valid_from, definition.valid_to


def draft_of(session: Session, definition: Definition, reason: str) -> ProcedureVersion:
    """A new draft from a definition that comes from outside, in the procedure of its code, which is created if absent.
    """
    procedure = session.scalar(find.procedure_of_code(definition.code))
    if procedure is None:
        procedure = Procedure(code=definition.code, name=definition.name)
        session.add(procedure)
        settle(procedure)
    return new_draft(session, procedure, definition, reason)


def adopt(entry: Definition, code: str, name: str, valid_from: date) -> Definition:
    """A library entry with this office's code, name and first day; its source names the entry it comes from."""
    first, *others = entry.sources or (Source(title=entry.name),)
    return replace(entry, code=code, name=name, valid_from=valid_from, valid_to=None, status=None,
                   sources=(replace(first, procedure=entry.code), *others))


def ask_copy(version: ProcedureVersion, actor: Actor) -> tuple[Ask, ...]:
    """The questions of «Preparar versión nueva»."""
    return (Ask("valid_from", "Rige desde", "day",
                help="La versión vigente terminará el día anterior cuando ésta se autorice."), ask_reason())


def ask_reason(value: str = "") -> Ask:
    """The question for what changes and why."""
    return Ask("reason", "Qué cambia y por qué", "long_text", value=value,
               help="Lo leerán quienes firman y quien audite.")


def not_in_force(version: ProcedureVersion, actor: Actor) -> str | None:
    """Why the version is not copied, or None: only one that was authorised is."""
    return None if version.state in RULING else "Solo se copia una versión autorizada; edite ésta o espere su firma."


@act("Preparar versión nueva", ProcedureVersion, {}, by=STAFF, creates=(ProcedureVersion,), starts=True,
     asks=ask_copy, hinders=not_in_force)
def prepare_version(version: ProcedureVersion, actor: Actor, valid_from: date, reason: str) -> ProcedureVersion:
    """A draft with the same content under the next number; the version in force stays as it is."""
    definition = replace(definition_of(version), valid_from=valid_from, valid_to=None)
    return new_draft(object_session(version), version.procedure, definition, reason)


# ---- the content of a draft

@act("Cambiar contenido", ProcedureVersion, {V.DRAFT: {V.DRAFT}}, by=STAFF, sets=WRITTEN)
def write_version(version: ProcedureVersion, actor: Actor, definition: dict, reason: str) -> None:
    """Replace a draft's content. Raises Unreadable when it does not parse, Broken when it changes the code or the
    number.
    """
    try:
        read = parse(definition, version.procedure.code)
    except DefinitionError as fault:
        raise Unreadable(fault.problems) from fault
    if (read.code, read.version) != (version.procedure.code, version.number):
        raise Broken(f"La clave y el número no se cambian: deje {version.procedure.code} y {version.number}, o "
                     "cargue el archivo como versión nueva.")
    if read.valid_from is None:
        raise Broken(UNDATED)
    set_content(version, read)
    version.reason = reason


def ask_document(version: ProcedureVersion, actor: Actor) -> tuple[Ask, ...]:
    """The question of «Adjuntar documento autorizado»."""
    return (Ask("file", "Documento autorizado", "file",
                help="El procedimiento firmado o el acuerdo que lo aprueba, en PDF, de 20 MB como máximo."),)


@act("Adjuntar documento autorizado", ProcedureVersion, {V.DRAFT: {V.DRAFT}}, by=STAFF,
     sets=("document_id",), creates=(Document,), asks=ask_document)
def attach_authorized(version: ProcedureVersion, actor: Actor, file: object) -> None:
    """Keep the authorised PDF by its hash, which the two signatures cover; another one replaces it."""
    if file.media_type != "application/pdf":
        raise Broken("El documento autorizado debe ser PDF; conviértalo y adjúntelo de nuevo.")
    version.document_id = stored_document(object_session(version), file).id


# ---- sending and withdrawing

def not_ready(version: ProcedureVersion, actor: Actor) -> str | None:
    """Every reason why the draft cannot be sent yet, or None."""
    return " ".join(reasons(version)) or None


DOCUMENTED = Holds("Falta el documento autorizado en PDF; adjúntelo y envíe de nuevo.", "document", code="AG042",
                   where=select(Document.id).where(Document.id == ProcedureVersion.document_id,
                                                   Document.media_type == "application/pdf").exists())


@act("Enviar versión a firma", ProcedureVersion, {V.DRAFT: {V.SUBMITTED}}, by=STAFF, hinders=not_ready,
     needs=(SIGNABLE, DOCUMENTED))
def send_version(version: ProcedureVersion, actor: Actor) -> None:
    """Freeze the content: from here on the two offices read and sign exactly what was written."""


@act("Retirar versión", ProcedureVersion, {V.DRAFT: {V.WITHDRAWN}}, by=STAFF, grave=True)
def withdraw_version(version: ProcedureVersion, actor: Actor) -> None:
    """Close a draft that will not be sent; it stays on file, and its number is not used again."""
