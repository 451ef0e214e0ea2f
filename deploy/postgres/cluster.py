"""A new embedded cluster and its settings: UTF-8 always, passwords for all, no network."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import psycopg
from psycopg import sql

from deploy.postgres.account import EmbeddedError
from deploy.postgres.binaries import Binaries
from deploy.postgres.place import Place, write_secret

SUPERUSER = "postgres"
PORT = 5432  # part of the socket's name; nothing listens on the network
HBA = "local all all scram-sha-256\n"
SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "200",  # two server processes with small pools per login need 112
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "synchronous_commit": "on",
    "idle_in_transaction_session_timeout": "30s",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "lc_messages": "C",
    "logging_collector": "on",  # one file per weekday, begun anew a week later
    "log_filename": "postgresql-%a.log",
    "log_truncate_on_rotation": "on",
    "log_rotation_size": "0",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u@%d %a ",
    "log_min_error_statement": "error",  # attempts by other programs are kept here when refused
    "log_lock_waits": "on",
}


def make_cluster(place: Place, binaries: Binaries, settings: Mapping[str, str]) -> None:
    """Make it aside and name it last: a process killed half way leaves nothing that looks whole."""
    if place.data.is_dir() and any(place.data.iterdir()):
        raise EmbeddedError(f"En {place.data} hay archivos que no son una base completa y no se "
                            "tocan: recupérela del respaldo, o muévalos para empezar de nuevo.")
    unfinished = place.home / "data.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    place.make_private(unfinished)
    _initdb(place, binaries, unfinished, sync=settings.get("fsync") != "off")
    (unfinished / "pg_hba.conf").write_text(HBA)
    with (unfinished / "postgresql.conf").open("a") as conf:
        conf.write("include 'console.conf'\n")
    place.name_data(unfinished)


def write_settings(place: Place, extra: Mapping[str, str]) -> None:
    """Written at each start, so that a new version of the console brings its own."""
    # A list of folders to PostgreSQL: the quotes keep a comma or a space inside one name.
    folder = '"' + str(place.socket).replace('"', '""') + '"'
    chosen = SETTINGS | {"unix_socket_directories": folder, "log_directory": str(place.log)} | extra
    conf = place.data / "console.conf"
    conf.write_text("".join(f"{name} = {_quoted(value)}\n" for name, value in chosen.items()))
    place.account.own(conf, 0o600)


def make_owner(connection: psycopg.Connection, owner: str, password: str, database: str) -> None:
    """The login that makes tables and roles, superuser of nothing, and the database it owns."""
    proof = connection.pgconn.encrypt_password(password.encode(), owner.encode(), b"scram-sha-256")
    name, base = sql.Identifier(owner), sql.Identifier(database)
    if not _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", owner):
        connection.execute(sql.SQL("CREATE ROLE {}").format(name))
    # Said at each start, so that a lost password file mends itself.
    may = sql.SQL("ALTER ROLE {} LOGIN NOSUPERUSER CREATEROLE CREATEDB PASSWORD {}")
    connection.execute(may.format(name, proof.decode()))
    if not _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", database):
        make = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'")
        connection.execute(make.format(base, name))


def _exists(connection: psycopg.Connection, question: str, name: str) -> bool:
    return connection.execute(question, [name]).fetchone() is not None


def _initdb(place: Place, binaries: Binaries, folder: Path, sync: bool) -> None:
    # Without a locale the cluster falls to SQL_ASCII, where lower('NÚÑEZ') gives 'nÚÑez'.
    locale = (["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
              if binaries.major >= 17 else ["--locale=C.UTF-8"])
    key = place.home / "initdb.password"  # the account may read this one file, for this moment
    write_secret(key, place.secret("superuser", new=True))
    place.account.own(key, 0o600)
    made = place.account.run(binaries.folder / "initdb", "-D", folder, "-U", SUPERUSER,
                             "-E", "UTF8", *locale, "-A", "scram-sha-256", f"--pwfile={key}",
                             "--data-checksums", *([] if sync else ["--no-sync"]))
    key.unlink()
    if made.returncode:
        raise EmbeddedError(f"No se pudo crear la base en {place.home}: {made.stderr.strip()}")


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
