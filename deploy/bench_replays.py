"""How many past bills a second one core tries: gathered, computed and written as the worker does it."""

import resource
import time
from decimal import Decimal

from sqlalchemy import select

import policies
from admin_views.core import worker
from deploy.demo.people import actor
from models import db
from models.procedures import Procedure, ProcedureVersion
from models.replays import Replay
from policies.replays.acts import try_on_past_bills

BILLS, MONTHS, WANTED = 100_000, 60, 2_000
ASKED = {"months": Decimal(MONTHS), "supuesto.leak.repaired": True}


def replaying(app, bills=BILLS):
    """Whole replays of every bill there is, as many as make that many bills; nothing else runs beside."""
    with app.app_context():
        who = actor("personal")
    tried, spent, turns, first = 0, 0.0, 0, None
    while tried < bills:
        key = begin_replay(app, who)
        begin = time.perf_counter()
        with app.app_context():
            while worker.take_one():
                pass
        spent += time.perf_counter() - begin
        with app.app_context(), policies.speaks(db.session, who, "bench", True) as session:
            replay = session.get(Replay, key)
            assert replay.done == replay.total and replay.trouble is None, replay.trouble
            tried, turns = tried + replay.done, turns + 1
        first = first or peak()
    print(f"{f'probar {tried:,} recibos ({turns} pruebas de todos los que hay)':<58} {tried / spent:>10,.0f} "
          f"recibos/s  meta: {WANTED:,} o más; memoria {first:,.0f} MB tras la primera, {peak():,.0f} MB al final",
          flush=True)


def begin_replay(app, who):
    """Begin a replay of one procedure; its key."""
    with app.app_context(), policies.speaks(db.session, who, "bench") as session:
        version = session.scalar(select(ProcedureVersion).join(Procedure).where(
            Procedure.code == "slp-fuga-oculta").order_by(ProcedureVersion.number).limit(1))
        made = policies.perform(session, try_on_past_bills, version, who, dict(ASKED))
        session.commit()
        return made.id


def peak():
    """MB that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
