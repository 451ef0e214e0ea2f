"""The elements of a page of a procedure: inputs, in rows, in groups."""

from dataclasses import dataclass, field


@dataclass
class Input:
    """One input of the form."""

    name: str
    label: str
    help: str
    kind: str
    value: str = ""
    chosen: tuple = ()          # of a list to tick
    choices: tuple = ()         # (value, words)
    known: tuple = ()           # (value, words) to offer where others may be typed
    required: bool = False
    errors: list = field(default_factory=list)


@dataclass
class Row:
    """One row of a repeated part, or a part that occurs once."""

    name: str
    number: int
    inputs: list
    gone: bool = False
    errors: list = field(default_factory=list)


@dataclass
class Group:
    """A part of the file on the page: its rows, and whether more may be added."""

    name: str
    title: str
    rows: list
    repeated: bool
    one: str = ""               # the name of one row
    errors: list = field(default_factory=list)
