"""A glance at a record beside its list: a fragment of a page, with its facts and its open acts."""

from flask import g, request

import policies
from admin_views.acts import acting
from admin_views.core.words import label_of


def asked():
    """Whether a page that stands already asks for the record, to show it in its side panel."""
    return bool(request.args.get("panel"))


def facts(view, record):
    """What the panel shows: what the list says of the record, then what its page does."""
    groups, title = view.groups(), title_of(view, record)
    told = {"state", "status", *(name for _, names in groups for name in names)}
    first = [name for name in view.readable(view.column_list) if name not in told
             and title not in (view.cell(record, name), labelled(view, record, name))]
    return {"title": title, "groups": [("", first), *groups],
            "acts": [offer.step for offer in acting.offered(record) if not offer.why],
            "may_edit": view.may("edit") and policies.editable(g.actor, record) is None}


def title_of(view, record):
    """What the record calls itself; a row of a log has no name, and says its first column."""
    if type(record).__str__ is object.__str__:
        return labelled(view, record, view.column_list[0])
    return str(record)


def labelled(view, record, name):
    return f"{label_of(view.model, name)} {view.cell(record, name)}"
