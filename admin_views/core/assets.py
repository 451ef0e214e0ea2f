"""Static files: every address carries one hash of all of them, so that a browser keeps each a year.

The hash stands in the path: a module imports its neighbour by a relative name and gets the same
version. The style sheets travel as one file, in the order of their names. All are read once, when
the server starts.
"""

import hashlib
import io
import mimetypes
from pathlib import Path

from flask import Flask, abort, current_app, request, send_file
from flask_compress import Compress

YEAR = 365 * 24 * 3600
STYLES = "console.css"
# Pages are left as they are: beside a token, compression tells lengths to who can inject text.
COMPRESSED = ["text/css", "text/javascript", "application/javascript", "image/svg+xml"]


def install(app: Flask) -> None:
    """Serve the static files from memory, compressed, each at an address with the version of all of them."""
    app.config.update(COMPRESS_MIMETYPES=COMPRESSED, COMPRESS_ALGORITHM=["br", "gzip"])
    Compress(app)
    files = read(Path(app.static_folder))
    version = fingerprint(files)

    def named(endpoint, values):
        if endpoint == "static":
            values["filename"] = f"{version}/{values['filename']}"

    def serve(filename):
        first, _, rest = filename.partition("/")
        name = rest if first == version else filename
        content = files.get(name)
        if content is None:
            abort(404)
        answer = send_file(io.BytesIO(content), etag=f"{version}-{len(content)}",
                           mimetype=mimetypes.guess_type(name)[0], conditional=False,
                           max_age=current_app.get_send_file_max_age(name))
        if first == version:
            answer.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
        return answer.make_conditional(request)

    app.url_defaults(named)
    app.view_functions["static"] = serve


def read(folder: Path) -> dict[str, bytes]:
    """name → bytes of every static file; the style sheets, besides, as one."""
    files = {path.relative_to(folder).as_posix(): path.read_bytes()
             for path in sorted(folder.rglob("*")) if path.is_file()}
    sheets = [content for name, content in files.items() if name.startswith("styles/")]
    return files | {STYLES: b"\n".join(sheets)}


def fingerprint(files: dict[str, bytes]) -> str:
    """The version of the files: letters that change with any name or content."""
    whole = hashlib.sha256()
    for name, content in sorted(files.items()):
        whole.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
    return f"v-{whole.hexdigest()[:10]}"
