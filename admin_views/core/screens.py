"""The screens that stand on a policy, as the running console has them."""

from flask import current_app


def screens():
    """endpoint → screen, in the order of their registration."""
    return {view.endpoint: view for view in current_app.extensions["admin"][0]._views
            if hasattr(view, "model")}


def screen_of(model):
    """The screen of a model's own table, or None."""
    return next((view for view in screens().values() if view.model is model), None)
