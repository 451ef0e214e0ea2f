"""The value of a formula: exact, at a bounded cost, and with access to its facts alone."""
import ast
import threading
from datetime import date
from decimal import Decimal
from fractions import Fraction

from simpleeval import SimpleEval

from policies.core.exact import InexactNumber, exact
from policies.procedures.grammar import ExpressionError, UnknownName, names_in, parse_expression
from policies.procedures.operators import OPERATORS
from policies.procedures.primitives import FUNCTIONS, BadArgument

LONGEST_TEXT, LONGEST_LIST, WIDEST_NUMBER = 80, 600, 512      # characters, items, bits


class _Evaluator(SimpleEval):
    """simpleeval with only the nodes of ALLOWED, and with conditions that must be true or false."""

    def __init__(self):
        super().__init__(operators=OPERATORS, functions=FUNCTIONS, names={})
        kept = (ast.Constant, ast.Name, ast.BinOp, ast.UnaryOp, ast.Compare, ast.Call)
        self.nodes = {kind: self.nodes[kind] for kind in kept}
        self.nodes |= {ast.List: self._eval_list, ast.IfExp: self._eval_choice, ast.BoolOp: self._eval_both}

    def _eval(self, node):
        return check_size(super()._eval(node))

    def _eval_list(self, node):
        return [self._eval(item) for item in node.elts]

    def _truth(self, node):
        value = self._eval(node)
        if not isinstance(value, bool):
            raise BadArgument("una condición debe ser verdadera o falsa, no un número ni un texto")
        return value

    def _eval_choice(self, node):
        return self._eval(node.body if self._truth(node.test) else node.orelse)

    def _eval_both(self, node):
        judge = all if isinstance(node.op, ast.And) else any
        return judge(self._truth(value) for value in node.values)


_of_thread = threading.local()       # creating an evaluator costs more than most formulas


def _evaluator(names):
    """This thread's evaluator, over `names`."""
    if not hasattr(_of_thread, "evaluator"):
        _of_thread.evaluator = _Evaluator()
    _of_thread.evaluator.names = names
    return _of_thread.evaluator


def _bits(value):
    return max(value.numerator.bit_length(), value.denominator.bit_length())


def check_size(value: object) -> object:
    """`value` itself when its size is within the bounds; raises BadArgument otherwise, so that a formula stays cheap.
    """
    if isinstance(value, Fraction) and _bits(value) > WIDEST_NUMBER:
        raise BadArgument("el resultado es un número demasiado grande")
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        raise BadArgument(f"un texto pasa de {LONGEST_TEXT} letras")
    if isinstance(value, list) and len(value) > LONGEST_LIST:
        raise BadArgument(f"una lista pasa de {LONGEST_LIST} datos")
    return value


def value_for(given: object) -> object:
    """`given` as a value of the language: Fraction, bool, text or list of these; raises InexactNumber for a float."""
    if isinstance(given, (bool, str)):
        return given
    if isinstance(given, (list, tuple)):
        return [value_for(item) for item in given]
    if isinstance(given, date):
        return given.isoformat()
    if isinstance(given, (int, Fraction, Decimal)):
        return exact(given)
    raise InexactNumber(f"«{str(given)[:40]}» no es número, texto ni lista; revise el dato.")


def evaluate(expression: str, names: dict[str, object]) -> object:
    """The exact value of `expression` over `names` (name → value); raises ExpressionError with a Spanish sentence."""
    wanted = names_in(expression)
    try:
        known = {name: check_size(value_for(names[name])) for name in wanted if names.get(name) is not None}
        return _evaluator(_Known(expression, known))._eval(parse_expression(expression))
    except (BadArgument, InexactNumber) as fault:
        raise ExpressionError(expression, str(fault).rstrip(".")) from fault
    except TypeError as fault:
        raise ExpressionError(expression, "una función recibió más o menos datos de los que pide") from fault


class _Known(dict):
    """Name → value; a lookup of an absent name raises UnknownName."""

    def __init__(self, expression, names):
        super().__init__(names)
        self.expression = expression

    def __missing__(self, name):
        raise UnknownName(self.expression, name)
