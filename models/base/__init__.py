"""What every table stands on: columns and vocabularies, connections, what logging in and requests leave,
documents, the trail.

Start with `columns.py`.
"""
