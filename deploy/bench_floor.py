"""The least that a page of the list of bills can be: one query of psycopg and a bare table, without login or rules.
`make bench` serves it beside the console and says how many times its cost a list is."""

import os
import threading

import psycopg
from flask import Flask, render_template_string

ROWS = ("SELECT b.id, b.folio, a.number, b.period_start, b.period_end, b.volume, b.total, b.balance, b.due_on"
        " FROM commercial.bills b JOIN commercial.accounts a ON a.id = b.account_id ORDER BY b.id DESC LIMIT 26")
PAGE = ("<!doctype html><title>Recibos</title><table>{% for row in rows %}<tr>{% for said in row %}<td>{{ said }}</td>"
        "{% endfor %}</tr>{% endfor %}</table>")
held = threading.local()


def connection():
    """One connection of this thread."""
    if not hasattr(held, "connection"):
        held.connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
    return held.connection


def create_app():
    """A bare Flask application with one page: what any framework costs."""
    app = Flask(__name__)
    app.add_url_rule("/", "bills", lambda: render_template_string(PAGE, rows=connection().execute(ROWS).fetchall()))
    return app
