"""A form field for each kind of column and each kind of question, strict and in Spanish."""

from collections.abc import Iterable
from decimal import Decimal

from flask_admin.contrib.sqla import ModelView
from sqlalchemy import Boolean, Column, Date, Enum, Integer, Numeric, inspect
from wtforms import BooleanField, FileField, Form, RadioField, StringField, TextAreaField
from wtforms.fields.core import UnboundField

from admin_views.forms.conditions import FormOfFacts
from admin_views.forms.inputs import (
    ChoiceField,
    DayField,
    ExactField,
    WholeField,
    WordField,
    longest,
    required,
    required_text,
    tidy,
    yes_or_no_or_nothing,
)
from admin_views.forms.pickers import record_field, relation_field
from admin_views.forms.rows import rows_field
from models.base.columns import Named
from policies.core.column_limits import limits_of
from policies.core.rules import Ask

# ---- from a column -----------------------------------------------------------------------


def field_for(model: type[Named], name: str) -> UnboundField:
    """The form field of one column of a model, with the help that the column declares."""
    column = inspect(model).columns[name]
    label, needed = column.info.get("label", name), not column.nullable
    options = {"description": column.info.get("help", "")}
    if column.foreign_keys:
        return relation_field(model, name, label, required(needed), options)
    if isinstance(column.type, Enum):
        return vocabulary_field(column, label, needed, options)
    if isinstance(column.type, Boolean):
        return BooleanField(label, default=column.default is not None and column.default.arg,
                            **options)
    if isinstance(column.type, Date):
        return DayField(label, required(needed), **options)
    if isinstance(column.type, Numeric):
        return ExactField(label, required(needed), limits=limits_of(column), **options)
    if isinstance(column.type, Integer):
        return WholeField(label, required(needed), limits=limits_of(column), **options)
    kind = TextAreaField if "lines" in column.info else StringField
    return kind(label, [*required_text(needed), longest(2000)], filters=[tidy], **options)


def vocabulary_field(column: Column, label: str, needed: bool, options: dict) -> UnboundField:
    """The field of a column with a closed vocabulary."""
    words = column.type.enum_class
    choices = [("", "Elija…"), *((word.value, word.label) for word in words)]
    return WordField(label, required(needed), choices=choices, default=column.default and column.default.arg,
                     coerce=lambda value: words(value) if value else None, **options)


def form_for(model: type[Named], names: Iterable[str], view: ModelView | None = None) -> type[FormOfFacts]:
    """The form class of a model's editable columns, with the conditions and parts that its view declares."""
    fields = {name: field_for(model, name) for name in names}
    for part, columns in getattr(view, "parts", {}).items():
        if table := rows_field(model, part, columns, field_for):
            fields[part] = table
    facts = {name: getattr(view, name) for name in ("steps", "only_when", "needed_when")
             if hasattr(view, name)}
    return type(f"{model.__name__}Form", (FormOfFacts,), {**fields, **facts})


class SheetField(FileField):
    """A list in a CSV or Excel file, of at most `most` rows: they are the answer, and the file is not kept."""

    def __init__(self, *args, most, **options):
        super().__init__(*args, **options)
        self.most = most


# ---- from a question ---------------------------------------------------------------------

def form_of(asks: Iterable[Ask]) -> type[FormOfFacts]:
    """The form class of an act's questions."""
    when = {key(ask.name): (key(ask.when[0]), ask.when[1]) for ask in asks if ask.when}
    return type("ActForm", (FormOfFacts,), {
        **{key(ask.name): question(ask) for ask in asks}, "only_when": when,
        "may_be_blank": tuple(key(ask.name) for ask in asks if not ask.required)})


def key(name: str) -> str:
    """A dotted name («leak.repaired») as a form field can have it."""
    return name.replace(".", "__")


def answers(form: Form) -> dict[str, object]:
    """name → value, by the names of the act's questions."""
    return {field.name.replace("__", "."): field.data for field in form}


def question(ask: Ask) -> UnboundField:
    """The field of one question."""
    needed = ask.required and not ask.when    # one that depends on another says so itself
    checks, options = required(needed), {"description": ask.help, "default": ask.value}
    if ask.kind == "record":
        return record_field(ask.target, ask.label, checks, options)
    if ask.kind == "choice":
        choices = ask.choices if len(ask.choices) == 1 else (("", "Elija…"), *ask.choices)
        return ChoiceField(ask.label, checks, choices=list(choices), **options)
    if ask.kind == "yes_no":
        return RadioField(ask.label, checks, choices=[("True", "Sí"), ("False", "No")],
                          coerce=yes_or_no_or_nothing, description=ask.help, default=str(ask.value)
                          if ask.value is not None else None)
    if ask.kind == "number":
        return ExactField(ask.label, checks, limits=ask.limits, description=ask.help,
                          default=Decimal(ask.value) if ask.value else None)
    if ask.kind == "day":
        return DayField(ask.label, checks, **options)
    if ask.kind == "file":
        return FileField(ask.label, checks, description=ask.help)
    if ask.kind == "sheet":
        return SheetField(ask.label, checks, most=ask.most, description=ask.help)
    kind = TextAreaField if ask.kind == "long_text" else StringField
    return kind(ask.label, [*required_text(needed), longest(4000)], filters=[tidy], **options)
