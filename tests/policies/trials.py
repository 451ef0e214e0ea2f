"""A table of its own that guards are made for, and how its rows are born and changed; conftest.py opens it."""

from contextlib import contextmanager
from datetime import datetime

import psycopg
import pytest
from sqlalchemy import Enum, ForeignKey, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from models.base.columns import Words, coded, field
from models.base.written import author, derived, instant, may_bring, numbered, request, rising
from policies.core.needs import AllOf, Filled, Holds
from policies.core.offices import STAFF
from policies.core.rules import Act, Rule


class S(Words):
    OPEN = "open", "Abierto"
    CLOSED = "closed", "Cerrado"
    MERGED = "merged", "Unido"


class Base(DeclarativeBase):
    """A registry of its own, so that the console knows nothing of these tables."""

    metadata = MetaData(schema="console")


def state():
    return field("Estado", Enum(S, native_enum=False, values_callable=lambda words: [word.value for word in words]),
                 server_default="open")


class Trial(Base):
    __tablename__ = "trials"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[S] = state()
    folio: Mapped[str] = numbered("UAS-PRU")
    text: Mapped[str] = field("Texto")
    kind: Mapped[str] = field("Tipo", server_default="a")
    account: Mapped[int | None] = field("Cuenta")
    answer: Mapped[str | None] = field("Respuesta")
    merged_into_id: Mapped[int | None] = field("Unido a", ForeignKey("console.trials.id"))
    done: Mapped[int] = rising("Avance")
    registered_by_id: Mapped[int] = author("Registró")
    registered_at: Mapped[datetime] = instant("Registrado")
    closed_by_id: Mapped[int | None] = author("Cerró")
    closed_at: Mapped[datetime | None] = instant("Cerrado el")
    number: Mapped[str | None] = coded("Número", info={"series": ("UAS-EXT",)})
    total: Mapped[int] = derived("Suma", server_default="0")
    sent_at: Mapped[datetime | None] = instant("Enviado", sent=True)
    request_id: Mapped[str] = request("Solicitud")
    said: Mapped[str | None] = derived("Dicho", by="'<' || NEW.text || '>'")
    expected: Mapped[int] = may_bring("Esperados", server_default="0")


class Piece(Base):
    __tablename__ = "trial_pieces"

    id: Mapped[int] = mapped_column(primary_key=True)
    trial_id: Mapped[int] = field("Prueba")
    state: Mapped[S] = state()


TABLES = """
CREATE TABLE console.trials (id integer PRIMARY KEY, state text DEFAULT 'open', folio text, text text, kind text DEFAULT 'a',
  account integer, answer text, merged_into_id integer REFERENCES console.trials, done integer DEFAULT 0,
  registered_by_id integer, registered_at timestamptz, closed_by_id integer, closed_at timestamptz, number text,
  total integer DEFAULT 0, sent_at timestamptz, request_id text DEFAULT '', said text, expected integer DEFAULT 0);
CREATE TABLE console.trial_pieces (id integer PRIMARY KEY, trial_id integer, state text DEFAULT 'open');
GRANT ALL ON console.trials, console.trial_pieces TO console_staff, console_unit_head;
"""
RULE = Rule(Trial, view=STAFF, create=STAFF, edit=STAFF, edits=("text",), born=S.OPEN, guarded=True, kept=True,
            once=("account",))
ANSWERED = Filled("Escriba la respuesta.", "answer")
WITH_PIECES = AllOf("Falta cerrar una pieza.", Piece, frozenset({S.CLOSED}))
OF_KIND = Holds("Solo las de tipo a.", "kind", Trial.kind == "a")


def nothing(trial, actor):
    """The effect of acts that PostgreSQL alone is asked about."""


def close(**terms):
    return Act("close_trial", "Cerrar", Trial, {S.OPEN: {S.CLOSED}}, STAFF, nothing, sets=("answer", "done", "expected"),
               stamps=("closed_by_id", "closed_at"), **terms)


def born(raw, key=1, **more):
    names, values = ", ".join(("id", "text", *more)), ", ".join(("%s",) * (2 + len(more)))
    raw.execute(f"INSERT INTO console.trials ({names}) VALUES ({values})", (key, "Fuga", *more.values()))


def change(raw, what, key=1):
    raw.execute(f"UPDATE console.trials SET {what} WHERE id = {key}")


def value(raw, name, key=1):
    return raw.execute(f"SELECT {name} FROM console.trials WHERE id = {key}").fetchone()[0]


@contextmanager
def refused(rule, says=None):
    """PostgreSQL refuses by that rule, and its sentence travels as the hint."""
    with pytest.raises(psycopg.Error) as caught:
        yield
    assert caught.value.diag.constraint_name == rule, caught.value
    assert caught.value.diag.message_hint == says or says is None
    assert caught.value.diag.message_hint[0].isupper() and caught.value.diag.message_hint.endswith(".")
