"""Where the file of an ordered export rests for a day, and how who ordered it, and nobody else, takes it."""

import gzip
from pathlib import Path

from flask import abort, current_app, request, send_file

import policies
from admin_views.core.reads import export_entry
from admin_views.core.screens import screens
from admin_views.door.gate import Leaving
from admin_views.output.exports import answer
from admin_views.output.sheets import MEDIA
from models.base.access import ExportOutcome
from models.base.columns import now
from models.base.exports import ExportKind, ExportState

BLOCK = 256 * 1024
FOLDER, UNFINISHED = "exports", ".part"
ENDINGS = {ExportKind.CSV: ".csv.gz", ExportKind.XLSX: ".xlsx"}
GONE = "Esta lista ya no existe o su cargo ya no la exporta; pídala de nuevo desde su pantalla."
UNKEPT = "El archivo ya no está en el servidor; pida la exportación de nuevo desde su lista."
NOT_READY = "El archivo todavía no está listo; la página de la exportación dice cómo va."


def folder():
    where = Path(current_app.config["FILES"]) / FOLDER
    where.mkdir(parents=True, exist_ok=True)
    return where


def path_of(key, ending):
    return folder() / f"{key}{ending}"


def sweep(kept_now):
    """Remove the files that no order keeps. They are listed before it is asked which are kept: one that is
    begun meanwhile is not looked at."""
    there = list(folder().iterdir())
    kept = {str(key) for key in kept_now()}
    for path in there:
        if path.name.partition(".")[0] not in kept:
            path.unlink(missing_ok=True)


# ---- taken

def taken(order):
    """The answer that carries the file, logged as any list that leaves; 410 once its day is over."""
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
    return sent(path, f"{view.url.strip('/')}.{order.kind.value}", order.kind)


def sent(path, name, kind):
    """The file as it is kept; a CSV is unpacked on its way where the browser would not."""
    csv = kind == ExportKind.CSV
    if csv and "gzip" not in request.accept_encodings:
        response = answer(unpacked(path), name)
    else:
        response = send_file(path, mimetype=MEDIA[kind.value], as_attachment=True, download_name=name, max_age=0,
                             conditional=False)
        if csv:
            response.headers["Content-Encoding"] = "gzip"
    if csv:
        response.vary.add("Accept-Encoding")
    return response


def unpacked(path):
    with gzip.open(path) as file:
        while block := file.read(BLOCK):
            yield block
