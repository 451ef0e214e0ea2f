"""What every table stands on: columns and vocabularies, connections, what the door keeps, documents, the trail.

Start with `columns.py`.
"""
