"""What every model uses: the one `db`, the names of constraints, and columns with their Spanish labels."""

import enum
from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import (
    ColumnElement,
    DateTime,
    Engine,
    Enum,
    FetchedValue,
    ForeignKey,
    Identity,
    MetaData,
    Numeric,
    Text,
    inspect,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedColumn, declared_attr, mapped_column, registry

HERE = ZoneInfo("America/Mexico_City")
Money = Numeric(14, 2)
Balance = Numeric(14, 2)    # money that is owed from zero up, and in the user's favour below
Volume = Numeric(12, 3)

NAMES = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}
TYPES = {
    str: Text(),
    dict: JSONB(),
    list: JSONB(),
    datetime: DateTime(timezone=True),
    enum.Enum: Enum(enum.Enum, native_enum=False, create_constraint=True, length=40,
                    values_callable=lambda words: [word.value for word in words]),
}


class Words(str, enum.Enum):
    """A closed vocabulary whose members have a Spanish label: DRAFT = "draft", "Borrador"."""

    def __new__(cls, value, label):
        word = str.__new__(cls, value)
        word._value_, word.label = value, label
        return word

    __str__ = str.__str__


class Base(DeclarativeBase):
    """The declarative base: the names of constraints, and the SQL type of each Python type."""

    # A registry, not type_annotation_map: Flask-SQLAlchemy rebuilds this class from its body.
    registry = registry(metadata=MetaData(naming_convention=NAMES), type_annotation_map=TYPES)


class TierSession(Session):
    """A session speaks to PostgreSQL through the login of whoever is acting, never another."""

    def get_bind(self, mapper: object = None, *, clause: object = None, bind: object = None, **kwargs) -> Engine:
        """The engine of the login of whoever acts; that of the public pages where nobody does."""
        return bind or db.engines[self.info.get("tier", "public")]


db = SQLAlchemy(model_class=Base, session_options={"class_": TierSession})


class Title(NamedTuple):
    """What a table's rows are called in Spanish: one of them, many, and their grammatical gender."""

    one: str            # «Nota»: as a row without a name of its own is called, with its number
    many: str           # «Notas de crédito y cargo»: as its list, its menu entry and the matrix are called
    gender: str = "o"   # «Nuevo» or «Nueva»: the last letter
    part: str = ""      # «Renglón»: as the story of its whole calls it, where that is shorter
    told_apart_by: str = ""     # its column that tells the parts of one whole apart: «Renglón de Agua potable»

    @property
    def new(self) -> str:
        """«Nuevo nombramiento»."""
        return f"Nuev{self.gender} {self.one[0].lower()}{self.one[1:]}"

    @property
    def every(self) -> str:
        """«todas las reparaciones»."""
        return f"tod{self.gender}s l{self.gender}s {self.many[0].lower()}{self.many[1:]}"


class Named:
    """A row that is called by the column that holds its name or, without one, by what it is and its number.

    A model may say its name in another way: then it overrides `__str__` and, for exports, `name_sql`.
    """

    __title__: Title
    __name_column__ = ""

    def __str__(self):
        if self.__name_column__:
            return getattr(self, self.__name_column__)
        known = inspect(self).identity
        return f"{self.__title__.one} {known[0]}" if known else self.__title__.one

    @classmethod
    def has_own_name(cls) -> bool:
        """Whether its rows are called otherwise than by what they are and their number."""
        return bool(cls.__name_column__) or cls.__str__ is not Named.__str__

    @classmethod
    def name_sql(cls, row: type) -> ColumnElement | None:
        """SQL of the name of `row`, the model or an alias of it, equal to its `__str__`; None where only Python says
        it."""
        return getattr(row, cls.__name_column__) if cls.__name_column__ else None


class Model(Named, db.Model):
    """A row of the console's own schema, versioned by a trigger that every program obeys."""

    __abstract__ = True
    __table_args__ = {"schema": "console"}

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    version: Mapped[int] = mapped_column(
        server_default="1", server_onupdate=FetchedValue(), info={"label": "Versión"})

    @declared_attr.directive
    def __mapper_args__(cls):
        # The trigger counts, because other programs write too.
        return {"version_id_col": cls.__table__.c.version, "version_id_generator": False,
                "eager_defaults": True}


class Ledger(Named, db.Model):
    """A row that is only ever added, or that belongs to another system: no version of ours."""

    __abstract__ = True
    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)


def field(label: str, *args, help: str = "", lines: bool = False, **options) -> MappedColumn:
    """A column with its Spanish label, which lists, forms and papers read; `help` stands beside its input and says what
    to write and the rule that says so. `lines`: it takes several lines of text. The rest is what mapped_column()
    takes.
    """
    known = {"label": label} | ({"help": help} if help else {}) | ({"lines": True} if lines else {})
    return mapped_column(*args, info={**known, **options.pop("info", {})}, **options)


def coded(label: str, *args, **options) -> MappedColumn:
    """A column of an official number or a technical word, which is ordered and looked for as it is written, by its own
    index.
    """
    return field(label, *args, info={"coded": True, **options.pop("info", {})}, **options)


def personal(label: str, *args, **options) -> MappedColumn:
    """A column of personal data: no SELECT loads it unless the page asks for it and the office may read it."""
    return field(label, *args, info={"personal": True, **options.pop("info", {})},
                 deferred=True, deferred_group="personal", deferred_raiseload=True, **options)


def stamped(label: str) -> MappedColumn:
    """An instant that PostgreSQL writes with its own clock when the row arrives."""
    return field(label, server_default=text("clock_timestamp()"), info={"written": "instant"})


def term(label: str, rule: str, start: str, met: Iterable[str] = ()) -> MappedColumn:
    """The last day of a term, written by PostgreSQL with the rule of that code in force when it starts, and frozen.

    `rule` is the code of a DeadlineRule; `start` is the column of the same row whose day starts the term (the term is
    written when that column gets its value); `met` are the states in which nothing is owed any more.
    """
    return field(label, server_default=FetchedValue(), nullable=True, info={"term": (rule, start, frozenset(met))})


def ruled_by(term: str) -> MappedColumn:
    """The DeadlineRule with which PostgreSQL wrote the term of that column."""
    return field("Regla del plazo", ForeignKey("console.deadline_rules.id"), server_default=FetchedValue(),
                 nullable=True, info={"rule_of": term})


def since_state(label: str) -> MappedColumn:
    """The instant since which the row is in its state: written by PostgreSQL when the row arrives and at each change of
    state.
    """
    return field(label, server_default=FetchedValue(), info={"state_clock": True})


def amount_check(column: str) -> str:
    """SQL that keeps NaN, Infinity and absurd sizes out of a money column."""
    return f"{column} <> 'NaN' AND abs({column}) < 1000000000"


@cache
def title_of(table_name: str) -> str:
    """What people call the rows of a table, by its name without schema; the name itself if no model has it."""
    return next((mapper.class_.__title__.many for mapper in Base.registry.mappers
                 if mapper.local_table.name == table_name), table_name)


def table(*constraints, schema: str = "console") -> tuple:
    """The __table_args__ of a model: its constraints and its schema."""
    return (*constraints, {"schema": schema})


def now() -> datetime:
    """This instant, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The civil day in San Luis Potosí."""
    return now().astimezone(HERE).date()
