"""Static files: each address carries the hash of its content, so that a browser keeps it a year."""

import hashlib
from functools import cache
from pathlib import Path

from flask import current_app, request

YEAR = 365 * 24 * 3600


@cache
def fingerprint(path, changed):
    """Eight letters that change with the file's content; `changed` is its time, for development."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:8]


def install(app):
    app.url_defaults(name_the_content)
    app.after_request(keep_named)


def name_the_content(endpoint, values):
    if endpoint == "static" and "filename" in values:
        path = Path(current_app.static_folder) / values["filename"]
        if path.is_file():
            values["v"] = fingerprint(path, path.stat().st_mtime_ns)


def keep_named(response):
    if request.endpoint == "static" and "v" in request.args and response.status_code == 200:
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response
