"""Reads plain data into the parts of a procedure, and notes every problem with its place and how to mend it."""
import re
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from fractions import Fraction
from types import UnionType
from typing import get_args, get_origin, get_type_hints

from policies.core.exact import (
    InexactNumber,
    exact,
    looks_like_number,
    plain_number,
)
from policies.core.typed_figures import attempted, parsed, refusal
from policies.procedures.grammar import ExpressionError, names_in, suggestion
from policies.procedures.reckoning import Computed

# YAML cuts an unquoted formula such as max(0, a) at its comma, and its second half looks like a field.
PIECE = re.compile(r"[()]")


class Reader:
    """Builds parts and collects `problems`, each «place: what is wrong; what to do»."""

    def __init__(self, where: str, lines: Mapping[str, int] | None = None) -> None:
        self.where, self.lines = where, lines or {}
        self.problems = []

    def note(self, path: str, problem: str) -> None:
        """Add one problem at `path`, such as baseline[0].window."""
        self.problems.append(f"{self.where}: {path + self._line(path) if path else 'documento'}: {problem}")

    def _line(self, path):
        """« (renglón 12)» of a field, or of what should hold it."""
        while path and path not in self.lines:
            path = path[:max(path.rfind("."), path.rfind("["), 0)]      # always shorter, whatever a field is called
        return f" (renglón {self.lines[path]})" if path in self.lines else ""

    def part(self, kind: type, document: object, path: str) -> object:
        """An instance of the dataclass `kind` from a mapping, or None when it cannot be built."""
        if not isinstance(document, dict):
            return self.note(path, "debe ser un bloque de campos con nombre; escriba «campo: valor».")
        hints, known = get_type_hints(kind), {part.name: part for part in fields(kind)}
        for name in sorted(document.keys() - known.keys(), key=str):
            self.note(_under(path, name), "es parte de una fórmula con coma; escriba la fórmula entre comillas."
                      if PIECE.search(str(name)) else
                      f"no existe ese campo; use uno de: {', '.join(known)}{suggestion(name, known)}.")
        found = len(self.problems)
        values = {name: self._field(part, hints[name], document[name], _under(path, name))
                  for name, part in known.items() if document.get(name) is not None}
        for name, part in known.items():
            if name not in values and part.default is MISSING and part.default_factory is MISSING:
                self.note(_under(path, name), "falta este campo obligatorio; escríbalo.")
        return kind(**values) if len(self.problems) == found else None

    def _field(self, part, hint, given, path):
        if part.metadata.get("formula") and isinstance(given, (int, Fraction)) and not isinstance(given, bool):
            given = str(plain_number(given))      # «maximum: 1» is a formula too
        if part.metadata.get("formula") and isinstance(given, str) and attempted(given):
            if (figure := parsed(given)) is None:
                return self.note(path, refusal(given))
            given = f"{figure:f}"
        value = self._value(hint, given, path)
        allowed = part.metadata.get("among")
        if allowed and value is not None and value not in allowed:
            self.note(path, f"«{value}» no es válido; use uno de: {', '.join(allowed)}.")
        if part.metadata.get("formula") and value is not None:
            self._check_formula(value, path)
        return value

    def _check_formula(self, text, path):
        try:
            names_in(text)
        except ExpressionError as fault:
            self.note(path, str(fault))

    def _value(self, hint, given, path):
        if isinstance(hint, UnionType):
            hint = next(option for option in get_args(hint) if option is not type(None))
        if hint is tuple or get_origin(hint) is tuple:
            return self._list(hint, given, path)
        if hint is dict:
            return self._mapping(given, path)
        if is_dataclass(hint):
            return self.part(hint, given, path)
        return self._literal(given, path) if hint is object else self._scalar(hint, given, path)

    def _list(self, hint, given, path):
        if not isinstance(given, (list, tuple)):
            return self.note(path, "debe ser una lista; empiece cada elemento con un guion.")
        kind = (get_args(hint) or (object,))[0]
        return tuple(self._value(kind, item, f"{path}[{index}]") for index, item in enumerate(given))

    def _mapping(self, given, path):
        if not isinstance(given, dict):
            return self.note(path, "debe ser un bloque «nombre: valor».")
        return {str(name): self._literal(item, _under(path, name)) for name, item in given.items()}

    def _literal(self, given, path):
        if isinstance(given, dict):
            return self.part(Computed, given, path) if "expr" in given else self._mapping(given, path)
        if isinstance(given, (list, tuple)):
            return tuple(self._literal(item, f"{path}[{index}]") for index, item in enumerate(given))
        if isinstance(given, bool) or (isinstance(given, str) and not looks_like_number(given)):
            return given
        return given.isoformat() if isinstance(given, date) else self._number(given, path)

    def _number(self, given, path):
        try:
            return exact(given)
        except InexactNumber as fault:
            return self.note(path, str(fault))

    def _scalar(self, hint, given, path):
        if hint is Fraction:
            return self._number(given, path)
        if hint is date:
            return self._date(given, path)
        if hint is str and isinstance(given, (int, Fraction)) and not isinstance(given, bool):
            return self.note(path, "debe ser texto; escríbalo entre comillas.")
        if not isinstance(given, hint) or (hint is int and isinstance(given, bool)):
            words = {str: "texto", int: "un número entero", bool: "true o false"}
            return self.note(path, f"debe ser {words[hint]}; corrija «{given}».")
        return given

    def _date(self, given, path):
        try:
            return given if isinstance(given, date) else date.fromisoformat(given)
        except (TypeError, ValueError):
            return self.note(path, f"«{given}» no es una fecha; escríbala como 2024-01-31.")


def _under(path, name):
    return f"{path}.{name}" if path else str(name)
