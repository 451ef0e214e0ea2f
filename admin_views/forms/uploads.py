"""Attached files: identified by their content, stored once under its hash, never overwritten."""

import errno
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from flask import Response, abort, current_app, send_file
from werkzeug.datastructures import FileStorage

from admin_views.core import reads
from models.base.columns import Model
from models.base.documents import LARGEST, Document
from policies.core.attaching import attached
from policies.core.rules import Broken

TYPES = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
BLOCK, DAY = 1024 * 1024, 24 * 3600
READER, PATIENCE = Path(__file__).with_name("readable.py"), 30     # seconds
PHONE_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"avif"}
HEIC = ("La fotografía está en formato HEIC, que no se admite: cámbiela a JPG y adjúntela de nuevo. En un iPhone: "
        "Ajustes, Cámara, Formatos, «El más compatible».")
UNOPENED = "El archivo no pudo abrirse para revisarlo; guárdelo otra vez, más ligero, y adjúntelo de nuevo."
NO_ROOM = ("No hay espacio en el disco del servidor y nada se guardó. Avise a Informática y Sistemas; lo que escribió "
           "sigue aquí.")


@dataclass(frozen=True)
class Stored:
    """A file that rests in the store: what an act needs to know of it."""

    sha256: str
    size: int
    media_type: str
    name: str
    warning: str = ""     # what it shows too little of: a blank page


def keep(upload: FileStorage) -> Stored:
    """Store an uploaded file under the hash of its content; returns its Stored.

    The file is complete on disk before any row names it: temporary file, fsync, rename. A file that no row names is
    removed later. Raises Broken in Spanish: empty, too large, wrong type, does not open, no room.
    """
    folder = Path(current_app.config["FILES"])
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".incoming-", delete=False) as draft:
        try:
            sha256, size = copy(upload.stream, draft)
            media_type = type_of(draft.name)
            warning = warning_of(draft.name, media_type)
            target = path_of(sha256)
            target.parent.mkdir(exist_ok=True)
            os.chmod(draft.name, 0o600)
            os.replace(draft.name, target)
        except BaseException as error:
            os.unlink(draft.name)
            if isinstance(error, OSError) and no_room(error):
                raise Broken(NO_ROOM) from error
            raise
    return Stored(sha256, size, media_type, display_name(upload.filename, media_type), warning)


def no_room(error: OSError) -> bool:
    """Whether the error says that the disk, or the console's share of it, is full."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


def copy(stream: BinaryIO, draft: BinaryIO) -> tuple[str, int]:
    """Copy an upload into `draft`; returns its SHA-256, hex, and its size in bytes. Raises Broken: empty or too
    large."""
    digest, size = hashlib.sha256(), 0
    while block := stream.read(BLOCK):
        size += len(block)
        if size > LARGEST:
            raise Broken("El archivo mide más de 20 MB; redúzcalo o divídalo y adjúntelo de nuevo.")
        digest.update(block)
        draft.write(block)
    if not size:
        raise Broken("El archivo está vacío; elija otro.")
    draft.flush()
    os.fsync(draft.fileno())
    return digest.hexdigest(), size


def type_of(path: str) -> str:
    """The media type by the first bytes; the file's name is not used."""
    with open(path, "rb") as file:
        head = file.read(12)
    if head[4:8] == b"ftyp" and head[8:12] in PHONE_BRANDS:
        raise Broken(HEIC)
    import filetype  # heavy to load, and few requests bring a file
    kind = filetype.guess(path)
    if kind is None or kind.mime not in TYPES:
        raise Broken("El archivo no es PDF, JPG ni PNG; conviértalo y adjúntelo de nuevo.")
    return kind.mime


def warning_of(path: str, media_type: str) -> str:
    """A warning about blank pages, or an empty text; raises Broken where the file does not open whole.

    It is opened in a process of its own, so that a file made to exhaust its reader ends that process alone.
    """
    try:
        found = subprocess.run([sys.executable, "-I", READER, path, media_type], capture_output=True,
                               timeout=PATIENCE, check=True)
    except subprocess.SubprocessError:
        raise Broken(UNOPENED) from None
    said = json.loads(found.stdout)
    if said["problem"]:
        raise Broken(said["problem"])
    return said["warning"]


def path_of(sha256: str) -> Path:
    """The path of a stored file."""
    return Path(current_app.config["FILES"]) / sha256[:2] / sha256


def display_name(name: str | None, media_type: str) -> str:
    """The person's name for the file, for display only, with the ending of its content."""
    stem = Path((name or "").replace("\\", "/")).stem
    stem = "".join(letter for letter in stem if letter.isprintable())[:120].strip() or "archivo"
    return f"{stem}.{TYPES[media_type]}"


def sweep(folder: Path | str, known: Container[str]) -> int:
    """Remove files older than a day that no row names; returns how many.

    `known` are the hashes that rows name. A form that was refused leaves such a file. The folder of ordered exports is
    the worker's to sweep.
    """
    aged = time.time() - DAY
    orphans = [path for pattern in (".incoming-*", "??/*") for path in Path(folder).glob(pattern)
               if path.is_file() and path.name not in known and path.stat().st_mtime < aged]
    for path in orphans:
        path.unlink()
    return len(orphans)


def serve_attachment(record: Model, key: int) -> Response:
    """A file of the record; who opens it is logged, since it may hold personal data."""
    found = attached(record, str(key)) or abort(404)
    reads.note_shown(found)
    return serve(found.document)


def serve(document: Document) -> Response:
    """A stored file, always as a download, so that no uploaded content runs under the console's address."""
    if not path_of(document.sha256).exists():
        raise Broken(f"El archivo {document.sha256[:12]}… no está en el almacén; avise a "
                     "Informática y Sistemas para que lo recupere del respaldo.")
    response = send_file(path_of(document.sha256), mimetype=document.media_type,
                         as_attachment=True, max_age=0,
                         download_name=f"{document.sha256[:12]}.{TYPES[document.media_type]}")
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
