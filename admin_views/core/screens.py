"""The screens that stand on a policy, as the running console has them."""

from collections.abc import Callable
from functools import wraps

from flask import current_app, g
from flask_admin.contrib.sqla import ModelView

from models.base.columns import Named
from policies.core.rules import RULES

MOST_KEPT = 5000


def screens() -> dict[str, ModelView]:
    """endpoint → screen, in the order of their registration."""
    return {view.endpoint: view for view in current_app.extensions["admin"][0]._views
            if hasattr(view, "model")}


def screen_of(model: type[Named]) -> ModelView | None:
    """The screen of a model's own table, or None."""
    return next((view for view in screens().values() if view.model is model), None)


def once_an_office(make: Callable) -> Callable:
    """Keep what a function gives to an office as long as the process lives and its rules are the same."""
    @wraps(make)
    def made_once(*about):
        kept, actor = memory(), g.get("actor")
        key = make, about, actor and actor.role
        if key not in kept:
            kept[key] = make(*about)
        return kept[key]
    return made_once


def memory() -> dict:
    """What is kept under the rules in force; emptied when they change, or when it holds more than MOST_KEPT."""
    rules, kept = current_app.extensions.get("offices", (None, {}))
    if rules != [*RULES.values()] or len(kept) > MOST_KEPT:
        rules, kept = current_app.extensions["offices"] = [*RULES.values()], {}
    return kept
