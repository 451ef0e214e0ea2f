"""The kinds of inputs, strict and in Spanish: each says how to mend what it refuses."""

import re
import unicodedata
from decimal import Decimal

from wtforms import DateField, DecimalField, IntegerField, SelectField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, StopValidation, ValidationError

REQUIRED = "Este dato es obligatorio. Escríbalo o elíjalo."
MOST_CHOICES = 200    # rows of a table that a page sends whole
NOT_LISTED = "Elija una opción de la lista."
NUMBER = re.compile(r"^-?\d{1,9}(\.\d{1,4})?$", re.ASCII)
THOUSANDS = re.compile(r"^-?\d{1,3}(,\d{3})+$", re.ASCII)
BIGGEST = 2**31 - 1
ECHOED = 200    # letters of a word that is in no list, kept in its place to be mended


def tidy(text):
    """Outer spaces and control characters are never part of what a person meant."""
    if not isinstance(text, str):
        return text
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", text.replace("\r\n", "\n")).strip() or None


def unaccented(words):
    """Words as they are compared and ordered in Spanish lists: no accents, no case, one space."""
    plain = (letter for letter in unicodedata.normalize("NFD", words.casefold())
             if not unicodedata.combining(letter))
    return " ".join("".join(plain).split())


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
    """A whole number, with or without its thousands marked: 1,234."""

    def process_formdata(self, values):
        text = (values[0] if values else "").strip()
        try:
            super().process_formdata([text.replace(",", "") if THOUSANDS.match(text) else text]
                                     if values else values)
        except ValueError as error:
            raise ValueError("Escriba un número entero, por ejemplo 12.") from error


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


class WordField(ChoiceField):
    """A word of a closed vocabulary: chosen, or pasted by its Spanish label.

    Where it `echoes`, a word that is in no list stays where it was pasted, to be mended there.
    """

    echoes = False

    def process_formdata(self, values):
        known = {unaccented(label): value for value, label in self.choices if value}
        typed = (tidy(values[0]) or "" if values else "")[:ECHOED]
        try:
            super().process_formdata([known.get(unaccented(typed), values[0])] if values else [])
        except ValueError:
            self.data = None
            if self.echoes and typed:
                self.echo(typed)
            raise

    def echo(self, typed):
        """The refused word as one more option, chosen; the refusal itself stands."""
        words, self.data = self.coerce, typed
        self.coerce = lambda value: typed if value == typed else words(value)
        self.choices = [(typed, typed), *self.choices]


def required(needed):
    return [InputRequired(REQUIRED)] if needed else [Optional()]


def written(form, field):
    """Spaces are no answer: something is left after tidying."""
    if field.data is None and not field.process_errors:
        raise StopValidation(REQUIRED)


def required_text(needed):
    return [*required(needed), *([written] if needed else [])]


def longest(letters):
    return Length(max=letters, message=f"El texto es muy largo; deje {letters:,} letras como máximo.")


def of_a_size():
    return NumberRange(-BIGGEST, BIGGEST, f"El número es demasiado grande; escriba uno hasta {BIGGEST:,}.")


def yes_or_no(value):
    """True, False, or None for what is neither."""
    return {"True": True, "False": False, True: True, False: False}.get(value)
