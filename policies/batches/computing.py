"""The rows of a batch: the same engine and the same facts as a single correction, many at a time."""

import json
from dataclasses import replace
from zoneinfo import ZoneInfo

from sqlalchemy import Boolean, Integer, Numeric, cast, column, func, insert, literal, select
from sqlalchemy.dialects.postgresql import JSONB

from models.batches import BatchRow
from models.queries import batches as find
from models.queries.gathering import sources
from models.queries.trays import HERE
from policies.core.figures import day
from policies.corrections.cases import definition_of
from policies.corrections.gathering import gather
from policies.procedures.engine import compute
from policies.procedures.memoria import paragraphs

COLUMNS = {"bill_id": Integer, "account_id": Integer, "eligible": Boolean, "refusals": JSONB, "inputs": JSONB,
           "volume_before": Numeric, "volume_after": Numeric, "amount": Numeric, "instalments": Integer,
           "lines": JSONB, "memoria": JSONB, "effects": JSONB, "sources": JSONB}


def rows_for(session, batch, definition, bills):
    """One row for each (bill, account, what the file says of it), as JSON keeps it."""
    keys = [bill for bill, _, _ in bills]
    # Before the records are read: of what changes in between, the fingerprints say the former.
    read = dict(session.execute(sources(keys, batch.procedure_version_id)).all())
    cases = gather(session, keys, asked_on(batch))
    taken = dict(session.execute(find.standing(list(cases))).all())
    return [row(batch, definition, cases[bill], bill, account, said or {}, taken.get(bill)) | {"sources": read[bill]}
            for bill, account, said in bills]


def asked_on(batch):
    """The day on which the corrections of a batch are asked for."""
    return batch.drafted_at.astimezone(ZoneInfo(HERE)).date()


def recomputed(session, batch, rows):
    """row key → MXN that each row would move if it were computed now; 0 where it would not proceed."""
    definition = definition_of(batch.procedure_version)
    cases = gather(session, [row.bill_id for row in rows], asked_on(batch))
    return {row.id: compute(definition, replace(cases[row.bill_id].facts, inputs=row.inputs),
                            cases[row.bill_id].rate, traced=False).difference for row in rows}


def row(batch, definition, case, bill, account, said, standing):
    """What is proposed for one bill, or why it does not proceed."""
    inputs = batch.inputs | said
    outcome = compute(definition, replace(case.facts, inputs=inputs), case.rate)
    why = [*outside(batch.procedure_version, case.facts.bill), *held(standing), *outcome.refusals]
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


def outside(version, bill):
    """The version must have ruled on the bill's last day, whatever its file says of later ones."""
    if version.valid_from <= bill.period_end and (version.valid_to is None or bill.period_end <= version.valid_to):
        return []
    return [f"{version} no regía el {day(bill.period_end)}, último día del recibo."]


def held(standing):
    return [] if standing is None else ["El recibo ya tiene otra corrección; revíselo aparte.", f"Es {standing}."]


def line(before, after):
    return {"service": before.service, "amount_before": text(before.amount), "tax_before": text(before.tax),
            "amount_after": text(after.amount), "tax_percent_after": text(after.tax_percent),
            "tax_after": text(after.tax)}


def text(figure):
    """An exact figure as JSON keeps it."""
    return None if figure is None else str(figure)


def written(batch, rows):
    """One INSERT for all of them: one entry in the trail; PostgreSQL adds each row's own hash."""
    source = (func.jsonb_to_recordset(cast(literal(json.dumps(rows)), JSONB))
              .table_valued(*(column(name, kind) for name, kind in COLUMNS.items()))
              .render_derived("fresh", with_types=True))
    fresh = select(literal(batch.id), *(source.c[name] for name in COLUMNS), literal(""))
    return insert(BatchRow).from_select(["batch_id", *COLUMNS, "row_hash"], fresh)
