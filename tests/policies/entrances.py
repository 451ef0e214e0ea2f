"""Every way in which a figure, or a yes or a no, comes into the console: each answers its value or a ValueError."""

from decimal import Decimal
from types import SimpleNamespace

from sqlalchemy import Boolean, Column, Numeric
from werkzeug.datastructures import MultiDict
from wtforms import Form

from admin_views.forms.fields import form_of
from admin_views.forms.inputs import ExactField
from admin_views.imports import cells
from admin_views.lists import controls, filters
from admin_views.lists.columns import Filter
from admin_views.procedures import previews
from admin_views.procedures import values as authoring_values
from policies.batches import files as batch_files
from policies.core.column_limits import limits_of
from policies.core.exact import LARGEST, MOST_DIGITS, exact
from policies.core.file_figures import FileFigures
from policies.core.rules import Ask
from policies.corrections import drafting
from policies.procedures import captured
from policies.procedures.parsing import documents_in
from policies.procedures.requisites import InputField

MONEY, ANSWER = InputField("asked", "Importe", unit="MXN"), InputField("asked", "Respuesta", type="bool")
COLUMN, FLAG = Column("asked", Numeric(14, 2)), Column("asked", Boolean)
AMOUNT = limits_of(COLUMN)
WIDE = (MOST_DIGITS, -LARGEST, LARGEST)      # a procedure's own figures are bounded by their digits alone


def sent(form, text):
    """What a form answers to a text in its field «asked»."""
    form = form(MultiDict({"asked": text}))
    if not form.validate():
        raise ValueError(form.errors)
    return form["asked"].data


def act_form(text):
    return sent(form_of([Ask("asked", "Importe", "number", limits=AMOUNT)]), text)


def record_form(text):
    return sent(type("Record", (Form,), {"asked": ExactField("Importe", limits=AMOUNT)}), text)


def import_file(text):
    return Decimal(cells.kind_of(COLUMN)[1](text))


def batch_file(text):
    return Decimal(batch_files.value_of(MONEY, text, FileFigures([])))


def address(text):
    return filters.read(Filter("asked", "Importe", "number", COLUMN), "min", text).values[0]


def asked_to_try(field, text):
    typed, wrong = previews.inputs_of([previews.Asked("asked", "Importe", field.type, text, (),
                                                      drafting.limits_of(field))])
    if wrong:
        raise ValueError(wrong)
    return typed["asked"]


def captured_value(text):
    values, refusals, _ = captured.read(SimpleNamespace(inputs=(MONEY,)),
                                        SimpleNamespace(inputs={"asked": text}), traced=False)
    if refusals:
        raise ValueError(refusals)
    return values["asked"]


def yaml(text):
    value = documents_in(f"asked: {text}", "documento")[0][0]["asked"]
    if isinstance(value, str) or value is None:
        raise ValueError("a text")
    return value


FIGURES = {     # name → (how it reads a text, what figure() takes there)
    "form of an act": (act_form, AMOUNT), "form of a record": (record_form, AMOUNT),
    "imported file": (import_file, AMOUNT), "file of a batch": (batch_file, (2,)), "address of a list": (address, filters.COMPARED_WITH),
    "trial panel": (lambda text: asked_to_try(MONEY, text), (2,)),
    "figure of a procedure's form": (lambda text: exact(authoring_values.data_of("figure", text)), WIDE),
    "value of a procedure's form": (lambda text: exact(authoring_values.data_of("value", text)), WIDE),
    "captured value": (captured_value, WIDE), "YAML": (yaml, WIDE)}

YES_NO = {
    "form of an act": lambda text: sent(form_of([Ask("asked", "Respuesta", "yes_no")]), text),
    "imported file": lambda text: {"true": True, "false": False}[cells.kind_of(FLAG)[1](text)],
    "file of a batch": lambda text: batch_files.value_of(ANSWER, text, FileFigures([])),
    "trial panel": lambda text: asked_to_try(ANSWER, text),
    "address of a list": lambda text: filters.read(Filter("asked", "Respuesta", "yes_no", FLAG), "is", text).values[0],
    "typed filter": lambda text: filters.read(flag := Filter("asked", "Respuesta", "yes_no", FLAG), "is",
                                              controls.meant(flag, "is", text)[0]).values[0]}
