"""The one door to records. Every screen inherits it; every answer comes from policies/."""

from flask import abort, flash, g, redirect, render_template, request, session, url_for
from flask_admin import expose
from flask_admin.contrib.sqla import ModelView
from flask_admin.form import BaseForm
from sqlalchemy import inspect
from sqlalchemy.orm.exc import StaleDataError

import policies
from admin_views import acting, lists, parking
from admin_views.attempts import attempt
from admin_views.fields import form_for
from admin_views.gate import record_read
from admin_views.outputs import sheets
from admin_views.words import column_of, is_numeric, is_personal, label_of, say
from models import db
from policies.guard import MEANWHILE

VERBS = {"index_view": "view", "details_view": "view", "create_view": "create",
         "edit_view": "edit", "delete_view": "delete", "act_view": "view", "export_view": "export"}
BIGGEST_KEY = 2**31


class PolicyView(ModelView):
    """A screen is a list of facts: which columns in the list, how the record page is grouped."""

    list_template, record_template, form_template = "list.html", "record.html", "form.html"
    page_size = 25
    simple_list_pager = True
    column_list, filters_by, search_in = (), (), ()
    facts = ()              # ((title, (column, …)), …) of the record page; empty: all columns
    plural = ""             # what the list is called, where the menu says something shorter
    endings = "o"           # the record's grammatical gender, for «Nuevo»/«Nueva»

    # What stock Flask-Admin would serve besides: gone, not hidden.
    action_view = ajax_update = ajax_lookup = export = None

    def __init__(self, model, **options):
        self.column_labels = {name: label_of(model, name) for name in self.column_list}
        super().__init__(model, db, **options)

    # ---- permission: asked on every request, never kept on the view, which threads share

    def may(self, verb):
        actor = g.get("actor")
        return actor is not None and policies.allows(actor, verb, self.model)

    def is_accessible(self):
        return self.may("view")

    def _handle_view(self, name, **arguments):
        """An endpoint that is not in VERBS is shut; a refusal is a 403, never a redirect."""
        if name not in VERBS or not self.may(VERBS[name]):
            raise policies.Denied("Su cargo no permite abrir esta pantalla.")

    def _run_view(self, endpoint, *arguments, **named):
        """Stock code would run a view that raised TypeError a second time, hiding the error."""
        return endpoint(self, *arguments, **named)

    # ---- rows: one scope, and everything reads through it

    def scope(self, query):
        """The rows that this office may see; the only place for row rules."""
        return query

    def loading(self):
        """How to load a list's rows: its relationships at once, personal data only if allowed."""
        return [*lists.related(self.model, self.column_list),
                *lists.personal_loading(self.reads_personal())]

    def reads_personal(self):
        return policies.reads_personal(g.actor, self.model)

    def get_one(self, key):
        """The record with that key, within the scope; 404 for whatever is not one."""
        if not -BIGGEST_KEY < key < BIGGEST_KEY:
            abort(404)
        query = self.scope(db.select(self.model)).options(
            *lists.personal_loading(self.reads_personal()))
        primary = inspect(self.model).primary_key[0]
        return db.session.scalar(query.where(primary == key)) or abort(404)

    def search(self, query, words):
        return lists.by_prefix(query, self.model, self.readable(self.search_in), words)

    def readable(self, names):
        """Those of the columns that this office may read."""
        return [name for name in names
                if self.reads_personal() or not is_personal(self.model, name)]

    def sortable(self):
        known = inspect(self.model).columns
        return [name for name in self.readable(self.column_list) if name in known]

    # ---- screens

    @expose("/")
    def index_view(self):
        page = lists.page_of(self, db.session)
        for sentence in page.lost:
            flash(sentence, "warning")
        return self.show(self.list_template, page=page, columns=self.readable(self.column_list))

    @expose("/<int:key>/")
    def details_view(self, key):
        record = self.get_one(key)
        if self.reads_personal() and any(c.info.get("personal") for c in
                                         inspect(self.model).columns):
            record_read(record)
        return self.show(self.record_template, record=record, **self.page_of(record))

    def page_of(self, record):
        """What the record page shows besides the record."""
        return {"groups": self.groups(), "acts": acting.offered(record),
                "may_edit": self.may("edit") and policies.editable(g.actor, record) is None}

    def groups(self):
        plain = [c.key for c in inspect(self.model).columns
                 if not c.primary_key and c.key != "version"]
        return [(title, self.readable(names)) for title, names in self.facts or (("", plain),)]

    @expose("/nuevo/", methods=("GET", "POST"))
    def create_view(self):
        form = self.new_form()
        if request.method == "POST" and form.validate():
            record = self.model()
            form.populate_obj(record)
            db.session.add(record)
            if answer := attempt(lambda: self.saved(record)):
                return answer
        return self.show(self.form_template, form=form, record=None), self.form_status(form)

    @expose("/<int:key>/editar/", methods=("GET", "POST"))
    def edit_view(self, key):
        record = self.get_one(key)
        if why := policies.editable(g.actor, record):
            raise why
        given = request.form or parking.take()
        form = self.edit_form(record, given)
        if given and given.get("version") != str(record.version):
            return self.conflict(form, record)
        if request.method == "POST" and form.validate():
            form.populate_obj(record)
            try:
                if answer := attempt(lambda: self.saved(record)):
                    return answer
            except StaleDataError:
                db.session.rollback()
                return self.conflict(form, self.get_one(key))
        return self.show(self.form_template, form=form, record=record), self.form_status(form)

    def conflict(self, form, record):
        """Both versions side by side, every typed word kept; sending again is then a decision."""
        differences = [(field.label.text, say(getattr(record, field.name),
                                              column_of(self.model, field.name)), typed(field))
                       for field in form if typed(field) != typed_of(record, field)]
        return self.show(self.form_template, form=form, record=record,
                         differences=differences), 409

    @expose("/<int:key>/borrar/", methods=("POST",))
    def delete_view(self, key):
        record = self.get_one(key)

        def remove():
            if request.form.get("version") != str(record.version):
                raise policies.Stale(MEANWHILE)
            db.session.delete(record)
            db.session.commit()
            flash("El registro se borró; la bitácora lo conserva.", "success")
            return redirect(url_for(f"{self.endpoint}.index_view"))
        return attempt(remove) or redirect(url_for(f"{self.endpoint}.details_view", key=key))

    @expose("/<int:key>/acto/<step_name>/", methods=("GET", "POST"))
    def act_view(self, key, step_name):
        return acting.run(self, self.get_one(key), step_name)

    @expose("/exportar/<kind>/")
    def export_view(self, kind):
        return sheets.export(self, kind)

    # ---- saving and drawing

    def new_form(self):
        names = policies.RULES[self.model].edits
        return form_for(self.model, names)(request.form or parking.take())

    def edit_form(self, record, given):
        names = policies.RULES[self.model].edits
        return form_for(self.model, names)(given, obj=record)

    def form_status(self, form):
        """200 to begin with, 422 when a field is wrong, 409 when the record was refused."""
        if request.method != "POST":
            return 200
        return 422 if form.errors else 409

    def saved(self, record):
        """The door commits, once; a refusal by the database becomes its sentence."""
        db.session.flush()
        key = record.id   # read before the commit: some offices may not read back all they wrote
        db.session.commit()
        flash("Se guardó.", "success")
        return redirect(url_for(f"{self.endpoint}.details_view", key=key))

    def show(self, template, **facts):
        if notice := session.pop("notice", None):
            flash(notice, "warning")
        return render_template(template, view=self, model=self.model, say=say, cell=self.cell,
                               label=lambda name: label_of(self.model, name),
                               column=lambda name: column_of(self.model, name),
                               numeric=lambda name: is_numeric(self.model, name), **facts)

    def cell(self, record, name):
        """What a list or a record page says of one column."""
        return say(getattr(record, name), column_of(self.model, name))

    def scaffold_form(self):
        """Stock forms are never used; an empty one keeps the stock constructor content."""
        return BaseForm


def typed(field):
    """What the person typed in a field, in words."""
    return say(field.data)


def typed_of(record, field):
    return say(getattr(record, field.name))
