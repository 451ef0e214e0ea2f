"""The file of an ordered export: where it is kept for a day, and how the person who ordered it downloads it."""

import gzip
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from flask import Response, abort, current_app, request, send_file

import policies
from admin_views.core.reads import export_entry
from admin_views.core.screens import screens
from admin_views.door.gate import Leaving
from admin_views.output.exports import csv_response
from admin_views.output.sheets import MEDIA
from models.base.access import ExportOutcome
from models.base.columns import now
from models.base.exports import ExportKind, ExportOrder, ExportState

BLOCK = 256 * 1024
FOLDER, UNFINISHED = "exports", ".part"
ENDINGS = {ExportKind.CSV: ".csv.gz", ExportKind.XLSX: ".xlsx"}
GONE = "Esta lista ya no existe o su cargo ya no la exporta; pídala de nuevo desde su pantalla."
UNKEPT = "El archivo ya no está en el servidor; pida la exportación de nuevo desde su lista."
NOT_READY = "El archivo todavía no está listo; la página de la exportación dice cómo va."


def folder() -> Path:
    """The folder of the files, created if absent."""
    where = Path(current_app.config["FILES"]) / FOLDER
    where.mkdir(parents=True, exist_ok=True)
    return where


def path_of(key: int, ending: str) -> Path:
    """The path of an order's file."""
    return folder() / f"{key}{ending}"


def sweep(kept_now: Callable[[], Iterable[int]]) -> None:
    """Remove the files that no order keeps. The folder is listed before the orders are read, so that a file of an order

    created meanwhile is not removed.
    """
    there = list(folder().iterdir())
    kept = {str(key) for key in kept_now()}
    for path in there:
        if path.name.partition(".")[0] not in kept:
            path.unlink(missing_ok=True)


# ---- downloads

def download(order: ExportOrder) -> Response:
    """The response with the file, logged as any export; 410 when its day is over."""
    if order.state == ExportState.EXPIRED or order.expires_at is not None and order.expires_at <= now():
        abort(410)
    view, path = screens().get(order.screen), path_of(order.id, ENDINGS[order.kind])
    if order.state != ExportState.READY:
        raise policies.Broken(NOT_READY)
    if view is None or not view.may("export"):
        raise policies.Denied(GONE)
    if not path.exists():
        raise policies.Broken(UNKEPT)
    Leaving(view.model, order.query).log(ExportOutcome.COMPLETE, order.written, order.sha256,
                                         export_entry(view.model, query=order.query))
    return file_response(path, f"{view.url.strip('/')}.{order.kind.value}", order.kind)


def file_response(path: Path, name: str, kind: ExportKind) -> Response:
    """The file as it is kept; a CSV is unpacked on its way where the browser does not take gzip."""
    csv = kind == ExportKind.CSV
    if csv and "gzip" not in request.accept_encodings:
        response = csv_response(unpack(path), name)
    else:
        response = send_file(path, mimetype=MEDIA[kind.value], as_attachment=True, download_name=name, max_age=0,
                             conditional=False)
        if csv:
            response.headers["Content-Encoding"] = "gzip"
    if csv:
        response.vary.add("Accept-Encoding")
    return response


def unpack(path: Path) -> Iterator[bytes]:
    """The blocks of a gzip file, unpacked."""
    with gzip.open(path) as file:
        while block := file.read(BLOCK):
            yield block
