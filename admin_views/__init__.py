"""The screens, and the menu by the person's work."""

from flask import g, request, url_for
from flask_admin import Admin
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError, TimeoutError

import policies
from admin_views import (
    batches,
    billing,
    catalogues,
    corrections,
    people,
    procedures,
    trail,
    verification,
    words,
)
from admin_views.home import HomeView
from models import db
from models.queries.corrections import waiting_for
from policies.offices import SIGNERS

MENU = (
    ("Atención", ("accounts", "bills", "corrections", "credit_notes", "notices")),
    ("Reglas", ("procedure_versions", "anomaly_types", "approval_bands", "approval_slots",
                "tariffs", "line_rules")),
    ("Auditoría", ("log", "refusals", "read_entries", "export_entries")),
    ("Personas", ("people", "logins", "appointments")),
    ("Territorio y calendario", ("municipalities", "neighborhoods", "supply_zones", "holidays",
                                 "import_batches")),
)


def register(app):
    admin = Admin(app, name="Consola de Atención Social", url="/",
                  index_view=HomeView(name="Inicio", url="/", endpoint="home"))
    for area in (billing, corrections, procedures, catalogues, people, batches, trail):
        for view in area.views():
            admin.add_view(view)
    app.register_blueprint(verification.blueprint)
    app.add_url_rule("/salud", "health", health)
    screens = {view.endpoint: view for view in admin._views}
    app.context_processor(lambda: {"menu": menu(screens)})
    app.jinja_env.globals.update(money=words.money, number=words.number, day=words.day,
                                 moment=words.moment, month=words.month, say=words.say)


def health():
    """Whether people can work now: the server answers, and so does the database."""
    try:
        with db.engines["public"].connect() as connection:
            connection.execute(text("SELECT 1"))
    except (OperationalError, TimeoutError):
        return "la base de datos no responde", 503
    return "bien", 200


def menu(screens):
    """[(section, [(label, url, count, current)])] of what this office may see."""
    if g.get("actor") is None:
        return []
    sections = []
    for title, endpoints in MENU:
        links = [link(screens[endpoint]) for endpoint in endpoints
                 if policies.allows(g.actor, "view", screens[endpoint].model)]
        if links:
            sections.append((title, links))
    return sections


def link(view):
    return (view.name, url_for(f"{view.endpoint}.index_view"), count(view),
            request.blueprint == view.endpoint)


def count(view):
    """How many wait for this person, beside the corrections' link."""
    if view.endpoint != "corrections" or g.actor.role not in SIGNERS:
        return None
    waiting = waiting_for(g.actor.role).order_by(None).subquery()
    return db.session.scalar(select(func.count()).select_from(waiting)) or None
