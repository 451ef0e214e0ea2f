"""What is done from a terminal: prepare the database, print what it must be, go on with jobs."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy import Connection, create_engine

from admin_views.core import schema, worker
from admin_views.door.passwords import first_administrator, first_auditor
from models.base.columns import today
from models.base.connections import address
from policies.core import matrix, terms


def register(app: Flask) -> None:
    """Add the commands of the console; those of an area are added with its screens."""
    for command in (prepare, grants, permissions, administrator, auditor, work):
        app.cli.add_command(command)
    if os.environ.get("FLASK_RUN_FROM_CLI"):    # Flask says so of the commands of a terminal
        schema.know_migrations(app)


@click.command("grants")
def grants() -> None:
    """Print the privileges and triggers that the policies imply."""
    click.echo(schema.generated(), nl=False)


@click.command("matrix")
def permissions() -> None:
    """Print docs/matrix.md, the permission matrix, from the rules and acts."""
    click.echo(matrix.page(), nl=False)


@click.command("prepare")
@with_appcontext
def prepare() -> None:
    """Bring the database to this version: roles, tables, functions, grants, passwords."""
    owner = create_engine(address(current_app.config), isolation_level="AUTOCOMMIT")
    schema.bring_up(owner, current_app.config["TIER_SECRETS"], Path(current_app.root_path) / "migrations")
    with owner.connect() as connection:
        for sentence in lacking(connection):
            click.echo(f"Atención: {sentence}")
    owner.dispose()


def lacking(connection: Connection) -> Iterator[str]:
    """A sentence for each rule or calendar that terms need from today on and that is not in force."""
    found = terms.covered(connection, today())
    yield from terms.gaps(found, today())
    yield from map(terms.incomplete, terms.years_missing(found, today()))


@click.command("first-administrator")
@click.argument("name")
@click.argument("email")
@with_appcontext
def administrator(name: str, email: str) -> None:
    """Register the first person of Informática y Sistemas, who gives everybody else their access."""
    say_access(first_administrator, name, email)


@click.command("first-auditor")
@click.argument("name")
@click.argument("email")
@with_appcontext
def auditor(name: str, email: str) -> None:
    """Register the first person of Contraloría, who confirms whom the administrator proposes."""
    say_access(first_auditor, name, email)


def say_access(make: Callable[[str, str, str], str], name: str, email: str) -> None:
    """Register somebody with `make` and print the password that they must change; a refusal ends the command."""
    try:
        password = make(address(current_app.config), name, email)
    except ValueError as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"Acceso de {name}: {email}, contraseña {password}. Con ella solo podrá cambiarla por otra.")


@click.command("work")
@click.option("--once", is_flag=True, help="Hasta que no haya nada pendiente, y termina.")
@with_appcontext
def work(once: bool) -> None:
    """Do what long work has left, one chunk after another."""
    step = worker.take_one if once else worker.turn     # at a terminal, a database that is away is said
    while True:
        if not step():
            if once:
                return
            time.sleep(worker.PAUSE)
