"""Every address of the console, filled in, and what the database holds before and after."""

from contextlib import contextmanager
from functools import cache

import psycopg

import admin_views
from policies import RULES

FILLED = {"key": 1, "paper": "cedula", "evidence_id": 1, "step_name": "apply", "kind": "csv", "code": "0" * 32,
          "filename": "console.css", "table": "corrections", "relation": "id", "part": "topes"}
# What the door itself writes while it refuses.
LOGS = ("web_sessions", "login_attempts", "refusals", "read_entries", "export_entries",
        "parked_forms", "list_settings", "saved_views", "speaker_tokens")
TABLES = """SELECT format('%%I.%%I', schemaname, tablename) FROM pg_tables
             WHERE schemaname IN ('console', 'commercial') AND tablename <> ALL(%s) ORDER BY 1"""


def rules(app):
    """(rule, method) of everything that answers, OPTIONS and HEAD aside."""
    return [(rule, method) for rule in app.url_map.iter_rules()
            for method in sorted(rule.methods - {"OPTIONS", "HEAD"})]


def address(app, rule, **values):
    with app.test_request_context():
        return app.url_map.bind("localhost").build(
            rule.endpoint, {name: values.get(name, FILLED[name]) for name in rule.arguments})


def screens(app):
    """The views that stand on a policy, by endpoint."""
    return {view.endpoint: view for view in app.extensions["admin"][0]._views
            if hasattr(view, "model")}


@cache
def declared():
    """endpoint → view of the same screens as they are declared, for cases that are listed before there is a console."""
    return {view.endpoint: view for area in admin_views.AREAS for view in area.views() if hasattr(view, "model")}


@contextmanager
def without_rule(model):
    """That model without its rule; afterwards the rules stand again, in their order."""
    kept = dict(RULES)
    del RULES[model]
    try:
        yield
    finally:
        RULES.clear()
        RULES.update(kept)


def checksum(office):
    """table → the MD5 of its rows; equal before and after means that nothing was written."""
    with psycopg.connect(office.dsn()) as connection:
        names = [name for (name,) in connection.execute(TABLES, (list(LOGS),))]
        return {name: connection.execute(
            f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {name} t").fetchone()[0]
            for name in names}
