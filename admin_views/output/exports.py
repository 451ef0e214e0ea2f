"""The export of a list: whole at once, streamed, or ordered where it is long; logged however it ends.

A CSV whose cells PostgreSQL can write goes from its COPY to the browser. A small one is complete before it leaves, so
that an error is still a page; a longer one leaves as it is made, and the log gets two entries: that it began, and how
it ended. A spreadsheet, and a list with columns that only Python can compute, is a file before it leaves. What would
keep its browser waiting is ordered instead, and the worker writes it (output/ordered.py, kept.py).
"""

import hashlib
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress

from flask import Response, abort, g, request
from flask.typing import ResponseReturnValue
from flask_admin.contrib.sqla import ModelView
from sqlalchemy.exc import SQLAlchemyError

from admin_views.acts.acting import address
from admin_views.acts.attempts import attempt, finished
from admin_views.core.reads import export_entry
from admin_views.door.gate import Leaving, gate
from admin_views.output import sheets
from admin_views.output.copying import Csv
from admin_views.output.listed import SHEET_ROWS, TOO_LONG, Listed, listed_of, write
from models import db
from models.base.access import ExportOutcome
from models.base.exports import LONGEST_QUERY, ExportKind
from policies.core import exports
from policies.core.rules import Broken

SMALL = 4 * 1024 * 1024     # bytes of a CSV that is whole before it leaves: some forty thousand rows
LONG = {"csv": 100_000, "xlsx": 20_000}     # rows beyond which the worker writes the file: two seconds of one core
SPOKEN = 20_000             # the same for a list with a column that only Python can compute
TOO_MUCH = "Esta lista lleva demasiados filtros para exportarla así; quite algunos y expórtela de nuevo."
ORDERED = "La exportación quedó pedida; se prepara en seguida."


def export(view: ModelView, kind: str) -> ResponseReturnValue:
    """The answer that carries the list, as its address asks for it; of a long one, the page that orders it."""
    if kind not in ("csv", "xlsx"):
        abort(404)
    rows_of = listed_of(view, request.args, kind)
    long = is_long(rows_of)
    if kind == "xlsx" and long and rows_of.more_than(SHEET_ROWS):
        raise Broken(TOO_LONG)
    if request.method == "POST":
        return attempt(lambda: order_export(rows_of, long)) or offer_page(rows_of, long, 409)
    if long:
        return offer_page(rows_of, long)
    leaving = Leaving(view.model, request.query_string.decode(errors="replace"))
    if kind == "csv" and rows_of.cells is not None:
        return stream(Csv(rows_of.labels, rows_of.cells), leaving, f"{view.url.strip('/')}.csv",
                      export_entry(view.model))
    with sheets.temporary_file() as file:
        return sheets.log_and_send(file, kind, write(rows_of, file), view.url.strip("/"), view.model)


# ---- ordered

def is_long(rows_of: Listed) -> bool:
    """Whether the list has more rows than an export at once may."""
    return rows_of.more_than(LONG[rows_of.kind] if rows_of.cells is not None else SPOKEN)


def expected_rows(rows_of: Listed, long: bool) -> int:
    """How many rows to expect: the plan's estimate, at least what was counted."""
    return max(rows_of.estimate(), LONG[rows_of.kind] if long else 0)


def offer_page(rows_of: Listed, long: bool, status: int = 200) -> ResponseReturnValue:
    """The page that says what would be written and how long it is, with the button that orders it."""
    return rows_of.view.show("export_long.html", kind=ExportKind(rows_of.kind), rows=expected_rows(rows_of, long),
                             lost=rows_of.asked.lost, columns=rows_of.labels), status


def order_export(rows_of: Listed, long: bool) -> ResponseReturnValue:
    """Order the export and answer with the page of the order; raises Broken where its address is too long."""
    query, view = rows_of.address(), rows_of.view
    if len(query) > LONGEST_QUERY:
        raise Broken(TOO_MUCH)
    made = exports.order(db.session, g.actor, screen=view.endpoint, kind=ExportKind(rows_of.kind), query=query,
                         expected=expected_rows(rows_of, long))
    return finished(address(made), ORDERED)


# ---- streamed

def stream(made: Csv, leaving: Leaving, name: str, read: object) -> Response:
    """The answer with a CSV, complete when small, otherwise sent as it is made."""
    digest = hashlib.sha256()
    blocks = hash_blocks(made, digest)
    first, more = first_blocks(blocks)
    if not more:
        leaving.log(ExportOutcome.COMPLETE, made.rows, digest.hexdigest(), read)
        return csv_response(b"".join(first), name)
    leaving.log(ExportOutcome.BEGUN, 0, "")
    packed = "gzip" in request.accept_encodings
    body = Followed(first, blocks)
    response = csv_response(gzip_blocks(body) if packed else body, name)
    response.call_on_close(lambda: log_end(body, made, digest, leaving, read))
    response.vary.add("Accept-Encoding")
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    return response


def hash_blocks(made: Csv, digest: object) -> Iterator[bytes]:
    """The blocks of a CSV, each added to its SHA-256."""
    with closing(made.blocks()) as blocks:
        for block in blocks:
            digest.update(block)
            yield block


def first_blocks(blocks: Iterable[bytes]) -> tuple[list[bytes], bool]:
    """(the first blocks, whether there are more)."""
    first, size = [], 0
    for block in blocks:
        first.append(block)
        size += len(block)
        if size > SMALL:
            return first, True
    return first, False


def csv_response(body: bytes | Iterable[bytes], name: str) -> Response:
    """The response that carries a CSV under that file name."""
    return Response(body, mimetype="text/csv", headers={
        "Content-Disposition": f'attachment; filename="{name}"'})


class Followed:
    """The blocks of a CSV, and whether the browser read them all."""

    def __init__(self, first, blocks):
        self.first, self.blocks, self.outcome = first, blocks, ExportOutcome.CUT

    def __iter__(self):
        yield from self.first
        yield from self.blocks
        self.outcome = ExportOutcome.COMPLETE


def log_end(body: Followed, made: Csv, digest: object, leaving: Leaving, read: object) -> None:
    """Log how the export ended: all of it sent, or cut by an error or by the reader."""
    body.blocks.close()
    with suppress(SQLAlchemyError):     # without its database nothing can be logged: the beginning was
        leaving.log(body.outcome, made.rows, digest.hexdigest(), read)
    gate.remove()


def gzip_blocks(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """gzip of the blocks as they come: a CSV takes a fifth of the network."""
    pack = zlib.compressobj(1, wbits=31)
    for block in blocks:
        if packed := pack.compress(block):
            yield packed
    yield pack.flush()
