"""A version tried over past bills: the same figures as one by one, each bill once, results never edited."""

from dataclasses import replace as other
from decimal import Decimal
from types import SimpleNamespace

import psycopg
import pytest
from sqlalchemy import select

import policies
from admin_views import worker
from models.billing import Bill
from models.procedures import Procedure, ProcedureVersion, VersionState
from models.replays import Replay
from policies import replays
from policies.cases import definition_of
from policies.procedures.engine import compute
from policies.gathering import gather
from policies.replays import replay_chunk, resume_replay, stop_replay, try_on_past_bills

ASKED = {"months": Decimal(3), "compare": True, "supuesto.leak.repaired": True}
COUNTS = "SELECT count(*), count(DISTINCT bill_id) FROM console.replay_rows WHERE replay_id = %s"


def one(office, statement, *values):
    with psycopg.connect(office.dsn()) as raw:
        return raw.execute(statement, values).fetchone()


def ruling(office):
    return office.scalar("SELECT v.id FROM console.procedure_versions v JOIN console.procedures p"
                         " ON p.id = v.procedure_id WHERE p.code = 'slp-fuga-oculta' AND v.number = 1")


def drafted(office, change=lambda document: document, number=[1]):
    """A second version of the hidden leak, in elaboration; its key."""
    number[0] += 1
    with office.speaks("staff") as session:
        first = session.get(ProcedureVersion, ruling(office))
        document = change(dict(first.definition) | {"version": number[0]})
        made = ProcedureVersion(procedure_id=first.procedure_id, number=number[0], valid_from=first.valid_from,
                                anomaly_codes=first.anomaly_codes, definition=document, content_hash="")
        made.content_hash = definition_of(SimpleNamespace(definition=document)).content_hash()
        session.add(made)
        session.commit()
        return made.id


def milder(document):
    """Half as much again is enough, instead of twice."""
    leak, volume, *rest = document["eligibility"]
    return document | {"eligibility": [leak, volume | {"value": {"expr": "1.5 * baseline"}}, *rest]}


def asked(office, version, role="staff", **answers):
    return office.perform(role, try_on_past_bills, version, ASKED | answers, model=ProcedureVersion)


def worked(office):
    """The worker, until nothing waits."""
    with office.app.app_context():
        while worker.take_one():
            pass
        worker.resting.clear()


def whole(office, key):
    """The replay's columns, by name."""
    names = ("state", "trouble", "done", "total", "last_bill_id", "finished_at", "run_by_id", "months")
    return SimpleNamespace(**dict(zip(names, one(
        office, f"SELECT {', '.join(names)} FROM console.replays WHERE id = %s", key), strict=True)))


def test_it(office):
    key = asked(office, drafted(office, milder))
    worked(office)
    r = whole(office, key)
    print(r.state, r.trouble, r.done, r.total, r.finished_at)
    print(one(office, COUNTS, key), one(office, "select count(*) filter (where eligible), count(*) filter (where eligible_before), sum(amount), sum(amount_before) from console.replay_rows"))
    with psycopg.connect(office.dsn()) as raw:
        print(raw.execute("select rule, count(*) from console.replay_rows group by 1").fetchall())
