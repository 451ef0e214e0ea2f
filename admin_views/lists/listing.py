"""The list page and what a person keeps of it: its columns, its density, its address by a name."""

from urllib.parse import parse_qsl, urlencode

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from werkzeug.datastructures import MultiDict

from admin_views.core import addresses
from admin_views.forms.inputs import tidy
from admin_views.lists import lists, preferences
from admin_views.lists.columns import offered, sortable
from admin_views.lists.controls import ROW
from models import db

NO_COLUMNS = "Elija al menos una columna; se conservan las que había."
NOT_YOURS = "Esa vista ya no existe o la guardó otra persona; cada quien borra las suyas."


class Listing:
    """The part of a PolicyView that shows its rows; the door has asked who looks."""

    def sortable(self) -> list[str]:
        """The columns that this list sorts by."""
        return sortable(self)

    @expose("/")
    def index_view(self) -> ResponseReturnValue:
        """The list that the address asks for."""
        if target := self.elsewhere():
            return redirect(target)
        page = lists.page_of(self, db.session)
        for sentence in page.asked.lost:
            flash(sentence, "warning")
        return self.show(self.list_template, page=page, columns=page.columns)

    def elsewhere(self) -> str | None:
        """Where this address leads instead: rows typed in a form become its own words."""
        if not request.query_string:
            opening = preferences.opening(preferences.views(self.endpoint))
            return opening and self.list_address(parse_qsl(opening.query))
        if ROW[0] in request.args:
            asked = lists.asked_of(self, request.args)
            for sentence in asked.lost:
                flash(sentence, "warning")
            return self.list_address(asked.pairs())
        return None

    def link(self, page: lists.Page, terms: dict | tuple = (), endpoint: str = ".index_view", **path: str) -> str:
        """The address of this list, or of another of its pages, that asks what the page asks, with some words of it
        replaced; "" removes one.
        """
        return self.link_saying(page.pairs(terms), endpoint, **path)

    def link_saying(self, pairs: list[tuple[str, str]], endpoint: str = ".index_view", **path: str) -> str:
        """The address of this list, or of another of its pages, that asks what these pairs say."""
        start = addresses.address(self.endpoint + endpoint, **path)
        return f"{start}?{urlencode(pairs)}" if pairs else start

    def list_address(self, pairs: list[tuple[str, str]]) -> str:
        """The list's address; what asks nothing says so, or a saved view would open again."""
        return f"{url_for(f'{self.endpoint}.index_view')}?{urlencode(pairs or lists.PLAIN)}"

    def sent_from(self) -> lists.Asked:
        """What the list asked that this form was on, read as any address is."""
        pairs = parse_qsl(request.form.get("consulta", ""), max_num_fields=None)
        return lists.asked_of(self, MultiDict(pairs))

    @expose("/columnas/", methods=("POST",))
    def columns_view(self) -> ResponseReturnValue:
        """Keep which columns this person sees, in which order and how close the rows stand."""
        asked = self.sent_from()
        columns = chosen_columns(request.form, offered(self))
        if request.form.get("volver"):
            columns = []
        elif not columns:
            flash(NO_COLUMNS, "warning")
            return redirect(self.list_address(asked.pairs()))
        preferences.keep_setting(self.endpoint, columns, "juntos" in request.form)
        flash("Se guardó cómo quiere ver esta lista.", "success")
        return redirect(self.list_address(asked.pairs({"columnas": "", "densidad": ""})))

    @expose("/vistas/", methods=("POST",))
    def save_view(self) -> ResponseReturnValue:
        """Keep the list's present address under a name."""
        asked, name = self.sent_from(), tidy(request.form.get("nombre", "")) or ""
        name = " ".join(name.split())[:preferences.LONGEST_NAME]
        setting = preferences.setting(self.endpoint)
        shown = ",".join(asked.columns or setting.columns)
        query = urlencode(asked.pairs({"columnas": shown}))
        why = preferences.keep_view(self.endpoint, name, query, "compartir" in request.form,
                                    "abrir" in request.form)
        if why:
            flash(why, "warning")
        else:
            flash(f"La vista «{name}» quedó guardada.", "success")
        return redirect(self.list_address(parse_qsl(query) if not why else asked.pairs()))

    @expose("/vistas/<int:key>/borrar/", methods=("POST",))
    def drop_view(self, key: int) -> ResponseReturnValue:
        """Delete a saved view of this person."""
        if key >= 2**31:
            abort(404)
        gone = preferences.drop_view(self.endpoint, key)
        flash("La vista se borró." if gone else NOT_YOURS, "success" if gone else "warning")
        return redirect(self.list_address(self.sent_from().pairs()))


def chosen_columns(form: MultiDict, known: list[str]) -> list[str]:
    """The ticked columns, in the order of the places that the person gave them."""
    ticked = [name for name in known if name in form.getlist("mostrar")]
    return sorted(ticked, key=lambda name: place(form.get(f"lugar.{name}", "")))


def place(text: str) -> int:
    """A place that a person typed; what is no such number goes last."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 10_000
