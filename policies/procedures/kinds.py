"""The kind of value that each formula gives, inferred before anything is computed: number, bool, text, date or list."""
import ast

from policies.procedures.definition import Definition
from policies.procedures.facts import LABELS
from policies.procedures.grammar import parse_expression

NUMBER, BOOL, TEXT, DATE, LIST = "number", "bool", "text", "date", "list"
SAID = {NUMBER: "un número", BOOL: "sí o no", TEXT: "un texto", DATE: "una fecha", LIST: "una lista"}
ORDERING = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
# function → (the kinds that it takes, in order; the kind that it gives). min and max take numbers or one list.
SIGNATURES = {
    **dict.fromkeys(("avg", "total", "sum", "n", "count"), ((LIST,), NUMBER)),
    **dict.fromkeys(("drop_max", "drop_zero"), ((LIST,), LIST)),
    **dict.fromkeys(("ceil_to", "floor_to", "round_to"), ((NUMBER, NUMBER), NUMBER)),
    "last": ((LIST, NUMBER), LIST), "dot": ((LIST, LIST), NUMBER), "abs": ((NUMBER,), NUMBER),
    "tier": ((NUMBER, LIST, LIST, NUMBER), NUMBER), "bracket": ((NUMBER, LIST, LIST), NUMBER)}
OF_THE_BILL = {"bill.tariff_class": TEXT, "history.volume": LIST, "history.total": LIST}
OF_A_PERIOD = {"period.volume": NUMBER, "period.total": NUMBER, "period.days": NUMBER, "period.measured": BOOL,
               "period.tariff_class": TEXT}
OF_AN_INPUT = {"number": NUMBER, "bool": BOOL, "choice": TEXT, "text": TEXT, "date": DATE, "list": LIST}


class Mistyped(ValueError):
    """A part of a formula has a kind that has no meaning there; the text is a Spanish sentence."""


def kinds_of_names(definition: Definition) -> dict[str, str]:
    """name → kind of everything that the formulas of a procedure may use; a name of uncertain kind is left out."""
    kinds = {name: OF_THE_BILL.get(name, NUMBER) for name in LABELS} | OF_A_PERIOD
    kinds |= {item.name: OF_AN_INPUT[item.type] for item in definition.inputs}
    for step in definition.computation:
        try:
            found = kind_of(step.expr, kinds)
        except Mistyped:
            found = None      # reported where that formula is checked
        kinds.pop(step.out, None)
        kinds |= {step.out: found} if found else {}
    return kinds


def kind_of(expression: str, kinds: dict[str, str]) -> str | None:
    """The kind that a formula gives, or None where it is uncertain; raises Mistyped."""
    return _infer(parse_expression(expression), kinds)


def comparable(one: str | None, other: str | None) -> bool:
    """Whether two kinds may be compared; a date is kept as its text."""
    return one is None or other is None or one == other or {one, other} == {TEXT, DATE}


def _infer(node, kinds):
    if isinstance(node, ast.Name):
        return kinds.get(node.id, NUMBER if node.id.startswith(("bill.", "after.")) else None)
    if isinstance(node, ast.Constant):
        return BOOL if isinstance(node.value, bool) else TEXT if isinstance(node.value, str) else NUMBER
    return _RULES[type(node)](node, kinds)


def _need(node, kinds, kind, why):
    found = _infer(node, kinds)
    if found not in (None, kind):
        raise Mistyped(f"«{_words(node)}» es {SAID[found]} y {why} {SAID[kind]}")


def _words(node):
    return getattr(node, "id", None) or "una parte de la fórmula"


def _list(node, kinds):
    for item in node.elts:
        _infer(item, kinds)
    return LIST


def _operation(node, kinds):
    for side in (node.left, node.right):
        _need(side, kinds, NUMBER, "se opera con")
    return NUMBER


def _single(node, kinds):
    kind = BOOL if isinstance(node.op, ast.Not) else NUMBER
    _need(node.operand, kinds, kind, "ahí va")
    return kind


def _both(node, kinds):
    for value in node.values:
        _need(value, kinds, BOOL, "«and» y «or» unen")
    return BOOL


def _choice(node, kinds):
    _need(node.test, kinds, BOOL, "una condición es")
    one, other = _infer(node.body, kinds), _infer(node.orelse, kinds)
    return one if one == other else None


def _comparison(node, kinds):
    sides = [node.left, *node.comparators]
    for operation, left, right in zip(node.ops, sides, sides[1:]):
        if isinstance(operation, ORDERING):
            _need(left, kinds, NUMBER, "se ordena entre")
            _need(right, kinds, NUMBER, "se ordena entre")
        elif isinstance(operation, (ast.In, ast.NotIn)):
            _need(right, kinds, LIST, "«in» busca en")
            for item in getattr(right, "elts", ()):
                _alike(left, item, kinds)
        else:
            _alike(left, right, kinds)
    return BOOL


def _alike(left, right, kinds):
    one, other = _infer(left, kinds), _infer(right, kinds)
    if not comparable(one, other):
        raise Mistyped(f"«{_words(left)}» es {SAID[one]} y se compara con {SAID[other]}")


def _call(node, kinds):
    name = node.func.id
    takes, gives = SIGNATURES.get(name, ((), NUMBER))
    if name in ("min", "max") and not (len(node.args) == 1 and _infer(node.args[0], kinds) in (LIST, None)):
        takes = (NUMBER,) * len(node.args)
    for argument, kind in zip(node.args, takes):
        _need(argument, kinds, kind, f"{name} necesita")
    return gives


_RULES = {ast.List: _list, ast.BinOp: _operation, ast.UnaryOp: _single, ast.BoolOp: _both, ast.IfExp: _choice,
          ast.Compare: _comparison, ast.Call: _call}
