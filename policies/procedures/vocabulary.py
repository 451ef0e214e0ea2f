"""The Spanish label and unit of every name that a procedure uses, for sentences and for the memoria."""
import re
from collections.abc import Iterable

from policies.core.figures import figure
from policies.procedures.definition import Definition
from policies.procedures.facts import LABELS
from policies.procedures.grammar import names_in
from policies.procedures.requisites import Source

CLASSES = {"domestic": "doméstico", "commercial": "comercial", "industrial": "industrial", "public": "público"}
KEPT = CLASSES | {"working": "en servicio", "broken": "descompuesto", "unreadable": "ilegible",
                  "absent": "sin medidor", "stopped": "parado", "stolen": "robado"}
SERVICES = {"water": "agua", "sewer": "alcantarillado", "sanitation": "saneamiento"}
PARTS = {"amount": ("importe", "MXN"), "tax": ("IVA", "MXN"), "tax_percent": ("tasa de IVA", "percent"),
         "total": ("total", "MXN")}


# The words and signs of the language of formulas, and how people read them.
TOKEN = re.compile(r"'[^']*'|\"[^\"]*\"|not in\b|[A-Za-z_][\w.]*|[<>=!]=|\*")
SPOKEN = {
    "if": "si", "else": "si no", "and": "y", "or": "o", "not": "no", "in": "es uno de", "not in": "no es ninguno de",
    "True": "sí", "False": "no", "<=": "≤", ">=": "≥", "==": "=", "!=": "≠", "*": "×", "avg": "promedio",
    "total": "suma", "sum": "suma", "n": "cuenta", "count": "cuenta", "last": "últimos", "drop_max": "sin el mayor",
    "drop_zero": "sin ceros", "dot": "suma de productos", "min": "el menor de", "max": "el mayor de",
    "abs": "sin signo", "tier": "cargo por rangos", "bracket": "valor del rango", "ceil_to": "redondeo hacia arriba",
    "floor_to": "redondeo hacia abajo", "round_to": "redondeo"}


def class_label(tariff_class: object) -> str:
    """The Spanish name of a tariff class; an unknown one is shown as it is."""
    return CLASSES.get(str(tariff_class), str(tariff_class))


def service_label(service: str) -> str:
    """The Spanish name of a service; an unknown one is shown as it is."""
    return SERVICES.get(service, service)


def choice_label(choice: str) -> str:
    """The Spanish word for a choice of a procedure; one without another word is shown as it is."""
    return KEPT.get(choice, choice)


def meaning(definition: Definition, name: str) -> tuple[str, str | None]:
    """(label, unit) of `name` in `definition`; a name without a label is its own label."""
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


def in_words(definition: Definition, expression: str) -> str:
    """An expression with the label of each name, for people: «2 × referencia»."""
    if expression not in definition.wordings:
        definition.wordings[expression] = _expression_words(definition, expression)
    return definition.wordings[expression]


def _expression_words(definition, expression):
    def reading(token):
        word = token[0]
        if word[0] in "'\"":
            return f"«{choice_label(word[1:-1])}»"
        return SPOKEN.get(word) or (meaning(definition, word)[0] if word in names else word)
    names = names_in(expression)
    return TOKEN.sub(reading, expression)


def citation(source: Source) -> str:
    """Where a rule was published: its author, then its title in quotes."""
    author, colon, title = source.title.partition(": ")
    return f"{author}: «{title}»" if colon else author


def value_words(value: object, unit: str | None) -> str:
    """`value` with its unit, in words; the English words of the records are put in Spanish."""
    if isinstance(value, (list, tuple)):
        return ", ".join(value_words(item, unit) for item in value)
    return choice_label(value) if value in KEPT else figure(value, unit)


def value_of_name(definition: Definition, name: str, value: object) -> str:
    """`value` of `name` with its unit, in words."""
    return value_words(value, meaning(definition, name)[1])


def with_values(definition: Definition, expression_names: Iterable[str], names: dict[str, object]) -> str:
    """«label = figure» for each name of an expression, so that a reader can repeat the operation."""
    return "; ".join(f"{meaning(definition, name)[0]} = {value_of_name(definition, name, names[name])}"
                     for name in sorted(expression_names) if names.get(name) is not None)
