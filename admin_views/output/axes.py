"""Positions in a drawing: horizontally in percent of its width, which is the screen's, vertically in pixels.

So a drawing fits a telephone as it fits a desk, with letters of one size; the words that a narrow one has no room for
are marked `wide`, those in their place `narrow`, and the style sheet (42-charts.css) shows one or the other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from math import ceil, floor, log10

from admin_views.core.words import MONTHS

ROUND = (1, 2, 5, 10)       # a step is one of these times a power of ten
ABOVE, BELOW = 20, 38       # px over the highest guide, for a figure; under the lowest, for months and their years
ROW, BAR, FOOT = 20, 18, 26     # px of a row's name, of each of its bars, and of the figures under the last row
WIDE, NARROW = 580, 240     # px across that are sure to be there: from the style sheet's limit on, and on a telephone
LETTER = 6.5                # px of one, at most
MONTH = 24                  # px that «ene» takes, and the space after it


@dataclass
class Drawing:
    """The data of parts/chart.html: one image with a name; a table beside it holds its figures."""

    label: str              # its name for readers of screens
    kinds: str              # its classes
    height: float
    guides: list = field(default_factory=list)      # (x1 %, y1, x2 %, y2, class)
    series: list = field(default_factory=list)      # (class, [(x %, y, width %, height, what it says)])
    line: list = field(default_factory=list)        # (x %, y, what it says)
    words: list = field(default_factory=list)       # (x %, y, class, words)


class Scale:
    """A scale that includes zero, with round ticks `step` apart; `whole` for counts."""

    def __init__(self, figures, most_steps=4, whole=False):
        low, high = float(min(0, *figures, 0)), float(max(0, *figures, 0))
        rough = (high - low) / most_steps or 1.0
        ten = 10 ** floor(log10(rough))
        step = next(ten * times for times in ROUND if ten * times >= rough * .999)
        self.step = max(1, step) if whole else step
        self.low, self.high = floor(low / self.step), max(ceil(high / self.step), 1 if low == 0 else 0)

    def share(self, figure: Decimal | float) -> float:
        """Where a figure stands between the lowest tick (0) and the highest (1)."""
        return (float(figure) / self.step - self.low) / (self.high - self.low)

    def ticks(self) -> list[float]:
        """The figures of the ticks, in order."""
        return [round(tick * self.step, 6) for tick in range(self.low, self.high + 1)]


class Upright:
    """A drawing over time: months across, oldest first, and figures up; each method adds its elements."""

    def __init__(self, drawing, days, scale, say):
        self.drawing, self.days, self.scale = drawing, days, scale
        self.each, self.foot = 100 / len(days), drawing.height - BELOW
        for tick in scale.ticks():
            level = self.level(tick)
            drawing.guides.append((0, level, 100, level, "zero" if tick == 0 else ""))
            drawing.words.append((0, level + 4, "tick", say(tick)))
        for room, width in (("wide", WIDE), ("narrow", NARROW)):
            for place, name, year in month_names(days, width):
                drawing.words.append((self.middle(place), self.foot + 16, room, name))
                if year:
                    drawing.words.append((self.middle(place), self.foot + 30, f"{room} year", year))

    def middle(self, place: int) -> float:
        """Percent across of the middle of a month."""
        return (place + .5) * self.each

    def level(self, figure: Decimal | float) -> float:
        """Pixels from the top of a figure."""
        return self.foot - self.scale.share(figure) * (self.foot - ABOVE)

    def bars(self, name: str, figures: Iterable[tuple[Decimal | int, str]]) -> None:
        """Add a series of bars: (figure, tip) of each month; a zero has no bar."""
        zero, width = self.level(0), self.each * .72
        self.drawing.series.append((name, [
            (self.middle(place) - width / 2, min(zero, self.level(figure)), width, abs(zero - self.level(figure)), told)
            for place, (figure, told) in enumerate(figures) if figure]))

    def dots(self, figures: Iterable[tuple[Decimal | int, str]]) -> None:
        """Add a line through (figure, tip) of each month."""
        self.drawing.line = [(self.middle(place), self.level(figure), told)
                             for place, (figure, told) in enumerate(figures)]

    def values(self, figures: Sequence[Decimal | int]) -> None:
        """Add each figure over its bar where all fit; otherwise the highest alone."""
        said = [f"{figure:,.0f}" for figure in figures]
        fit = max(map(len, said)) * LETTER <= WIDE / len(said)
        highest = max(range(len(said)), key=lambda place: figures[place])
        for place, figure in enumerate(figures):
            if figure and (fit or place == highest):
                kind = "value" if place == highest else "value wide"
                self.drawing.words.append((self.middle(place), self.level(figure) - 5, kind, said[place]))


class Lying:
    """A drawing of rows, each with its name over its bars; figures go across."""

    def __init__(self, drawing, scale, say):
        self.drawing, self.scale = drawing, scale
        ticks, foot = scale.ticks(), drawing.height - FOOT
        close = max(len(say(tick)) for tick in ticks) * LETTER > NARROW / len(ticks)
        for place, tick in enumerate(ticks):
            kind = "first" if place == 0 else "last" if tick == ticks[-1] else "wide" if close and tick else ""
            drawing.guides.append((self.across(tick), 0, self.across(tick), foot, "zero" if tick == 0 else ""))
            drawing.words.append((self.across(tick), foot + 16, kind, say(tick)))

    def across(self, figure: Decimal | float) -> float:
        """Percent across of a figure."""
        return self.scale.share(figure) * 100

    def bar(self, figure: Decimal | float, before: Decimal | float, top: float,
            told: str) -> tuple[float, float, float, float, str]:
        """A bar of `figure` that begins where `before` ends, with its tip."""
        start, end = sorted((self.across(before), self.across(before + figure)))
        return start, top, end - start, BAR, told


def month_names(days: Sequence[date], width: int) -> list[list]:
    """(position, month, year where it begins) of the months whose names fit, counted back from the newest."""
    step = ceil(len(days) * MONTH / width)
    found, year = [], None
    for place in range((len(days) - 1) % step, len(days), step):
        day = days[place]
        found.append([place, MONTHS[day.month - 1], "" if day.year == year else str(day.year)])
        year = day.year
    if len(found) > 1 and found[0][2] and found[1][2]:      # two years side by side would touch: the later one stays
        found[0][2] = ""
    return found
