"""The rows of an uploaded CSV or Excel file, for an act that asks for a list; the file is not kept."""

import tempfile
from itertools import islice
from pathlib import Path

from werkzeug.datastructures import FileStorage

from admin_views.forms.uploads import copy
from admin_views.imports import readers
from policies.core.file_headings import MOST_TITLES, Sheet
from policies.core.rules import Broken


def read(upload: FileStorage, most: int) -> Sheet:
    """The Sheet of a file that a person sent, of at most `most` rows under its titles and its headings; Broken says
    what is wrong with it.
    """
    lines = most + MOST_TITLES + 1
    with tempfile.NamedTemporaryFile() as draft:
        copy(upload.stream, draft)
        notes, rows = readers.read(Path(draft.name))
        found = list(islice(rows, lines + 1))
    if len(found) > lines:
        raise Broken(f"El archivo pasa de {most:,} renglones; divídalo en varios.")
    return Sheet(found, notes)
