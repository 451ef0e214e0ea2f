"""Writing a version: copied from one that rules, adopted from the library or loaded from a file; then sent."""

from dataclasses import replace

from sqlalchemy.orm import object_session

from models.base.documents import Document
from models.procedures import RULING, Procedure, ProcedureVersion
from models.procedures import VersionState as V
from models.queries import procedures as find
from policies.core.filing import filed
from policies.core.guard import settle
from policies.core.offices import STAFF
from policies.core.rules import Ask, Broken, act
from policies.corrections.cases import definition_of
from policies.procedures.parsing import DefinitionError, parse
from policies.procedures.readiness import reasons
from policies.procedures.requisites import Source

WRITTEN = ("definition", "content_hash", "anomaly_codes", "valid_from", "valid_to", "reason")
UNDATED = "Diga desde qué día regirá (valid_from); sin esa fecha la versión no se guarda."


class Unreadable(Broken):
    """A content that does not parse; `problems` holds one sentence for each fault."""

    def __init__(self, problems):
        self.problems = tuple(problems)
        super().__init__(" ".join(self.problems))


# ---- a draft is born

def draft(session, procedure, definition, reason):
    """A new draft that says what `definition` says, under the procedure's next number."""
    if definition.valid_from is None:
        raise Broken(UNDATED)
    definition = replace(definition, code=procedure.code, version=session.scalar(find.next_number(procedure.id)))
    version = ProcedureVersion(procedure_id=procedure.id, number=definition.version, reason=reason)
    write(version, definition)
    session.add(version)
    settle(version)
    return version


def write(version, definition):
    """The content and the columns that people search by, which always say the same."""
    version.definition, version.content_hash = definition.as_document(), definition.content_hash()
    version.anomaly_codes = list(definition.anomaly_types)
    version.valid_from, version.valid_to = definition.valid_from, definition.valid_to


def begin(session, definition, reason):
    """The draft of a definition that comes from outside: of the procedure of its code, or of a new one."""
    procedure = session.scalar(find.called(definition.code))
    if procedure is None:
        procedure = Procedure(code=definition.code, name=definition.name)
        session.add(procedure)
        settle(procedure)
    return draft(session, procedure, definition, reason)


def adopted(entry, code, name, valid_from):
    """A library entry as this office begins to write it: its own code, name and dates, and where it comes from."""
    first, *others = entry.sources or (Source(title=entry.name),)
    return replace(entry, code=code, name=name, valid_from=valid_from, valid_to=None, status=None,
                   sources=(replace(first, procedure=entry.code), *others))


def ask_copy(version, actor):
    return (Ask("valid_from", "Rige desde", "day",
                help="La versión vigente terminará el día anterior cuando ésta se autorice."), ask_reason())


def ask_reason(value=""):
    return Ask("reason", "Qué cambia y por qué", "long_text", value=value,
               help="Lo leerán quienes firman y quien audite.")


def not_ruling(version, actor):
    return None if version.state in RULING else "Solo se copia una versión autorizada; edite ésta o espere su firma."


@act("Preparar versión nueva", ProcedureVersion, {}, by=STAFF, creates=(ProcedureVersion,), starts=True,
     asks=ask_copy, hinders=not_ruling)
def prepare_version(version, actor, valid_from, reason):
    """A draft is born with the same content under the next number; what rules stays as it is."""
    definition = replace(definition_of(version), valid_from=valid_from, valid_to=None)
    return draft(object_session(version), version.procedure, definition, reason)


# ---- what it says

@act("Cambiar contenido", ProcedureVersion, {V.DRAFT: {V.DRAFT}}, by=STAFF, sets=WRITTEN)
def write_version(version, actor, definition, reason):
    """The one act that writes a draft's content: what does not parse is refused, whole."""
    try:
        read = parse(definition, version.procedure.code)
    except DefinitionError as fault:
        raise Unreadable(fault.problems) from fault
    if (read.code, read.version) != (version.procedure.code, version.number):
        raise Broken(f"La clave y el número no se cambian: deje {version.procedure.code} y {version.number}, o "
                     "cargue el archivo como versión nueva.")
    if read.valid_from is None:
        raise Broken(UNDATED)
    write(version, read)
    version.reason = reason


def ask_document(version, actor):
    return (Ask("file", "Documento autorizado", "file",
                help="El procedimiento firmado o el acuerdo que lo aprueba, en PDF, de 20 MB como máximo."),)


@act("Adjuntar documento autorizado", ProcedureVersion, {V.DRAFT: {V.DRAFT}}, by=STAFF,
     sets=("document_id",), creates=(Document,), asks=ask_document)
def attach_authorized(version, actor, file):
    """The PDF rests in the store under its hash, which the two signatures are over; another replaces it."""
    if file.media_type != "application/pdf":
        raise Broken("El documento autorizado debe ser PDF; conviértalo y adjúntelo de nuevo.")
    version.document_id = filed(object_session(version), file).id


# ---- where it goes

def not_ready(version, actor):
    """Every reason why the draft is not sent yet, or None."""
    return " ".join(reasons(version)) or None


@act("Enviar versión a firma", ProcedureVersion, {V.DRAFT: {V.SUBMITTED}}, by=STAFF, hinders=not_ready)
def send_version(version, actor):
    """From here on the content is frozen: the two offices read and sign exactly what was written."""


@act("Retirar versión", ProcedureVersion, {V.DRAFT: {V.WITHDRAWN}}, by=STAFF, grave=True)
def withdraw_version(version, actor):
    """A draft that nobody will send stays on file, and its number is not used again."""
