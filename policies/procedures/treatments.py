"""Whether the lines, the approval, the instalments and the effects of a procedure are consistent."""
from collections.abc import Iterator, Set

from policies.procedures.definition import Definition
from policies.procedures.effects import OF_THE_CASE
from policies.procedures.grammar import names_in, suggestion


def problems(definition: Definition, known: Set[str]) -> Iterator[tuple[str, str]]:
    """(place, Spanish sentence) of each inconsistency; `known` are the names that formulas may use."""
    yield from _lines(definition, known)
    for index, item in enumerate(definition.approval):
        if item.signatures < 1 or (item.members and item.signatures > len(item.members)):
            yield f"approval[{index}]", "signatures va desde 1 y no pasa de los miembros (members); corríjalo."
        if item.minimum is not None and item.maximum is not None and item.minimum > item.maximum:
            yield f"approval[{index}]", "el rango termina antes de empezar; corrija minimum y maximum."
    follows = [(f"effects_when[{index}]", item.when) for index, item in enumerate(definition.effects_when)]
    if definition.instalments and definition.instalments.most:
        follows.append(("instalments", definition.instalments.most))
    for place, expression in follows:
        for name in sorted(names_in(expression) - known - OF_THE_CASE):
            meant = suggestion(name, known | OF_THE_CASE)
            yield place, f"depende de «{name}», que nadie declara{meant}; agréguelo a inputs."


def _lines(definition, known):
    services, kind = [line.service for line in definition.lines], definition.result.kind
    if len(services) != len(set(services)):
        yield "lines", "un servicio está repetido; déjelo una sola vez."
    for index, line in enumerate(definition.lines):
        place = f"lines[{index}]"
        if (line.treatment == "credit_percent") != bool(line.percent):
            yield place, "credit_percent lleva percent, y solo él; corrija el renglón."
        if line.treatment == "keep" and line.value:
            yield place, "un renglón que se queda igual no lleva value; quítelo."
        if line.value and kind not in ("volume", "amount"):
            yield place, "value va con un resultado volume o amount; quítelo."
        if line.percent and kind not in ("volume", "amount", "class"):
            yield place, "percent va con un resultado volume, amount o class; quítelo."
        for expression in (line.percent, line.value):
            for name in sorted(names_in(expression) - known) if expression else ():
                if not name.startswith("bill."):
                    yield place, f"depende de «{name}», que el procedimiento no declara; agréguelo o corríjalo."
