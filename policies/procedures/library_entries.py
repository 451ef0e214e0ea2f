"""The published procedures that an office may adopt from, as they are kept in library/."""

from functools import cache
from pathlib import Path

from policies.procedures.parsing import load

SHELF = Path(__file__).parent / "library"


@cache
def library():
    """code → Definition of every published procedure, read once."""
    return {definition.code: definition for definition in map(load, sorted(SHELF.glob("*.yaml")))}
