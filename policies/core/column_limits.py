"""How many decimals a numeric column keeps and which figures fit in it: for forms, files and filters."""

from decimal import Decimal

from sqlalchemy import Integer
from sqlalchemy.schema import Column

from policies.core.typed_figures import MOST

WHOLE_MOST = Decimal(2**31 - 1)


def limits_of(column: Column) -> tuple[int, Decimal, Decimal]:
    """(decimals, least, most) of a numeric column, in its own unit; the bounds are included."""
    if isinstance(column.type, Integer):
        return 0, -WHOLE_MOST, WHOLE_MOST
    step = Decimal(1).scaleb(-column.type.scale)
    most = min(Decimal(10) ** (column.type.precision - column.type.scale) - step, MOST.quantize(step, "ROUND_DOWN"))
    return column.type.scale, -most, most
