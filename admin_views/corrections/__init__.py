"""Fraction II, one bill: the desk of a correction, its figures, its sheets on paper."""

PARTS = ("desk",)
