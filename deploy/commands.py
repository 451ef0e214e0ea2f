"""The programs that the supervisor runs, said once."""

import sys

FLASK = [sys.executable, "-m", "flask", "--app", "app"]
PREPARE = [*FLASK, "prepare"]
DEMO = [sys.executable, "-m", "deploy.demo"]
SEAL = [*FLASK, "audit", "seal", "--every", "60"]
WORK = [*FLASK, "work"]
GUNICORN = [sys.executable, "-m", "gunicorn", "app:create_app()", "--preload", "--workers", "2",
            "--worker-class", "deploy.worker.SpanishWorker", "--threads", "8", "--timeout", "60",
            "--graceful-timeout", "20", "--log-level", "warning", "--no-control-socket"]


def web(host: str, port: int) -> list[str]:
    """The command that serves the console at an address."""
    return [*GUNICORN, "--bind", f"{host}:{port}"]
