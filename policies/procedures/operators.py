"""The operators that a formula may use; each raises BadArgument in Spanish when its operands do not fit."""
import ast
import operator
from fractions import Fraction

from policies.procedures.primitives import BadArgument


def _of_numbers(compute):
    def on_numbers(*operands):
        if not all(isinstance(item, Fraction) for item in operands):
            raise BadArgument("solo se opera y se ordena entre números")
        return compute(*operands)
    return on_numbers


def _divide(left, right):
    if right == 0:
        raise BadArgument("hay una división entre cero")
    return left / right


def _negate(value):
    if not isinstance(value, bool):
        raise BadArgument("«not» necesita una condición verdadera o falsa")
    return not value


def _belongs(value, options):
    if not isinstance(options, list):
        raise BadArgument("«in» necesita una lista a la derecha")
    return value in options


OPERATORS = {
    ast.Add: _of_numbers(operator.add), ast.Sub: _of_numbers(operator.sub), ast.Mult: _of_numbers(operator.mul),
    ast.Div: _of_numbers(_divide), ast.USub: _of_numbers(operator.neg), ast.UAdd: _of_numbers(operator.pos),
    ast.Not: _negate, ast.Eq: operator.eq, ast.NotEq: operator.ne,
    ast.Lt: _of_numbers(operator.lt), ast.LtE: _of_numbers(operator.le),
    ast.Gt: _of_numbers(operator.gt), ast.GtE: _of_numbers(operator.ge),
    ast.In: _belongs, ast.NotIn: lambda value, options: not _belongs(value, options),
}
