"""Whether the parts of a procedure agree: every name is declared, every result can be computed."""
import re

from policies.core.typed_figures import MOST_DECIMALS
from policies.procedures import treatments
from policies.procedures.definition import Definition
from policies.procedures.facts import LABELS
from policies.procedures.grammar import names_in, suggestion
from policies.procedures.periods import PERIOD_NAMES
from policies.procedures.reckoning import Computed, Rounding

LINE_NAME = re.compile(r"(bill|after)\.[a-z_]+\.(amount|tax_percent|tax|total)")
RESERVED = re.compile(r"(bill|after|history|period)\..*|baseline(\..*)?|difference")
WHERE_BY_KIND = {"volume": ("volume", "line"), "amount": ("bill",), "class": ("line",), "tax": ("line",),
                 "figures": ("volume", "line", "bill", "tier")}
SILENT = Rounding(stated=False)       # the source does not say how to round, and the office has not filled it in
LONGEST_CHAIN = 12
LATE = {"after.volume", "after.total", "difference"}       # known once the lines are recomputed
KNOWN_BEFORE = frozenset(LABELS) - LATE


def problems(definition: Definition) -> list[tuple[str, str]]:
    """(place, Spanish sentence) of each inconsistency of a Definition; empty when it is sound."""
    return [*_inputs(definition), *_formulas(definition), *_baseline(definition), *_result(definition),
            *treatments.problems(definition, _names_of_formulas(definition)), *_dates(definition),
            *_evidence(definition), *_examples(definition)]


def _unknown(expression, known, place, after=False):
    for name in sorted(names_in(expression) - known) if expression else ():
        line = LINE_NAME.fullmatch(name)
        if not (line and (after or line[1] == "bill")):
            yield place, (f"usa «{name}», que nadie declara{suggestion(name, known)}; agréguelo a inputs o corrija el "
                          "nombre.")


def _input_names(definition):
    return {item.name for item in definition.inputs}


def _names_before_computation(definition):
    known = KNOWN_BEFORE if definition.baseline else KNOWN_BEFORE - {"baseline", "baseline.periods"}
    return known | _input_names(definition)


def _names_of_formulas(definition):
    return _names_before_computation(definition) | {step.out for step in definition.computation}


def _inputs(definition):
    names = [item.name for item in definition.inputs]
    for index, item in enumerate(definition.inputs):
        place = f"inputs[{index}]"
        if names.count(item.name) > 1:
            yield place, f"«{item.name}» está repetido; déjelo una sola vez."
        if RESERVED.fullmatch(item.name):
            yield place, f"«{item.name}» lo calcula el sistema y no se captura; use otro nombre."
        if (item.type == "choice") != bool(item.choices):
            yield place, "las opciones (choices) van con el tipo choice, y solo con él; corrija uno de los dos."
        if item.decimals is not None and (item.type != "number" or not 0 <= item.decimals <= MOST_DECIMALS):
            yield place, f"decimals va con el tipo number, de 0 a {MOST_DECIMALS}; corríjalo."
        yield from _condition(item, definition.inputs[:index], place)
        for bound in (item.minimum, item.maximum):
            yield from _unknown(bound, _names_of_formulas(definition), place)


def _condition(item, earlier, place):
    """An input may be asked only after one answer that a person gives before it: yes or no, or a choice."""
    above = {other.name: other for other in earlier if other.origin == "person"}
    for name, value in (item.when or {}).items():
        other = above.get(name)
        if len(item.when) != 1 or other is None or other.type not in ("bool", "choice"):
            yield place, "when nombra un solo dato anterior que captura una persona, de tipo bool o choice; corríjalo."
        elif value not in (other.choices or (True, False)):
            yield place, f"when espera de «{name}» un valor que no admite; use uno de sus valores."


def _formulas(definition):
    after = definition.result.kind in ("class", "tax")
    known = _names_before_computation(definition) | (LATE if after else set())
    for index, step in enumerate(definition.computation):
        place = f"computation[{index}]"
        later = names_in(step.expr) & {other.out for other in definition.computation[index:]} - known
        if later:
            yield place, (f"«{step.out}» necesita «{min(later)}», que se calcula en el mismo paso o después: hay un "
                          "ciclo o un desorden; ponga antes lo que se usa y quite el ciclo.")
        yield from _unknown(step.expr, known | later, place, after)
        if step.out in known or RESERVED.fullmatch(step.out):
            yield place, f"«{step.out}» ya tiene otro significado; use otro nombre."
        known = known | {step.out}
    for index, condition in enumerate(definition.eligibility):
        yield from _unknown(condition.field, _names_of_formulas(definition), f"eligibility[{index}]")
        if isinstance(condition.value, Computed):
            yield from _unknown(condition.value.expr, _names_of_formulas(definition), f"eligibility[{index}]")
        elif (condition.op in ("in", "not_in")) != isinstance(condition.value, tuple):
            yield f"eligibility[{index}]", "«in» y «not_in» comparan con una lista, y solo ellos; corrija value."
    for index, cap in enumerate(definition.caps):
        for expression in (cap.of, cap.minimum, cap.maximum):
            yield from _unknown(expression, _names_of_formulas(definition) | LATE, f"caps[{index}]", after=True)
        yield from _unknown(cap.when, _names_of_formulas(definition) | LATE, f"caps[{index}]", after=True)
        if bool(cap.of) != bool(cap.minimum or cap.maximum):
            yield f"caps[{index}]", "un tope calculado lleva «of» y «minimum» o «maximum»; agregue lo que falta."
        if cap.apply == "limit" and cap.of not in {step.out for step in definition.computation}:
            yield f"caps[{index}]", "un tope con apply: limit nombra en «of» una cifra de computation; corríjalo."


def _baseline(definition):
    known = KNOWN_BEFORE - {"baseline", "baseline.periods"} | _input_names(definition)
    if len(definition.baseline) > LONGEST_CHAIN:
        yield "baseline", f"pasa de {LONGEST_CHAIN} pasos; deje los que hacen falta."
    for index, step in enumerate(definition.baseline):
        place = f"baseline[{index}]"
        yield from _unknown(step.when, known, place)
        yield from _unknown(step.value, known, place)
        yield from _unknown(step.filters.where, known | PERIOD_NAMES, place)
        window = step.window
        limits = [limit for limit in (window.last, window.months, window.same_period_years) if limit is not None]
        right = len(limits) == 1 or (not limits and window.next is not None)
        if right != (step.method == "average") or (step.method == "value") != bool(step.value):
            yield place, ("«average» lleva window con uno de last, months o same_period_years, o next; «value» lleva "
                          "value; corrija el paso.")
        if any(limit < 1 for limit in (*limits, window.next if window.next is not None else 1)):
            yield place, "window se cuenta desde 1; corrija la cifra."
        if step.minimum_periods < 1 + step.filters.drop_highest:
            yield place, "minimum_periods debe dejar al menos un periodo que promediar; auméntelo."


def _result(definition):
    result, rounding = definition.result, definition.rounding
    if bool(result.value) != (result.kind in ("volume", "amount", "class")):
        yield "result", "volume, amount y class llevan value; tax y figures no lo llevan; corrija el resultado."
    if result.since and result.kind != "class":
        yield "result", "since va con un resultado class: desde qué día vale la otra clase; quítelo."
    yield from _unknown(result.value, _names_of_formulas(definition), "result.value")
    yield from _unknown(result.since, _names_before_computation(definition), "result.since")
    if rounding not in (None, SILENT) and (rounding.where not in WHERE_BY_KIND[result.kind] or rounding.mode is None
                                           or rounding.step is None or rounding.step <= 0):
        where = ", ".join(WHERE_BY_KIND[result.kind])
        yield "rounding", f"para un resultado {result.kind} se redondea en: {where}, con un paso mayor que cero."


def _dates(definition):
    if definition.valid_from and definition.valid_to and definition.valid_to < definition.valid_from:
        yield "valid_to", "termina antes de empezar; corrija las fechas de vigencia."


def _evidence(definition):
    for index, item in enumerate(definition.evidence):
        yield from _unknown(item.when, _names_of_formulas(definition), f"evidence[{index}]")
        if item.alternative and not item.group:
            yield f"evidence[{index}]", "una alternativa necesita su grupo (group); agréguelo."


def _examples(definition):
    known = _names_of_formulas(definition) | LATE
    computed = {step.out for step in definition.computation} | {"eligible", "baseline"}
    for index, example in enumerate(definition.worked_examples):
        place = f"worked_examples[{index}]"
        for name in sorted(example.inputs):
            if name not in known and not LINE_NAME.fullmatch(name):
                yield place, f"da «{name}», que nadie declara; agréguelo a inputs o corrija el nombre."
        for name in sorted(set(example.expected) - computed):
            yield place, f"espera «{name}», que el procedimiento no calcula; corrija el nombre."
