"""Named SELECTs: each function returns a Select and never runs it."""
