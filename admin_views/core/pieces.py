"""Pieces of pages that are the same again and again: each is drawn once for what it says, and kept."""

from functools import lru_cache

from flask import get_template_attribute
from markupsafe import Markup


@lru_cache(maxsize=1024)
def piece(template: str, macro: str, *facts: object) -> Markup:
    """What a macro draws of these facts, which hold all that it says: what also depended on who asks would be shown to
    somebody else.
    """
    return get_template_attribute(template, macro)(*facts)
