"""Which processes of PostgreSQL live in a data folder, asked of the system, never of a pid file."""

import os
import signal
import time
from pathlib import Path

from deploy.postgres.account import Account

PROC = Path("/proc")
# Every process of PostgreSQL stands in its data folder. Asked as the account that owns them: in a
# container even root may not look into another account's processes.
STANDING_IN = ('data=$0; for process in "$@"; do [ "$process/cwd" -ef "$data" ] '
               '&& [ "$(cat "$process/comm")" = postgres ] && echo "${process##*/}"; done; true')


def written_pid(file: Path) -> int | None:
    """The number in a pid or lock file, which may be stale or belong to anybody by now."""
    try:
        return int(file.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def living_in(data: Path, account: Account, pids: str = "[0-9]*") -> set[int]:
    """The processes of PostgreSQL whose data folder is this one."""
    if PROC.is_dir():
        said = account.run("sh", "-c", STANDING_IN, data, *PROC.glob(pids)).stdout
        return {int(pid) for pid in said.split()}
    pid = written_pid(data / "postmaster.pid")
    return {pid} if pid and _exists(pid) else set()


def postmaster_of(data: Path, account: Account) -> int | None:
    """The server's own process, if it lives and is really the one of this data folder."""
    pid = written_pid(data / "postmaster.pid")
    return pid if pid and pid in living_in(data, account, str(pid)) else None


def end_orphans(data: Path, account: Account, patience: float = 3) -> None:
    """End what outlived a killed postmaster: PostgreSQL does not start beside it.

    Nothing committed is lost, since a commit is answered only once it is on disk.
    """
    for ending in (None, signal.SIGTERM, signal.SIGKILL):
        orphans = living_in(data, account)
        if ending:
            for pid in orphans:
                _send(pid, ending)
        deadline = time.monotonic() + patience
        while orphans and time.monotonic() < deadline:
            time.sleep(0.05)
            orphans = living_in(data, account)
        if not orphans:
            return


def forget_strangers(data: Path, socket: Path) -> None:
    """Remove files that name as our server a process that is not: a stranger, or a dead one.

    PostgreSQL itself recovers from a number that nobody has. It does not from one that another
    process got since, nor from that of a killed server which its parent has not yet buried.
    """
    for file in (data / "postmaster.pid", *socket.glob(".s.PGSQL.*.lock")):
        pid = written_pid(file)
        if pid and _exists(pid):
            file.unlink()


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _send(pid: int, ending: signal.Signals) -> None:
    try:
        os.kill(pid, ending)
    except ProcessLookupError:
        return
