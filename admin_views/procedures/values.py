"""A field of a procedure as text for a person, and from the text back to the data of the file."""

import re
from dataclasses import Field
from datetime import date
from fractions import Fraction
from types import UnionType
from typing import get_args, get_origin, get_type_hints

import yaml

from admin_views.procedures.words import closed_options
from policies.core.exact import looks_like_number
from policies.core.typed_figures import attempted, parsed, refusal
from policies.core.typed_words import is_yes_or_no, yes_or_no
from policies.procedures.parsing import DefinitionError, documents_in

ONE_OF_MANY = re.compile(r"\d,\d")     # «5,10» or «1,234»: a list or a figure
ENDLESS = 10_000     # characters in a line of YAML, so that a list is written in one line


class Untyped(ValueError):
    """A text that cannot be data of its field; the sentence says how to write it."""


def kind_of(owner: type, part: Field) -> str:
    """How a field of the dataclass `owner` is typed: flag, day, figure, choice, ticks, formula, lines, pairs, …"""
    hint = get_type_hints(owner)[part.name]
    if isinstance(hint, UnionType):
        hint = next(option for option in get_args(hint) if option is not type(None))
    listed = get_origin(hint) is tuple and get_args(hint)[0] is str
    if closed_options(owner, part.name):
        return "ticks" if listed else "choice"
    if part.metadata.get("formula"):
        return "formula"
    if listed:
        return "lines"
    return {bool: "flag", date: "day", int: "figure", Fraction: "figure", tuple: "periods", dict: "pairs",
            object: "value", str: "text"}.get(hint, "part")


def text_of(kind: str, data: object) -> str:
    """The text of plain data in the form."""
    if data is None:
        return ""
    if kind == "lines":
        return "\n".join(str(item) for item in data)
    if kind == "pairs":
        return "\n".join(f"{name}: {literal_text(item)}" for name, item in data.items())
    if kind == "periods":
        return literal_text(list(data))[1:-1]
    return literal_text(data) if kind == "value" else str(data)


def data_of(kind: str, text: str) -> object:
    """Plain data from a text, None when it is empty; raises Untyped."""
    text = text.replace("\r\n", "\n").strip()
    if not text:
        return None
    if kind == "lines":
        return [line.strip() for line in text.split("\n") if line.strip()]
    if kind == "pairs":
        return dict(_pair(line) for line in text.split("\n") if line.strip())
    if kind == "periods":
        return _from_yaml(f"[{text}]")
    if kind == "figure":
        return _figure(text)
    if kind == "formula" and attempted(text):
        return str(_figure(text))
    if kind == "values":
        return _values(text)
    return literal(text) if kind == "value" else text


def _figure(text):
    """A whole number, or the text of a figure with decimals or of a fraction; raises Untyped."""
    if looks_like_number(text) and "/" in text:
        return text
    value = parsed(text)
    if value is None:
        raise Untyped(refusal(text))
    return int(value) if value.as_tuple().exponent >= 0 else f"{value:f}"


def _values(text):
    """The values that «uno de» compares with: several literals separated by commas."""
    if text[0] in "[=":
        return literal(text)
    if ONE_OF_MANY.search(text):
        raise Untyped(f"«{text[:40]}» puede ser una cifra o varias; separe cada valor con coma y espacio, por ejemplo "
                      "5, 10.")
    return [literal(item.strip()) for item in text.split(",") if item.strip()]


def _pair(line):
    name, colon, value = line.partition(":")
    if not colon or not value.strip():
        raise Untyped(f"«{line.strip()[:40]}» no dice «nombre: valor»; escríbalo así, uno por renglón.")
    return name.strip(), literal(value.strip())


def literal(text: str) -> object:
    """The value of a text: sí, no, a formula after «=», a list, a number, or the text itself."""
    if is_yes_or_no(text):
        return yes_or_no(text)
    if text.startswith("="):
        return {"expr": text[1:].strip()}
    if attempted(text):
        return str(_figure(text))
    return _from_yaml(text) if text[0] in "[{" else text


def literal_text(data: object) -> str:
    """The text that literal() reads as the same data."""
    if isinstance(data, bool):
        return "sí" if data else "no"
    if isinstance(data, dict) and data.keys() == {"expr"}:
        return f"= {data['expr']}"
    if isinstance(data, list | tuple | dict):
        return yaml.safe_dump(_to_yaml(data), default_flow_style=True, allow_unicode=True, width=ENDLESS,
                              sort_keys=False).strip()
    return str(data)


def _from_yaml(text):
    try:
        return _with_booleans(documents_in(text, "dato")[0][0])
    except DefinitionError as fault:
        raise Untyped(f"«{text.strip('[]')[:40]}» no se entiende; separe con comas y escriba cada grupo como "
                      "{volume: 60, adjusted: sí}.") from fault


def _to_yaml(data):
    if isinstance(data, dict):
        return {name: _to_yaml(item) for name, item in data.items()}
    if isinstance(data, list | tuple):
        return [_to_yaml(item) for item in data]
    return literal_text(data) if isinstance(data, bool) else data


def _with_booleans(data):
    if isinstance(data, dict):
        return {name: _with_booleans(item) for name, item in data.items()}
    if isinstance(data, list):
        return [_with_booleans(item) for item in data]
    return yes_or_no(data) if isinstance(data, str) and is_yes_or_no(data) else data
