"""What a cell of a file means, as strictly as the form of the same column; prepared per column, not per row."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import Boolean, Date, Enum, Integer, Numeric, inspect
from sqlalchemy import Column as TableColumn

from admin_views.core.words import links_of
from admin_views.forms.inputs import REQUIRED, tidy
from models.base.columns import Named
from policies.core.column_limits import limits_of
from policies.core.file_figures import FileFigures
from policies.core.typed_days import day
from policies.core.typed_figures import figure
from policies.core.typed_words import unaccented, yes_or_no

LONGEST = 2000
SPACES = re.compile(r"[ \t\u00a0]+")
FAULTY = {"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#¡REF!", "#¡VALOR!", "#¡DIV/0!",
          "#¿NOMBRE?", "#¡NUM!", "#¡NULO!"}


@dataclass(frozen=True)
class Column:
    """A column that a file may have: its label, what it takes, how its cells are read."""

    name: str
    label: str
    needed: bool
    help: str
    read: Callable          # text → text as PostgreSQL reads it; ValueError in Spanish
    empty: str | None       # the value of an empty cell, where the column has a default
    target: type | None     # the model that the cell names, where it is a relation
    limits: tuple = ()      # of a numeric column: (decimals, least, most)


def columns_of(model: type[Named], names: Iterable[str]) -> list[Column]:
    """The columns of a model that a file may fill."""
    return [column_for(model, name) for name in names]


def column_for(model: type[Named], name: str) -> Column:
    """One column of a model, as files fill it."""
    column = inspect(model).columns[name]
    label = column.info.get("label", name)
    empty = plain(column.default.arg) if column.default is not None and column.default.is_scalar else None
    needed = not column.nullable and empty is None
    if column.foreign_keys:
        target = links_of(model)[name].mapper.class_
        help = f"El nombre, como está en «{target.__title__.many}»."
        return Column(name, label, needed, help, words_of, empty, target)
    help, read = kind_of(column)
    limits = limits_of(column) if isinstance(column.type, Numeric | Integer) else ()
    return Column(name, label, needed, help, read, empty, None, limits)


def kind_of(column: TableColumn) -> tuple[str, Callable[[str], str]]:
    """(what a person should write, the function that reads it) of a column's type."""
    if isinstance(column.type, Enum):
        words = {unaccented(word.label): word.value for word in column.type.enum_class}
        listed = ", ".join(word.label for word in column.type.enum_class)
        return f"Una de estas opciones: {listed}.", lambda text: word_value(text, words, listed)
    if isinstance(column.type, Boolean):
        return "Sí o No.", lambda text: plain(yes_or_no(text))
    if isinstance(column.type, Date):
        return "Una fecha: 22/11/2026 o 2026-11-22.", day
    if isinstance(column.type, Numeric | Integer):
        limits = limits_of(column)
        help = "Una cantidad: 1234.50." if limits[0] else "Un número entero."
        return help, lambda text: f"{figure(text, *limits):f}"
    return "Texto.", words_of


def plain(value: object) -> str:
    """A default of yes or no as PostgreSQL reads it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(getattr(value, "value", value))


def value_of(column: Column, cell: str, figures: FileFigures | None = None) -> str | None:
    """A cell's value as text for PostgreSQL, or None; raises ValueError with what is wrong with it.

    `figures` are the FileFigures of the cell's file, where it comes from one.
    """
    text = tidy(cell)
    if text is None:
        if column.needed:
            raise ValueError(REQUIRED)
        return column.empty
    if text.upper() in FAULTY:
        raise ValueError(f"la celda trae un error de la hoja de cálculo, {text}")
    if figures is not None and column.limits:
        return f"{figures.figure(text, *column.limits):f}"
    return column.read(text)


def words_of(text: str) -> str:
    """The words of a text, with one space between them."""
    text = SPACES.sub(" ", text)
    if len(text) > LONGEST:
        raise ValueError(f"el texto pasa de {LONGEST:,} letras")
    return text


def word_value(text: str, words: dict[str, str], listed: str) -> str:
    """The stored value of a word of a vocabulary; raises ValueError with the list of words."""
    value = words.get(unaccented(text))
    if value is None:
        raise ValueError(f"«{text[:60]}» no es una de las opciones: {listed}")
    return value
