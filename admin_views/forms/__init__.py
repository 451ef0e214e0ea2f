"""Typing a record: a field for each kind of column, pickers, parts as tables, attached files, half-typed forms.

Start with `editing.py` and `fields.py`.
"""
