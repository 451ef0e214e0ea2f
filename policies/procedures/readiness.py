"""Why a drafted version cannot be sent to its two signatures, every reason at once; and the days without a version."""

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import object_session

from models.procedures import AnomalyType, ProcedureVersion
from models.procedures import VersionState as V
from models.queries import procedures as find
from policies.core.figures import day, figure
from policies.corrections.cases import definition_of
from policies.procedures.adoption import missing_parts
from policies.procedures.definition import Definition
from policies.procedures.lint import Finding, lint
from policies.procedures.worked import Result, check

DAY = timedelta(days=1)


def reasons(version: ProcedureVersion) -> list[str]:
    """Spanish sentences, one for each thing to mend; empty when the version may be sent."""
    definition = definition_of(version)
    found = [f"Falta {part}; escríbalo en su página." for part in missing_parts(definition)]
    found += [example_sentence(result) for result in check(definition) if not result.ok]
    found += [f"{finding.place}: {finding.text}" for finding in lint(definition) if finding.severity == "error"]
    found += unknown_causes(version)
    if version.document_id is None:
        found.append("Falta el documento autorizado en PDF; adjúntelo.")
    return found + clashes(version)


def example_sentence(result: Result) -> str:
    """A sentence for a worked example that does not give its value."""
    return (f"El ejemplo {result.example} no sale: «{result.name}» debía dar {figure(result.expected)} y da "
            f"{figure(result.found)}; corrija la regla o el ejemplo.")


def unknown_causes(version: ProcedureVersion) -> list[str]:
    """A sentence for each anomaly that the office's catalogue does not have."""
    known = set(object_session(version).scalars(select(AnomalyType.code)))
    return [f"La anomalía «{code}» no está en el catálogo; pida a Informática que la agregue o quítela."
            for code in version.anomaly_codes if code not in known]


def clashes(version: ProcedureVersion) -> list[str]:
    """A sentence for each version in force whose days overlap and that superseding cannot shorten."""
    others = object_session(version).scalars(find.versions_with_dates(version.procedure_id))
    return [(f"La versión {other.number} ya rige del {day(other.valid_from)} al {end_words(other)}; elija fechas que "
             "no toquen las suyas.") for other in others
            if overlaps(version, other) and not can_be_shortened(version, other)]


def days_without_version(version: ProcedureVersion, definition: Definition) -> tuple[Finding, ...]:
    """A warning for each run of days, next to those of `definition`, on which no version of its procedure is in force.
    """
    dated = object_session(version).scalars(find.versions_with_dates(version.procedure_id))
    others = [other for other in dated if other != version]
    starts, ends = definition.valid_from, definition.valid_to
    before = [other.valid_to or starts for other in others if other.valid_from < starts]
    after = [other.valid_from for other in others if ends and other.valid_from > ends]
    gaps = [("valid_from", max(before) + DAY, starts - DAY)] if before else []
    gaps += [("valid_to", ends + DAY, min(after) - DAY)] if after else []
    return tuple(Finding("warning", place, gap_sentence(first, last)) for place, first, last in gaps if first <= last)


def gap_sentence(first: date, last: date) -> str:
    """A sentence for a run of days without a version, both ends included."""
    days = f"Del {day(first)} al {day(last)}" if first < last else f"El {day(first)}"
    return (f"{days} no rige ninguna versión: los recibos que terminen entonces no podrán corregirse con este "
            "procedimiento; cambie la vigencia si no debe quedar ese hueco.")


def overlaps(one: ProcedureVersion, other: ProcedureVersion) -> bool:
    """Whether both versions are valid on some day."""
    return ((one.valid_to is None or other.valid_from <= one.valid_to)
            and (other.valid_to is None or one.valid_from <= other.valid_to))


def can_be_shortened(version: ProcedureVersion, former: ProcedureVersion) -> bool:
    """Whether the former version can end the day before this one begins."""
    return former.state == V.AUTHORIZED and former.valid_from < version.valid_from


def end_words(version: ProcedureVersion) -> str:
    """The last day of a version in words."""
    return day(version.valid_to) if version.valid_to else "día en que otra la sustituya"
