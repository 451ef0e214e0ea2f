"""The glance at a record beside its list: a fragment with its facts and its open acts."""

from flask import g, request
from flask_admin.contrib.sqla import ModelView

import policies
from admin_views.acts import acting
from admin_views.core.words import label_of
from models.base.columns import Named


def is_fragment_request() -> bool:
    """Whether the request comes from a page that shows the record in its side panel."""
    return bool(request.args.get("panel"))


def facts(view: ModelView, record: Named) -> dict:
    """The context of the panel: the columns of the list, then the facts of the record's page."""
    groups, title = view.groups(), title_of(view, record)
    told = {"state", "status", *(name for _, names in groups for name in names)}
    first = [name for name in view.readable(view.column_list) if name not in told
             and title not in (view.cell(record, name), label_and_value(view, record, name))]
    return {"title": title, "groups": [("", first), *groups],
            "acts": [offer.step for offer in acting.offered(record) if not offer.why],
            "may_edit": view.may("edit") and policies.editable(g.actor, record) is None}


def title_of(view: ModelView, record: Named) -> str:
    """The name of the record; a row of a log has none and gives its first column."""
    if type(record).__str__ is object.__str__:
        return label_and_value(view, record, view.column_list[0])
    return str(record)


def label_and_value(view: ModelView, record: Named, name: str) -> str:
    """The label and the value of a column."""
    return f"{label_of(view.model, name)} {view.cell(record, name)}"
