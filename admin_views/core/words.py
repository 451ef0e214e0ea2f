"""How a value is said to a person: money, volumes, days and vocabularies in Mexican Spanish."""

from datetime import date, datetime
from decimal import Decimal
from functools import cache

from sqlalchemy import inspect

from models.base.columns import HERE, Balance, Money, Volume, Words, today
from policies.core.balances import balance_words
from policies.core.figures import MONTHS, day, money

RESERVED = "Reservado"


def number(value):
    """1,234.5 with no idle zeros."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def moment(value):
    """22/nov/2026 13:05, in San Luis Potosí."""
    return f"{day(value.astimezone(HERE))} {hour(value)}"


def hour(value):
    """13:05, in San Luis Potosí."""
    return f"{value.astimezone(HERE):%H:%M}"


def month(value):
    """nov/2026."""
    return f"{MONTHS[value.month - 1]}/{value.year}"


def say(value, column=None):
    """Any value in words; `column` tells money from volume."""
    if value is None or value == "":
        return "—"
    if isinstance(value, Words):
        return value.label
    if isinstance(value, bool):
        return "Sí" if value else "No"
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, Decimal):
        return said_number(value, column)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list):
        return "; ".join(say(item) for item in value) or "—"
    if isinstance(value, dict):
        return "; ".join(f"{name}: {say(item)}" for name, item in value.items()) or "—"
    return str(value)


def said_number(value, column):
    if column is not None and column.type is Balance:
        return balance_words(value)
    if column is not None and column.type is Money:
        return money(value)
    if column is not None and column.type is Volume:
        return f"{number(value)} m³"
    return number(value)


def capacity(one):
    """Why somebody signs for an office that is not simply theirs: «por ausencia de …» or «encargado de
    despacho»; nothing for its holder. `one` is a Signature or whoever acts now."""
    if one.absent_name:
        return f"por ausencia de {one.absent_name}"
    return "encargado de despacho" if one.acting else ""


def in_office(one):
    """The office that somebody wears, and in which capacity."""
    return ", ".join(part for part in (one.role.label, capacity(one)) if part)


def signed_by(signature):
    """Who signed, in which capacity and by which letter, as every page and paper prints it."""
    letter = signature.letter and f"oficio {signature.letter}"
    return ", ".join(part for part in (signature.signer.name, deputised(signature), capacity(signature),
                                       letter) if part)


def signed_as(signature):
    """The office in which somebody signed, and in which capacity."""
    return ", ".join(part for part in (deputised(signature) or signature.role.label, capacity(signature)) if part)


def deputised(signature):
    """That a deputy's office signed in the place of the one that was asked."""
    return f"{signature.role.label} en suplencia" if signature.deputises else ""


def age_said(age):
    """«3 min», «5 h», «12 días»: whole units, never rounded up."""
    minutes = int(age.total_seconds() // 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} días"


@cache
def column_of(model, name):
    """The column behind an attribute: its own, or the foreign key of a relationship."""
    mapper = inspect(model)
    if name in mapper.columns:
        return mapper.columns[name]
    if name in mapper.relationships and mapper.relationships[name].local_columns:
        return next(iter(mapper.relationships[name].local_columns))
    return None


def links_of(model):
    """foreign key → the many-to-one relationship that it stands behind: a name, where a key says nothing."""
    return {next(iter(relation.local_columns)).key: relation
            for relation in inspect(model).relationships if relation.direction.name == "MANYTOONE"}


def target_of(model, name):
    """The model that a many-to-one relationship of that name leads to, or None."""
    relation = inspect(model).relationships.get(name)
    return relation.mapper.class_ if relation is not None and not relation.uselist else None


@cache
def label_of(model, name):
    """The Spanish label declared on the column; a list of parts is called as its table is."""
    several = inspect(model).relationships.get(name)
    if several is not None and several.uselist:
        return several.mapper.class_.__title__.many
    column = column_of(model, name)
    return column.info.get("label", name) if column is not None else name


def is_numeric(model, name):
    column = column_of(model, name)
    return column is not None and isinstance(column.type, type(Money)) and not column.foreign_keys


def is_past(record, name):
    """Whether that column is a term that has ended while the record still owes what it limits."""
    column = column_of(type(record), name)
    _, _, met = (column.info.get("term") if column is not None else None) or (None, None, None)
    due = getattr(record, name) if met is not None else None
    return due is not None and due < today() and not (met and record.state.value in met)


@cache
def is_personal(model, name):
    column = column_of(model, name)
    return column is not None and bool(column.info.get("personal"))
