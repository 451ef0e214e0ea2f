"""A record's story: everything that happened to it and its parts, as far as its readers may know it."""

from collections.abc import Iterable, Sequence, Set
from functools import cache

from flask import g
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_admin.contrib.sqla import ModelView
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Row,
    Select,
    Text,
    bindparam,
    cast,
    column,
    func,
    inspect,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.orm.util import identity_key

import policies
from admin_views.core.words import signed_as
from admin_views.records.codes import read_ahead
from admin_views.records.history import KEYS, models_by_table, words_of
from models import db
from models.base.columns import Named
from models.base.people import Person
from models.base.records import AboutAnyRecord, FormerTable, PartOfAnyRecord
from models.base.signing import Signature
from policies.core.beside import of_page
from policies.core.grants import GROWING
from policies.core.parts import parts_of, references, refers

COLUMNS = [column(name) for name in (
    "seq", "at", "txid", "actor_id", "role", "act", "program", "table_name", "row_id", "operation",
    "old", "new", "held_back", "seal")]
# What the step itself says, or what only tables need: places in an order, who it was, links back.
IDLE = KEYS | {"position", "place_id", "signer_id", "added_by_id", "content_hash", "search_name"}
OF_ANY = {"subject", "subject_id", "revision", "moved_from"}      # what names the record, which is the one told of
LATEST, WHOLE = 80, 1000     # entries read: for the last steps of a record page, for the whole story
STEPS, DETAILS, LONGEST = 8, 2, 70
KEY, MOST = bindparam("key", type_=BigInteger), bindparam("most", type_=Integer)
RECORD = bindparam("record", type_=Text)       # the record as its parts name it: «<table> 7»
STATE, UNTOLD, LINE = "Estado", "renglones", "Renglón"     # said of a list too long to say, and of its lines


class Storied:
    """The part of a PolicyView that shows what happened to a record."""

    def has_story(self) -> bool:
        """Whether the trail records this table's rows, for an office that sees who did what; a log has no story."""
        return (self.model.__table__.schema != "audit" and self.model not in GROWING
                and policies.allows(g.actor, "view", Person))

    def latest(self, record: Named) -> list[dict]:
        """The last steps, newest first."""
        return steps(self, record, LATEST)[:STEPS] if self.has_story() else []

    @expose("/<int:key>/historia/")
    def history_view(self, key: int) -> ResponseReturnValue:
        """The page with the whole story of a record."""
        record = self.get_one(key)
        told = steps(self, record, WHOLE) if self.has_story() else []
        entries = sum(len(step["parts"]) for step in told)
        return self.show("trail.html", record=record, title=str(record), steps=told,
                         cut=entries == WHOLE)


def steps(view: ModelView, record: Named, most: int) -> list[dict]:
    """One step per transaction, newest first: who, when, which act, and each change in words."""
    told, entries = {}, entries_of(record, [one.model for one in of_page(view.model) if one.told], most)
    g.named = records_named(entries)      # kept alive while the words are made, so that each is found by its key
    for entry in entries:
        told.setdefault(entry.txid, []).append(entry)
    return [step_of(list(reversed(entries)), view.model) for entries in told.values()]


def records_named(entries: Sequence[Row]) -> list[Named]:
    """The rows that the entries name, those of each table in one statement."""
    read_ahead({(models_by_table()[entry.table_name].__tablename__, name)
                for entry in entries for row in (entry.old, entry.new) for name in row or ()})
    keys = {}
    for entry in entries:
        model = models_by_table()[entry.table_name]
        if model is Signature and entry.table_name == model.__table__.fullname or model.has_own_name():
            keys.setdefault(model, set()).add(int(entry.row_id))
        for link in model.__table__.foreign_keys:
            values = {(row or {}).get(link.parent.name) for row in (entry.old, entry.new)} - {None}
            keys.setdefault(models_by_table()[link.column.table.fullname], set()).update(values)
    return [row for model, wanted in keys.items() if policies.allows(g.actor, "view", model)
            for row in missing_of(model, wanted)]


def missing_of(model: type[Named], keys: set[int]) -> list[Named]:
    """The rows with those keys that the session does not hold yet."""
    known = [db.session.identity_map.get(identity_key(model, key)) for key in keys]
    absent = keys - {row.id for row in known if row is not None}
    found = db.session.scalars(select(model).where(model.id.in_(absent))).unique().all() if absent else []
    return [*filter(None, known), *found]


def step_of(entries: Sequence[Row], model: type[Named]) -> dict:
    """The entries of one transaction, oldest first, as one step in the story of a record of that model."""
    own = model.__table__.fullname
    parts = [words_of(entry, columns_without_news(entry, model)) | {
        "id": entry.seq, "own": entry.table_name == own, "held_back": entry.held_back}
        for entry in entries]
    for words, entry in zip(parts, entries, strict=True):
        if not words["own"]:
            words["what"] = part_title(entry, words["what"])
    acted = next((part for part, entry in zip(parts, entries, strict=True) if entry.act), None)
    first = acted or next((part for part in parts if part["own"]), parts[0])
    title = first["act"] if acted or first["own"] else first["what"]
    return first | {"title": title, "parts": parts, "brief": change_lines(parts), "seal": entries[-1].seal,
                    "office": capacity_of(entries) or first["office"]}


def capacity_of(entries: Sequence[Row]) -> str:
    """The office of a step that was a signature, with «por ausencia de …» or «encargado de despacho»."""
    signed = next((entry for entry in entries if models_by_table()[entry.table_name] is Signature), None)
    row = signature_of(signed) if signed else None
    return signed_as(row) if row is not None else ""


def signature_of(entry: Row) -> Signature | None:
    """The signature that an entry tells of, also where another table held it then."""
    if entry.table_name == Signature.__table__.fullname:
        return db.session.get(Signature, int(entry.row_id))
    return db.session.scalar(select(Signature).where(Signature.moved_from == f"{entry.table_name} {entry.row_id}"))


def part_title(entry: Row, words: str) -> str:
    """«Corrección UAS-COR-2026-000005: cambio», where the row has a name of its own."""
    model = models_by_table()[entry.table_name]
    row = db.session.get(model, int(entry.row_id)) if model.has_own_name() else None
    subject, _, done = words.partition(": ")
    return f"{subject} {row}: {done}" if row is not None else words


def columns_without_news(entry: Row, whole: type[Named]) -> Set[str]:
    """The columns of an entry that tell a reader of the story of a `whole` nothing."""
    model = models_by_table()[entry.table_name]
    back = references(model, whole) if model is not whole else ()
    if issubclass(model, AboutAnyRecord):
        back = {*back, *model.named_by}
    if issubclass(model, PartOfAnyRecord):
        back = OF_ANY | {name for former in whole.former_tables for name in (former.whole, *former.others)}
    return IDLE | {*back} | {c.name for c in model.__table__.columns if c.computed is not None}


def change_lines(parts: Sequence[dict]) -> list[str]:
    """A few of the changes, each in one line; the rest is on another page."""
    changed = [change for part in parts if part["own"] and part["operation"] == "U"
               for change in part["changes"] if not change[2].endswith(UNTOLD)]
    changed.sort(key=lambda change: change[1] == "—")      # what moved before what is new
    told = [f"{label}: {before} → {after}" for label, before, after in changed]
    told = [line for line in told if len(line) <= LONGEST]
    return (told or parts_lines(parts))[:DETAILS]


def parts_lines(parts: Sequence[dict]) -> list[str]:
    """What a step did to the parts of the record: moved, created or changed."""
    told = {}
    for part in parts:
        subject, _, done = part["what"].rpartition(": ")
        moved = next((f"{before} → {after}" for label, before, after in part["changes"]
                      if label == STATE and part["operation"] == "U"), None)
        if not part["own"] and not subject.startswith(LINE):
            told[subject] = moved or told.get(subject, done)
    return [f"{subject}: {done}" for subject, done in told.items()]


def entries_of(record: Named, others: Iterable[type[Named]], most: int) -> Sequence[Row]:
    """The entries of a record and its parts, newest first, as far as this office may read them.

    PostgreSQL decides that (audit.story), for any program.
    """
    model, key = type(record), inspect(record).identity[0]
    hanging = parts_of(model) | {other: refers(other, model) for other in others}
    parts = tuple((part, name) for part, name in hanging.items()
                  if part in policies.RULES and policies.allows(g.actor, "view", part))
    return db.session.execute(story_statement(model, parts), {
        "key": key, "record": f"{model.__tablename__} {key}", "most": most}).all()


@cache
def story_statement(model: type[Named], parts: tuple[tuple[type[Named], str], ...]) -> Select:
    """The statement for a kind of record and its parts, built once."""
    asked = [story(model.__table__.fullname, array([cast(KEY, Text)]), None, KEY)]
    asked += [story(part.__table__.fullname, keys_of(part.id, part, name, model), name,
                    RECORD if name == "record" else KEY) for part, name in parts]
    asked += [story(former.name, former_keys(former, model), former.whole, KEY)
              for former in getattr(model, "former_tables", ()) if (former.model, "record") in parts]
    every = union_all(*asked).subquery()
    # Who did each comes with it: held as long as the entries, and asked by its key.
    return (select(every, Person).outerjoin(Person, Person.id == every.c.actor_id)
            .order_by(every.c.seq.desc()).limit(MOST))


def keys_of(column: ColumnElement, part: type[Named], name: str, model: type[Named]) -> Select:
    """SELECT of the keys, in `column`, of the parts of a record of that model."""
    query = select(func.array_agg(cast(column, Text)))
    if issubclass(part, AboutAnyRecord) and name in ("record", part.named_by[1]):     # by the columns of its index
        return query.where(part.of(model, KEY))
    return query.where(getattr(part, name) == KEY)


def former_keys(former: FormerTable, model: type[Named]) -> Select:
    """SELECT of the keys that the parts of a record had in the table that held them before."""
    moved = former.model.moved_from
    return keys_of(func.split_part(moved, " ", 2), former.model, "record", model).where(
        moved.startswith(f"{former.name} "))


def story(table: str, keys: Select | ColumnElement, name: str | None, whole: str | None) -> Select:
    """SELECT from audit.story() for one table."""
    keys = keys.scalar_subquery() if isinstance(keys, Select) else keys
    rows = func.audit.story(table, cast(keys, ARRAY(Text)), name, cast(whole, Text), MOST).table_valued(*COLUMNS)
    return select(*rows.c)
