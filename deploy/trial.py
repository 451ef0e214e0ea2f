"""A demonstration office of its own for a moment, in a folder that goes with it."""

import logging
import shutil
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path

from werkzeug.serving import make_server

from app import create_app
from deploy.demo.load import load
from deploy.postgres.embedded import Embedded


@contextmanager
def office(accounts=2000, **settings):
    """(app, address of the database for psycopg, what was loaded)."""
    folder = Path(tempfile.mkdtemp(prefix="consola-trial-"))
    folder.chmod(0o755)   # the unprivileged account of PostgreSQL must pass
    cluster = Embedded(folder / "pg", system=folder / "system").start()
    try:
        url = cluster.ensure_owner()
        app = create_app(DATABASE_URL=url, INSTANCE=str(folder / "instance"), DEMO=True, **settings)
        app.test_cli_runner().invoke(args=["prepare"], catch_exceptions=False)
        yield app, url.replace("+psycopg", ""), load(app, accounts)
    finally:
        cluster.stop()
        shutil.rmtree(folder)


@contextmanager
def served(app):
    """The address where the office answers, on a free port of this machine."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)   # a line per request tells nothing
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
