"""How a file writes its figures, found from all of them: with a decimal point, or with a decimal comma.

A file that leaves no doubt is read whole. Where its figures could be read in both ways, or it mixes them, each
doubtful one is refused with its two readings.
"""

import re
from collections.abc import Iterable
from decimal import Decimal

from policies.core.typed_figures import NoFigure, echo, figure, parsed, value_of

BY_COMMA = re.compile(r"(?P<sign>[-+\u2212]?)(?:\$\s?)?"
                      r"(?P<whole>\d{1,60}|[1-9]\d{0,2}(?:\.\d{3}){1,20})(?:,(?P<part>\d{1,60}))?", re.ASCII)
READ_BY_COMMA = "Los decimales del archivo vienen con coma; se leyeron así: «2,5» es 2.5."


class FileFigures:
    """The figures of one file. `comma`, `point`: whether some can only be read so."""

    def __init__(self, texts: Iterable[str]):
        self.comma = self.point = False
        for text in texts:
            by_point, by_comma = both(text)
            self.comma |= by_point is None and by_comma is not None
            self.point |= by_comma is None and by_point is not None

    @property
    def notes(self) -> list[str]:
        """What a person should know of how the figures were read: a sentence where the file writes decimals with a
        comma.
        """
        return [READ_BY_COMMA] if self.comma and not self.point else []

    def figure(self, text: str, *limits) -> Decimal:
        """What typed_figures.figure() answers, by the way of this file; NoFigure where it leaves a doubt."""
        by_point, by_comma = both(text)
        if not self.comma or by_comma is None or by_point == by_comma:
            return figure(text, *limits)
        if by_point is not None:
            raise NoFigure(f"«{echo(text)}» se puede leer como {by_point:f} o como {by_comma:f}, porque el archivo "
                           "trae decimales con coma; escríbala sin separar los miles.")
        return figure(text if self.point else f"{by_comma:f}{'%' if text.endswith('%') else ''}", *limits)


def both(text: str) -> tuple[Decimal | None, Decimal | None]:
    """What `text` says where the point marks decimals, and where the comma does."""
    bare = text.strip().removesuffix("%")
    return parsed(bare), parsed_by_comma(bare)


def parsed_by_comma(text: str) -> Decimal | None:
    """The figure that `text` says where the comma marks decimals and the point, thousands; None where it says none."""
    return value_of(BY_COMMA.fullmatch(text.strip()))
