"""Corrections of many bills by one proposal: computed, signed and applied as a batch.

Start with `acts.py`.
"""

PARTS = ("acts", "trays")
