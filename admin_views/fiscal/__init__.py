"""Fiscal documents of notes: what waits for its stamp, and the file for the stamping system."""
