"""kill -9 of a real worker while it writes an export: the next one begins again, and one whole file is left."""

import gzip

import pytest

from admin_views.output import exports
from tests.admin_views.test_long_exports import BILLS, asked, download, order, ordered_path
from tests.served import until
from tests.workers import kill, workers

# The worker as it is run, which stands still after 300 rows as long as a file says so.
CHANGES = ("import os, time; from admin_views.output import ordered; follow = ordered.progress_follower\n"
           "def slow(advance):\n"
           "    def rows(of):\n"
           "        for number, row in enumerate(follow(advance)(of)):\n"
           "            while number == 300 and os.path.exists({hold!r}): time.sleep(0.05)\n"
           "            yield row\n"
           "    return rows\n"
           "ordered.progress_follower, ordered.EVERY, ordered.STEP = slow, 0, 100")


@pytest.fixture
def hold(tmp_path):
    path = tmp_path / "hold"
    path.touch()
    return path


@pytest.fixture
def worker(office, hold):
    with workers(office, CHANGES.format(hold=str(hold))) as another:
        yield another


@pytest.fixture
def long(monkeypatch):
    monkeypatch.setattr(exports, "LONG", {"csv": 10, "xlsx": 10})


def test_a_worker_killed_half_way_leaves_nothing_and_the_next_begins_again(office, worker, hold, long):
    staff = office.client("staff")
    key = asked(office, staff)
    first = worker()
    until(lambda: order(office, key)["written"] == 300, 60)
    half, whole = ordered_path(office, key, ".part"), ordered_path(office, key)
    assert half.exists() and not whole.exists()
    kill(first)
    kept = order(office, key)
    assert kept["state"] == "running" and half.exists()
    assert "Renglones escritos: 300 de" in staff.get(f"/mis-exportaciones/{key}/").text
    hold.unlink()
    assert worker("--once").wait(60) == 0
    kept = order(office, key)
    assert kept["state"] == "ready" and kept["written"] == office.scalar("SELECT count(*) FROM commercial.bills")
    assert whole.exists() and not half.exists() and whole.stat().st_size == kept["size"]
    with download(staff, key) as answer:
        assert len(gzip.decompress(answer.data).splitlines()) == kept["written"] + 1


def test_two_workers_write_one_file(office, worker, hold, long):
    """The second finds the file taken, and does something else."""
    staff = office.client("staff")
    key, other = asked(office, staff), asked(office, staff, BILLS.replace("folio", "-folio"))
    worker()
    until(lambda: order(office, key)["written"] == 300, 60)
    worker()
    until(lambda: order(office, other)["written"] == 300, 60)
    hold.unlink()
    until(lambda: {order(office, each)["state"] for each in (key, other)} == {"ready"}, 60)
    said = office.scalar("SELECT json_agg(outcome ORDER BY id) FROM console.export_entries WHERE outcome <> 'complete'")
    assert said[-4:].count("ready") == 2 and "failed" not in said
