"""What the commercial system owns: read here, priced here, and written only by notes."""

PARTS = ("ground",)
