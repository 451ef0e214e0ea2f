"""The Spanish label and unit of every name a procedure uses, for sentences and for the report."""
import re

from policies.procedures.facts import LABELS
from policies.procedures.figures import figure
from policies.procedures.grammar import names_in

CLASSES = {"domestic": "doméstico", "commercial": "comercial", "industrial": "industrial", "public": "público"}
KEPT = CLASSES | {"working": "en servicio", "broken": "descompuesto", "unreadable": "ilegible",
                  "absent": "sin medidor", "stopped": "parado", "stolen": "robado"}
SERVICES = {"water": "agua", "sewer": "alcantarillado", "sanitation": "saneamiento"}
PARTS = {"amount": ("importe", "MXN"), "tax": ("IVA", "MXN"), "tax_percent": ("tasa de IVA", "percent"),
         "total": ("total", "MXN")}


# A formula as people say it: every word and sign that the language of formulas has.
TOKEN = re.compile(r"'[^']*'|\"[^\"]*\"|not in\b|[A-Za-z_][\w.]*|[<>=!]=|\*")
SPOKEN = {
    "if": "si", "else": "si no", "and": "y", "or": "o", "not": "no", "in": "es uno de", "not in": "no es ninguno de",
    "True": "sí", "False": "no", "<=": "≤", ">=": "≥", "==": "=", "!=": "≠", "*": "×", "avg": "promedio",
    "total": "suma", "sum": "suma", "n": "cuenta", "count": "cuenta", "last": "últimos", "drop_max": "sin el mayor",
    "drop_zero": "sin ceros", "dot": "suma de productos", "min": "el menor de", "max": "el mayor de",
    "abs": "sin signo", "tier": "cargo por rangos", "bracket": "valor del rango", "ceil_to": "redondeo hacia arriba",
    "floor_to": "redondeo hacia abajo", "round_to": "redondeo"}


def class_label(tariff_class):
    """The Spanish name of a tariff class; one that has none is shown as it is."""
    return CLASSES.get(str(tariff_class), str(tariff_class))


def service_label(service):
    """The Spanish name of a service; one that has none is shown as it is."""
    return SERVICES.get(service, service)


def said_choice(choice):
    """A choice that a procedure offers, in Spanish; one that has no other word is shown as it is."""
    return KEPT.get(choice, choice)


def meaning(definition, name):
    """(label, unit) of `name` in `definition`; a name without label is its own label."""
    for item in definition.inputs:
        if item.name == name:
            return item.label, item.unit
    for step in definition.computation:
        if step.out == name:
            return step.label or name, step.unit
    if name == "baseline" and definition.baseline:
        return LABELS[name][0], "MXN" if definition.baseline[0].measure == "amount" else "m3"
    parts = name.split(".")
    if len(parts) == 3 and parts[2] in PARTS:
        label, unit = PARTS[parts[2]]
        return f"{label} de {service_label(parts[1])}", unit
    return LABELS.get(name, (name, None))


def in_words(definition, expression):
    """An expression with each name said by its label, for people: «2 * referencia»."""
    if expression not in definition.worded:
        definition.worded[expression] = _worded(definition, expression)
    return definition.worded[expression]


def _worded(definition, expression):
    def spoken(token):
        word = token[0]
        if word[0] in "'\"":
            return f"«{said_choice(word[1:-1])}»"
        return SPOKEN.get(word) or (meaning(definition, word)[0] if word in names else word)
    names = names_in(expression)
    return TOKEN.sub(spoken, expression)


def cited(source):
    """Where a rule was published: its title as its author wrote it, in quotes after who it was."""
    author, colon, title = source.title.partition(": ")
    return f"{author}: «{title}»" if colon else author


def said(value, unit):
    """`value` with its unit, in words; what the records keep in English is said in Spanish."""
    if isinstance(value, (list, tuple)):
        return ", ".join(said(item, unit) for item in value)
    return said_choice(value) if value in KEPT else figure(value, unit)


def shown(definition, name, value):
    """`value` of `name` with its unit, in words."""
    return said(value, meaning(definition, name)[1])


def with_values(definition, expression_names, names):
    """«label = figure» for each name of an expression, so that a reader can redo it."""
    return "; ".join(f"{meaning(definition, name)[0]} = {shown(definition, name, names[name])}"
                     for name in sorted(expression_names) if names.get(name) is not None)
