"""The screens, and the menu by the person's work."""

from flask import g, request, url_for
from flask_admin import Admin
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, TimeoutError

import policies
from admin_views import (
    batches,
    billing,
    catalogues,
    deadlines,
    export_orders,
    import_batches,
    replays,
    verification,
)
from admin_views.core import words
from admin_views.corrections import desk as corrections
from admin_views.fiscal import desk as fiscal
from admin_views.home.home import HomeView
from admin_views.lists.counts import said, waiting_counts
from admin_views.people import desk as people
from admin_views.people.confirmations import confirmation
from admin_views.procedures import versions as procedures
from admin_views.trail import desk as trail
from admin_views.trail import seals
from models import db
from models.base.connections import NoDatabase
from models.base.people import Role
from policies.billing.balances import balance_word, balance_words

AREAS = (billing, corrections, batches, fiscal, procedures, replays, catalogues, deadlines, people,
         import_batches, export_orders, trail)
MENU = (
    ("Atender al usuario", ("accounts", "bills")),
    ("Corregir recibos", ("corrections", "correction_batches", "credit_notes", "fiscal_records", "notices")),
    ("Vigilar", ("log", "refusals", "read_entries", "export_entries")),
    ("Personas y cargos", ("people", "appointments", "delegations", "exclusive_offices",
                           "logins", "handovers")),
    ("Reglas para corregir", ("procedure_versions", "replays", "anomaly_types", "approval_bands",
                              "approval_slots", "approval_windows", "tariffs", "line_rules")),
    ("Territorio y calendario", ("holidays", "calendar_years", "deadline_rules", "municipalities", "neighborhoods",
                                 "supply_zones", "import_batches")),
    ("Llevarse listas", ("export_orders",)),
)
# What an office does daily stands first in its menu; the rest keeps its order.
FIRST = {Role.UNIT_HEAD: "Corregir recibos", Role.COMMERCIAL_DIRECTOR: "Corregir recibos",
         Role.GENERAL_DIRECTOR: "Corregir recibos", Role.AUDITOR: "Vigilar",
         Role.ADMINISTRATOR: "Personas y cargos"}


def register(app):
    admin = Admin(app, name="Consola de Atención Social", url="/",
                  index_view=HomeView(name="Inicio", url="/", endpoint="home"))
    for area in AREAS:
        for view in area.views():
            admin.add_view(view)
    app.register_blueprint(verification.blueprint)
    app.add_url_rule("/salud", "health", health)
    screens = {view.endpoint: view for view in admin._views}
    app.context_processor(lambda: {"menu": menu(screens)})
    app.jinja_env.globals.update(balance_word=balance_word, balance_words=balance_words,
                                 money=words.money, number=words.number, day=words.day,
                                 moment=words.moment, month=words.month, say=words.say,
                                 confirmation=confirmation, in_office=words.in_office, signed_by=words.signed_by)


def health():
    """Whether people can work now: the server answers, and so does the database."""
    try:
        with db.engines["public"].connect() as connection:
            connection.execute(text("SELECT 1"))
    except (DBAPIError, TimeoutError, NoDatabase):
        return "la base de datos no responde", 503
    with db.engines["gate"].connect() as connection:
        return "bien; la bitácora no se sella" if seals.late(connection) else "bien", 200


def menu(screens):
    """[(section, [(label, url, count, current)])] of what this office may see."""
    if g.get("actor") is None:
        return []
    sections = []
    for title, endpoints in sorted(MENU, key=lambda section: section[0] != FIRST.get(g.actor.role)):
        links = [link for endpoint in endpoints for link in links_to(screens[endpoint])
                 if policies.allows(g.actor, "view", screens[endpoint].model)]
        if links:
            sections.append((title, links))
    return sections


def links_to(view):
    """The list of a screen, with how many of its rows wait for this office, and its other pages."""
    count = waiting_counts().get(view.model)
    pages = [(name, f"{view.endpoint}{page}") for name, page in view.links]
    inside = request.blueprint == view.endpoint and request.endpoint not in dict(pages).values()
    yield view.name, url_for(f"{view.endpoint}.index_view"), count and said(count), inside
    for name, endpoint in pages:
        yield name, url_for(endpoint), None, request.endpoint == endpoint
