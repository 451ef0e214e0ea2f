"""The kinds of inputs, strict and in Spanish: each error says how to mend it."""

import re
import unicodedata
from collections.abc import Sequence

from wtforms import DateField, DecimalField, Field, Form, SelectField
from wtforms.validators import InputRequired, Length, Optional, StopValidation, ValidationError

from policies.core.typed_figures import figure
from policies.core.typed_words import unaccented, yes_or_no

REQUIRED = "Falta este dato; escríbalo."
# What is missing, by the kind of its field; the others say REQUIRED.
MISSING = {"DateField": "Escriba la fecha, por ejemplo 27/11/2026.", "FileField": "Elija el archivo.",
           "SelectField": "Elija una opción.", "RadioField": "Elija una opción.",
           "DecimalField": "Escriba la cantidad, por ejemplo 34 o 1,234.50.",
           "PickedField": "Escriba el nombre y elíjalo."}
MOST_CHOICES = 200    # rows of the largest table that a page sends as a list
NOT_LISTED = "Elija una opción de la lista."
ECHOED = 200    # characters kept of a word that is in no list, to be corrected in its cell


def tidy(text: object) -> object:
    """The text without outer spaces and control characters, and with each letter and its accent as one character."""
    if not isinstance(text, str):
        return text
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", text).strip() or None


class ExactField(DecimalField):
    """A figure as people write it, $1,234.50, with the decimals and bounds of its column or question; a text with two
    readings is refused.
    """

    def __init__(self, *arguments, limits=(), **options):
        self.limits = limits    # what figure() takes after its text
        super().__init__(*arguments, **options)

    def process_formdata(self, values: Sequence[str]) -> None:
        """Read a figure; an empty text is none."""
        text = (values[0] if values else "").strip()
        self.data = figure(text, *self.limits) if text else None

    def _value(self):
        if self.raw_data:
            return self.raw_data[0]
        return "" if self.data is None else f"{self.data:f}"


class DayField(DateField):
    """A day, with its error in Spanish."""

    def process_formdata(self, values: Sequence[str]) -> None:
        """Read a day."""
        try:
            super().process_formdata(values)
        except ValueError as error:
            raise ValueError("Escriba una fecha válida: día, mes y año.") from error


class WholeField(ExactField):
    """A whole number, with or without its thousands marked: 1,234."""

    def process_formdata(self, values: Sequence[str]) -> None:
        """Read a figure as a whole number."""
        super().process_formdata(values)
        self.data = None if self.data is None else int(self.data)

    def _value(self):
        return self.raw_data[0] if self.raw_data else "" if self.data is None else str(self.data)


class ChoiceField(SelectField):
    """A list to choose from; what is not in it is refused in Spanish."""

    def process_formdata(self, values: Sequence[str]) -> None:
        """Read a choice."""
        try:
            super().process_formdata(values)
        except ValueError as error:
            raise ValueError(NOT_LISTED) from error

    def pre_validate(self, form: Form) -> None:
        """Refuse what is not in the list."""
        if self.data not in {self.coerce(value) for value, *_ in self.iter_choices()}:
            raise ValidationError(NOT_LISTED)


class WordField(ChoiceField):
    """A word of a closed vocabulary: chosen, or pasted by its Spanish label.

    With `echoes`, a word that is in no list stays in its cell, to be corrected there.
    """

    echoes = False

    def process_formdata(self, values: Sequence[str]) -> None:
        """Read a word by its value or its label."""
        known = {unaccented(label): value for value, label in self.choices if value}
        typed = (tidy(values[0]) or "" if values else "")[:ECHOED]
        try:
            super().process_formdata([known.get(unaccented(typed), values[0])] if values else [])
        except ValueError:
            self.data = None
            if self.echoes and typed:
                self.echo(typed)
            raise

    def echo(self, typed: str) -> None:
        """Add the refused word as one more option, chosen, so that it stays visible; the error remains."""
        words, self.data = self.coerce, typed
        self.coerce = lambda value: typed if value == typed else words(value)
        self.choices = [(typed, typed), *self.choices]


def required(needed: bool) -> list:
    """The validators of a field that must, or may, have a value."""
    return [Needed()] if needed else [Optional()]


class Needed(InputRequired):
    """The validator of a field that must have a value: its sentence says what to write or choose."""

    def __call__(self, form: Form, field: Field) -> None:
        """Refuse a field without a value."""
        self.message = missing(field)
        super().__call__(form, field)


def missing(field: Field) -> str:
    """What a field that must have a value asks for."""
    return next((MISSING[kind.__name__] for kind in type(field).__mro__ if kind.__name__ in MISSING), REQUIRED)


def not_blank(form: Form, field: Field) -> None:
    """A validator: something must be left after tidying; spaces are no answer."""
    if field.data is None and not field.process_errors:
        raise StopValidation(missing(field))


def required_text(needed: bool) -> list:
    """The validators of a text that must, or may, have a value."""
    return [*required(needed), *([not_blank] if needed else [])]


def longest(letters: int) -> Length:
    """The validator of a text's length."""
    return Length(max=letters, message=f"El texto es muy largo; deje {letters:,} letras como máximo.")


def yes_or_no_or_nothing(value: object) -> bool | None:
    """The answer of a pair of options; None where none was chosen."""
    return yes_or_no(str(value)) if value not in (None, "", "None") else None
