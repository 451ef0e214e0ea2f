"""The worker as it is run, in processes of its own, which a test may kill."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager

from tests.served import ROOT, die_with_the_tests, strangers, until

WORK = "\nimport sys; from flask.cli import main; sys.argv = ['flask', '--app', {!r}, 'work', *sys.argv[1:]]; main()"


def begin(office, changes, *options):
    """`flask --app app work` over an office, after the Python statements that make it slower or its chunks smaller."""
    app = f"app:create_app(INSTANCE='{office.app.instance_path}', FILES='{office.app.config['FILES']}', DEMO=True)"
    return subprocess.Popen(
        [sys.executable, "-c", changes + WORK.format(app), *options], cwd=ROOT, start_new_session=True,
        env=os.environ | {"DATABASE_URL": office.url}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        preexec_fn=die_with_the_tests)


def kill(process):
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def workers(office, changes):
    """What begins one more worker; all end with the test, and their database sessions with them."""
    begun = []

    def another(*options):
        begun.append(begin(office, changes, *options))
        return begun[-1]
    yield another
    for process in begun:
        kill(process)
    until(lambda: not strangers(office), 40)
