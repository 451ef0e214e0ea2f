"""A list leaves the house: whole and at once, or streamed, or ordered where it is long; logged however it ends.

A CSV whose cells PostgreSQL can say goes from its COPY to the browser. A small one is whole before it
leaves, so that a fault is still a page; a longer one leaves as it is made, and the log says twice: that it
began, and how it ended. A spreadsheet, and what is said only in Python, is a file before it leaves. What would
keep its browser waiting is ordered instead, and the worker writes it (output/ordered.py, kept.py).
"""

import hashlib
import zlib
from contextlib import closing, suppress

from flask import Response, abort, g, request
from sqlalchemy.exc import SQLAlchemyError

from admin_views.acts.acting import address
from admin_views.acts.attempts import attempt, finished
from admin_views.core.reads import export_entry
from admin_views.door.gate import Leaving, gate
from admin_views.output import sheets
from admin_views.output.copying import Csv
from admin_views.output.listed import SHEET_ROWS, TOO_LONG, listed, write
from models import db
from models.base.access import ExportOutcome
from models.base.exports import LONGEST_QUERY, ExportKind
from policies import exports
from policies.core.rules import Broken

SMALL = 4 * 1024 * 1024     # bytes of a CSV that is whole before it leaves: some forty thousand rows
LONG = {"csv": 100_000, "xlsx": 20_000}     # rows beyond which the worker writes the file: two seconds of one core
SPOKEN = 20_000             # the same of a list with a column that only Python says
TOO_MUCH = "Esta lista lleva demasiados filtros para exportarla así; quite algunos y expórtela de nuevo."
ORDERED = "La exportación quedó pedida; se prepara en seguida."


def export(view, kind):
    """The answer that carries the list, as its address asks for it; of a long one, the page that orders it."""
    if kind not in ("csv", "xlsx"):
        abort(404)
    rows_of = listed(view, request.args, kind)
    long = is_long(rows_of)
    if kind == "xlsx" and long and rows_of.more_than(SHEET_ROWS):
        raise Broken(TOO_LONG)
    if request.method == "POST":
        return attempt(lambda: ordered(rows_of, long)) or offered(rows_of, long, 409)
    if long:
        return offered(rows_of, long)
    leaving = Leaving(view.model, request.query_string.decode(errors="replace"))
    if kind == "csv" and rows_of.cells is not None:
        return streamed(Csv(rows_of.labels, rows_of.cells), leaving, f"{view.url.strip('/')}.csv",
                        export_entry(view.model))
    with sheets.unfinished() as file:
        return sheets.logged(file, kind, write(rows_of, file), view.url.strip("/"), view.model)


# ---- ordered

def is_long(rows_of):
    return rows_of.more_than(LONG[rows_of.kind] if rows_of.cells is not None else SPOKEN)


def about(rows_of, long):
    """How many rows, more or less: the plan's figure, which may fall short of what was counted."""
    return max(rows_of.estimated(), LONG[rows_of.kind] if long else 0)


def offered(rows_of, long, status=200):
    """What would be written, how long it is, and the button that orders it."""
    return rows_of.view.show("export_long.html", kind=ExportKind(rows_of.kind), rows=about(rows_of, long),
                             lost=rows_of.asked.lost, columns=rows_of.labels), status


def ordered(rows_of, long):
    query, view = rows_of.address(), rows_of.view
    if len(query) > LONGEST_QUERY:
        raise Broken(TOO_MUCH)
    made = exports.order(db.session, g.actor, screen=view.endpoint, kind=ExportKind(rows_of.kind), query=query,
                         expected=about(rows_of, long))
    return finished(address(made), ORDERED)


# ---- streamed

def streamed(made, leaving, name, read):
    digest = hashlib.sha256()
    blocks = hashed(made, digest)
    first, more = begun(blocks)
    if not more:
        leaving.log(ExportOutcome.COMPLETE, made.rows, digest.hexdigest(), read)
        return answer(b"".join(first), name)
    leaving.log(ExportOutcome.BEGUN, 0, "")
    packed = "gzip" in request.accept_encodings
    body = Followed(first, blocks)
    response = answer(zipped(body) if packed else body, name)
    response.call_on_close(lambda: ended(body, made, digest, leaving, read))
    response.vary.add("Accept-Encoding")
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    return response


def hashed(made, digest):
    """The blocks of a CSV, each counted into its SHA-256."""
    with closing(made.blocks()) as blocks:
        for block in blocks:
            digest.update(block)
            yield block


def begun(blocks):
    """(the first blocks, whether there are more): a whole small file, or the beginning of a long one."""
    first, size = [], 0
    for block in blocks:
        first.append(block)
        size += len(block)
        if size > SMALL:
            return first, True
    return first, False


def answer(body, name):
    return Response(body, mimetype="text/csv", headers={
        "Content-Disposition": f'attachment; filename="{name}"'})


class Followed:
    """The blocks that a browser reads, and whether it read them all."""

    def __init__(self, first, blocks):
        self.first, self.blocks, self.outcome = first, blocks, ExportOutcome.CUT

    def __iter__(self):
        yield from self.first
        yield from self.blocks
        self.outcome = ExportOutcome.COMPLETE


def ended(body, made, digest, leaving, read):
    """The log says how it ended: all of it sent, or cut by a fault or by who stopped reading."""
    body.blocks.close()
    with suppress(SQLAlchemyError):     # without its database nothing can be logged: the beginning was
        leaving.log(body.outcome, made.rows, digest.hexdigest(), read)
    gate.remove()


def zipped(blocks):
    """gzip as it goes: a CSV takes a fifth of the network."""
    pack = zlib.compressobj(1, wbits=31)
    for block in blocks:
        if packed := pack.compress(block):
            yield packed
    yield pack.flush()
