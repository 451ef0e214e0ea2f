"""The screens, and the menu by the person's work."""

from flask import Flask
from flask_admin import Admin
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, TimeoutError

from admin_views.core import addresses, menu, words
from admin_views.core.badges import badge
from admin_views.core.pieces import piece
from admin_views.door import verification
from admin_views.home.home import HomeView
from admin_views.lists.counts import figure, pending
from admin_views.people.confirmations import confirmation
from admin_views.trail import seals
from models import db
from models.areas import modules
from models.base.connections import NoDatabase
from policies.core.balances import balance_word, balance_words

AREAS = modules("admin_views")


def register(app: Flask) -> None:
    """Add the screens and commands of every area, in their order, and what every template uses."""
    admin = Admin(app, name="Consola de Atención Social", url="/",
                  index_view=HomeView(name="Inicio", url="/", endpoint="home"))
    for area in AREAS:
        for view in area.views():
            admin.add_view(view)
        for command in getattr(area, "COMMANDS", ()):
            app.cli.add_command(command)
    app.register_blueprint(verification.blueprint)
    app.add_url_rule("/salud", "health", health)
    addresses.install(app)
    app.context_processor(lambda: {"menu": menu})
    app.jinja_env.globals.update(badge=badge, balance_word=balance_word, balance_words=balance_words,
                                 money=words.money, number=words.number, day=words.day,
                                 moment=words.moment, month=words.month, say=words.say,
                                 confirmation=confirmation, in_office=words.in_office, initials=words.initials,
                                 signed_by=words.signed_by, pending=pending, figure=figure, piece=piece,
                                 is_long=words.is_long, getattr=getattr)


def health() -> tuple[str, int]:
    """Whether people can work now: the server answers, and so does the database."""
    try:
        with db.engines["public"].connect() as connection:
            connection.execute(text("SELECT 1"))
    except (DBAPIError, TimeoutError, NoDatabase):
        return "la base de datos no responde", 503
    with db.engines["gate"].connect() as connection:
        return "bien; la bitácora no se sella" if seals.late(connection) else "bien", 200
