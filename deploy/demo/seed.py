"""Choices that look random and are not: the same row and question always give the same answer."""

from hashlib import blake2b

SEED = "interapas-demo-1"


def draw(below, *what):
    """A whole number from 0 up to, not including, `below`; `what` names the row and the question."""
    said = "|".join((SEED, *map(str, what)))
    return int.from_bytes(blake2b(said.encode(), digest_size=8).digest()) % below


def pick(options, *what):
    """One of the options; `what` names the row and the question."""
    return options[draw(len(options), *what)]


def chance(percent, *what):
    """Whether something true of `percent` of the rows is true of this one."""
    return draw(10_000, *what) < percent * 100
