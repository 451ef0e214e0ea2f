"""A correction's case: the records of its bill, gathered as for any number of them, and what was typed."""

import json
from dataclasses import replace
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlalchemy.orm import object_session

from models.billing import Bill
from models.corrections import Correction
from models.procedures import ProcedureVersion
from models.queries.gathering import lines
from models.queries.trays import HERE
from policies.core.page_reads import once
from policies.corrections.gathering import Case, gather, net
from policies.procedures.definition import Definition
from policies.procedures.facts import LineFacts
from policies.procedures.parsing import parse


def definition_of(version: ProcedureVersion) -> Definition:
    """The content of a procedure version as the engine reads it; each content is parsed once."""
    return _parsed(json.dumps(version.definition, sort_keys=True), str(version))


@lru_cache(maxsize=64)
def _parsed(content, where):
    return parse(json.loads(content), where)


def lines_of(bill: Bill) -> tuple[LineFacts, ...]:
    """The bill's lines as they stand after its notes, MXN."""
    return net(object_session(bill).connection().execute(lines([bill.id]))).get(bill.id, ())


def case_of(correction: Correction) -> Case:
    """(facts, rate) of a correction: all that its computation reads, and how volume is priced."""
    return once(correction, "case", lambda: gathered(correction))


def gathered(correction: Correction) -> Case:
    """The Case of a correction read anew, with what was typed for it."""
    asked_on = correction.drafted_at.astimezone(ZoneInfo(HERE)).date()
    found = gather(object_session(correction), [correction.bill_id], asked_on)[correction.bill_id]
    return Case(replace(found.facts, inputs=dict(correction.inputs)), found.rate)
