"""Lists imported from a file: who may import, in one transaction for the whole file, and how an import is undone."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from sqlalchemy import ARRAY, Integer, cast, func, insert, select, text
from sqlalchemy.orm import Session, object_session

from models import db
from models.base.columns import Named, title_of
from models.base.imports import ImportBatch, ImportRow
from models.queries.imports import cast_to_column, rows_as_table
from policies.core.guard import during
from policies.core.offices import ADMINISTRATOR, EVERYONE, STAFF
from policies.core.rules import RULES, Act, Actor, Broken, Denied, Rule, act, allows, declare, reads_personal

AT_ONCE = 5000          # rows a statement: an office's statements end at 15 seconds
PATIENCE = "300s"       # taking a batch back is one statement, however many its rows
NAMED = 3

declare(Rule(ImportBatch, view=EVERYONE), Rule(ImportRow, view=EVERYONE))


def closed(actor: Actor, model: type[Named]) -> Broken | Denied | None:
    """Why this office may not fill this table from a file, or None."""
    rule = RULES.get(model)
    if rule is None or not rule.imports:
        if model.__table__.schema == "commercial":
            return Broken(f"«{model.__title__.many}» pertenece al sistema comercial, que la consola solo "
                          "lee: aquí no se importa.")
        return Broken("Esta lista no se llena desde un archivo; sus registros nacen de otro trámite.")
    if not allows(actor, "create", model):
        return Denied("Su cargo no permite importar en esta lista.")
    personal = any(model.__table__.c[name].info.get("personal") for name in rule.edits)
    if personal and not reads_personal(actor, model):
        return Denied("La lista lleva datos personales; la importa quien puede leerlos.")
    return None


def chunks(rows: Iterable, most: int = AT_ONCE) -> Iterator[list]:
    """The rows in lists of at most `most`, so that neither the memory nor a statement grows with the file."""
    rows = iter(rows)
    while some := list(islice(rows, most)):
        yield some


def allow_long_statements(session: Session) -> None:
    """Let the statements of this transaction run, and wait for a lock, as long as a whole file takes (PATIENCE)."""
    for name in ("statement_timeout", "lock_timeout"):
        session.execute(select(func.set_config(name, PATIENCE, True)))


def importing(model: type[Named]) -> Act:
    """The act under which rows of one table are imported: while it runs, the session writes that table and no other."""
    return Act("importación", "Importar", model, {}, RULES[model].create, import_rows, bulk=(model,))


def import_rows(session: Session, actor: Actor, model: type[Named], names: Sequence[str], rows: Iterable[Sequence[str]],
          file_name: str, sha256: str) -> int:
    """Insert every row of a file with the office's own privileges, and the batch that names them; returns its key.

    `names` are the columns of `rows`, whose values are text as PostgreSQL reads it. The database fills the rest: keys,
    versions, the state in which a row is born. The caller commits. Raises Broken or Denied.
    """
    if why := closed(actor, model):
        raise why
    if not set(names) <= set(RULES[model].edits):
        raise Denied("El archivo trae columnas que nadie captura en esta lista.")
    keys = []
    with during(session, importing(model), None):
        for some in chunks(rows):
            source = rows_as_table(names, some)
            made = insert(model).from_select(names, select(
                *(cast_to_column(model, source, name) for name in names)).order_by(source.c.place))
            keys += session.scalars(made.returning(model.__table__.c.id)).all()
        if not keys:
            raise Broken("El archivo no trae ningún renglón que se pueda importar.")
        return session.scalar(select(func.console.keep_import(
            model.__tablename__, file_name, sha256, cast(keys, ARRAY(Integer)))))


def table_of(batch: ImportBatch) -> type[Named]:
    """The model of a batch's list."""
    (model,) = (mapper.class_ for mapper in db.Model.registry.mappers
                if mapper.class_.__tablename__ == batch.screen)
    return model


def undo_hindrance(batch: ImportBatch, actor: Actor) -> str | None:
    """Why the import cannot be undone now, with the first of the records that prevent it; None where it can."""
    if batch.undone_at is not None:
        return "Esta importación ya se deshizo."
    if why := closed(actor, table_of(batch)):
        return str(why)
    found = {}
    for key, tie in object_session(batch).execute(
            select(text("key"), text("tie")).select_from(func.console.import_ties(batch.id))):
        found.setdefault(tie, []).append(key)
    if not found:
        return None
    return (f"No se deshace, ni en parte: {'; '.join(tie_words(batch, *item) for item in found.items())}. "
            "Corrija o retire esos registros uno por uno.")


def tie_words(batch: ImportBatch, tie: str, keys: Sequence[int]) -> str:
    """One reason with its records: «ya se editó: Centro, Norte». `tie` is edited, gone, numbered or the name of a table
    that refers to them.
    """
    session, model = object_session(batch), table_of(batch)
    what = {"edited": "ya se editó", "gone": "ya se borró", "numbered": "ya tiene folio, que no se borra"}.get(
        tie, f"se usa en «{title_of(tie)}»")
    names = ", ".join(str(session.get(model, key) or key) for key in keys[:NAMED])
    more = f" y {len(keys) - NAMED:,} más" if len(keys) > NAMED else ""
    return f"{what}: {names}{more}"


@act("Deshacer importación", ImportBatch, {}, by=STAFF | ADMINISTRATOR, hinders=undo_hindrance, grave=True)
def undo_import(batch: ImportBatch, actor: Actor) -> None:
    """Delete every row that the file brought, or none; the trail and the batch remain."""
    session = object_session(batch)
    allow_long_statements(session)
    session.execute(select(func.console.undo_import(batch.id)))
    session.expire(batch)
