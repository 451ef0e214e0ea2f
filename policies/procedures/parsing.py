"""From plain data or a YAML file to a Definition, refusing with every problem at once."""
import re
from datetime import date
from fractions import Fraction
from pathlib import Path

import yaml

from policies.procedures.consistency import problems
from policies.procedures.definition import Definition
from policies.procedures.exact import looks_like_number
from policies.procedures.reader import Reader

LARGEST_FILE = 100_000      # bytes


class DefinitionError(ValueError):
    """A procedure that cannot be used; `problems` holds one sentence for each fault, with file and field."""

    def __init__(self, found):
        self.problems = tuple(found)
        super().__init__("\n".join(self.problems))


def parse(document, where="documento"):
    """The Definition that `document` (a dict from YAML or JSONB) says; DefinitionError lists every problem.

    `where` names the file or row in the sentences.
    """
    reader = Reader(where)
    definition = reader.part(Definition, document, "")
    if definition is not None and not reader.problems:
        for place, problem in problems(definition):
            reader.note(place, problem)
    if reader.problems:
        raise DefinitionError(reader.problems)
    return definition


def load(path):
    """The Definition in the YAML file at `path`; DefinitionError when it cannot be read or understood."""
    path = Path(path)
    return read(path.read_bytes(), path.name)


def read(content, where):
    """The Definition that YAML `content` (bytes or text) says; DefinitionError lists every problem under `where`."""
    return parse(document_in(content, where), where)


def document_in(content, where):
    """The plain data that YAML `content` holds; DefinitionError when it is no YAML, or too long."""
    try:
        if len(content if isinstance(content, bytes) else content.encode()) > LARGEST_FILE:
            raise DefinitionError([f"{where}: pasa de {LARGEST_FILE} bytes; divida el procedimiento."])
        text = content.decode("utf-8") if isinstance(content, bytes) else content
        return yaml.load(text, Loader=_ExactLoader)
    except (yaml.YAMLError, UnicodeError, RecursionError) as fault:
        raise DefinitionError([f"{where}: no es YAML válido: {_one_line(fault)}"]) from fault


def _one_line(fault):
    """The line and what to mend; what only the YAML reader says, it says in English and is not repeated."""
    if isinstance(fault, UnicodeError):
        return "no está escrito en UTF-8; guárdelo con esa codificación"
    mark = getattr(fault, "problem_mark", None)
    line = f"renglón {mark.line + 1}: " if mark else ""
    ours = isinstance(fault, yaml.constructor.ConstructorError) and fault.context is None
    mend = fault.problem if ours else "revise la sangría, los dos puntos, las comillas y los corchetes"
    return f"{line}{mend}"


class _ExactLoader(yaml.SafeLoader):
    """YAML without surprises: no repeated keys, no aliases, exact numbers, only true and false."""

    def compose_node(self, parent, index):
        if self.check_event(yaml.AliasEvent):
            _refuse(self.peek_event(), "no se permiten alias (*nombre); repita el texto")
        return super().compose_node(parent, index)

    def construct_mapping(self, node, deep=False):
        keys = [key.value for key, _ in node.value]
        repeated = sorted({str(key) for key in keys if keys.count(key) > 1})
        if repeated:
            _refuse(node, f"el campo «{repeated[0]}» está repetido; déjelo una sola vez")
        return super().construct_mapping(node, deep)


def _refuse(node, problem):
    raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)


def _number(loader, node):
    if not looks_like_number(node.value) or re.match(r"-?0\d", node.value):
        _refuse(node, f"«{node.value}» no es una cifra simple; escriba por ejemplo 34 o 0.01, o póngalo entre comillas")
    number = Fraction(node.value)
    return number.numerator if node.tag.endswith(":int") else number


def _flag(loader, node):
    if node.value not in ("true", "false"):
        _refuse(node, f"«{node.value}» es ambiguo; escriba true o false, o póngalo entre comillas")
    return node.value == "true"


def _date(loader, node):
    try:
        return date.fromisoformat(node.value)
    except ValueError:
        _refuse(node, f"«{node.value}» no es una fecha; escriba por ejemplo 2024-01-31")


for _tag, _construct in (("int", _number), ("float", _number), ("bool", _flag), ("timestamp", _date)):
    _ExactLoader.add_constructor(f"tag:yaml.org,2002:{_tag}", _construct)
