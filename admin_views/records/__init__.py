"""The page of a record besides its own facts: what refers to it, what happened to it, the glance beside a list.

Start with `related.py` and `story.py`.
"""
