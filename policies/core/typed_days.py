"""The reader of days as a file brings them."""

import re
from datetime import date

from policies.core.figures import MONTHS

ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
SPOKEN = re.compile(r"(\d{1,2})[/-](\d{1,2}|[a-z]{3})[a-z]*[/-](\d{4})", re.ASCII)


def day(text: str) -> str:
    """22/11/2026, 22/nov/2026 or 2026-11-22, as 2026-11-22; day before month, as in Mexico.

    Raises ValueError, a Spanish sentence, when it is no day.
    """
    if found := ISO.fullmatch(text):
        parts = [int(part) for part in found.groups()]
    elif found := SPOKEN.fullmatch(text.lower()):
        first, month, year = found.groups()
        month = MONTHS.index(month) + 1 if month in MONTHS else int(month) if month.isdigit() else 0
        parts = [int(year), month, int(first)]
    else:
        parts = [0, 0, 0]
    try:
        return date(*parts).isoformat()
    except ValueError as error:
        raise ValueError(f"«{text[:60]}» no es una fecha; escríbala como 22/11/2026") from error
