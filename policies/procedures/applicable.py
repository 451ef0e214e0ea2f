"""Whether a procedure can be captured and computed on a real bill; asked by its check, its sending and its signatures.

PostgreSQL checks the part that is in the data (models/queries/procedures.py: who captures each input, and whether
the records have it); the formulas are read only here.
"""
import re
from collections.abc import Iterator

from policies.procedures.definition import Definition
from policies.procedures.facts import RECORDS, USED
from policies.procedures.grammar import suggestion
from policies.procedures.kinds import (
    BOOL,
    DATE,
    LIST,
    NUMBER,
    OF_AN_INPUT,
    SAID,
    TEXT,
    Mistyped,
    comparable,
    kind_of,
    kinds_of_names,
)
from policies.procedures.reckoning import Computed
from policies.procedures.vocabulary import CLASSES

# The type of an input that a person types → the kind of question that asks for it.
CAPTURED = {"number": "number", "bool": "yes_no", "choice": "choice", "text": "text", "date": "day"}
NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_]*(\.[a-zA-Z][a-zA-Z0-9_]*)*")
# Words by which the form and the act that ask for the inputs already call something of theirs.
TAKEN = frozenset((
    "Meta", "actor", "batch", "correction", "csrf_token", "data", "errors", "grouped", "may_be_blank", "meta",
    "needed_when", "once", "only_when", "password", "populate_obj", "post_process", "process", "reason", "seen_hash",
    "steps", "validate", "version"))
LONGEST_NAME = 80
ORDERED = ("gt", "gte", "lt", "lte")


def hindrances(definition: Definition) -> list[tuple[str, str]]:
    """(place, Spanish sentence) of each fault that stops the procedure on every bill: an input that nobody captures and
    no

    record has, or a formula that mixes kinds of value.
    """
    return [*_inputs(definition), *_formulas(definition)]


def _inputs(definition):
    for index, item in enumerate(definition.inputs):
        place = f"inputs[{index}]"
        faults = _faults_of_typed_input if item.origin == "person" else _faults_of_record_input
        yield from ((place, text) for text in faults(item))
        gives = definition.result.value if definition.result.kind == "class" else None
        if gives == item.name and set(item.choices) - set(CLASSES):
            yield place, f"«{item.name}» es la clase que resulta; sus opciones son de: {', '.join(CLASSES)}."
        if (item.minimum or item.maximum) and item.type != "number":
            yield place, f"«{item.name}» no es un número y lleva minimum o maximum; quítelos."


def _faults_of_typed_input(item) -> Iterator[str]:
    if item.type not in CAPTURED:
        yield (f"«{item.name}» es de tipo {item.type} y nadie puede capturarlo; use un dato para cada cifra, de tipo: "
               f"{', '.join(CAPTURED)}.")
    if not NAME.fullmatch(item.name) or "__" in item.name or len(item.name) > LONGEST_NAME:
        yield f"«{item.name}» no sirve de nombre; use letras sin acento, cifras y guion bajo."
    if item.name in TAKEN or item.name.endswith(".reason"):
        yield f"«{item.name}» ya nombra otra cosa en la captura; use otro nombre."


def _faults_of_record_input(item) -> Iterator[str]:
    if USED.fullmatch(item.name):
        kind = NUMBER
    elif item.name in RECORDS:
        kind = RECORDS[item.name]
    else:
        yield (f"«{item.name}» no es un dato del expediente{suggestion(item.name, RECORDS)}; use uno de: "
               f"{', '.join(RECORDS)}; o que lo capture una persona (origin: person).")
        return
    if OF_AN_INPUT[item.type] != kind:
        yield f"«{item.name}» es {SAID[kind]} en el expediente y se declara de tipo {item.type}; corrija el tipo."


def _formulas(definition):
    kinds = kinds_of_names(definition)
    for place, expression, wanted in _places(definition):
        if expression:
            try:
                found = kind_of(expression, kinds)
            except Mistyped as fault:
                yield place, f"{fault}; corrija la fórmula o el tipo del dato."
                continue
            if wanted and found and found not in wanted:
                yield place, f"da {SAID[found]} y ahí va {SAID[wanted[0]]}; corrija la fórmula o el tipo del dato."
    for index, condition in enumerate(definition.eligibility):
        yield from ((f"eligibility[{index}]", text) for text in _condition(condition, kinds))


def _places(definition):
    """(place, formula or None, the kinds that it may give; any where there is none)."""
    number, answer = (NUMBER,), (BOOL,)
    for index, item in enumerate(definition.inputs):
        yield f"inputs[{index}].minimum", item.minimum, number
        yield f"inputs[{index}].maximum", item.maximum, number
    for index, step in enumerate(definition.baseline):
        yield f"baseline[{index}].when", step.when, answer
        yield f"baseline[{index}].value", step.value, number
        yield f"baseline[{index}].filters.where", step.filters.where, answer
    for index, step in enumerate(definition.computation):
        yield f"computation[{index}]", step.expr, ()
    of_class = definition.result.kind == "class"
    yield "result.value", definition.result.value, (TEXT,) if of_class else number
    yield "result.since", definition.result.since, (DATE,)
    for index, line in enumerate(definition.lines):
        yield f"lines[{index}].percent", line.percent, number
        yield f"lines[{index}].value", line.value, number
    for index, cap in enumerate(definition.caps):
        yield f"caps[{index}].when", cap.when, answer
        for field in ("of", "minimum", "maximum"):
            yield f"caps[{index}].{field}", getattr(cap, field), number
    for part in ("evidence", "effects_when"):
        for index, item in enumerate(getattr(definition, part)):
            yield f"{part}[{index}].when", item.when, answer
    yield "instalments.most", definition.instalments and definition.instalments.most, number


def _condition(condition, kinds):
    try:
        found = kind_of(condition.field, kinds)
        wanted = _value_kind(condition.value, kinds)
    except Mistyped as fault:
        yield f"{fault}; corrija la fórmula o el tipo del dato."
        return
    if condition.op in ORDERED and not (found in (None, NUMBER) and wanted in (None, NUMBER)):
        yield "ordena algo que no es un número; corrija la condición o el tipo del dato."
    elif condition.op in ("eq", "ne") and not comparable(found, wanted):
        yield f"compara {SAID[found]} con {SAID[wanted]}; corrija la condición o el tipo del dato."
    elif condition.op in ("in", "not_in") and isinstance(condition.value, tuple) and not all(
            comparable(found, _value_kind(value, kinds)) for value in condition.value):
        yield f"busca {SAID[found]} entre valores de otra clase; corrija la condición o el tipo del dato."


def _value_kind(value, kinds):
    if isinstance(value, Computed):
        return kind_of(value.expr, kinds)
    return BOOL if isinstance(value, bool) else TEXT if isinstance(value, str) else LIST if isinstance(
        value, (list, tuple)) else NUMBER
