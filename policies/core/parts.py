"""What hangs from a record: its parts and the papers that its acts make, each with its column."""

from functools import cache

from sqlalchemy import inspect

from models.base.columns import Named
from models.base.records import AboutAnyRecord, PartOfAnyRecord
from policies.core.rules import ACTS, RULES


@cache
def parts_of(model: type[Named]) -> dict[type[Named], str]:
    """model of a part → the name of its column that says which record it belongs to."""
    found = {rule.model: rule.part_of[0] for rule in RULES.values()
             if rule.part_of and rule.part_of[1] is model}
    for several in inspect(model).relationships:
        if several.direction.name == "ONETOMANY":
            found.setdefault(several.mapper.class_, refers(several.mapper.class_, model))
    for step in ACTS.values():
        for made in step.creates if step.model is model else ():
            if made in step.bulk:
                continue    # written by the thousand: the trail tells of them by statement
            if made is not model and refers(made, model):
                found.setdefault(made, refers(made, model))
    return found


def refers(model: type[Named], whole: type[Named]) -> str | None:
    """The first column of `model` that names a row of `whole`, or None."""
    if issubclass(model, PartOfAnyRecord):
        return "record"
    if issubclass(model, AboutAnyRecord) and not references(model, whole):
        return model.named_by[1]
    return next(iter(references(model, whole)), None)


@cache
def references(model: type[Named], whole: type[Named]) -> list[str]:
    """Every column of `model` that names a row of `whole`."""
    return [column.name for column in model.__table__.columns
            if any(key.column.table is whole.__table__ for key in column.foreign_keys)]
