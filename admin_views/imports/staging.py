"""Where an uploaded list is kept between the steps: in a private folder of the store, for a day.

An upload becomes four files under one random name: its rows as JSON lines, its facts, the rows that passed and those
that did not. A finished import removes them, and so does the sweep of the store.
"""

import json
import os
import re
import secrets
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

from flask import abort, current_app
from werkzeug.datastructures import FileStorage

from admin_views.forms.uploads import DAY, copy
from admin_views.imports import readers
from policies.core.file_headings import under_headings
from policies.core.rules import Broken
from policies.core.typed_words import unaccented

MOST_ROWS = 100_000
CODE = re.compile(r"[0-9a-f]{32}", re.ASCII)
KINDS = ("rows", "good", "bad", "json")


class Staged:
    """One upload of one person for one list."""

    def __init__(self, code):
        self.code = code

    def path(self, kind: str) -> Path:
        """The path of one of its files."""
        return folder() / f"{self.code}.{kind}"

    @property
    def facts(self) -> dict:
        """What is known of the upload: screen, person, headings, notes, choices and results."""
        return json.loads(self.path("json").read_text(encoding="utf-8"))

    def add_facts(self, **facts: object) -> None:
        """Add to the facts of the upload."""
        known = self.facts if self.path("json").exists() else {}
        with private_file(self.path("json")) as file:
            json.dump(known | facts, file)

    def lines(self, kind: str) -> Iterator[list]:
        """The rows of one of its files, one at a time."""
        with self.path(kind).open(encoding="utf-8") as file:
            yield from map(json.loads, file)

    def forget(self) -> None:
        """Remove its files."""
        for kind in KINDS:
            self.path(kind).unlink(missing_ok=True)


def folder() -> Path:
    """The folder of the uploads, created if absent."""
    return Path(current_app.config["FILES"]) / "imports"


def private_file(path: Path) -> TextIO:
    """A new file that only the process's user may read."""
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8")


def keep(upload: FileStorage, screen: str, person_id: int, labels: Iterable[str]) -> Staged:
    """Read an upload into rows; returns its Staged. Raises Broken with what is wrong with the file.

    `labels` are the labels of the list's columns, by which its headings are found.
    """
    folder().mkdir(parents=True, exist_ok=True)
    sweep()
    with tempfile.NamedTemporaryFile(dir=folder(), prefix=".incoming-") as draft:
        sha256, _ = copy(upload.stream, draft)
        notes, rows = readers.read(Path(draft.name))
        staged = Staged(secrets.token_hex(16))
        try:
            headings, count, found = write(staged, rows, {unaccented(label) for label in labels})
        except BaseException:   # a full disk too: no partial file is left
            staged.forget()
            raise
    name = "".join(letter for letter in upload.filename or "" if letter.isprintable())
    staged.add_facts(screen=screen, person_id=person_id, sha256=sha256, notes=[*notes, *found], headings=headings,
                count=count, file_name=re.split(r"[\\/]", name)[-1][:120] or "archivo")
    return staged


def write(staged: Staged, rows: Iterable[tuple[int, list[str]]], known: set[str]) -> tuple[list[str], int, list[str]]:
    """(headings, how many rows below them, notes)."""
    headings, rows, notes = under_headings(rows, known)
    count = 0
    with private_file(staged.path("rows")) as file:
        for count, (number, cells) in enumerate(rows, start=1):
            if count > MOST_ROWS:
                raise Broken(f"El archivo pasa de {MOST_ROWS:,} renglones; divídalo e impórtelo por partes.")
            file.write(json.dumps([number, cells]) + "\n")
    if not count:
        raise Broken("El archivo no trae renglones: hace falta una línea de encabezados y, debajo, los datos.")
    return headings, count, notes


def upload_or_404(code: str, screen: str, person_id: int) -> Staged:
    """The upload of this person under that code in this list; 404 for any other."""
    staged = Staged(code)
    if not CODE.fullmatch(code):
        abort(404)
    if not staged.path("json").exists() or staged.path("json").stat().st_mtime < time.time() - DAY:
        raise Broken("Ese archivo ya se importó o se borró por antiguo; súbalo de nuevo.")
    facts = staged.facts
    if (facts["screen"], facts["person_id"]) != (screen, person_id):
        abort(404)
    return staged


def sweep() -> None:
    """Remove the uploads older than a day."""
    for path in folder().iterdir():
        if path.stat().st_mtime < time.time() - DAY:
            path.unlink(missing_ok=True)

