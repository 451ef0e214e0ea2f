"""kill -9 of a real worker in the middle of a batch: every bill once, and the notes add up to the batch."""

import psycopg
import pytest

from models.batches import BatchState as B
from policies.batches import acts
from tests.policies.batches import Batches
from tests.served import held, until
from tests.workers import kill, workers

# The worker as it is run, with smaller chunks: the office of the tests is small.
CHANGES = "import policies.batches.acts; policies.batches.acts.CHUNK = 5"


@pytest.fixture(scope="module")
def batches(office):
    return Batches(office)


@pytest.fixture
def worker(office):
    with workers(office, CHANGES) as another:
        yield another


def stands_still(office):
    with psycopg.connect(office.dsn(), autocommit=True) as raw:
        return raw.execute("SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
                           " WHERE NOT l.granted AND a.datname = current_database()").fetchone()[0]


def test_a_worker_killed_while_it_applies_loses_nothing_and_repeats_nothing(office, batches, worker):
    key = batches.applying(back=3)
    bills, proceeding, amount = batches.figures(key)
    # Somebody holds a bill in the middle: the worker stands still with a chunk half written.
    middle = office.scalar("SELECT bill_id FROM console.batch_rows WHERE batch_id = %s AND eligible"
                           " ORDER BY bill_id OFFSET 17 LIMIT 1", key)
    with held(office, "SELECT id FROM commercial.bills WHERE id = %s FOR NO KEY UPDATE", middle):
        first = worker()
        until(lambda: batches.notes(key)[0] == 15 and stands_still(office), 60)
        kill(first)
    assert batches.state(key) == B.APPLYING and batches.notes(key)[:2] == (15, 15)
    worker()
    until(lambda: batches.state(key) != B.APPLYING, 60)
    assert batches.state(key) == B.APPLIED and proceeding > 40
    assert batches.notes(key) == (proceeding, proceeding, amount)
    assert office.scalar("SELECT count(*) FROM console.corrections WHERE batch_row_id IS NOT NULL") == proceeding


def test_a_worker_killed_while_it_computes_writes_each_bill_once(office, batches, worker):
    key = batches.prepared(back=4)
    batches.perform(acts.compute_batch, key, {"dias_sin_servicio": 6})
    first = worker()
    until(lambda: office.scalar("SELECT count(*) FROM console.batch_rows WHERE batch_id = %s", key) >= 10, 60)
    kill(first)
    worker()
    until(lambda: batches.state(key) == B.COMPUTED, 60)
    bills = batches.figures(key)[0]
    assert bills > 40 and office.scalar(
        "SELECT count(DISTINCT bill_id) FROM console.batch_rows WHERE batch_id = %s", key) == bills
