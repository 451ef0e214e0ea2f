"""Choosing a related record: the rows that a picker offers as one types, and what a form accepts.

Short tables are sent whole, as a list. Of the others the page sends nothing: the browser asks
`/<screen>/elegir/<column>/?q=`, and without JavaScript a person types the name.
"""

from collections.abc import Sequence

from flask import Response, abort, jsonify, request, url_for
from flask_admin import expose
from markupsafe import Markup
from sqlalchemy import ColumnElement, Select, Text, cast, func, inspect, or_, select
from werkzeug.datastructures import MultiDict
from wtforms import StringField
from wtforms.fields.core import UnboundField
from wtforms.widgets import TextInput, html_params

import policies
from admin_views.core.screens import screen_of
from admin_views.core.words import column_of, links_of
from admin_views.forms.inputs import MOST_CHOICES, NOT_LISTED, ChoiceField, tidy
from admin_views.lists import lists
from models import db
from models.base.columns import Named
from models.queries.finding import has_words
from policies.core.typed_words import unaccented

TYPE_IT = "Escriba el nombre completo; no importan acentos ni mayúsculas."
MOST_FOUND = 20       # rows that a picker shows at a time


class Picking:
    """The part of a PolicyView that offers its rows to forms, and its relations' rows to pickers."""

    picked_by = ()    # the columns whose words find a row; empty: those the list searches

    @expose("/elegir/<relation>/")
    def pick_view(self, relation: str) -> Response:
        """[{value, text}] of at most 20 rows that this office may choose and that match the typed words."""
        view = self if relation == key_of(self.model).key else (
            screen_of(target_of(self.model, relation)) or abort(404))
        return jsonify([{"value": str(row.id), "text": view.picker_label(row)}
                        for row in view.pick(lists.asked_search(request.args))])

    def pickable(self) -> Select:
        """The rows of this screen that this office may choose."""
        if not self.may("view"):
            raise policies.Denied("Su cargo no consulta esos registros.")
        return self.scope(select(self.model)).options(
            *lists.personal_loading(self.reads_personal()))

    def pick(self, words: str) -> Sequence[Named]:
        """The rows that match the words."""
        found = self.picker_matches(self.pickable(), words) if words else None
        return [] if found is None else db.session.scalars(found.limit(MOST_FOUND)).all()

    def picker_label(self, record: Named) -> str:
        """The name of a row in a picker."""
        return str(record)

    def words_to_pick(self) -> list[ColumnElement]:
        """The columns by which this office may find a row."""
        known = inspect(self.model).columns
        names = self.picked_by or self.search_in or [name for name in ("name",) if name in known]
        return [cast(column_of(self.model, name), Text) for name in self.readable(names)]

    def picker_matches(self, query: Select, words: str) -> Select | None:
        """The rows with a word that begins with each typed word; None where the words hold nothing to search."""
        columns = self.words_to_pick()
        if not columns or not unaccented(words):
            return None
        return query.where(func.length(func.console.prefixes(words)) > 0, has_words(
            columns, words)).order_by(columns[0], key_of(self.model))

    def with_name(self, query: Select, words: str) -> Select | None:
        """The rows with exactly that name; accents and case do not matter."""
        columns = self.words_to_pick()
        whole = [func.concat_ws(" ", *columns)] if len(columns) > 1 else []
        same = [func.console.normalise(column) == func.console.normalise(words)
                for column in (*columns, *whole)]
        return query.where(or_(*same)) if same else None

    def row(self, key: int | None) -> Named | None:
        """The row with that key, if this office may choose it."""
        if key is None or not 0 < key < 2**31:
            return None
        return db.session.scalar(self.pickable().where(key_of(self.model) == key))


def key_of(model: type[Named]) -> ColumnElement:
    """The primary key column of a model."""
    return inspect(model).primary_key[0]


def target_of(model: type[Named], name: str) -> type[Named]:
    """The model that a column refers to; 404 for a column without a foreign key."""
    relation = links_of(model).get(name) or abort(404)
    return relation.mapper.class_


def relation_field(model: type[Named], name: str, label: str, checks: Sequence, options: dict) -> UnboundField:
    """The field of a foreign key."""
    return record_field(target_of(model, name), label, checks, options)


def record_field(target: type[Named], label: str, checks: Sequence, options: dict) -> UnboundField:
    """A list of the rows, if they are few; otherwise a box that searches them."""
    view = screen_of(target) or abort(404)   # rows are chosen through its scope
    if not view.may("view"):
        return ChoiceField(label, checks, choices=[("", "Su cargo no consulta estos registros")],
                           coerce=whole, **options)
    rows = db.session.scalars(view.pickable().limit(MOST_CHOICES + 1)).all()
    if len(rows) > MOST_CHOICES:
        return PickedField(label, checks, view=view, **options)
    return ListedField(label, checks, coerce=whole, choices=[("", "Elija…"), *sorted(
        ((str(row.id), view.picker_label(row)) for row in rows),
        key=lambda choice: unaccented(choice[1]))], **options)


def whole(value: str | None) -> int | None:
    """A key as forms send it; None for the empty choice."""
    return int(value) if value else None


class ListedField(ChoiceField):
    """One of a few rows, in a list that the browser may narrow as one types."""

    def __call__(self, **terms):
        return super().__call__(**terms, data_picker="")


class NameAndKey(TextInput):
    """The name that a person types and, beside it, the key of the row that was last chosen."""

    def __call__(self, field, **terms):
        address = url_for(f"{field.view.endpoint}.pick_view", relation=key_of(field.view.model).key)
        key = html_params(type="hidden", name=f"{field.name}-key", value=field.key(),
                          data_key_of=field.id)
        return super().__call__(field, data_picker=address, **terms) + Markup(f"<input {key}>")


class PickedField(StringField):
    """One of many rows, by the key that a picker chose or the name that a person typed.

    The two come under two names, so that «10000001» typed is an account's number and never a key.
    A key counts only where no name was typed, or the name is still the chosen row's.
    """

    widget = NameAndKey()

    def __init__(self, *arguments, view, **options):
        self.view, self.typed, self.sent_key = view, "", ""
        super().__init__(*arguments, **options)
        self.description = f"{self.description} {TYPE_IT}".strip()

    def process(self, formdata: MultiDict | None, *arguments: object, **options: object) -> None:
        """Take the key that was sent beside the name."""
        if formdata is not None:
            self.sent_key = (formdata.get(f"{self.name}-key") or "").strip()
        super().process(formdata, *arguments, **options)

    def process_data(self, value: int | None) -> None:
        """Show the name of the record's own row."""
        row = self.view.row(value)
        self.data, self.typed = value, self.view.picker_label(row) if row else ""

    def process_formdata(self, values: Sequence[str]) -> None:
        """Find the row by its key or by its name."""
        self.data, self.typed = None, tidy(values[0]) or "" if values else ""
        row = self.row_of_key()
        self.raw_data = [self.typed or ("" if values else self.sent_key)]   # for «obligatorio»
        if row is None and self.typed:
            row = self.row_of_name()
        if row is None and self.raw_data[0]:
            raise ValueError(NOT_LISTED)
        if row is not None:
            self.data, self.typed = row.id, self.view.picker_label(row)

    def row_of_key(self) -> Named | None:
        """The row of the chosen key, unless another name was typed after it was chosen."""
        digits = self.sent_key.isascii() and self.sent_key.isdigit() and len(self.sent_key) < 11
        row = self.view.row(int(self.sent_key)) if digits else None
        same = row and unaccented(self.typed) in ("", unaccented(self.view.picker_label(row)))
        return row if same and (self.typed or not self.raw_data) else None

    def row_of_name(self) -> Named:
        """The one row with that name."""
        query = self.view.with_name(self.view.pickable(), self.typed)
        found = [] if query is None else db.session.scalars(query.limit(2)).all()
        if len(found) == 1:
            return found[0]
        raise ValueError("Más de un registro se llama así; escriba un dato que lo distinga o pida "
                         "a Informática que los distinga."
                         if found else "Nadie ni nada se llama así; revise el nombre.")

    def key(self) -> str:
        """The chosen key as text."""
        return "" if self.data is None else str(self.data)

    def _value(self):
        return self.typed
