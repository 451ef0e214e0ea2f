"""The trail for auditors, and the seals that prove that it was not rewritten."""

PARTS = ("desk",)
