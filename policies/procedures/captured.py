"""The inputs of a computation, typed by people or taken from the records, checked against what the procedure declares.
"""
from datetime import date

from policies.core.exact import InexactNumber, exact
from policies.core.figures import figure
from policies.core.typed_figures import admitted
from policies.procedures.caps import bound_passed
from policies.procedures.definition import Definition
from policies.procedures.expressions import evaluate, value_for
from policies.procedures.facts import Facts
from policies.procedures.grammar import ExpressionError, UnknownName
from policies.procedures.refusal import Refusal
from policies.procedures.requisites import InputField
from policies.procedures.trace import Step
from policies.procedures.vocabulary import choice_label, in_words, meaning

REASON = ".reason"      # «lectura_correcta.reason» carries the reason of «lectura_correcta»


def read(definition: Definition, facts: Facts, traced: bool = True) -> tuple[dict[str, object], list[str], list[Step]]:
    """(name → value, refusals, trace steps) of the declared inputs; a name that the procedure does not declare is
    refused.
    """
    values, refusals, trace = {}, _undeclared_inputs(definition, facts), []
    for field in definition.inputs:
        if not is_asked(field, values):
            continue     # a value left in a field that is not asked counts for nothing
        given = facts.inputs.get(field.name) if field.origin == "person" else facts.record(field.name)
        value, problem = _value(field, given)
        if problem:
            refusals.append(problem)
        elif value is not None:
            values[field.name] = value
            trace += [_step(field, value, _reason(field, facts))] if traced else []
            if field.reason_required and not _reason(field, facts):
                refusals.append(Refusal(
                    f"Falta el motivo de «{field.label}»; escriba por qué se fija esa cifra.", lacks=True))
    return values | unanswered_as_no(definition, values), refusals, trace


def unanswered_as_no(definition: Definition, values: dict[str, object]) -> dict[str, bool]:
    """name → False for each yes-or-no input that has no value and does not need one: it counts as no."""
    return {field.name: False for field in definition.inputs if field.type == "bool" and field.name not in values
            and not (field.required and is_asked(field, values))}


def is_asked(field: InputField, values: dict[str, object]) -> bool:
    """Whether an input is asked at all, given the answers before it."""
    return all(values.get(name) == value for name, value in (field.when or {}).items())


def missing(field: InputField) -> Refusal:
    """The sentence for a required input without a value."""
    return Refusal(f"Falta «{field.label}»; {_where(field)}.", lacks=True)


def missing_inputs(definition: Definition, values: dict[str, object]) -> set[str]:
    """The names of the required inputs without a value; read() gives a refusal for each."""
    return {field.name for field in definition.inputs
            if field.required and is_asked(field, values) and field.name not in values}


def out_of_bounds(definition: Definition, names: dict[str, object],
                  told: frozenset[str] | set[str] = frozenset()) -> list[str]:
    """A sentence for each typed figure outside its minimum or maximum (in the input's own unit).

    `told` holds the names whose absence another sentence already reports.
    """
    refusals = []
    for field in definition.inputs:
        if field.name in names and (field.minimum or field.maximum):
            problem = _bound_problem(definition, field, names, told)
            if problem:
                refusals.append(problem)
    return refusals


def allowed_range(definition: Definition, field: InputField, names: dict[str, object]) -> tuple[str | None, str | None]:
    """(minimum, maximum) of an input in words; None for a bound that it lacks or whose figures are not known yet."""
    return tuple(_bound_text(definition, field, bound, names) for bound in (field.minimum, field.maximum))


def _bound_text(definition, field, expression, names):
    try:
        value = None if expression is None else evaluate(expression, names)
    except ExpressionError:
        return None
    return None if value is None else f"{figure(value, field.unit)} ({in_words(definition, expression)})"


def _bound_problem(definition, field, names, told):
    try:
        passed = bound_passed(names[field.name], field.minimum, field.maximum, names)
    except UnknownName as fault:
        if fault.name in told:
            return None
        label = meaning(definition, fault.name)[0]
        return f"No se puede revisar «{field.label}»: falta el dato «{label}»; captúrelo."
    except (ExpressionError, TypeError) as fault:
        return f"No se puede revisar «{field.label}»: {fault}"
    if passed:
        return (f"«{field.label}» es {figure(names[field.name], field.unit)}, {passed[0]} permitido "
                f"{figure(passed[1], field.unit)}; corrija la cifra.")
    return None


def _undeclared_inputs(definition, facts):
    typed = {field.name for field in definition.inputs if field.origin == "person"}
    names = {name.removesuffix(REASON) for name, given in facts.inputs.items() if given is not None}
    return [f"El procedimiento no pide «{name}»; quite ese dato, lo que se calcula no se captura."
            for name in sorted(names - typed)]


def _reason(field, facts):
    return str(facts.inputs.get(field.name + REASON) or "").strip()


def _value(field, given):
    if given is None or given == "":
        return None, missing(field) if field.required else None
    try:
        value = exact(given) if field.type == "number" else value_for(given)
    except InexactNumber as fault:
        return None, f"«{field.label}»: {fault}"
    if field.decimals is not None and (value * 10**field.decimals).denominator != 1:
        return None, f"En «{field.label}» {admitted(field.decimals)}; corrija la cifra."
    kinds = {"bool": bool, "choice": str, "text": str, "list": list, "date": str}
    if field.type in kinds and not isinstance(value, kinds[field.type]):
        words = {"bool": "sí o no", "choice": "una de las opciones", "text": "un texto", "list": "una lista",
                 "date": "una fecha"}
        return None, f"«{field.label}» debe ser {words[field.type]}; corríjalo."
    if field.type == "date" and not _is_date(value):
        return None, f"«{field.label}» no es una fecha; escríbala por ejemplo 2026-03-15."
    if field.choices and value not in field.choices:
        offered = ", ".join(choice_label(choice) for choice in field.choices)
        return None, f"«{field.label}» no admite {figure(value)}; elija uno de: {offered}."
    return value, None


def _is_date(text):
    try:
        return date.fromisoformat(text) is not None
    except ValueError:
        return False


def _where(field):
    return "captúrelo en el caso" if field.origin == "person" else "regístrelo en el expediente de la cuenta"


def _step(field, value, reason):
    person = field.origin == "person"
    rule = "captura de una persona" if person else "dato del expediente"
    return Step(field.label, f"{rule}; motivo: {reason}" if reason else rule, value, field.unit,
                "esta corrección" if person else "registros de la cuenta")
