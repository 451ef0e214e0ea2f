"""The rows of a batch: the same engine and the same facts as a single correction, many at a time."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import Boolean, Insert, Integer, Numeric, Row, cast, column, func, insert, literal, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from models.batches import BatchRow, CorrectionBatch
from models.procedures import ProcedureVersion
from models.queries import batches as find
from models.queries.gathering import sources
from models.queries.trays import HERE
from policies.core.figures import day
from policies.corrections.cases import definition_of
from policies.corrections.gathering import Case, gather
from policies.procedures.definition import Definition
from policies.procedures.engine import compute
from policies.procedures.facts import BillFacts, LineFacts
from policies.procedures.memoria import paragraphs

COLUMNS = {"bill_id": Integer, "account_id": Integer, "eligible": Boolean, "refusals": JSONB, "inputs": JSONB,
           "volume_before": Numeric, "volume_after": Numeric, "amount": Numeric, "instalments": Integer,
           "lines": JSONB, "memoria": JSONB, "effects": JSONB, "sources": JSONB}


def rows_for(session: Session, batch: CorrectionBatch, definition: Definition, bills: Sequence[Row]) -> list[dict]:
    """One row, as JSON keeps it, for each (bill, account, what the file says of it)."""
    keys = [bill for bill, _, _ in bills]
    # Before the records are read: of what changes in between, the fingerprints say the former.
    read = dict(session.execute(sources(keys, batch.procedure_version_id)).all())
    cases = gather(session, keys, asked_on(batch))
    taken = dict(session.execute(find.standing(list(cases))).all())
    return [row(batch, definition, cases[bill], bill, account, said or {}, taken.get(bill)) | {"sources": read[bill]}
            for bill, account, said in bills]


def asked_on(batch: CorrectionBatch) -> date:
    """The day on which the corrections of a batch are asked for."""
    return batch.drafted_at.astimezone(ZoneInfo(HERE)).date()


def recomputed(session: Session, batch: CorrectionBatch, rows: Sequence[BatchRow]) -> dict[int, Decimal]:
    """key of each row → MXN that it would move if it were computed now; 0 where it would not proceed."""
    definition = definition_of(batch.procedure_version)
    cases = gather(session, [row.bill_id for row in rows], asked_on(batch))
    return {row.id: compute(definition, replace(cases[row.bill_id].facts, inputs=row.inputs),
                            cases[row.bill_id].rate, traced=False).difference for row in rows}


def row(batch: CorrectionBatch, definition: Definition, case: Case, bill: int, account: int, said: dict,
        standing: str | None) -> dict:
    """What is proposed for one bill, or why it does not proceed. `said` is what the file says of its account,
    `standing` the folio of its other correction.
    """
    inputs = batch.inputs | said
    outcome = compute(definition, replace(case.facts, inputs=inputs), case.rate)
    why = [*outside(batch.procedure_version, case.facts.bill), *other_correction(standing), *outcome.refusals]
    fits = outcome.eligible and not why
    memoria = paragraphs(outcome)
    if why and outcome.eligible:
        memoria += [{"label": "No procede", "how": sentence, "figure": ""} for sentence in why]
    return {
        "bill_id": bill, "account_id": account, "eligible": fits, "refusals": why, "inputs": inputs,
        "volume_before": text(outcome.volume_before), "volume_after": text(outcome.volume_after) if fits else None,
        "amount": text(outcome.difference) if fits else "0", "memoria": memoria,
        "instalments": min(batch.instalments, outcome.instalments_most) if fits else 1,
        "effects": list(outcome.effects) if fits else [],
        "lines": [line(before, after) for before, after in zip(outcome.before, outcome.after, strict=True)]
        if fits else []}


def outside(version: ProcedureVersion, bill: BillFacts) -> list[str]:
    """Why the bill does not proceed where the version did not rule on its last day; empty where it did."""
    if version.valid_from <= bill.period_end and (version.valid_to is None or bill.period_end <= version.valid_to):
        return []
    return [f"{version} no regía el {day(bill.period_end)}, último día del recibo."]


def other_correction(standing: str | None) -> list[str]:
    """Why a bill with another correction does not proceed; empty without one."""
    return [] if standing is None else ["El recibo ya tiene otra corrección; revíselo aparte.", f"Es {standing}."]


def line(before: LineFacts, after: LineFacts) -> dict[str, str]:
    """One line of the bill as JSON keeps it, MXN before and after."""
    return {"service": before.service, "amount_before": text(before.amount), "tax_before": text(before.tax),
            "amount_after": text(after.amount), "tax_percent_after": text(after.tax_percent),
            "tax_after": text(after.tax)}


def text(figure: Decimal | None) -> str | None:
    """An exact figure as JSON keeps it."""
    return None if figure is None else str(figure)


def insert_rows(batch: CorrectionBatch, rows: Sequence[dict]) -> Insert:
    """One INSERT of all the rows, which leaves one entry in the trail; PostgreSQL adds the hash of each row."""
    source = (func.jsonb_to_recordset(cast(literal(json.dumps(rows)), JSONB))
              .table_valued(*(column(name, kind) for name, kind in COLUMNS.items()))
              .render_derived("fresh", with_types=True))
    fresh = select(literal(batch.id), *(source.c[name] for name in COLUMNS), literal(""))
    return insert(BatchRow).from_select(["batch_id", *COLUMNS, "row_hash"], fresh)
