"""The base of every screen: each request for a record passes here, and what it may do is what policies/ say."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext

from flask import abort, flash, g, render_template, session
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_admin.contrib.sqla import ModelView
from flask_admin.form import BaseForm
from sqlalchemy import Select, inspect
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
from admin_views.records.now import now_of
from admin_views.records.proofs import Proven
from admin_views.records.related import Related
from admin_views.records.story import Storied
from models import db
from models.base.columns import Named
from policies.core.rules import Act

VERBS = {"index_view": "view", "details_view": "view", "create_view": "create",
         "edit_view": "edit", "delete_view": "delete", "act_view": "view", "export_view": "export",
         "history_view": "view", "related_view": "view", "pick_view": "view", "bulk_view": "view",
         "bulk_result_view": "view", "columns_view": "view", "save_view": "view",
         "drop_view": "view", "paper_view": "view", "file_view": "view", **imports.VERBS}


class PolicyView(imports.Importing, Editing, Picking, Listing, Together, Findable, Storied, Related, Proven, Waiting,
                 ModelView):
    """The screen of one table. A subclass declares facts: the columns of its list, its filters, the groups of its page.
    """

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

    # Endpoints of stock Flask-Admin that the console does not have: removed, not only hidden.
    action_view = ajax_update = ajax_lookup = export = None

    def __init__(self, model, **options):
        self.column_labels = {name: label_of(model, name) for name in self.column_list}
        super().__init__(model, db, **{"name": model.__title__.many, "endpoint": model.__tablename__} | options)

    # ---- permission: asked on every request and never kept on the view, which threads share

    def may(self, verb: str) -> bool:
        """Whether whoever asks has that verb on the table of this screen."""
        actor = g.get("actor")
        return actor is not None and policies.allows(actor, verb, self.model)

    def is_accessible(self) -> bool:
        """Whether whoever asks may see the screen: what Flask-Admin calls for its menu."""
        return self.may("view")

    def _handle_view(self, name, **arguments):
        """Refuse, with 403 and never by a redirection, an endpoint that is not in VERBS or whose verb this office
        lacks.

        A form sent twice is answered here, before the screen looks at what the first one changed.
        """
        if name not in VERBS or not self.may(VERBS[name]):
            raise policies.Denied("Su cargo no permite abrir esta pantalla.")
        return once.answered()

    def _run_view(self, endpoint, *arguments, **named):
        """Stock code would run a view that raised TypeError a second time, hiding the error."""
        return endpoint(self, *arguments, **named)

    # ---- rows: one scope, and everything reads through it

    def scope(self, query: Select) -> Select:
        """The rows that this office may see, as its rule declares; PostgreSQL's row policy says the same."""
        condition = policies.scope(self.model, g.actor.role)
        return query if condition is None else query.where(condition)

    def loading(self, names: Sequence[str] | None = None, load: Callable = selectinload) -> list:
        """Loader options of a list: its relationships in one statement each, and personal columns only for who reads
        them.
        """
        names = names or self.column_list
        return [*lists.related(self.model, self.readable(names), load),
                *lists.personal_loading(self.shows_personal(names)), *lists.hidden(self.model)]

    def shows_personal(self, names: Iterable[str]) -> bool:
        """Whether one of these columns holds personal data that this office reads; otherwise none is loaded."""
        return self.reads_personal() and any(is_personal(self.model, name) for name in names)

    def loading_one(self) -> list:
        """Loader options of one record: personal columns only for who reads them, and no table that this office may not
        see.
        """
        return [*lists.personal_loading(self.reads_personal()), *lists.hidden(self.model)]

    def reads_personal(self) -> bool:
        """Whether whoever asks reads the personal columns of this table."""
        return policies.reads_personal(g.actor, self.model)

    def get_one(self, key: int) -> Named:
        """The record with that key within the scope of this office; 404 where there is none."""
        if not -BIGGEST_KEY < key < BIGGEST_KEY:
            abort(404)
        query = self.scope(db.select(self.model)).options(*self.opening(), *self.loading_one())
        primary = inspect(self.model).primary_key[0]
        return db.session.scalars(query.where(primary == key)).unique().one_or_none() or abort(404)

    def opening(self) -> list:
        """Loader options of one record: the relationships that its page names come in the same statement."""
        return [joinedload(getattr(self.model, name)) for name in lists.named_by(self.model, self.facts)]

    def readable(self, names: Iterable[str]) -> list[str]:
        """Those of the columns that this office may read; a related record, only where it may open it."""
        return [name for name in names if viewable(self.model, name)
                and (self.reads_personal() or not is_personal(self.model, name))]

    # ---- screens

    @expose("/<int:key>/")
    def details_view(self, key: int) -> ResponseReturnValue:
        """The page of a record, or its fragment for the panel beside the list."""
        record = self.get_one(key)
        if peek.is_fragment_request():
            return self.show("peek.html", record=record, **peek.facts(self, record))
        with self.seeing(record):
            return self.show(self.record_template, record=record, **self.page_of(record))

    def seeing(self, record: Named) -> AbstractContextManager:
        """What holds while the page of the record is drawn: an area may read at once what its page asks many times."""
        return nullcontext()

    def form_of(self, record: Named, step: Act) -> dict:
        """The context of the form of an act, besides what it asks."""
        return self.page_of(record)

    def page_of(self, record: Named) -> dict:
        """The context of the page of a record, besides the record."""
        offers = acting.offered(record)
        return {"groups": self.groups(), "acts": offers, "now": now_of(record, offers), "reasons": reasons,
                "may_edit": self.may("edit") and policies.editable(g.actor, record) is None,
                "may_delete": self.may("delete") and policies.frozen(record) is None, **self.proofs(record)}

    def groups(self) -> list[tuple[str, list[str]]]:
        """[(title, its columns)] of the page of a record: those of `facts`, or all; those that this office reads."""
        links = links_of(self.model)
        plain = [links[c.key].key if c.key in links else c.key for c in inspect(self.model).columns
                 if not c.primary_key and c.key != "version"]
        return [(title, self.readable(names)) for title, names in self.facts or (("", plain),)]

    @expose("/<int:key>/acto/<step_name>/", methods=("GET", "POST"))
    def act_view(self, key: int, step_name: str) -> ResponseReturnValue:
        """The page of one act on a record: its form, and the act itself when the form is sent."""
        return acting.run(self, self.get_one(key), step_name)

    @expose("/exportar/<kind>/", methods=("GET", "POST"))
    def export_view(self, kind: str) -> ResponseReturnValue:
        """The list as a CSV or an Excel file."""
        return exports.export(self, kind)

    @expose("/<int:key>/<paper>.pdf")
    def paper_view(self, key: int, paper: str) -> ResponseReturnValue:
        """A paper that the area declared of the record."""
        return papers.printed(self, self.get_one(key), paper)

    def papers_of(self, record: Named) -> list:
        """The papers that this office may print of the record now."""
        return papers.papers_of(self, record)

    # ---- drawing

    def show(self, template: str, **facts) -> str:
        """A page from its template, with what every page of a screen uses, and a warning that waits in the session."""
        if notice := session.pop("notice", None):
            flash(notice, "warning")
        return render_template(template, view=self, model=self.model, say=say, cell=self.cell,
                               label=lambda name: label_of(self.model, name),
                               column=lambda name: column_of(self.model, name),
                               numeric=lambda name: is_numeric(self.model, name), **facts)

    def cell(self, record: Named, name: str) -> str:
        """The words of one column of a record."""
        said = say(getattr(record, name), column_of(self.model, name))
        return f"{said} · Vencida" if is_past(record, name) else said

    def value(self, record: Named, name: str) -> object:
        """The words of one column as pages draw them: a state is a badge."""
        return drawn_value(record, name, self.cell)

    def exported(self, record: Named, name: str) -> object:
        """What a spreadsheet holds of one column, of its own type where spreadsheets have it."""
        return getattr(record, name)

    def plainly_exported(self, name: str) -> bool:
        """Whether a sheet holds the column as the table keeps it, so that PostgreSQL can write the cell."""
        return True

    def scaffold_form(self) -> type[BaseForm]:
        """An empty form: stock Flask-Admin asks for one, and the console's forms are its own."""
        return BaseForm
