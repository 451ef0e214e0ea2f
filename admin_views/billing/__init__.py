"""Accounts, bills and notes: their screens, and the drawings of what an account consumed."""

PARTS = ("desk",)
