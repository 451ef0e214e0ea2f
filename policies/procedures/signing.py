"""Who must sign an amount: the levels in order, each with its band, its quorum and its deputies."""
from policies.procedures.exact import exact


def levels_for(definition, amount):
    """The Approval levels that sign `amount` (MXN or the source's money; a credit counts without its sign)."""
    size = abs(exact(amount))
    levels = sorted(definition.approval, key=lambda item: item.level)
    return tuple(item for item in levels
                 if (item.minimum is None or size >= item.minimum) and (item.maximum is None or size <= item.maximum))


def next_level(definition, amount, signed):
    """The first level that still lacks signatures, or None when the amount is fully signed.

    `signed` are (level, office, person): the office itself, a deputy of it or a member of the body. One person counts
    once in a level.
    """
    return next((item for item in levels_for(definition, amount) if not _met(item, signed)), None)


def may_sign(definition, amount, signed, office):
    """True when it is the turn of `office`: in order, as holder, deputy or member."""
    level = next_level(definition, amount, signed)
    return level is not None and office in _able(level)


def _able(item):
    return {item.office, *item.deputies, *item.members}


def _met(item, signed):
    persons = {person for level, office, person in signed if level == item.level and office in _able(item)}
    return len(persons) >= item.signatures
