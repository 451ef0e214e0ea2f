"""The published procedures of the folder library/, from which an office may adopt."""

from functools import cache
from pathlib import Path

from policies.procedures.definition import Definition
from policies.procedures.parsing import load

SHELF = Path(__file__).parent / "library"


@cache
def library() -> dict[str, Definition]:
    """code → Definition of every published procedure, read once."""
    return {definition.code: definition for definition in map(load, sorted(SHELF.glob("*.yaml")))}
