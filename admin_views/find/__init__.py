"""The box of the header: official numbers, records by words, screens and acts by name.

Start with `search.py`.
"""
