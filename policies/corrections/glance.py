"""What PostgreSQL says of a correction now; where a page asks for much of it, all of it in one statement.

An act asks each thing anew: only what is drawn inside `glance()` is told what that statement read.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from sqlalchemy import Select, select
from sqlalchemy.orm import object_session

from models.corrections import Correction
from models.corrections import CorrectionState as S
from models.queries.glance import FACTS, of
from policies.core.page_reads import drawing, once

SHOWN = ("content", "content_hash", "letter", "days_off", "later_issues")      # by every page
ASKED = {S.DRAFT: ("note_form", "drifted", "changed", "broken", "slots"),
         S.SUBMITTED: ("note_form", "drifted", "changed", "hands"),
         S.SIGNED: ("note_form", "drifted", "changed", "broken", "hands")}


@cache
def asking(names: tuple[str, ...]) -> Select:
    """The SELECT of some of FACTS, built once for each set of them."""
    return select(*(FACTS[name] for name in names))


def fact_of(subject: Correction, fact: str) -> object:
    """One of FACTS of a record: as glance() read it for the page that is being drawn, otherwise as it is now."""
    return once(subject, fact, lambda: object_session(subject).scalar(asking((fact,)), of(subject)))


@contextmanager
def glance(correction: Correction) -> Iterator[None]:
    """Read in one statement what the page of a correction asks, and answer with it until the page is drawn.

    Nothing is written meanwhile.
    """
    names = (*SHOWN, *ASKED.get(correction.state, ()))
    row = object_session(correction).execute(asking(names), of(correction)).one()
    with drawing(correction, dict(zip(names, row, strict=True))):
        yield
