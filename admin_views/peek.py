"""A glance at a record beside its list: a fragment of a page, with its facts and its open acts."""

from flask import g, request

import policies
from admin_views import acting


def asked():
    """Whether a page that stands already asks for the record, to show it in its side panel."""
    return bool(request.args.get("panel"))


def facts(view, record):
    """What the panel shows: what the list says of the record, then what its page does."""
    groups = view.groups()
    told = {"state", "status", *(name for _, names in groups for name in names)}
    first = [name for name in view.readable(view.column_list)
             if name not in told and view.cell(record, name) != str(record)]
    return {"groups": [("", first), *groups],
            "acts": [offer.step for offer in acting.offered(record) if not offer.why],
            "may_edit": view.may("edit") and policies.editable(g.actor, record) is None}
