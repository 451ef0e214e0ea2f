"""People, who holds which office, what excludes what, and who confirms it."""

PARTS = ("appointments", "exclusions", "rules")
