"""What the number formats of an Excel workbook mean, and how a figure or a day is written as text."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

from admin_views.imports.xml_walk import Walk


class Formats:
    """The meaning of the number formats of a workbook: a day, a span of time, a percentage."""

    def __init__(self):
        self.codes, self.styles, self.inside = {}, [], False
        self.starts = {"numFmt": self.code, "cellXfs": self.enter, "xf": self.style}

    def code(self, walk: Walk, attributes: dict[str, str]) -> None:
        """Keep a number format of the workbook."""
        self.codes[attributes["numFmtId"]] = attributes["formatCode"]

    def enter(self, walk: Walk, attributes: dict[str, str]) -> None:
        """Begin the list of cell styles."""
        self.inside = True

    def leave(self, walk: Walk) -> None:
        """End the list of cell styles."""
        self.inside = False

    def style(self, walk: Walk, attributes: dict[str, str]) -> None:
        """Keep the number format of a cell style."""
        if self.inside:
            self.styles.append(attributes.get("numFmtId", "0"))

    def kind(self, style: str) -> str:
        """«day», «span» or «percent»; empty for any other figure."""
        number = self.styles[int(style)] if int(style) < len(self.styles) else "0"
        code = self.codes.get(number) or BUILTIN_FORMATS.get(int(number), "General")
        if is_timedelta_format(code):
            return "span"
        if is_date_format(code):
            return "day"
        return "percent" if "%" in code else ""


def digits(raw: str | Decimal) -> str:
    """The digits that a spreadsheet keeps of a figure, without exponent."""
    return f"{Decimal(f'{float(raw):.15g}'):f}"


def day_text(value: date | datetime | time | timedelta | str) -> str:
    """2026-11-22, 2026-11-22 08:30:00, 08:30:00, or 36:00:00 for a span of time."""
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
    return value.isoformat() if isinstance(value, date) else str(value)
