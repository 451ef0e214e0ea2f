"""Who writes a procedure and who puts it in force: drafted by one office, authorised by another."""

from models.procedures import AnomalyType, Procedure, ProcedureVersion
from models.procedures import VersionState as V
from policies.offices import ADMINISTRATOR, AUDITOR, COMMERCIAL, CORRECTION_READERS, STAFF
from policies.rules import Rule, act, declare

CONTENT = ("procedure_id", "number", "valid_from", "anomaly_codes", "definition", "content_hash")

declare(
    Rule(AnomalyType, view=CORRECTION_READERS | ADMINISTRATOR, create=ADMINISTRATOR,
         edit=ADMINISTRATOR, export=ADMINISTRATOR | AUDITOR,
         edits=("code", "name", "description", "active")),
    Rule(Procedure, view=CORRECTION_READERS, create=STAFF, export=AUDITOR),
    Rule(ProcedureVersion, view=CORRECTION_READERS, create=STAFF, export=AUDITOR,
         content=CONTENT, edit_while=frozenset({V.DRAFT}), born=V.DRAFT),
)


@act("Autorizar versión", ProcedureVersion, {V.DRAFT: {V.AUTHORIZED}}, by=COMMERCIAL, proof=True)
def authorize_version(version, actor, method):
    """In force from its first day; frozen from now on, superseded but never edited."""
