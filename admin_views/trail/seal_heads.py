"""The file of seals outside the database: one line for each seal, only ever added.

Whoever owns the database can cut the last seals, or write all of them again; this file then says other
hashes. Each hash covers every seal before it, so the last line is what the database must still hold.
"""

import fcntl
import os
import re
from pathlib import Path
from typing import BinaryIO, NamedTuple

from sqlalchemy import Connection, text

LINE = re.compile(r"^(\d+) ([0-9a-f]{64}) (\S+)$", re.MULTILINE)
TAIL = 4096     # bytes at the end of the file that surely hold its last line
NEXT = text("SELECT number, encode(hash, 'hex'), at FROM audit.seal WHERE number > :last ORDER BY number")
NEWEST = text("SELECT number, encode(hash, 'hex'), at FROM audit.seal ORDER BY number DESC LIMIT 1")
HELD = text("SELECT encode(hash, 'hex') FROM audit.seal WHERE number = :number")


class Head(NamedTuple):
    """A seal as it was kept outside: its number, its hash (hexadecimal) and when it was made."""

    number: int
    hash: str
    at: str


def last_kept(path: Path) -> Head | None:
    """The last whole line of the file; None where there is no file or no such line."""
    try:
        with path.open("rb") as file:
            return last_line(file)
    except FileNotFoundError:
        return None


def last_line(file: BinaryIO) -> Head | None:
    """The last whole line of an open file; None without one."""
    file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL))
    lines = LINE.findall(file.read().decode(errors="replace"))
    return Head(int(lines[-1][0]), *lines[-1][1:]) if lines else None


def stands(connection: Connection, head: Head) -> bool:
    """Whether the database still holds that seal as it was kept."""
    return connection.execute(HELD, {"number": head.number}).scalar() == head.hash


def keep(connection: Connection, path: Path) -> bool:
    """Append the seals that the file lacks, and wait until they are on the disk.

    False, and nothing written, when the database no longer holds the file's last seal: the file stays
    the proof. A new file begins with the newest seal, whose hash covers the former ones.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        last = last_line(file)
        if last and not stands(connection, last):
            return False
        missing = connection.execute(NEXT, {"last": last.number}) if last else connection.execute(NEWEST)
        lines = "".join(f"{number} {digest} {at.isoformat()}\n" for number, digest, at in missing)
        file.write((b"\n" if torn(file) else b"") + lines.encode())
        file.flush()
        os.fsync(file.fileno())
    return True


def torn(file: BinaryIO) -> bool:
    """Whether the file ends in the middle of a line, as a full disk leaves it."""
    if file.seek(0, os.SEEK_END) == 0:
        return False
    file.seek(-1, os.SEEK_END)
    return file.read() != b"\n"
