"""How a value is said to a person: money, volumes, days and vocabularies in Mexican Spanish."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache

from babel.dates import format_date
from sqlalchemy import Column, inspect

from models.base.columns import HERE, Balance, Money, Named, Volume, Words, today
from models.base.signing import Signature
from policies.core.balances import balance_words
from policies.core.figures import MONTHS, day, money
from policies.core.rules import Actor

RESERVED = "Reservado"


def number(value: Decimal | float) -> str:
    """A number with thousands and no useless zeros: 1,234.5."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def moment(value: datetime) -> str:
    """An instant as 22/nov/2026 13:05, in San Luis Potosí."""
    return f"{day(value.astimezone(HERE))} {hour(value)}"


def long_day(value: date) -> str:
    """A day as «28 de noviembre de 2026»."""
    return format_date(value, "long", "es_MX")


def hour(value: datetime) -> str:
    """The hour of an instant as 13:05, in San Luis Potosí."""
    return f"{value.astimezone(HERE):%H:%M}"


def month(value: date) -> str:
    """The month of a day as nov/2026."""
    return f"{MONTHS[value.month - 1]}/{value.year}"


def say(value: object, column: Column | None = None) -> str:
    """Any value in words, for pages and papers; the type of `column` tells money from volume."""
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


def said_number(value: Decimal, column: Column | None) -> str:
    """A figure with the unit of its column: pesos, m³ or none."""
    if column is not None and column.type is Balance:
        return balance_words(value)
    if column is not None and column.type is Money:
        return money(value)
    if column is not None and column.type is Volume:
        return f"{number(value)} m³"
    return number(value)


def capacity(one: Signature | Actor) -> str:
    """In which capacity somebody signs for an office that is not simply theirs: «por ausencia de …» or «encargado de
    despacho»; empty for its holder. `one` is a signature, or whoever acts now.
    """
    if one.absent_name:
        return f"por ausencia de {one.absent_name}"
    return "encargado de despacho" if one.acting else ""


def initials(name: str) -> str:
    """The first letters of the first two words of a name."""
    return "".join(word[0] for word in name.split()[:2]).upper()


def in_office(one: Actor) -> str:
    """The office in which somebody acts, and in which capacity."""
    return ", ".join(part for part in (one.role.label, capacity(one)) if part)


def signed_by(signature: Signature) -> str:
    """Who signed, in which capacity and by which letter, as pages and papers print it."""
    letter = signature.letter and f"oficio {signature.letter}"
    return ", ".join(part for part in (signature.signer.name, deputised(signature), capacity(signature),
                                       letter) if part)


def signed_as(signature: Signature) -> str:
    """The office in which somebody signed, and in which capacity."""
    return ", ".join(part for part in (deputised(signature) or signature.role.label, capacity(signature)) if part)


def deputised(signature: Signature) -> str:
    """«Dirección General en suplencia» where a deputy's office signed in the place of the one that was asked; empty
    otherwise.
    """
    return f"{signature.role.label} en suplencia" if signature.deputises else ""


def age_said(age: timedelta) -> str:
    """A duration as «3 min», «5 h» or «12 días»: whole units, never rounded up."""
    minutes = int(age.total_seconds() // 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} días"


@cache
def column_of(model: type[Named], name: str) -> Column | None:
    """The column behind an attribute: its own, or the foreign key of a relationship."""
    mapper = inspect(model)
    if name in mapper.columns:
        return mapper.columns[name]
    if name in mapper.relationships and mapper.relationships[name].local_columns:
        return next(iter(mapper.relationships[name].local_columns))
    return None


def links_of(model: type[Named]) -> dict:
    """foreign key → its many-to-one relationship, whose record has a name where the key says nothing to people."""
    return {next(iter(relation.local_columns)).key: relation
            for relation in inspect(model).relationships if relation.direction.name == "MANYTOONE"}


def target_of(model: type[Named], name: str) -> type[Named] | None:
    """The model that a many-to-one relationship of that name leads to, or None."""
    relation = inspect(model).relationships.get(name)
    return relation.mapper.class_ if relation is not None and not relation.uselist else None


@cache
def label_of(model: type[Named], name: str) -> str:
    """The Spanish label of a column; a list of parts has that of its table, and a name without a column is its own
    label.
    """
    several = inspect(model).relationships.get(name)
    if several is not None and several.uselist:
        return several.mapper.class_.__title__.many
    column = column_of(model, name)
    return column.info.get("label", name) if column is not None else name


def is_numeric(model: type[Named], name: str) -> bool:
    """Whether a column holds figures rather than keys or words."""
    column = column_of(model, name)
    return column is not None and isinstance(column.type, type(Money)) and not column.foreign_keys


def is_long(model: type[Named], name: str) -> bool:
    """Whether a column holds paragraphs, which take the whole width of a page."""
    column = column_of(model, name)
    return column is not None and "lines" in column.info


def is_past(record: Named, name: str) -> bool:
    """Whether the column is the last day of a term that has passed while the record still owes what it limits."""
    due = owed(record, name)
    return due is not None and due < today()


def owed(record: Named, name: str) -> date | None:
    """The last day of the term in a column while the record has not met it; None where the column holds no term."""
    met = meets(type(record), name)
    return None if met is None or met and record.state.value in met else getattr(record, name)


@cache
def meets(model: type[Named], name: str) -> frozenset | None:
    """The states in which a record has met the term that a column holds; None where the column holds no term."""
    column = column_of(model, name)
    return column.info["term"][2] if column is not None and column.info.get("term") else None


@cache
def is_personal(model: type[Named], name: str) -> bool:
    """Whether a column holds somebody's personal data."""
    column = column_of(model, name)
    return column is not None and bool(column.info.get("personal"))
