"""How somebody asks the supervisor to end: Ctrl+C, a polite kill, or a terminal that closes."""

import signal

ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Asked(BaseException):
    """Somebody asked the console to end; no `except Exception` may take it for a fault."""


def listen() -> None:
    """Raise Asked when somebody asks the process to end."""
    for number in ENDINGS:
        signal.signal(number, _ask)


def stop_listening() -> None:
    """Once is enough: a second Ctrl+C must not cut the closing short."""
    for number in ENDINGS:
        signal.signal(number, signal.SIG_IGN)


def _ask(*_) -> None:
    stop_listening()
    raise Asked
