"""How a part declares a field that takes one of some words, or a formula."""
from dataclasses import MISSING, field


def among(*values, default=MISSING):
    """A field that takes one of `values`."""
    return field(default=default, metadata={"among": values})


def formula(default=None):
    """A field that holds an expression of grammar.py; MISSING makes it obligatory."""
    return field(default=default, metadata={"formula": True})
