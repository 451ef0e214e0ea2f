"""The console: build it with create_app()."""

from deploy.starting import collect_again  # isort: split

import os
from pathlib import Path

from flask import Flask
from flask_babel import Babel
from flask_wtf import CSRFProtect

import admin_views
import policies
from admin_views.core import assets, commands, reads
from admin_views.core.addresses import LateRule
from admin_views.door import door, hosts, login
from admin_views.door.forms_sent import FormRequest
from admin_views.door.sessions import StoredSessions
from admin_views.find import search
from admin_views.forms import drafts
from admin_views.mails import sending
from deploy.postgres.embedded import Embedded
from models import db
from models.base.connections import binds, load_secrets, with_driver
from models.base.documents import LARGEST

CONFIG = {
    "BABEL_DEFAULT_LOCALE": "es_MX", "BABEL_DEFAULT_TIMEZONE": "America/Mexico_City",
    # A file of 20 MB and its form; everything else is far smaller.
    "MAX_CONTENT_LENGTH": LARGEST + 1024 * 1024, "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
    "MAX_FORM_PARTS": 500, "WTF_CSRF_TIME_LIMIT": 8 * 3600, "SESSION_COOKIE_SECURE": False,
    "RIBBON": "", "DEMO": False, "PROXIES": 0, "SEND_FILE_MAX_AGE_DEFAULT": 3600, "SMTP_URL": "", "MAIL_FROM": "",
}


def create_app(**settings):
    """The WSGI application. `settings` override the environment; without DATABASE_URL, what asks for the
    database says that it is missing: a command that only reads files needs none."""
    app = Flask(__name__, template_folder="admin_views/templates",
                static_folder="admin_views/static", instance_path=settings.pop("INSTANCE", None))
    app.request_class, app.url_rule_class = FormRequest, LateRule
    app.config.update(CONFIG)
    app.config.from_prefixed_env("CONSOLE")
    app.config.update(settings)
    know_the_database(app)

    db.init_app(app)
    with app.app_context():
        policies.stamp_engines(db.engines)
    policies.install(db.session)
    Babel(app)
    CSRFProtect(app)
    hosts.install(app, os.environ.get("PORT", "8000"))
    app.session_interface = StoredSessions()
    for part in (login, door, reads, assets, search, drafts, sending):
        part.install(app)
    admin_views.register(app)
    commands.register(app)
    collect_again()
    return app


def running(app):
    """The bundled database's address while «make run» keeps it running, for commands beside it."""
    bundled = Embedded(Path(app.instance_path) / "postgres")
    return bundled.ensure_owner() if bundled.folder.exists() and bundled.answers() else None


def know_the_database(app):
    """Secrets from the environment or the instance folder; one small pool per login, opened when first asked."""
    url = app.config.get("DATABASE_URL") or os.environ.get("DATABASE_URL") or running(app)
    app.config["DATABASE_URL"] = with_driver(url) if url else None
    kept = load_secrets(app.instance_path)
    app.config.update(SECRET_KEY=kept["SECRET_KEY"], SECURITY_PASSWORD_SALT=kept["PASSWORD_SALT"],
                      TIER_SECRETS=kept, SQLALCHEMY_BINDS=binds(url, kept))
    app.config.setdefault("FILES", os.path.join(app.instance_path, "files"))
    app.config.setdefault("SEAL_HEADS", os.path.join(app.instance_path, "seals.txt"))
