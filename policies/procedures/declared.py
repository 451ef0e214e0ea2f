"""Declarations of dataclass fields that take one of some words, or a formula."""
from dataclasses import MISSING, Field, field


def word_field(*values: str, default: object = MISSING) -> Field:
    """A dataclass field that takes one of `values`."""
    return field(default=default, metadata={"among": values})


def formula_field(default: object = None) -> Field:
    """A dataclass field that holds an expression of grammar.py; obligatory when `default` is MISSING."""
    return field(default=default, metadata={"formula": True})
