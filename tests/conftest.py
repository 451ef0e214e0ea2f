"""One PostgreSQL for the whole run, one console per process, one office per module, cloned from a template made once."""

import fcntl
import gc
import json
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import make_url

from app import create_app
from deploy.demo.load import load
from deploy.postgres.embedded import Embedded
from models import db
from models.base.connections import with_driver
from tests.office import Office, end

ACCOUNTS = 60
RUN = "consola-tests-"
# A password is checked thousands of times in a run; what it costs in the office, test_login.py looks at.
CHEAP = json.dumps({"argon2__rounds": 1, "argon2__memory_cost": 8, "argon2__parallelism": 1})
# Nothing of a run is to outlive it: what keeps data through a power cut is left out.
CLUSTER = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "wal_level": "minimal",
           "max_wal_senders": "0", "scram_iterations": "1", "checkpoint_timeout": "1h", "shared_buffers": "64MB", "max_connections": "300"}

LONGEST = ("test_screens_of_the_unit", "test_screens_of_the_others", "test_matrix", "test_every_page", "test_hostile_bodies",
           "test_demo", "test_faults", "test_embedded", "test_worker", "test_supervisor", "test_weight")


def pytest_configure(config):
    """The controller chooses the folder; its workers inherit it by the environment."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)     # what a test begins finds the house compiled, as an office does
    os.environ["CONSOLE_SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS"] = CHEAP    # of every process that a test begins too
    if "CONSOLE_TESTS" not in os.environ:
        folder = Path(tempfile.mkdtemp(prefix=RUN))
        folder.chmod(0o755)  # the unprivileged account of PostgreSQL must pass
        os.environ["CONSOLE_TESTS"] = str(folder)
        config.own_folder = folder


def pytest_collection_modifyitems(items):
    """The files that take longest come first, so that no process is left alone with one at the end."""
    items.sort(key=lambda item: next((place for place, file in enumerate(LONGEST) if f"/{file}.py::" in item.nodeid), len(LONGEST)))


def pytest_collection_finish():
    """The cases and the house stay to the end, and most garbage goes without being looked for."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_unconfigure(config):
    if folder := getattr(config, "own_folder", None):
        if (folder / "pg").exists():
            cluster_in(folder).stop()
        shutil.rmtree(folder, ignore_errors=True)
        del os.environ["CONSOLE_TESTS"]


def cluster_in(folder):
    return Embedded(folder / "pg", CLUSTER, system=folder / "system")


@pytest.fixture(scope="session")
def run_folder():
    return Path(os.environ["CONSOLE_TESTS"])


@pytest.fixture(scope="session")
def cluster(run_folder):
    return cluster_in(run_folder).start()


@pytest.fixture(scope="session")
def template(cluster, run_folder):
    """The name of a database that holds a small demo office; made by the first worker."""
    with (run_folder / "template.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = run_folder / "template.done"
        if not done.exists():
            app = create_app(DATABASE_URL=cluster.ensure_owner("template_office"),
                             INSTANCE=str(run_folder / "instance"), DEMO=True)
            result = app.test_cli_runner().invoke(args=["prepare"])
            assert result.exit_code == 0, result.output
            load(app, accounts=ACCOUNTS, months=24, corrections=False)
            end(app)
            done.touch()
    return "template_office"


@pytest.fixture(scope="session")
def console(cluster, template, run_folder):
    """The console of this process: made once, as its addresses, templates and statements are; `office` gives it the
    database of a module."""
    app = create_app(DATABASE_URL=cluster.ensure_owner(template), INSTANCE=str(run_folder / "instance"), DEMO=True)

    def chosen(dialect, record, arguments, options):
        options["dbname"] = make_url(app.config["DATABASE_URL"]).database
    with app.app_context():
        for engine in db.engines.values():
            event.listen(engine, "do_connect", chosen)
    return app


@pytest.fixture(scope="module")
def office(console, cluster, template, run_folder, request, worker_id):
    """A fresh office for the module: its own database, its own files, real commits."""
    name = f"m_{worker_id}_{abs(hash(request.node.nodeid)) % 10**10}"
    owner_url = cluster.ensure_owner(template)
    with (run_folder / "template.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        run(owner_url, f'CREATE DATABASE "{name}" TEMPLATE {template} STRATEGY FILE_COPY')   # half the time of WAL_LOG
    url, files = cluster.ensure_owner(name), run_folder / "files" / name
    shutil.copytree(run_folder / "instance" / "files", files)
    own = dict(console.config)
    console.config.update(DATABASE_URL=with_driver(url), FILES=str(files), SEAL_HEADS=str(run_folder / "seals" / name))
    made = Office(console, url)
    yield made
    made.programs.leave()
    end(console)
    console.config.update(own)
    # As the superuser: the owner may not end a tier's connection that is still closing.
    superuser = cluster.url("postgres", cluster.place.secret("superuser", new=False), "postgres")
    run(superuser, f'DROP DATABASE "{name}" WITH (FORCE)')


def run(url, statement):
    engine = create_engine(url.replace("/template_office", "/postgres"),
                           isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(scope="session")
def worker_id(request):
    return getattr(request.config, "workerinput", {}).get("workerid", "main")
