"""The correction engine: dated procedures as data, computed exactly, every figure traced to a rule."""

PARTS = ("authority", "drafts")
