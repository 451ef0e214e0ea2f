"""Queries over procedures and their versions."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, Text, and_, case, cast, column, func, literal_column, select, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased

from models.base.people import Role
from models.procedures import RULING, AnomalyType, Procedure, ProcedureVersion
from models.procedures import VersionState as V
from models.queries.signing import waits_for


def procedure_of_code(code: str) -> Select:
    """The procedure of that code."""
    return select(Procedure).where(Procedure.code == code)


def mending(version: ColumnElement, cause: ColumnElement) -> Select:
    """The version, where it is or was in force and mends that cause."""
    return select(ProcedureVersion.id).join(AnomalyType, AnomalyType.id == cause).where(
        ProcedureVersion.id == version, ProcedureVersion.state.in_(RULING),
        ProcedureVersion.anomaly_codes.has_key(AnomalyType.code))


def dead_input(definition: ColumnElement, captured: Iterable[str], recorded: Iterable[str], used: str) -> Select:
    """The first input that leaves a version dead: of a type that no person captures, or that is none of the records and
    no count of uses, whose names match `used`."""
    said = func.jsonb_array_elements(definition["inputs"]).table_valued(column("input", JSONB)).render_derived().c.input
    name, kind = said["name"].astext, func.coalesce(said["type"].astext, "number")
    by_hand = func.coalesce(said["origin"].astext, "person") == "person"
    unknown = and_(name.not_in(sorted(recorded)), ~name.regexp_match(f"^{used}$"))
    return select(name).where(case((by_hand, kind.not_in(sorted(captured))), else_=unknown)).limit(1)


def strange_signers(definition: ColumnElement, signers: Iterable[Role]) -> Select:
    """The offices that a version names and that sign nothing here: a place that nobody could fill would hold every
    correction of it for ever."""
    levels = func.jsonb_array_elements(definition["approval"]).table_valued(column("said", JSONB)).render_derived()
    level, none = levels.c.said, literal_column("'[]'", JSONB)
    named = func.jsonb_build_array(level["office"], type_=JSONB).concat(func.coalesce(level["deputies"], none)).concat(
        func.coalesce(level["members"], none))
    office = func.jsonb_array_elements_text(named).table_valued(column("office", Text)).render_derived()
    return select(office.c.office).select_from(levels).join(office, true()).where(
        office.c.office.not_in(sorted(signers)))


def next_number(procedure_id: int | ColumnElement) -> Select:
    """The number of the next version, after all those written, withdrawn ones included."""
    other = aliased(ProcedureVersion)
    return select(func.coalesce(func.max(other.number), 0) + 1).where(other.procedure_id == procedure_id)


def says_its_columns(version: type[ProcedureVersion]) -> ColumnElement:
    """Whether the content of a version says its code, its number, its days and its causes."""
    said = version.definition

    def day(column):
        return func.coalesce(func.to_char(column, "YYYY-MM-DD"), "")
    return select(Procedure.id).where(
        Procedure.id == version.procedure_id, Procedure.code == said["code"].astext,
        cast(version.number, Text) == said["version"].astext, day(version.valid_from) == said["valid_from"].astext,
        day(version.valid_to) == func.coalesce(said["valid_to"].astext, ""),
        version.anomaly_codes == said["anomaly_types"]).exists()


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
