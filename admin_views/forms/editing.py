"""Records typed in a form: new, edited, deleted; versions are checked, and nothing typed is lost."""

from flask import g, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.datastructures import MultiDict
from wtforms import Form

import policies
from admin_views.acts import conflicts
from admin_views.acts.attempts import attempt, finished
from admin_views.door import tampering
from admin_views.forms import parking, rows
from admin_views.forms.fields import form_for
from models import db
from models.base.columns import Model
from policies.core.guard import MEANWHILE


class Editing:
    """The part of a PolicyView that writes what people type; door/ has identified them."""

    @expose("/nuevo/", methods=("GET", "POST"))
    def create_view(self) -> ResponseReturnValue:
        """The form for a new record."""
        if not self.creates_here:
            raise policies.Broken("Estos registros no se capturan aquí; nacen de otro trámite.")
        form = self.new_form()
        if self.is_valid(form):
            record = self.model()
            form.populate_obj(record)
            db.session.add(record)
            if answer := attempt(lambda: self.save_with_parts(form, record)):
                return answer
        return self.show(self.form_template, form=form, record=None), self.form_status(form)

    @expose("/<int:key>/editar/", methods=("GET", "POST"))
    def edit_view(self, key: int) -> ResponseReturnValue:
        """The form for an existing record; if somebody saved it meanwhile, the conflict page."""
        record = self.get_one(key)
        if why := policies.editable(g.actor, record):
            raise why
        given = request.form or parking.take()
        saved = self.edit_form(record, None)
        base = conflicts.carried(conflicts.words_of(self.model, saved))
        form = self.edit_form(record, conflicts.decided(given, saved)) if given else saved
        if given and given.get("version") != str(record.version):
            return self.conflict(form, record, given)
        if self.is_valid(form):
            form.populate_obj(record)
            try:
                if answer := attempt(lambda: self.save_with_parts(form, record)):
                    return answer
                record = self.get_one(key)
            except StaleDataError:
                db.session.rollback()
                return self.conflict(form, self.get_one(key), given)
        return self.show(self.form_template, form=form, record=record,
                         base=(given or {}).get("base", base)), self.form_status(form)

    def is_valid(self, form: Form) -> bool:
        """Whether a form was sent and is valid; fields that it should not carry are logged."""
        if request.method != "POST":
            return False
        right = form.validate()
        tampering.note(form)
        return right

    def conflict(self, form: Form, record: Model, given: MultiDict | None) -> ResponseReturnValue:
        """The conflict page: base, theirs and mine by field; nothing typed is lost, and sending again decides."""
        saved = self.edit_form(record, None)
        return self.show(self.form_template, form=form, record=record,
                         base=conflicts.carried(conflicts.words_of(self.model, saved)),
                         disputes=conflicts.disputes(self.model, form, saved,
                                                     conflicts.base_of(given))), 409

    @expose("/<int:key>/borrar/", methods=("POST",))
    def delete_view(self, key: int) -> ResponseReturnValue:
        """Delete a record."""
        record = self.get_one(key)

        def remove():
            if request.form.get("version") != str(record.version):
                raise policies.Stale(MEANWHILE)
            db.session.delete(record)
            return finished(url_for(f"{self.endpoint}.index_view"),
                            "El registro se borró; la bitácora lo conserva.")
        if answer := attempt(remove):
            return answer
        record = self.get_one(key)
        return self.show(self.record_template, record=record, **self.page_of(record)), 409

    def new_form(self) -> Form:
        """The empty form, or the one with what was typed."""
        return self.form_class()(request.form or parking.take())

    def edit_form(self, record: Model, given: MultiDict | None) -> Form:
        """The form with the record's values, or with what was typed."""
        return self.form_class()(given, obj=record)

    def form_class(self) -> type[Form]:
        """The form class of the columns that the rule lets people edit."""
        return form_for(self.model, policies.RULES[self.model].edits, self)

    def form_status(self, form: Form) -> int:
        """The HTTP status: 200 at first, 422 when a field is wrong, 409 when the record was refused."""
        if request.method != "POST":
            return 200
        return 422 if form.errors else 409

    def save_with_parts(self, form: Form, record: Model) -> ResponseReturnValue:
        """Save a record and its parts, in one transaction."""
        rows.write_parts(form, record)
        return self.save(record)

    def save(self, record: Model) -> ResponseReturnValue:
        """Save a record and answer with its page; a refusal by the database becomes its sentence."""
        db.session.flush()   # here, so that the key is known and a stale version is told apart
        return finished(url_for(f"{self.endpoint}.details_view", key=record.id), "Se guardó.")
