"""The parts of a record as a table in its form: typed, pasted from a spreadsheet, saved in one transaction."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from flask import g
from sqlalchemy import UniqueConstraint, inspect
from werkzeug.datastructures import MultiDict
from wtforms import Field, Form
from wtforms.fields.core import UnboundField
from wtforms.utils import unset_value

import policies
from admin_views.core.words import label_of, say
from admin_views.forms.inputs import WordField
from models import db
from models.base.columns import Model
from policies.core.guard import MEANWHILE

SPARE = 3           # blank rows for who has no JavaScript
MOST_ROWS = 100     # more than that is an import, not a form


@dataclass
class Row:
    """One row of the table: a saved part, or a new one."""

    number: int
    form: Form
    record: object = None
    version: str = ""
    typed: bool = False     # it came in what was sent
    gone: bool = False      # asked to be removed
    lost: bool = False      # somebody else removed it meanwhile

    def blank(self) -> bool:
        """Whether it is a spare row without anything typed."""
        return self.record is None and not self.lost and not any(
            (value or "").strip() for field in self.form for value in field.raw_data or ())

    def values(self) -> dict:
        """Column → value of the row."""
        return {field.short_name: field.data for field in self.form}


def rows_field(model: type[Model], part: str, names: Iterable[str],
               field_for: Callable[..., UnboundField]) -> UnboundField | None:
    """The table of a one-to-many relationship, or None where this office does not see its parts."""
    child = inspect(model).relationships[part].mapper.class_
    if not policies.allows(g.actor, "view", child):
        return None
    cells = {name: field_for(child, name) for name in names}
    return RowsField(label_of(model, part), model=child, cells=type("Cells", (Form,), cells))


class RowsField(Field):
    """A table of parts inside its whole's form; each error names its row and its column."""

    def __init__(self, *arguments, model, cells, **options):
        self.model, self.cells, self.rows, self.changed = model, cells, [], False
        super().__init__(*arguments, **options)
        self.may = {verb: policies.allows(g.actor, verb, model)
                    for verb in ("create", "edit", "delete")}

    # ---- reading: the saved rows, and what was typed over them

    def process(self, formdata: MultiDict | None, data: object = unset_value,
                extra_filters: Sequence | None = None) -> None:
        """Read the rows that were sent, or those of the record."""
        self.process_errors, self.raw_data = [], []
        records = [] if data in (unset_value, None) else list(data)
        places = self.places(formdata)
        self.changed = bool(places)
        if places:
            standing = {str(record.id): record for record in records}
            self.rows = [self.sent_row(formdata, place, number, standing)
                         for number, place in enumerate(places, start=1)]
        else:
            self.rows = [self.row(number, record) for number, record in enumerate(records, start=1)]

    def places(self, formdata: MultiDict | None) -> list[int]:
        """The numbers that the sent rows carry in their names, in order."""
        named = re.compile(rf"{re.escape(self.name)}-(\d{{1,6}})-")
        found = {int(match[1]) for name in formdata or () if (match := named.match(name))}
        return sorted(found)[:MOST_ROWS + 1]

    def row(self, number: int, record: Model | None = None, formdata: MultiDict | None = None,
            place: int | str | None = None) -> Row:
        """A row of the table over a record, what was sent, or both."""
        prefix = f"{self.name}-{number - 1 if place is None else place}-"
        form = self.cells(formdata, obj=record, prefix=prefix)
        version = "" if record is None else str(record.version)
        return Row(number, echoing(form, formdata), record, version, formdata is not None)

    def sent_row(self, formdata: MultiDict | None, place: int, number: int, standing: dict[str, Model]) -> Row:
        """The row that was sent under that number."""
        def word(name):
            return formdata.get(f"{self.name}-{place}-{name}", "")
        record = standing.get(word("key"))
        typed = formdata if record is None or self.may["edit"] else None
        row = self.row(number, record, typed, place)
        row.lost = bool(word("key")) and row.record is None
        row.version, row.gone = word("version") or row.version, bool(word("gone"))
        return row

    # ---- validating

    def validate(self, form: Form, extra_validators: Sequence = ()) -> bool:
        """Validate each row; an error names its row and its column."""
        self.faults = []    # (the cell that a link leads to, the sentence)
        kept = [row for row in self.rows if row.typed and not row.gone and not row.blank()]
        if len(self.rows) > MOST_ROWS:
            self.faults.append((self.id, f"Envíe {MOST_ROWS} renglones como máximo; reparta los demás."))
        for row in kept:
            if row.lost:
                self.faults.append((self.id, f"Renglón {row.number}: otra persona ya lo quitó; "
                                             "quítelo también."))
            row.form.validate()
        self.refuse_repeated(kept)
        for row in kept:
            for field in row.form:
                self.faults += [(field.id, f"Renglón {row.number}, {field.label.text}: {lower_first(error)}")
                                for error in field.errors]
        self.errors = [sentence for _, sentence in self.faults]
        return not self.errors

    def refuse_repeated(self, rows: Sequence[Row]) -> None:
        """Add an error where a value that must be unique within the record is repeated."""
        for constraint in self.model.__table__.constraints:
            names = [column.key for column in getattr(constraint, "columns", ())]
            own = [name for name in names if name in self.column_names()]
            if not isinstance(constraint, UniqueConstraint) or not own or len(own) < len(names) - 1:
                continue
            seen = set()
            for row in rows:
                values = tuple(row.values()[name] for name in own)
                if None not in values and values in seen:
                    row.form[own[0]].errors = [*row.form[own[0]].errors,
                                               "Está repetido en otro renglón; escriba uno distinto."]
                seen.add(values)

    def column_names(self) -> list[str]:
        """The names of the columns."""
        return [field.short_name for field in self.rows[0].form] if self.rows else []

    # ---- writing: with the whole, in its transaction

    def populate_obj(self, record: Model, name: str) -> None:
        """Do nothing: the parts are written once the record has its key."""

    def write(self, whole: Model) -> None:
        """Remove, change and add the parts; the guard and the database check each one."""
        column, _ = policies.RULES[self.model].part_of
        for row in self.rows:
            if row.record is not None and row.version != str(row.record.version):
                raise policies.Stale(MEANWHILE)
            if row.gone and row.record is not None:
                db.session.delete(row.record)
            elif row.record is not None:
                row.form.populate_obj(row.record)
            elif not row.gone and not row.blank():
                part = self.model(**{column: whole.id})
                row.form.populate_obj(part)
                db.session.add(part)
        db.session.flush()
        db.session.expire(whole, [self.name])

    # ---- drawing

    @property
    def data(self) -> list[str]:
        """What the table says, row by row, in words."""
        return [row_words(self.model, row) for row in self.rows if not row.gone and not row.blank()]

    @data.setter
    def data(self, value: object) -> None:
        """What stands is read from the rows."""

    def table(self) -> list[Row]:
        """The rows to draw, with blank ones after them."""
        spare = SPARE if self.may["create"] and not any(row.blank() for row in self.rows) else 0
        last = max((int(row.form._prefix.split("-")[-2]) for row in self.rows), default=-1)
        return [*self.rows, *(self.row(len(self.rows) + 1 + turn, place=last + 1 + turn)
                              for turn in range(spare))]

    def template(self) -> Row:
        """The row that the script copies, with a placeholder for its number."""
        return self.row(0, place="__place__")

    def columns(self) -> list[str]:
        """The labels of the columns."""
        return [field.label.text for field in self.template().form]


def write_parts(form: Form, whole: Model) -> None:
    """Write the parts in a form's tables, after their record."""
    tables = [field for field in form if isinstance(field, RowsField) and field.changed]
    if tables:
        db.session.flush()
    for table in tables:
        table.write(whole)


def echoing(form: Form, formdata: MultiDict | None) -> Form:
    """The form of a row in which a word that is in no list stays in its cell, to be corrected there."""
    for field in form:
        if isinstance(field, WordField) and not field.echoes:
            field.echoes = True
            field.process(formdata, field.object_data)
    return form


def row_words(model: type[Model], row: Row) -> str:
    """A row in words."""
    values = row.values()
    if None in values.values():
        return ", ".join(say(value) for value in values.values())
    return str(model(**values))


def lower_first(sentence: str) -> str:
    """A sentence in lower case, to follow its place: «Renglón 3, Cargo: elija una opción de la lista.»"""
    return sentence[:1].lower() + sentence[1:]
