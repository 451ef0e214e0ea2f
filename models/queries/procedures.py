"""Queries over procedures and their versions."""

from sqlalchemy import Select, func, select

from models.base.people import Role
from models.procedures import RULING, Procedure, ProcedureVersion
from models.procedures import VersionState as V
from models.queries.signing import waits_for


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


def waiting_for(role: Role) -> Select:
    """The keys of the submitted versions whose next signature is this office's."""
    return select(ProcedureVersion.id).where(ProcedureVersion.state == V.SUBMITTED, waits_for(ProcedureVersion, role))
