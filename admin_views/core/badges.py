"""A state as pages show it: its word, with a colour that never says more than the word."""

from collections.abc import Callable
from functools import lru_cache

from markupsafe import Markup

STATES = ("state", "status")    # the columns that are drawn as a badge
TONES = {word: tone for tone, words in {
    "plain": "draft withdrawn retired superseded closed",
    "wait": "submitted waiting suspended estimated unreadable stopped proposed",
    "next": "signed running",
    "good": "done applied in_force authorized sent active working measured confirmed",
    "bad": "declined rejected broken absent"}.items() for word in words.split()}
BADGE = Markup('<span class="badge {}">{}</span>')


@lru_cache(maxsize=1024, typed=True)
def badge(state: object, text: str = "") -> Markup:
    """The badge of a state, a member of a vocabulary or a word; empty without one.

    Kept by type too: two vocabularies may share a value and say it otherwise, as Aplicada and Aplicado.
    """
    if state is None:
        return Markup()
    return BADGE.format(TONES.get(getattr(state, "value", state), "plain"), text or getattr(state, "label", state))


def drawn_value(record: object, name: str, cell: Callable[[object, str], object]) -> object:
    """What a page draws of one column: a state as its badge, the rest as `cell` says it."""
    if name in STATES and hasattr(held := getattr(record, name), "label"):
        return badge(held)
    return cell(record, name)
