"""The seals of the trail: made by a command, checked by another and by a page, and said when late."""

import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from admin_views.core.words import age_said
from admin_views.forms import uploads
from admin_views.trail import seal_heads
from models import db
from models.queries.checks import waiting_for_seal

LATE = timedelta(minutes=10)   # the sealer works every minute; what waits longer is a fault to mend
CUT = "sello que no es el que se guardó fuera de la base"
audit = AppGroup("audit", help="La bitácora: sellar y verificar.")


@dataclass(frozen=True)
class Check:
    """What a verification found: (problem, entry, seal) of each fault, and what it looked at."""

    faults: list
    entries: int
    seals: int
    empty: int          # numbers that no entry holds
    kept: seal_heads.Head | None    # the last seal of the file outside the database
    late: tuple         # sentences: entries that wait too long for their seal


def heads_file() -> Path:
    """The file of seals outside the database."""
    return Path(current_app.config["SEAL_HEADS"])


def check(connection: Connection | Session, since: seal_heads.Head | None = None) -> Check:
    """Every entry and seal, and the seals that were kept elsewhere: in the file, and the one given."""
    faults = [tuple(row) for row in connection.execute(text("SELECT * FROM audit.verify()"))]
    kept = seal_heads.last_kept(heads_file())
    faults += [(CUT, None, head.number) for head in (kept, since)
               if head and not seal_heads.stands(connection, head)]
    entries, seals, empty = connection.execute(text(
        "SELECT (SELECT count(*) FROM audit.log), (SELECT max(number) FROM audit.seal), audit.empty_numbers()")).one()
    return Check(faults, entries, seals, empty, kept, late(connection))


def late(connection: Connection | Session) -> tuple:
    """A sentence for each open transaction that holds entries back, or one when the sealer stands still."""
    return tuple(sentence(*row) for row in connection.execute(waiting_for_seal())
                 if datetime.now(UTC) - row.since > LATE)


def sentence(since: datetime, pid: int | None, login: str | None, program: str | None) -> str:
    """Since when entries wait for their seal, and what to do about what holds them."""
    waits = f"Hay asientos sin sellar desde hace {age_said(datetime.now(UTC) - since)}"
    if login is None:
        return f"{waits}: el sellador no trabaja; arránquelo con «flask --app app audit seal --every 60»."
    holder = f"el proceso {pid} de PostgreSQL" if pid else "una transacción"
    return f"{waits}: {holder} ({program or 'sin nombre'}, {login}) no termina; ciérrela o cancélela."


@audit.command("seal")
@click.option("--every", type=int, default=0, help="Segundos entre sellos; 0: una vez.")
def seal(every: int) -> None:
    """Seal what has been written since the last seal, and sweep files that no row names."""
    while True:
        with db.engines["sealer"].begin() as connection:
            number, rows = connection.execute(
                text("SELECT number, rows FROM audit.seal_now()")).one()
            known = set(connection.scalars(text("SELECT sha256 FROM console.documents")))
        swept = uploads.sweep(current_app.config["FILES"], known)
        click.echo(f"Sello {number}: {rows} asientos; {swept} archivos sin registro retirados.")
        for warning in keep_outside():
            click.echo(warning, err=True)
        if not every:
            return
        time.sleep(every)


def keep_outside() -> Iterator[str]:
    """Keep the new seals outside the database; the sentences of what did not go well."""
    with db.engines["sealer"].connect() as connection:
        try:
            if not seal_heads.keep(connection, heads_file()):
                yield f"La base ya no tiene el último sello de {heads_file()}: verifique la bitácora."
        except OSError as error:
            yield f"No se pudo escribir {heads_file()} ({error.strerror}); haga lugar o dé permiso."
        yield from late(connection)


def seal_of(context: click.Context, option: click.Parameter, value: str | None) -> seal_heads.Head | None:
    """«NUMBER:HASH», as a line of the file says it."""
    if value is None:
        return None
    if not re.fullmatch(r"\d+:[0-9a-f]{64}", value):
        raise click.BadParameter("escriba NÚMERO:HUELLA, la huella con 64 cifras hexadecimales en minúscula")
    number, digest = value.split(":")
    return seal_heads.Head(int(number), digest, "")


@audit.command("verify")
@click.option("--since", callback=seal_of, metavar="NÚMERO:HUELLA",
              help="Un sello guardado en otro lugar, que la base debe tener todavía.")
def verify(since: seal_heads.Head | None) -> None:
    """Check every row's hash and the chain of seals; exit 1 when something does not agree."""
    with db.engines["sealer"].connect() as connection:
        found = check(connection, since)
    for problem, entry, number in found.faults:
        click.echo(f"{problem}: asiento {entry or '—'}, sello {number if number is not None else '—'}")
    for warning in found.late:
        click.echo(warning)
    click.echo(f"último sello guardado fuera: {f'{found.kept.number} del {found.kept.at}' if found.kept else 'ninguno'}"
               f" ({heads_file()})")
    click.echo(f"números sin asiento: {found.empty} (los dejan las transacciones deshechas)")
    click.echo(f"asientos {found.entries}, sellos {found.seals}, fallas {len(found.faults)}")
    sys.exit(1 if found.faults else 0)
