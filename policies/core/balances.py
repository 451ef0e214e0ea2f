"""A balance in words: what is owed, or what is in the user's favour, always as a positive amount."""

from decimal import Decimal

from policies.core.figures import money

IN_FAVOUR = "Saldo a favor"


def balance_word(amount: Decimal, owed: str) -> str:
    """The word beside the figure of a balance (MXN): `owed` from zero up, «Saldo a favor» below."""
    return IN_FAVOUR if amount < 0 else owed


def balance_words(amount: Decimal) -> str:
    """A balance (MXN) by itself: «$120.00», or «Saldo a favor de $120.00» below zero."""
    return f"{IN_FAVOUR} de {money(-amount)}" if amount < 0 else money(amount)
