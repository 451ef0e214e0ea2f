"""A process that the supervisor keeps: begun again when it ends, never left behind."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1
LONGEST_PAUSE = 30.0
LONG_ENOUGH = 60.0  # having lived this long, a child that ends has not just failed to start


class Child:
    """One program, its own process group, and how often it may be begun again."""

    def __init__(self, name: str, command: list[str], folder: Path, env: Mapping[str, str]):
        self.name, self.command, self.folder, self.env = name, command, folder, dict(env)
        self.process: subprocess.Popen | None = None
        self.pause, self.began_at, self.begin_at = 1.0, 0.0, 0.0

    def begin(self) -> None:
        # A group of its own: Ctrl+C in the terminal reaches the supervisor alone, which ends the
        # others in order.
        """Start its process."""
        self.process = subprocess.Popen(self.command, cwd=self.folder, env=self.env,
                                        stdin=subprocess.DEVNULL, process_group=0,
                                        preexec_fn=dying_with_its_parent())
        self.began_at = time.monotonic()

    def lives(self) -> bool:
        """Whether it runs."""
        return self.process is not None and self.process.poll() is None

    def wait(self) -> int:
        """Wait for its end; the exit status."""
        return self.process.wait()

    def tend(self) -> str | None:
        """Begin it again if it ended and its pause is over; says so when it finds it ended."""
        if self.lives():
            return None
        now = time.monotonic()
        if self.process is not None:
            code, self.process = self.process.returncode, None
            self.pause = 1.0 if now - self.began_at > LONG_ENOUGH else self.pause
            self.begin_at = now + self.pause
            self.pause = min(self.pause * 2, LONGEST_PAUSE)
            return f"{self.name} terminó (código {code}); se inicia de nuevo."
        if now >= self.begin_at:
            self.begin()
        return None

    def end(self, patience: float) -> None:
        """Ask it to end, wait for the work in hand, and only then insist."""
        if not self.lives():
            return
        self.process.terminate()
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def dying_with_its_parent() -> Callable[[], None] | None:
    """On Linux the system ends a child whose supervisor was killed, so none keeps the port."""
    if not hasattr(LIBC, "prctl"):
        return None
    parent = os.getpid()

    def ask() -> None:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # killed between the fork and the line above
            os._exit(1)
    return ask
