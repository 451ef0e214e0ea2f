"""What an act asks of the person who takes it: questions written out, or columns of its record."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Boolean, Column, Date, Enum, Integer, Numeric, inspect

from models.base.columns import Named
from policies.core.column_limits import limits_of
from policies.core.declarations import check_ask, check_columns


@dataclass(frozen=True)
class Ask:
    """One thing that an act asks of the person; the door draws it and reads it."""

    name: str
    label: str
    kind: str = "text"          # text, long_text, choice, number, yes_no, file, sheet, day, record
    required: bool = True
    choices: tuple = ()         # (value, label) pairs
    help: str = ""
    value: object = None        # what is already there
    target: type = None         # the model of a «record»; the act receives its key
    when: tuple = ()            # (another ask's name, its value): asked only then
    limits: tuple = ()          # of a «number»: what typed_figures.figure() takes
    most: int = 0               # of a «sheet»: how many rows it may bring

    def __post_init__(self):
        check_ask(self)


def asked_columns(model: type[Named], names: tuple) -> Callable[[Named, object], tuple[Ask, ...]]:
    """A function that asks for those columns of a record, all required, each with its label, its help and its kind."""
    check_columns(model, names, f"asks of an act of {model.__name__}")
    asks = tuple(asked_column(model, inspect(model).columns[name]) for name in names)
    return lambda record, actor: asks


def asked_column(model: type[Named], column: Column) -> Ask:
    """The question whose answer a column takes; of a link it is the key of a record."""
    known = {"name": column.key, "label": column.info["label"], "help": column.info.get("help", "")}
    if column.foreign_keys:
        (link,) = (link for link in inspect(model).relationships if column in link.local_columns)
        return Ask(kind="record", target=link.mapper.class_, **known)
    if isinstance(column.type, Enum):
        return Ask(kind="choice", choices=tuple((word.value, word.label) for word in column.type.enum_class), **known)
    if isinstance(column.type, Integer | Numeric):
        return Ask(kind="number", limits=limits_of(column), **known)
    if isinstance(column.type, Boolean | Date):
        return Ask(kind="day" if isinstance(column.type, Date) else "yes_no", **known)
    return Ask(kind="long_text" if "lines" in column.info else "text", **known)


def copy_answers(record: Named, names: tuple, answers: dict) -> dict:
    """Write the answers of those columns on the record; returns the other answers."""
    for name in names:
        words = getattr(inspect(type(record)).columns[name].type, "enum_class", None)
        setattr(record, name, words(answers[name]) if words else answers[name])
    return {name: value for name, value in answers.items() if name not in names}
