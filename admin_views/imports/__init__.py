"""Lists from files: read at a bounded cost, checked row by row, imported whole and undone whole.

Start with `imports.py`; the readers of CSV and Excel are here too.
"""

PARTS = ("desk",)
