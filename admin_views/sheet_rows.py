"""The rows of an uploaded CSV or Excel file, for an act that asks for a list; the file is not kept."""

import tempfile
from pathlib import Path

from admin_views import readers
from admin_views.uploads import copy
from models.batches import MOST_BILLS
from policies.rules import Broken

MOST_ROWS = MOST_BILLS + 1000   # its headings, and blank lines here and there


def read(upload):
    """[(number, cells)] as a spreadsheet numbers them; Broken says what is wrong with the file."""
    with tempfile.NamedTemporaryFile() as draft:
        copy(upload.stream, draft)
        _, rows = readers.read(Path(draft.name))
        found = []
        for number, cells in rows:
            if len(cells) > readers.MOST_COLUMNS or len(found) > MOST_ROWS:
                raise Broken(f"El archivo pasa de {MOST_BILLS:,} renglones o de {readers.MOST_COLUMNS} columnas; deje "
                             "solo las cuentas del lote.")
            found.append((number, cells))
    return found
