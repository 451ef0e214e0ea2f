"""From plain data or a YAML file to a Definition; a faulty one is refused with every problem at once."""
import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import yaml

from policies.core.exact import InexactNumber, exact
from policies.core.typed_figures import ATTEMPT
from policies.procedures.consistency import problems
from policies.procedures.definition import Definition
from policies.procedures.reader import Reader

LARGEST_FILE = 1_000_000      # bytes; the whole public library is a sixth of it


class DefinitionError(ValueError):
    """A procedure that cannot be used; `problems` holds one sentence for each fault, with file and field."""

    def __init__(self, found: Iterable[str]) -> None:
        self.problems = tuple(found)
        super().__init__("\n".join(self.problems))


def parse(document: object, where: str = "documento", lines: dict[str, int] | None = None) -> Definition:
    """The Definition in `document` (a dict from YAML or JSONB); raises DefinitionError with every problem.

    `where` names the file or row in the sentences; `lines` gives the line of each field, where there is a file.
    """
    reader = Reader(where, lines)
    definition = reader.part(Definition, document, "")
    if definition is not None and not reader.problems:
        for place, problem in problems(definition):
            reader.note(place, problem)
    if reader.problems:
        raise DefinitionError(reader.problems)
    return definition


def load(path: str | Path) -> Definition:
    """The one Definition in the YAML file at `path`; raises DefinitionError when it cannot be read or understood."""
    found = load_all(path)
    if len(found) != 1:
        raise DefinitionError([f"{Path(path).name}: trae {len(found)} procedimientos; deje uno por archivo."])
    return found[0]


def load_all(path: str | Path) -> list[Definition]:
    """Every Definition in the YAML file at `path`, one for each document «---»; raises DefinitionError if any is
    faulty.
    """
    path = Path(path)
    try:
        return read_all(path.read_bytes(), path.name)
    except OSError as fault:
        raise DefinitionError([f"{path.name}: {_unreadable(path)}"]) from fault


def read(content: bytes | str, where: str) -> Definition:
    """The one Definition in YAML `content`; `where` names it in the sentences of DefinitionError."""
    found = read_all(content, where)
    if len(found) != 1:
        raise DefinitionError([f"{where}: trae {len(found)} procedimientos; deje uno."])
    return found[0]


def read_all(content: bytes | str, where: str) -> list[Definition]:
    """Every Definition in YAML `content`; `where` names it in the sentences of DefinitionError."""
    definitions, found, documents = [], [], documents_in(content, where)
    for number, (document, lines) in enumerate(documents, 1):
        named = where if len(documents) == 1 else f"{where}, procedimiento {number}"
        try:
            definitions.append(parse(document, named, lines))
        except DefinitionError as fault:
            found += fault.problems
    if found:
        raise DefinitionError(found)
    return definitions


def documents_in(content: bytes | str, where: str) -> list[tuple[object, dict[str, int]]]:
    """[(plain data, {field: its line})] of YAML `content`; raises DefinitionError when it is no YAML, empty or too
    long.
    """
    try:
        text = content.decode("utf-8") if isinstance(content, bytes) else content
        if len(text.encode()) > LARGEST_FILE:
            raise DefinitionError([f"{where}: pasa de {LARGEST_FILE} bytes; divídalo."])
        documents = list(_documents(text))
    except UnicodeError as fault:
        raise DefinitionError([f"{where}: no es texto UTF-8; guárdelo así."]) from fault
    except (yaml.YAMLError, RecursionError) as fault:
        raise DefinitionError([f"{where}: no es YAML válido: {_one_line(fault)}"]) from fault
    if not documents:
        raise DefinitionError([f"{where}: está vacío; escriba el procedimiento."])
    return documents


def _documents(text):
    """(data, {field: its line}) of each document that is not empty."""
    loader = _ExactLoader(text)
    try:
        while loader.check_node():
            node = loader.get_node()
            document = loader.construct_document(node)
            if document is not None:
                yield document, dict(_lines(node, ""))
    finally:
        loader.dispose()


def _lines(node, path):
    yield path, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            place = f"{path}.{key.value}" if path else str(key.value)
            yield from _lines(value, place)
            yield place, key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _lines(item, f"{path}[{index}]")


def _unreadable(path):
    if path.is_dir():
        return "es una carpeta; nombre los archivos, por ejemplo carpeta/*.yaml."
    return "no se puede leer; revise sus permisos." if path.exists() else "no existe; revise el nombre."


def _one_line(fault):
    """The line and what to mend: only our own sentences are shown, since the YAML library's are in English."""
    mark = getattr(fault, "problem_mark", None)
    line = f"renglón {mark.line + 1}: " if mark else ""
    ours = isinstance(fault, yaml.constructor.ConstructorError) and fault.context is None
    mend = fault.problem if ours else "revise la sangría, los dos puntos, las comillas y los corchetes"
    return f"{line}{mend}"


class _ExactLoader(yaml.SafeLoader):
    """A strict YAML loader: no repeated keys, no aliases, exact numbers, only true and false as booleans."""

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
    try:
        value = exact(node.value)
    except InexactNumber as fault:
        _refuse(node, f"{str(fault).rstrip('.')}. Si es un texto, póngalo entre comillas")
    if re.match(r"[-+]?0\d", node.value):      # to other programs it is octal
        _refuse(node, f"«{node.value[:40]}» no es una cifra simple; quite los ceros de la izquierda, o póngalo entre "
                      "comillas si es un texto")
    return value if "." in node.value else int(value)


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
# Texts for YAML that a person means as figures: 1,234 and 2,5.
_ExactLoader.add_implicit_resolver("!figure", re.compile(ATTEMPT.pattern + r"\Z"), None)
_ExactLoader.add_constructor("!figure", _number)
