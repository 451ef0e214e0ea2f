"""The file of an ordered export, written by the worker as the person who ordered it would see it, in constant
memory."""

import fcntl
import gzip
import hashlib
import io
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from urllib.parse import parse_qsl

from flask import current_app, g
from werkzeug.datastructures import MultiDict

import policies
from admin_views.core.screens import screens
from admin_views.door.gate import gate
from admin_views.forms import uploads
from admin_views.output.kept import ENDINGS, GONE, UNFINISHED, path_of
from admin_views.output.listed import SHEET_ROWS, TOO_LONG, Listed, listed_of, write
from models import db
from models.base.exports import ExportKind, ExportOrder
from policies.core.rules import Actor

EVERY, STEP = 1.0, 1000      # seconds, and rows at least, between what the order says of its progress
NO_ROOM = "No hay espacio en el disco del servidor. Avise a Informática y Sistemas y pida la exportación más tarde."


def make_file(key: int, actor: Actor, advance: Callable[[dict], None]) -> dict:
    """Write the file of an order in the name of its person; returns the columns that its act writes.

    It begins again after a worker that was killed. `advance` is called with the progress.
    """
    path = path_of(key, UNFINISHED)
    with only_writer(path) as draft:
        try:
            advance({})
            with as_ordered(key, actor) as rows_of:
                answers = write_rows(rows_of, draft, advance)
            os.replace(path, path_of(key, ENDINGS[rows_of.kind]))
        except BaseException as error:
            path.unlink(missing_ok=True)
            if isinstance(error, OSError) and uploads.no_room(error):
                raise policies.Broken(NO_ROOM) from error
            raise
    return answers


@contextmanager
def only_writer(path: Path) -> Iterator[BinaryIO]:
    """The partial file, empty, locked against other workers; the lock ends with its process."""
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as draft:
        try:
            fcntl.flock(draft, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise policies.Stale("Otro trabajador la escribe.") from None
        draft.truncate(0)
        yield draft


@contextmanager
def as_ordered(key: int, actor: Actor) -> Iterator[Listed]:
    """The list as its person would ask for it now: same screen, office, filters and columns."""
    with current_app.app_context():
        g.actor = actor
        with policies.speaks(db.session, actor, "trabajo", read_only=True) as session:
            order = session.get(ExportOrder, key)
            view = screens().get(order.screen)
            if view is None or not view.may("export"):
                raise policies.Broken(GONE)
            rows_of = listed_of(view, MultiDict(parse_qsl(order.query)), order.kind.value)
            gate.remove()       # no transaction stands idle while the file is written
            session.rollback()
            yield rows_of


def write_rows(rows_of: Listed, draft: BinaryIO, advance: Callable[[dict], None]) -> dict:
    """Write the rows; returns how many, the size of the file and the hash of what the person receives."""
    expected = rows_of.count()
    if rows_of.kind == ExportKind.XLSX and expected > SHEET_ROWS:       # it grew since
        raise policies.Broken(TOO_LONG)
    advance({"expected": expected})
    db.session.rollback()
    if rows_of.kind == ExportKind.CSV:
        with gzip.GzipFile("", "wb", 1, draft) as packed, Hashed(packed) as file:
            rows, sha256 = write(rows_of, file, progress_follower(advance)), file.digest.hexdigest()
    else:
        rows = write(rows_of, draft, progress_follower(advance))
        draft.seek(0)
        sha256 = hashlib.file_digest(draft, "sha256").hexdigest()
    draft.flush()
    os.fsync(draft.fileno())
    return {"expected": expected, "written": rows, "size": draft.seek(0, os.SEEK_END), "sha256": sha256}


def progress_follower(advance: Callable[[dict], None]) -> Callable[[Iterable], Iterator]:
    """A follower of rows that reports from time to time how many have passed."""
    def follow(rows):
        said = time.monotonic()
        for number, row in enumerate(rows, start=1):
            if number % STEP == 0 and time.monotonic() - said > EVERY:
                advance({"written": number})
                said = time.monotonic()
            yield row
    return follow


class Hashed(io.RawIOBase):
    """A file that computes the SHA-256 of what is written into it."""

    def __init__(self, file):
        self.file, self.digest = file, hashlib.sha256()

    def writable(self) -> bool:
        """True: a file to write into."""
        return True

    def write(self, block: bytes) -> int:
        """Add the block to the hash and write it."""
        self.digest.update(block)
        return self.file.write(block)
