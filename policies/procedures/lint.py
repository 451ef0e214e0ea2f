"""Findings about a procedure that is well formed and still doubtful: each with its place, and how to mend it."""
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations

from policies.core.figures import figure
from policies.procedures.adoption import missing_parts, unknown_offices_sentence
from policies.procedures.applicable import hindrances
from policies.procedures.conditions import at_threshold, overlapping_steps, unreachable_steps
from policies.procedures.definition import Definition
from policies.procedures.effects import EFFECTS
from policies.procedures.grammar import names_in, suggestion
from policies.procedures.monotony import falls
from policies.procedures.reckoning import Computed
from policies.procedures.uses import unused_names
from policies.procedures.worked import names_of_example


@dataclass(frozen=True)
class Finding:
    """One finding: an error fails the check, a warning is only shown."""

    severity: str       # "error" or "warning"
    place: str
    text: str

    def line(self, where: str) -> str:
        """«AVISO file: field: sentence», as the command prints it."""
        return f"{'ERROR' if self.severity == 'error' else 'AVISO'} {where}: {self.place}: {self.text}"


def lint(definition: Definition) -> tuple[Finding, ...]:
    """The findings of one procedure, in the order of its fields."""
    checks = (_applicable, _effects, _examples, _thresholds, _baseline, _drop_highest, _limits, unused_names, _bands,
              _offices, _minimum_charge, _rounding, _monotony)
    return tuple(Finding(*found) for check in checks for found in check(definition))


def version_clashes(named: Iterable[tuple[str, Definition]]) -> list[str]:
    """Sentences for versions of one procedure that would be in force on one day; `named` holds (file, Definition)."""
    clashes = []
    for (first, one), (second, other) in combinations(named, 2):
        if one.code != other.code:
            continue
        if one.version == other.version:
            clashes.append(f"{second}: version: «{one.code}» versión {one.version} ya está en {first}; cámbiela.")
        elif _overlap(one, other):
            clashes.append(f"{second}: valid_from: «{one.code}» versiones {one.version} y {other.version} (de {first}) "
                           "rigen en un mismo día; cierre la anterior con valid_to.")
    return clashes


def _overlap(one, other):
    def begins_late(early, late):
        return early.valid_to is not None and late.valid_from is not None and late.valid_from > early.valid_to
    return not begins_late(one, other) and not begins_late(other, one)


def _applicable(definition):
    """A library entry keeps the data of its source: a warning. One that is whole could be sent: an error."""
    severity = "warning" if missing_parts(definition) else "error"
    return ((severity, place, text) for place, text in hindrances(definition))


def _effects(definition):
    listed = [(f"effects[{index}]", effect) for index, effect in enumerate(definition.effects)]
    listed += [(f"effects_when[{index}]", item.effect) for index, item in enumerate(definition.effects_when)]
    for place, effect in listed:
        if effect not in EFFECTS:
            offered = ", ".join(EFFECTS)
            yield "error", place, f"no existe el efecto «{effect}»{suggestion(effect, EFFECTS)}; use uno de: {offered}."


def _examples(definition):
    if not definition.worked_examples:
        yield "warning", "worked_examples", "no hay ejemplos; agregue al menos uno con cifras de la fuente."
    for index, example in enumerate(definition.worked_examples):
        if not example.inputs and not example.history:
            yield "error", f"worked_examples[{index}]", "no da ningún dato (inputs o history); agréguelos."
        if not example.expected:
            yield "error", f"worked_examples[{index}]", "no dice qué se espera (expected); agréguelo."


def _thresholds(definition):
    worked = [names_of_example(definition, example) for example in definition.worked_examples]
    for index, condition in enumerate(definition.eligibility):
        if condition.op in ("gt", "gte", "lt", "lte") and not at_threshold(condition, worked):
            limit = condition.value.expr if isinstance(condition.value, Computed) else figure(condition.value)
            yield ("warning", f"eligibility[{index}]", "ningún ejemplo cae en el umbral exacto "
                   f"({condition.field} = {limit}); agregue uno que diga si ahí procede.")


def _baseline(definition):
    for index, other in overlapping_steps(definition):
        yield ("warning", f"baseline[{index}]", f"su condición coincide con la del paso {other} y manda la primera; "
               "sepárelas.")
    for index, why in unreachable_steps(definition):
        yield "warning", f"baseline[{index}]", f"nunca se llega a este paso: {why}; muévalo o quítelo."
    for index, step in enumerate(definition.baseline):
        for other in definition.baseline[:index]:
            if step.method == "average" and replace(step, note=None) == replace(other, note=None):
                yield "warning", f"baseline[{index}]", "mira la misma ventana que un paso anterior; quite uno."


def _drop_highest(definition):
    for index, step in enumerate(definition.baseline):
        if step.filters.drop_highest and step.filters.drop_from is None:
            yield ("warning", f"baseline[{index}].filters", "no dice de dónde se quita el más alto; escriba drop_from: "
                   "window (de los que se promedian) o history (antes de tomarlos).")


def _limits(definition):
    """A limit is applied when its figure is computed: the figures that its bounds use must come before."""
    places = {step.out: place for place, step in enumerate(definition.computation)}
    for index, cap in enumerate(definition.caps):
        if cap.apply != "limit" or cap.of not in places:
            continue
        for field in ("minimum", "maximum", "when"):
            asked = getattr(cap, field)
            names = names_in(asked) if isinstance(asked, str) else ()
            for late in sorted(name for name in names if places.get(name, -1) > places[cap.of]):
                yield ("error", f"caps[{index}].{field}", f"usa «{late}», que se calcula después de «{cap.of}»; "
                       "súbalo en computation.")


def _bands(definition):
    banded = sorted((item for item in definition.approval if (item.minimum, item.maximum) != (None, None)),
                    key=lambda item: item.minimum or Fraction(0))
    for before, after in zip(banded, banded[1:]):
        gap = None if before.maximum is None or after.minimum is None else after.minimum - before.maximum
        if gap is not None and gap > Fraction(1, 100):
            yield ("warning", "approval", f"nadie firma los importes entre {figure(before.maximum)} y "
                   f"{figure(after.minimum)}; junte los rangos.")


def _offices(definition):
    """A library entry keeps the offices of its source; one that is whole gets the warning before PostgreSQL refuses it

    (migrations/sql/bands.sql).
    """
    if not missing_parts(definition) and (unknown := unknown_offices_sentence(definition)):
        yield "warning", "approval", unknown


def _minimum_charge(definition):
    lowers = definition.result.kind == "amount" and definition.result.direction != "debit"
    if lowers and not any(cap.kind == "protect_minimum_charge" for cap in definition.caps):
        yield ("warning", "caps", "el crédito puede dejar el recibo debajo de la cuota mínima; agregue un tope "
               "protect_minimum_charge; si la norma no lo pide, dígalo en notes para quien firma.")


def _rounding(definition):
    rounding = definition.rounding
    if definition.result.kind == "figures" or (rounding is not None and rounding.step is not None):
        return
    if rounding is not None:
        yield "warning", "rounding", "la fuente no dice cómo se redondea; quien lo adopte escribe step, mode y where."
    else:
        yield "warning", "rounding", "no dice cómo se redondea; escriba step, mode y where, o solo stated: false."


def _monotony(definition):
    for small, large, paid_small, paid_large in falls(definition):
        yield ("warning", "computation", f"la regla no es monótona: con {figure(small)} se cobran {figure(paid_small)} "
               f"y con {figure(large)}, {figure(paid_large)}; revise el umbral o, si la fuente es así, "
               "dígalo en notes para quien firma.")
