"""Queries over procedures and their versions."""

from sqlalchemy import Select, func, null, select

from models.procedures import RULING, Procedure, ProcedureVersion
from models.procedures import VersionState as V
from models.signatures import Endorsement


def procedure_of_code(code: str) -> Select:
    """The procedure of that code."""
    return select(Procedure).where(Procedure.code == code)


def next_number(procedure_id: int) -> Select:
    """The number of the next version, after all those written, withdrawn ones included."""
    return select(func.coalesce(func.max(ProcedureVersion.number), 0) + 1).where(
        ProcedureVersion.procedure_id == procedure_id)


def versions(procedure_id: int) -> Select:
    """Every version of a procedure, the newest first."""
    return (select(ProcedureVersion).where(ProcedureVersion.procedure_id == procedure_id)
            .order_by(ProcedureVersion.number.desc()))


def versions_with_dates(procedure_id: int) -> Select:
    """The versions that are in force on some day, the latest dates first."""
    return (select(ProcedureVersion)
            .where(ProcedureVersion.procedure_id == procedure_id, ProcedureVersion.state.in_(RULING))
            .order_by(ProcedureVersion.valid_from.desc()))


def endorsers(version_id: int) -> Select:
    """(position, office) of the signatures that a version needs, in order."""
    rows = func.console.endorsers(version_id, null()).table_valued("position", "role")
    return select(rows.c.position, rows.c.role).order_by(rows.c.position)


def document_hash(version_id: int) -> Select:
    """SHA-256, hex, of a version's canonical content as PostgreSQL states it now."""
    return select(func.console.document_hash(version_id, null()))


def waiting_for(position: int) -> Select:
    """The keys of the submitted versions whose next signature is the one in that position."""
    signed = select(func.count()).where(
        Endorsement.version_id == ProcedureVersion.id,
        Endorsement.revision == ProcedureVersion.revision).scalar_subquery()
    return select(ProcedureVersion.id).where(ProcedureVersion.state == V.SUBMITTED,
                                             signed == position - 1)
