"""Correction procedures: reading a version, writing one by parts, trying it on a real bill."""

PARTS = ("versions",)
