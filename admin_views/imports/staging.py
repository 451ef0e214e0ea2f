"""Where an uploaded list rests between its steps: in a private folder of the store, for a day.

What an upload becomes are four files under one random name: its rows as JSON lines, its facts, the
rows that passed and those that did not. The sweep of the store takes them; so does a finished import.
"""

import json
import os
import re
import secrets
import tempfile
import time
from pathlib import Path

from flask import abort, current_app

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

    def path(self, kind):
        return folder() / f"{self.code}.{kind}"

    @property
    def facts(self):
        return json.loads(self.path("json").read_text(encoding="utf-8"))

    def tell(self, **facts):
        """Add to what is known of the upload."""
        known = self.facts if self.path("json").exists() else {}
        with opened(self.path("json")) as file:
            json.dump(known | facts, file)

    def lines(self, kind):
        """The rows of one of its files, one at a time."""
        with self.path(kind).open(encoding="utf-8") as file:
            yield from map(json.loads, file)

    def forget(self):
        for kind in KINDS:
            self.path(kind).unlink(missing_ok=True)


def folder():
    return Path(current_app.config["FILES"]) / "imports"


def opened(path):
    """A file that its owner alone reads."""
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8")


def keep(upload, screen, person_id, labels):
    """Read an upload into rows and say where they rest; Broken says what is wrong with the file.

    `labels` are what the columns of the list are called, by which its headings are found.
    """
    folder().mkdir(parents=True, exist_ok=True)
    sweep()
    with tempfile.NamedTemporaryFile(dir=folder(), prefix=".incoming-") as draft:
        sha256, _ = copy(upload.stream, draft)
        notes, rows = readers.read(Path(draft.name))
        staged = Staged(secrets.token_hex(16))
        try:
            headings, count, found = write(staged, rows, {unaccented(label) for label in labels})
        except BaseException:   # also a full disk: nothing half written is left
            staged.forget()
            raise
    name = "".join(letter for letter in upload.filename or "" if letter.isprintable())
    staged.tell(screen=screen, person_id=person_id, sha256=sha256, notes=[*notes, *found], headings=headings,
                count=count, file_name=re.split(r"[\\/]", name)[-1][:120] or "archivo")
    return staged


def write(staged, rows, known):
    """(headings, how many rows below them, notes)."""
    headings, rows, notes = under_headings(rows, known)
    count = 0
    with opened(staged.path("rows")) as file:
        for count, (number, cells) in enumerate(rows, start=1):
            if count > MOST_ROWS:
                raise Broken(f"El archivo pasa de {MOST_ROWS:,} renglones; divídalo e impórtelo por partes.")
            file.write(json.dumps([number, cells]) + "\n")
    if not count:
        raise Broken("El archivo no trae renglones: hace falta una línea de encabezados y, debajo, los datos.")
    return headings, count, notes


def found(code, screen, person_id):
    """The upload that this person left under that code in this list; 404 for any other."""
    staged = Staged(code)
    if not CODE.fullmatch(code):
        abort(404)
    if not staged.path("json").exists() or staged.path("json").stat().st_mtime < time.time() - DAY:
        raise Broken("Ese archivo ya se importó o se borró por antiguo; súbalo de nuevo.")
    facts = staged.facts
    if (facts["screen"], facts["person_id"]) != (screen, person_id):
        abort(404)
    return staged


def sweep():
    """Forget what has rested for more than a day."""
    for path in folder().iterdir():
        if path.stat().st_mtime < time.time() - DAY:
            path.unlink(missing_ok=True)

