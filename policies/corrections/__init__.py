"""The billing correction (article 58, II): drafted, proven, sent, signed, applied.

Start with `acts.py`; `gathering.py` reads what a computation needs.
"""

PARTS = ("signatures", "acts", "trays")
