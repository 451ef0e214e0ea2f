"""A form field for each kind of column and each kind of question, strict and in Spanish."""

import re
import unicodedata
from decimal import Decimal

from sqlalchemy import Boolean, Date, Enum, Integer, Numeric, func, inspect, select
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    FileField,
    Form,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import (
    InputRequired,
    Length,
    NumberRange,
    Optional,
    StopValidation,
    ValidationError,
)

from models import db

REQUIRED = "Este dato es obligatorio."
NOT_LISTED = "Elija una opción de la lista."
MOST_CHOICES = 200
NUMBER = re.compile(r"^-?\d{1,9}(\.\d{1,4})?$", re.ASCII)


def tidy(text):
    """Outer spaces and control characters are never part of what a person meant."""
    if not isinstance(text, str):
        return text
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", text.replace("\r\n", "\n")).strip() or None


class ExactField(DecimalField):
    """A figure as people write it, $1,234.50, and nothing that is not one: no NaN, no 1e3."""

    def process_formdata(self, values):
        text = (values[0] if values else "").strip().replace(",", "").removeprefix("$").strip()
        self.data = None
        if text and not NUMBER.match(text):
            raise ValueError("Escriba una cantidad con cifras, por ejemplo 1,234.50.")
        if text:
            self.data = Decimal(text)

    def _value(self):
        if self.raw_data:
            return self.raw_data[0]
        return "" if self.data is None else f"{self.data:f}"


class DayField(DateField):
    def process_formdata(self, values):
        try:
            super().process_formdata(values)
        except ValueError as error:
            raise ValueError("Escriba una fecha válida: día, mes y año.") from error


class WholeField(IntegerField):
    def process_formdata(self, values):
        try:
            super().process_formdata(values)
        except ValueError as error:
            raise ValueError("Escriba un número entero.") from error


class ChoiceField(SelectField):
    """A list to choose from; what is not in it is refused in Spanish."""

    def process_formdata(self, values):
        try:
            super().process_formdata(values)
        except ValueError as error:
            raise ValueError(NOT_LISTED) from error

    def pre_validate(self, form):
        if self.data not in {self.coerce(value) for value, *_ in self.iter_choices()}:
            raise ValidationError(NOT_LISTED)


def unaccented(words):
    """Words as they are ordered in Spanish lists: no accents, no case."""
    return "".join(letter for letter in unicodedata.normalize("NFD", words.casefold())
                   if not unicodedata.combining(letter))


class NamedField(StringField):
    """A related row by the name that a person types; its data is the row's key."""

    def __init__(self, *arguments, target, **options):
        self.target, self.typed = target, ""
        super().__init__(*arguments, **options)

    def process_data(self, value):
        self.data = value
        self.typed = str(db.session.get(self.target, value)) if value else ""

    def process_formdata(self, values):
        self.data, self.typed = None, tidy(values[0]) or "" if values else ""
        if not self.typed:
            return
        same = func.console.normalise(self.target.name) == func.console.normalise(self.typed)
        found = db.session.scalars(select(self.target).where(same).limit(2)).all()
        if len(found) != 1:
            raise ValueError("Más de un registro se llama así; pida a Informática que los distinga."
                             if found else "Nadie ni nada se llama así; revise el nombre.")
        self.data = found[0].id

    def _value(self):
        return self.typed


def required(needed):
    return [InputRequired(REQUIRED)] if needed else [Optional()]


def written(form, field):
    """Spaces are no answer: something is left after tidying."""
    if field.data is None:
        raise StopValidation(REQUIRED)


def required_text(needed):
    return [*required(needed), *([written] if needed else [])]


# ---- from a column -----------------------------------------------------------------------

def field_for(model, name):
    """The form field of one column of a model."""
    column = inspect(model).columns[name]
    label, needed = column.info.get("label", name), not column.nullable
    if column.foreign_keys:
        return relation_field(model, name, label, needed)
    if isinstance(column.type, Enum):
        return vocabulary_field(column, label, needed)
    if isinstance(column.type, Boolean):
        return BooleanField(label, default=column.default is not None and column.default.arg)
    if isinstance(column.type, Date):
        return DayField(label, required(needed))
    if isinstance(column.type, Numeric):
        return ExactField(label, required(needed))
    if isinstance(column.type, Integer):
        return WholeField(label, [*required(needed),
                                  NumberRange(-2**31, 2**31 - 1, "El número es demasiado grande.")])
    kind = TextAreaField if name in ("description", "reason") else StringField
    return kind(label, [*required_text(needed), Length(max=2000, message="El texto es muy largo.")],
                filters=[tidy])


def vocabulary_field(column, label, needed):
    words = column.type.enum_class
    choices = [("", "Elija…"), *((word.value, word.label) for word in words)]
    return ChoiceField(label, required(needed), choices=choices,
                       coerce=lambda value: words(value) if value else None)


def relation_field(model, name, label, needed):
    """The related rows to choose from; where they are too many to send, one by its name."""
    (target,) = (r.mapper.class_ for r in inspect(model).relationships
                 if {c.name for c in r.local_columns} == {name} and r.direction.name == "MANYTOONE")

    rows = db.session.scalars(select(target).order_by(target.id).limit(MOST_CHOICES + 1)).all()
    if len(rows) > MOST_CHOICES:
        return NamedField(label, required(needed), target=target,
                          description="Escriba el nombre completo; no importan acentos ni mayúsculas.")
    return ChoiceField(label, required(needed),
                       choices=[("", "Elija…"), *sorted(((str(row.id), str(row)) for row in rows),
                                                        key=lambda choice: unaccented(choice[1]))],
                       coerce=lambda value: int(value) if value else None)


def form_for(model, names):
    """The form class of a model's editable columns."""
    return type(f"{model.__name__}Form", (Form,), {name: field_for(model, name) for name in names})


# ---- from a question ---------------------------------------------------------------------

def form_of(asks):
    """The form class of what an act asks."""
    return type("ActForm", (Form,), {key(ask.name): question(ask) for ask in asks})


def key(name):
    """A dotted name («leak.repaired») as a form can carry it."""
    return name.replace(".", "__")


def answers(form):
    """name → value, by the names the act knows."""
    return {field.name.replace("__", "."): field.data for field in form}


def question(ask):
    checks = required(ask.required)
    options = {"description": ask.help, "default": ask.value}
    if ask.kind == "choice":
        choices = ask.choices if len(ask.choices) == 1 else (("", "Elija…"), *ask.choices)
        return ChoiceField(ask.label, checks, choices=list(choices), **options)
    if ask.kind == "yes_no":
        return RadioField(ask.label, checks, choices=[("True", "Sí"), ("False", "No")],
                          coerce=yes_or_no, description=ask.help, default=str(ask.value)
                          if ask.value is not None else None)
    if ask.kind == "number":
        return ExactField(ask.label, checks, description=ask.help,
                          default=Decimal(ask.value) if ask.value else None)
    if ask.kind == "day":
        return DayField(ask.label, checks, **options)
    if ask.kind == "file":
        return FileField(ask.label, checks, description=ask.help)
    kind = TextAreaField if ask.kind == "long_text" else StringField
    return kind(ask.label, [*required_text(ask.required),
                            Length(max=4000, message="El texto es muy largo.")],
                filters=[tidy], **options)


def yes_or_no(value):
    """True, False, or None for what is neither."""
    return {"True": True, "False": False, True: True, False: False}.get(value)
