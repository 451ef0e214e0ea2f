"""Commands over procedure files: check them, and write one out of the database."""

import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from models.base.connections import address
from models.procedures import RULING, Procedure, ProcedureVersion
from models.queries import procedures as find
from policies.corrections.cases import definition_of
from policies.procedures.examples import check_files
from policies.procedures.writing import as_text

procedures = AppGroup("procedures", help="Procedimientos como archivos.")


@procedures.command("check")
@click.argument("files", nargs=-1, required=True, type=click.Path())
def check(files: tuple[str, ...]) -> None:
    """Read procedures, lint them and run every worked example."""
    lines, right = check_files(files)
    click.echo("\n".join(lines))
    sys.exit(0 if right else 1)


@procedures.command("export")
@click.argument("code")
@click.option("--version", "number", help="Su número; sin él, la última autorizada.")
@click.option("-o", "--output", type=click.Path(), help="El archivo en que se escribe; sin él, se imprime.")
@with_appcontext
def export(code: str, number: str | None, output: str | None) -> None:
    """Write one version of a procedure as YAML, the same text that its page downloads."""
    owner = create_engine(address(current_app.config))
    try:
        with Session(owner) as session:
            text = as_text(definition_of(version_by_number(session, code, number)))
        if output:
            Path(output).write_text(text, encoding="utf-8")
        else:
            click.echo(text, nl=False)
    except LookupError as fault:
        raise click.ClickException(str(fault)) from fault
    except OSError as fault:
        raise click.ClickException(f"No se puede escribir en «{output}»; revise la ruta y sus permisos.") from fault
    finally:
        owner.dispose()


def version_by_number(session: Session, code: str, number: str | None) -> ProcedureVersion:
    """The version of that number as typed, or the last one authorised; raises LookupError with the numbers that
    exist."""
    procedure = session.scalar(find.procedure_of_code(code))
    if procedure is None:
        codes = ", ".join(session.scalars(select(Procedure.code).order_by(Procedure.code)))
        raise LookupError(f"No existe el procedimiento «{code}»; use uno de: {codes}.")
    versions = session.scalars(find.versions(procedure.id)).all()
    for version in versions:
        if str(version.number) == number or number is None and version.state in RULING:
            return version
    numbers = ", ".join(str(version.number) for version in reversed(versions))
    asked = f"la versión {number}" if number else "una versión autorizada"
    raise LookupError(f"«{code}» no tiene {asked}; elija con --version una de: {numbers}.")
