"""The effects of a correction: a closed vocabulary, and which of them follow in one case."""
import math
from fractions import Fraction

from policies.procedures.definition import Definition
from policies.procedures.expressions import evaluate
from policies.procedures.grammar import ExpressionError

EFFECTS = {
    "credit_note": "nota de crédito", "debit_note": "nota de cargo", "rebill": "recibo corregido",
    "cancel_and_rebill": "cancelación y nuevo recibo", "estimate": "recibo estimado", "refund": "devolución",
    "next_bill_credit": "abono al siguiente recibo", "mass_credit": "abono masivo", "discount": "descuento",
    "charge": "cargo", "fine": "multa", "waive_charges": "condonación de recargos",
    "instalments": "pago en parcialidades",
    "close_debt": "cierre del adeudo", "reread": "nueva lectura", "self_read_request": "petición de lectura al usuario",
    "confirm_or_rectify_reading": "confirmación o corrección de la lectura", "inspection_order": "orden de inspección",
    "meter_order": "orden de medidor", "meter_inspection_order": "orden de revisión del medidor",
    "meter_replacement_order": "orden de cambio de medidor", "hold_bill": "retención del recibo",
    "hold_collection": "suspensión del cobro", "hold_disconnection": "suspensión del corte",
    "account_mark": "anotación en la cuenta", "block_own_account": "bloqueo de la cuenta propia",
    "correct_future_baseline": "corrección de la referencia futura", "reject_claim": "rechazo de la solicitud",
    "deemed_granted": "concesión por silencio",
}

# What every case knows once its lines are computed, besides what the procedure declares.
OF_THE_CASE = frozenset({"paid", "difference", "after.total", "after.volume"})
MOST_INSTALMENTS = 60       # five fiscal years: no error is corrected further back


def effects_of_case(definition: Definition, names: dict[str, object]) -> tuple[str, ...]:
    """The effects of one case, in order; one under a condition only when it is true for `names`."""
    conditions = {}
    for item in definition.effects_when:
        conditions.setdefault(item.effect, []).append(item.when)
    listed = dict.fromkeys((*definition.effects, *conditions))
    return tuple(effect for effect in listed
                 if effect not in conditions or any(_holds(when, names) for when in conditions[effect]))


def instalments_most(definition: Definition, names: dict[str, object]) -> int:
    """The most payments in which a debit may be made: a whole number from 1; 1 where the procedure or its figures are
    silent.
    """
    if definition.instalments is None or definition.instalments.most is None:
        return 1
    try:
        most = evaluate(definition.instalments.most, names)
    except ExpressionError:
        return 1
    return min(max(math.floor(most), 1), MOST_INSTALMENTS) if isinstance(most, Fraction) else 1


def _holds(when, names):
    try:
        return evaluate(when, names) is True
    except ExpressionError:
        return False      # a condition whose figures are missing gives no effect
