"""The rows of an uploaded CSV or Excel file, for an act that asks for a list; the file is not kept."""

import tempfile
from itertools import islice
from pathlib import Path

from werkzeug.datastructures import FileStorage

from admin_views.forms.uploads import copy
from admin_views.imports import readers
from models.batches import MOST_BILLS
from policies.core.file_headings import MOST_TITLES, Sheet
from policies.core.rules import Broken

MOST_ROWS = MOST_BILLS + MOST_TITLES + 1   # its titles and its headings


def read(upload: FileStorage) -> Sheet:
    """The Sheet of a file that a person sent; Broken says what is wrong with it."""
    with tempfile.NamedTemporaryFile() as draft:
        copy(upload.stream, draft)
        notes, rows = readers.read(Path(draft.name))
        found = list(islice(rows, MOST_ROWS + 1))
    if len(found) > MOST_ROWS:
        raise Broken(f"El archivo pasa de {MOST_BILLS:,} renglones; divídalo en varios lotes.")
    return Sheet(found, notes)
