"""A correction's case: the records of its bill, gathered as for any number of them, and what was typed."""

import json
from dataclasses import replace
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlalchemy.orm import object_session

from models.queries.gathering import lines
from models.queries.trays import HERE
from policies.core.page_reads import once
from policies.corrections.gathering import Case, gather, net
from policies.procedures.parsing import parse


def definition_of(version):
    """The procedure's content as the engine reads it; one content is read once."""
    return _parsed(json.dumps(version.definition, sort_keys=True), str(version))


@lru_cache(maxsize=64)
def _parsed(content, where):
    return parse(json.loads(content), where)


def lines_of(bill):
    """The bill's lines as they stand after its notes, MXN."""
    return net(object_session(bill).connection().execute(lines([bill.id]))).get(bill.id, ())


def case_of(correction):
    """(facts, rate) of a correction: all that one computation reads, and how volume is priced."""
    return once(correction, "case", lambda: gathered(correction))


def gathered(correction):
    asked_on = correction.drafted_at.astimezone(ZoneInfo(HERE)).date()
    found = gather(object_session(correction), [correction.bill_id], asked_on)[correction.bill_id]
    return Case(replace(found.facts, inputs=dict(correction.inputs)), found.rate)
