"""The language of formulas: one line of arithmetic over named facts, checked before anything is computed."""
import ast
import re
from collections.abc import Iterable
from difflib import get_close_matches
from fractions import Fraction
from functools import lru_cache

from policies.procedures.operators import OPERATORS
from policies.procedures.primitives import FUNCTIONS

LONGEST_EXPRESSION, MOST_NODES, DEEPEST = 500, 200, 20
LITERAL = re.compile(r"\d{1,20}(\.\d{1,20})?")
ALLOWED = (ast.Constant, ast.Name, ast.List, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.IfExp, ast.Compare, ast.Call,
           ast.Expression, ast.Load, ast.And, ast.Or, *OPERATORS)


class ExpressionError(ValueError):
    """A formula that cannot be read or computed; the text is a Spanish sentence that quotes it."""

    def __init__(self, expression, problem):
        self.expression = str(expression)
        super().__init__(f"La fórmula «{self.expression[:120]}» no se puede usar: {problem}.")


class UnknownName(ExpressionError):
    """A formula uses a fact that was not supplied."""

    def __init__(self, expression, name):
        self.name = name
        super().__init__(expression, f"falta el dato «{name}»; captúrelo o corrija el nombre")


def suggestion(name: object, known: Iterable[object]) -> str:
    """« (¿quiso decir «x»?)» when a known name is spelt almost like `name`; otherwise empty."""
    alike = get_close_matches(str(name), [str(one) for one in known], 1, 0.75)
    return f" (¿quiso decir «{alike[0]}»?)" if alike else ""


class _DottedNames(ast.NodeTransformer):
    """Turns leak.repaired into one name, so that no attribute is ever read, and each figure into its exact value."""

    def __init__(self, expression):
        self.expression = expression

    def visit_Attribute(self, node):
        parts = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            raise ExpressionError(self.expression, "no se permite pedir atributos de un valor")
        return ast.Name(id=".".join([node.id, *reversed(parts)]), ctx=ast.Load())

    def visit_Constant(self, node):
        if isinstance(node.value, (bool, str)):
            return node
        text = ast.get_source_segment(self.expression, node) or ""
        if not LITERAL.fullmatch(text):
            raise ExpressionError(self.expression, f"«{text[:30]}» no es una cifra; escriba por ejemplo 0.16")
        return ast.Constant(value=Fraction(text))


def _depth(tree):
    deepest, level = 0, [tree]
    while level and deepest <= DEEPEST:
        deepest, level = deepest + 1, [child for node in level for child in ast.iter_child_nodes(node)]
    return deepest


def _check_size(expression, tree):
    if _depth(tree) > DEEPEST or sum(1 for _ in ast.walk(tree)) > MOST_NODES:
        raise ExpressionError(expression, "es demasiado larga o anidada; divídala en pasos")


def _check_nodes(expression, tree):
    for node in ast.walk(tree):
        if not isinstance(node, ALLOWED):
            raise ExpressionError(expression, f"no se permite «{type(node).__name__}»")
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) not in FUNCTIONS:
            name = getattr(node.func, "id", "?")
            offered = ", ".join(FUNCTIONS) + suggestion(name, FUNCTIONS)
            raise ExpressionError(expression, f"no existe la función «{name}»; use una de {offered}")


@lru_cache(maxsize=2048)
def parse_expression(expression: str) -> ast.expr:
    """The checked tree of `expression`, cached; raises ExpressionError."""
    if not isinstance(expression, str) or not expression.strip() or len(expression) > LONGEST_EXPRESSION:
        raise ExpressionError(expression, f"debe tener entre 1 y {LONGEST_EXPRESSION} letras")
    try:
        tree = ast.parse(expression.strip(), mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError) as fault:
        raise ExpressionError(expression, "está mal escrita; revise paréntesis y operadores") from fault
    _check_size(expression, tree)
    tree = _DottedNames(expression.strip()).visit(tree)
    _check_nodes(expression, tree)
    return tree.body


@lru_cache(maxsize=2048)
def names_in(expression: str) -> frozenset[str]:
    """The names of facts that `expression` uses; raises ExpressionError when it is not of this language."""
    body = parse_expression(expression)
    functions = {id(node.func) for node in ast.walk(body) if isinstance(node, ast.Call)}
    return frozenset(node.id for node in ast.walk(body) if isinstance(node, ast.Name) and id(node) not in functions)
