"""The one door to records. Every screen inherits it; every answer comes from policies/."""

from contextlib import nullcontext

from flask import abort, flash, g, render_template, session
from flask_admin import expose
from flask_admin.contrib.sqla import ModelView
from flask_admin.form import BaseForm
from sqlalchemy import inspect
from sqlalchemy.orm import joinedload, selectinload

import policies
from admin_views.acts import acting, once
from admin_views.acts.bulk import Together
from admin_views.acts.selection import BIGGEST_KEY
from admin_views.acts.why import reasons
from admin_views.core.badges import drawn_value
from admin_views.core.words import column_of, is_numeric, is_past, is_personal, label_of, links_of, say
from admin_views.find.finder import Findable
from admin_views.forms.editing import Editing
from admin_views.forms.pickers import Picking
from admin_views.home.rows import Waiting
from admin_views.imports import imports
from admin_views.lists import lists
from admin_views.lists.columns import viewable
from admin_views.lists.listing import Listing
from admin_views.output import exports, papers
from admin_views.records import peek
from admin_views.records.proofs import Proven
from admin_views.records.related import Related
from admin_views.records.story import Storied
from models import db

VERBS = {"index_view": "view", "details_view": "view", "create_view": "create",
         "edit_view": "edit", "delete_view": "delete", "act_view": "view", "export_view": "export",
         "history_view": "view", "related_view": "view", "pick_view": "view", "bulk_view": "view",
         "bulk_result_view": "view", "columns_view": "view", "save_view": "view",
         "drop_view": "view", "paper_view": "view", "file_view": "view", **imports.VERBS}


class PolicyView(imports.Importing, Editing, Picking, Listing, Together, Findable, Storied, Related, Proven, Waiting,
                 ModelView):
    """A screen is a list of facts: which columns in the list, how the record page is grouped."""

    list_template, record_template, form_template = "list.html", "record.html", "form.html"
    page_size = 25
    simple_list_pager = True
    column_list, filters_by, search_in = (), (), ()   # the first filters stand in sight
    narrowed_by = ()        # of filters_by: any of them leaves few rows of a very long list
    searches = False        # True: finds by words of its own, without search_in
    vocabularies = {}       # column → its (value, words) pairs, or the model whose keys it holds
    when_empty = ""         # where the first row of an empty list comes from
    facts = ()              # ((title, (column, …)), …) of the record page; empty: all columns
    steps = ()              # ((title, (field, …)), …) of a long form, one after another
    parts = {}              # relationship → the columns of its rows, typed as a table in the form
    only_when, needed_when = {}, {}   # field → (other, value): asked only, or required, then
    creates_here = True     # False: rows of this table are born elsewhere, by acts or by loads
    links = ()              # ((name, ".endpoint"), …): its other pages, in the index and above the list
    menu_entry, leads = "", False     # the entry of the menu that holds its list, and whether the entry opens it
    daily_for = frozenset()     # the offices whose menu begins with that entry
    shortcut = ""           # the letter that leads here after «g»
    sought = ""             # what the box of the header invites to look for, for whoever sees this list

    # What stock Flask-Admin would serve besides: gone, not hidden.
    action_view = ajax_update = ajax_lookup = export = None

    def __init__(self, model, **options):
        self.column_labels = {name: label_of(model, name) for name in self.column_list}
        super().__init__(model, db, **{"name": model.__title__.many, "endpoint": model.__tablename__} | options)

    # ---- permission: asked on every request, never kept on the view, which threads share

    def may(self, verb):
        actor = g.get("actor")
        return actor is not None and policies.allows(actor, verb, self.model)

    def is_accessible(self):
        return self.may("view")

    def _handle_view(self, name, **arguments):
        """An endpoint that is not in VERBS is shut; a refusal is a 403, never a redirect.

        A form sent twice is answered here, before the screen looks at what the first one moved.
        """
        if name not in VERBS or not self.may(VERBS[name]):
            raise policies.Denied("Su cargo no permite abrir esta pantalla.")
        return once.answered()

    def _run_view(self, endpoint, *arguments, **named):
        """Stock code would run a view that raised TypeError a second time, hiding the error."""
        return endpoint(self, *arguments, **named)

    # ---- rows: one scope, and everything reads through it

    def scope(self, query):
        """The rows that this office may see, as its rule declares; PostgreSQL's row policy says the same."""
        condition = policies.scope(self.model, g.actor.role)
        return query if condition is None else query.where(condition)

    def loading(self, names=None, load=selectinload):
        """How to load a list's rows: its relationships at once, personal data only if allowed."""
        names = names or self.column_list
        return [*lists.related(self.model, self.readable(names), load),
                *lists.personal_loading(self.shows_personal(names)), *lists.hidden(self.model)]

    def shows_personal(self, names):
        """Whether one of these columns holds somebody's data that this office may read; else none is loaded."""
        return self.reads_personal() and any(is_personal(self.model, name) for name in names)

    def loading_one(self):
        """How to load a record: personal data only if allowed, and no table that this office may not see."""
        return [*lists.personal_loading(self.reads_personal()), *lists.hidden(self.model)]

    def reads_personal(self):
        return policies.reads_personal(g.actor, self.model)

    def get_one(self, key):
        """The record with that key, within the scope; 404 for whatever is not one."""
        if not -BIGGEST_KEY < key < BIGGEST_KEY:
            abort(404)
        query = self.scope(db.select(self.model)).options(*self.opening(), *self.loading_one())
        primary = inspect(self.model).primary_key[0]
        return db.session.scalars(query.where(primary == key)).unique().one_or_none() or abort(404)

    def opening(self):
        """How to load one record: what its page names comes in the same statement."""
        return [joinedload(getattr(self.model, name)) for name in lists.named_by(self.model, self.facts)]

    def readable(self, names):
        """Those of the columns that this office may read; a related record, only where it may open it."""
        return [name for name in names if viewable(self.model, name)
                and (self.reads_personal() or not is_personal(self.model, name))]

    # ---- screens

    @expose("/<int:key>/")
    def details_view(self, key):
        record = self.get_one(key)
        if peek.is_fragment_request():
            return self.show("peek.html", record=record, **peek.facts(self, record))
        with self.seeing(record):
            return self.show(self.record_template, record=record, **self.page_of(record))

    def seeing(self, record):
        """What holds while the record's page is drawn: whatever the page asks many times is read once."""
        return nullcontext()

    def form_of(self, record, step):
        """What the form of an act shows besides what it asks."""
        return self.page_of(record)

    def page_of(self, record):
        """What the record page shows besides the record."""
        return {"groups": self.groups(), "acts": acting.offered(record), "reasons": reasons,
                "may_edit": self.may("edit") and policies.editable(g.actor, record) is None,
                "may_delete": self.may("delete") and policies.frozen(record) is None, **self.proofs(record)}

    def groups(self):
        links = links_of(self.model)
        plain = [links[c.key].key if c.key in links else c.key for c in inspect(self.model).columns
                 if not c.primary_key and c.key != "version"]
        return [(title, self.readable(names)) for title, names in self.facts or (("", plain),)]

    @expose("/<int:key>/acto/<step_name>/", methods=("GET", "POST"))
    def act_view(self, key, step_name):
        return acting.run(self, self.get_one(key), step_name)

    @expose("/exportar/<kind>/", methods=("GET", "POST"))
    def export_view(self, kind):
        return exports.export(self, kind)

    @expose("/<int:key>/<paper>.pdf")
    def paper_view(self, key, paper):
        """A paper that the area declared of the record."""
        return papers.printed(self, self.get_one(key), paper)

    def papers_of(self, record):
        """The papers that this office may print of the record now."""
        return papers.papers_of(self, record)

    # ---- drawing

    def show(self, template, **facts):
        if notice := session.pop("notice", None):
            flash(notice, "warning")
        return render_template(template, view=self, model=self.model, say=say, cell=self.cell,
                               label=lambda name: label_of(self.model, name),
                               column=lambda name: column_of(self.model, name),
                               numeric=lambda name: is_numeric(self.model, name), **facts)

    def cell(self, record, name):
        """What a list or a record page says of one column; a term that is past says so."""
        said = say(getattr(record, name), column_of(self.model, name))
        return f"{said} · Vencida" if is_past(record, name) else said

    def value(self, record, name):
        """The same as pages draw it: a state is a badge."""
        return drawn_value(record, name, self.cell)

    def exported(self, record, name):
        """What a sheet holds of one column: typed, where a spreadsheet has the type."""
        return getattr(record, name)

    def plainly_exported(self, name):
        """Whether a sheet says that column as it is kept, so that PostgreSQL may write it."""
        return True

    def scaffold_form(self):
        """Stock forms are never used; an empty one keeps the stock constructor content."""
        return BaseForm
