"""Declare a kind of document that is signed: what a signature is over, who is asked, and what its states mean.

PostgreSQL obeys the functions and triggers that signing_sql.py makes of the declarations (migrations/core/signing.sql
is the rest, and names no kind); policies/core/signing_acts.py makes the acts.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import TextClause

from models.base.people import Contribution
from models.base.roles import Role
from models.base.signing import Signature, SignaturePlace
from policies.core.carried import carries
from policies.core.content import sql_of
from policies.core.rules import Rule, declare
from policies.core.sql.functions import may_call

SIGNED: list = []

declare(Rule(SignaturePlace, grows=True), Rule(Signature))
# What is signed of a record, for whoever reads its signatures; each function asks whether the office reads the record.
may_call("console.signed_content(text, bigint)", "console.content_hash(text, bigint)",
         "console.asked_places(text, bigint)", "console.fully_signed(text, bigint)", by=(Signature,))


@dataclass(frozen=True)
class Signed:
    """One kind of document. In every piece of SQL `c` is its record."""

    model: type
    word: str                       # with which its signed text begins
    content: tuple                  # columns, text() or functions of content.py, in the order of the text
    places: str | tuple             # the offices in order, or a SELECT of (position, role, rule, deputies)
    drafts: tuple = ("draft",)      # the states in which it is prepared
    opened: str = "submitted"       # the state in which it is signed: its places are written as it enters
    decided: tuple = ("signed",)    # states that need every signature
    refused: tuple = ("rejected",)  # states that need a reason, as going back to be prepared does
    parts: tuple = ()               # (model, column): rows that are prepared with it
    outdated: str = "false"         # SQL condition: what it was computed from changed, so it is not signed
    through: str = ""               # SELECT (subject, id) of the document whose signatures count for this record

    def __post_init__(self):
        self.text()                 # what cannot be signed is refused at once, with its name
        carries(self.model, SignaturePlace, Signature, Contribution)
        SIGNED.append(self)

    @property
    def table(self) -> str:
        """The table of the record."""
        return self.model.__tablename__

    def places_query(self) -> str:
        """The SELECT of the places that the record asks for."""
        if isinstance(self.places, str):
            return self.places
        rows = ", ".join(f"({number}, '{Role(office).value}', '{self.model.__title__.every}', NULL::jsonb)"
                         for number, office in enumerate(self.places, 1))
        return (f'SELECT p.* FROM console.{self.table} c, (VALUES {rows}) p ("position", role, rule, deputies)')

    def text(self) -> str:
        """The SQL of the text that is signed, without its bars at both ends."""
        return ",\n      ".join(("'1.0'", f"'{self.word}'", *self.pieces()))

    def pieces(self) -> Iterator[str]:
        """The SQL of each piece of the text, in order."""
        for piece in self.content:
            if isinstance(piece, str):
                yield sql_of(self.model, piece)
            else:
                yield str(piece) if isinstance(piece, TextClause) else piece(self.model)
