"""A list from a file: read at a bounded cost, checked row by row, brought whole and taken back whole.

Start with `imports.py`; the readers of CSV and Excel are here too.
"""
