"""How each login reaches the one database, and where its secrets are kept."""

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from select import POLLIN, poll
from typing import NoReturn

from psycopg import Connection
from sqlalchemy.engine import make_url
from sqlalchemy.exc import InvalidatePoolError

TIERS = {"staff": "console_tier_staff", "directors": "console_tier_directors",
         "auditor": "console_tier_auditor", "systems": "console_tier_systems",
         "public": "console_tier_public", "sealer": "console_tier_sealer", "gate": "console_gate"}
SMALL_POOL = {"pool_size": 4, "max_overflow": 4, "pool_timeout": 10, "hide_parameters": True}


class NoDatabase(RuntimeError):
    """Nobody said where the database is; the text says how to."""

    def __init__(self):
        super().__init__("Falta DATABASE_URL; diga cuál es la base, o arranque la consola con "
                         "«make run» y vuelva a intentar mientras corre.")


def address(config: Mapping) -> str:
    """The owner's address of the database, for what cannot do without it."""
    if config.get("DATABASE_URL") is None:
        raise NoDatabase
    return config["DATABASE_URL"]


def nowhere() -> NoReturn:
    """Raise NoDatabase: what stands in place of a connection while no address is known."""
    raise NoDatabase


def load_secrets(folder: str) -> dict[str, str]:
    """Keys and passwords of this installation: from the environment, else made once and kept.

    `folder` is git-ignored; the file is readable by its owner alone.
    """
    path = Path(folder) / "secrets.json"
    if not path.exists():
        make_secrets(path)
    kept = json.loads(path.read_text(encoding="utf-8"))
    return {name: os.environ.get(f"CONSOLE_{name}", value) for name, value in kept.items()}


def make_secrets(path: Path) -> dict[str, str]:
    """Several server processes may start at once: the first file wins, complete or not there."""
    names = ["SECRET_KEY", "PASSWORD_SALT", *(f"{tier.upper()}_PASSWORD" for tier in TIERS)]
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump({name: secrets.token_urlsafe(32) for name in names}, file, indent=1)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def with_driver(database_url: str) -> str:
    """Any way of writing a PostgreSQL address, as SQLAlchemy takes it: with psycopg 3."""
    return make_url(database_url.replace("postgres://", "postgresql://", 1)).set(
        drivername="postgresql+psycopg").render_as_string(hide_password=False)


def refuse_ended(connection: Connection, *_) -> None:
    """Listener of a pool's «checkout»: a connection that the server ended is lent to nobody, nor those made before it.
    Nothing but its end arrives at an idle connection, so this looks at what arrived and asks the server nothing.
    """
    if has_ended(connection):
        raise InvalidatePoolError


def has_ended(connection: Connection) -> bool:
    """Whether the server, or this process, ended an idle connection."""
    if connection.closed:
        return True
    arrived = poll()
    arrived.register(connection.fileno(), POLLIN)
    return bool(arrived.poll(0))


def tier_url(database_url: str, tier: str, kept: Mapping[str, str]) -> str:
    """The database's address for one login: never the owner's name or password."""
    return make_url(database_url).set(username=TIERS[tier], password=kept[f"{tier.upper()}_PASSWORD"])


def binds(database_url: str | None, kept: Mapping[str, str]) -> dict:
    """One small pool per login, for Flask-SQLAlchemy; without an address, the first to connect is told so."""
    if not database_url:
        return {tier: {"url": "postgresql+psycopg://", "creator": nowhere} for tier in TIERS}
    return {tier: {"url": tier_url(database_url, tier, kept),
                   "connect_args": {"application_name": "consola", "connect_timeout": 5,
                                    "options": "-c statement_timeout=15s -c lock_timeout=5s"
                                               " -c idle_in_transaction_session_timeout=30s"
                                               " -c timezone=UTC"},
                   **SMALL_POOL} for tier in TIERS}
