"""Fiscal documents of notes: which wait for their stamp, and the file for the stamping system."""

PARTS = ("desk",)
