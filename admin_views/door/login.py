"""Logging in with Flask-Security, on the gate's login, throttled across processes."""

from pathlib import Path
from urllib.parse import urlsplit

import flask_security
from babel.support import Translations
from flask import Flask, current_app, flash, g, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_security import ChangePasswordForm, LoginForm, Security, SQLAlchemySessionUserDatastore, user_authenticated
from flask_security.utils import verify_password

from admin_views.core.words import in_office
from admin_views.door import guesses
from admin_views.door.gate import gate
from admin_views.door.guesses import TOO_MANY
from admin_views.door.offices import offices_held
from admin_views.door.passwords import opens, see
from models.base.people import Login

# What everybody may read is no secret: refused outside the demonstration.
DEMO_PASSWORD = "agua-clara-2026"
WRONG = "El correo o la contraseña no son correctos; revise e intente de nuevo."

CONFIG = {
    "SECURITY_PASSWORD_HASH": "argon2", "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],
    "SECURITY_RETURN_GENERIC_RESPONSES": True, "SECURITY_JOIN_USER_ROLES": False,
    "SECURITY_LOGIN_URL": "/entrar", "SECURITY_LOGOUT_URL": "/salir",
    "SECURITY_LOGOUT_METHODS": ["POST"], "SECURITY_POST_LOGIN_VIEW": "/",
    "SECURITY_POST_LOGOUT_VIEW": "/entrar", "SECURITY_CHANGEABLE": True,
    "SECURITY_CHANGE_URL": "/contrasena", "SECURITY_POST_CHANGE_VIEW": "/",
    "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False, "SECURITY_PASSWORD_LENGTH_MIN": 12,
    "SECURITY_LOGIN_USER_TEMPLATE": "login.html",
    "SECURITY_CHANGE_PASSWORD_TEMPLATE": "change_password.html",
    "SECURITY_DEFAULT_REMEMBER_ME": False, "SECURITY_FLASH_MESSAGES": True,
    "SECURITY_I18N_DIRNAME": "builtin", "SECURITY_MSG_GENERIC_AUTHN_FAILED": (WRONG, "error"),
    "SECURITY_MSG_EMAIL_NOT_PROVIDED": ("Escriba su correo electrónico.", "error"),
    "SECURITY_MSG_PASSWORD_NOT_PROVIDED": ("Escriba su contraseña.", "error"),
    "SECURITY_MSG_INVALID_PASSWORD": ("La contraseña actual no es correcta.", "error"),
    "SECURITY_MSG_PASSWORD_CHANGE": ("Su contraseña cambió.", "success"),
    "SECURITY_MSG_PASSWORD_IS_THE_SAME": ("La contraseña nueva debe ser distinta.", "error"),
    "SECURITY_MSG_PASSWORD_INVALID_LENGTH": (
        "La contraseña debe tener al menos %(length)s caracteres.", "error"),
    "SECURITY_MSG_RETYPE_PASSWORD_MISMATCH": ("Las dos contraseñas no coinciden.", "error"),
    "SECURITY_MSG_ANONYMOUS_USER_REQUIRED": ("Usted ya entró; para entrar como otra persona use antes «Salir».",
                                             "info"),
    "SECURITY_MSG_DISABLED_ACCOUNT": (WRONG, "error"),
    "SECURITY_MSG_USER_DOES_NOT_EXIST": (WRONG, "error"),
    "SECURITY_MSG_PASSWORD_MISMATCH": ("Las dos contraseñas no coinciden.", "error"),
    "SECURITY_MSG_LOGIN": ("Escriba su correo y su contraseña para continuar.", "info"),
    "SECURITY_MSG_UNAUTHENTICATED": ("Escriba su correo y su contraseña para continuar.", "info"),
}


NOT_CONFIRMED = ("Esa contraseña la entregó Informática y todavía no abre la cuenta: la confirma otra persona, Titular "
                 "de la Unidad o Contraloría. Pídales que lo hagan e intente de nuevo.")


class ThrottledLoginForm(LoginForm):
    """Counts failures in the shared database, so that every server process counts alike."""

    remember = None

    def validate(self, **kwargs: object) -> bool:
        """Whether the password opens the login; each try is counted before it is looked at."""
        # Where to go afterwards is checked when going; a bad address is no wrong password.
        self.next.data = ""
        who = guesses.stranger(self.email.data or "")
        if not guesses.allowed(who):
            self.form_errors.append(TOO_MANY)
            self.email.errors, self.password.errors = [], []
            return False
        if super().validate(**kwargs) and not known_to_all(self.password.data):
            guesses.was_right(who)
            if self.user.handed_at is None or opens(self.user.person_id):
                return True
            self.form_errors.append(NOT_CONFIRMED)
            return False
        self.form_errors.append(WRONG)
        self.email.errors, self.password.errors = [], []
        return False


class SpanishChangeForm(ChangePasswordForm):
    """The library's form, whose labels name its errors."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        for name, label in (("password", "Contraseña actual"), ("new_password", "Contraseña nueva"),
                            ("new_password_confirm", "Repita la contraseña nueva")):
            self[name].label.text = label

    def validate(self, **kwargs: object) -> bool:
        """The password of now is a guess as at the login; given back when it was right, or never looked at."""
        who = guesses.own_session()
        if not guesses.allowed(who):
            self.form_errors.append(TOO_MANY)
            return False
        valid = super().validate(**kwargs)
        if not self.password.errors:
            guesses.was_right(who)
        return valid


def known_to_all(password: str) -> bool:
    """Whether this is the demonstration's password in a console that is no demonstration."""
    return not current_app.config["DEMO"] and password.strip().casefold() == DEMO_PASSWORD


class KnownLogins(SQLAlchemySessionUserDatastore):
    """Finds the person of a session where the door has read them already."""

    def find_user(self, **terms: object) -> Login | None:
        """The login of the session that is open, as it was read; any other from the database."""
        known = session.login
        if known is not None and terms == {"fs_uniquifier": known.fs_uniquifier}:
            return known
        return super().find_user(**terms)


def install(app: Flask) -> None:
    """Set up logins, passwords and the choice of office."""
    for name, value in CONFIG.items():
        app.config.setdefault(name, value)
    datastore = KnownLogins(gate, Login, None)
    app.security = Security(app, datastore, login_form=ThrottledLoginForm,
                            change_password_form=SpanishChangeForm)
    app.security.want_json(lambda asked: False)     # people read pages; nothing here answers in JSON
    app.security.principal.identity_loaders.clear()     # what a person may do is asked of policies/, never of it
    speak_spanish(app)
    user_authenticated.connect(remember_person, app)
    app.add_url_rule("/contrasena/enterado", "seen_password", seen_password, methods=["POST"])
    app.add_url_rule("/cargo", "worn_office", choose_office, methods=["GET", "POST"])


def speak_spanish(app: Flask) -> None:
    """What the library may say besides, from its own Spanish: it has none under the name of Mexico's."""
    spanish = Translations.load(Path(flask_security.__file__).parent / "translations", ["es_ES"], "flask_security")
    for name, said in app.config.items():
        if name.startswith("SECURITY_MSG_"):
            words, kind = said
            app.config[name] = spanish.ugettext(str(words)), kind


def remember_person(app: Flask, user: Login, **details: object) -> None:
    """The session's row names its person, so that what they type can be given back to them."""
    session["person_id"] = user.person_id


def choose_office() -> ResponseReturnValue:
    """One person wears one office per session; whoever holds several, or was lent one, chooses here.

    A row of the first page that waits in another office brings its address, and leads there in that office.
    """
    held = offices_held(current_user)
    if request.method == "POST":
        chosen = next((row for row in held if row.role.value == request.form.get("office")), None)
        if chosen is not None:
            session["office"] = chosen.role.value
            flash(f"Ahora actúa como {in_office(chosen)}.", "success")
        return redirect(inside(request.form.get("destino", "")))
    return render_template("offices.html", held=held)


def inside(address: str) -> str:
    """The address, if it is one of the console's own pages; else the first page."""
    parts = urlsplit(address)
    own = address.startswith("/") and not (parts.scheme or parts.netloc) and "\\" not in address
    return address if own else "/"


def seen_password() -> ResponseReturnValue:
    """The person put away the notice of a password that was handed in their name."""
    see(current_user.person_id)
    return redirect("/")


def throttled_now() -> bool:
    """Whether this request's password was not even looked at."""
    return g.get("too_many", False)


def proven(password: str) -> bool:
    """Whether the person at the keyboard is who logged in: asked for at each signature."""
    who = guesses.own_session()
    if current_user.handed_at is not None or not guesses.allowed(who):
        return False
    if password and verify_password(password, current_user.password):
        guesses.was_right(who)
        return True
    return False
