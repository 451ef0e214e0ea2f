"""The first page of each office: what waits for this person in every office that they hold, and what to watch."""

from datetime import date

from flask import g, render_template, url_for
from flask_admin import AdminIndexView, expose

from admin_views.core import menu
from admin_views.core.screens import screens
from admin_views.door.offices import reading_in, today
from admin_views.door.passwords import unseen
from admin_views.home import trays
from admin_views.lists import counts
from policies.core.deciding import AWAY
from policies.core.rules import is_of
from policies.core.trays import WAITING


def own_trays(day: date) -> tuple[list, list]:
    """(the trays of this office, [(list, how many wait in it, the address of exactly those)])."""
    found = counts.tray_counts(whole=True)
    counts.remember(found)
    waiting = [(view.name, counts.figure(count), f"{view.url}/?bandeja={WAITING}")
               for view in menu.visible_to(g.actor.role) if (count := counts.waiting_counts().get(view.model))]
    return trays.trays_drawn(day, found), waiting


def trays_elsewhere(day: date) -> list:
    """What waits for the same person in each other office."""
    found = []
    for actor in g.other_offices:
        with reading_in(actor):
            found += trays.trays_drawn(day, counts.tray_counts(whole=True), elsewhere=True)
    return found


def figures(day: date) -> list:
    """The figures that the screens of this office declare; every count in one statement."""
    declared = [item for view in screens().values() for item in view.figures if is_of(g.actor, item.for_)]
    found = counts.count_each({name: query for item in declared for name, query in item.queries(day).items()})
    return [card for item in declared for card in item.cards(found, day)]


def panels() -> list[tuple[str, dict]]:
    """[(template, its facts)] of what the screens of this office show besides."""
    return [(panel.template, panel.facts()) for view in screens().values() for panel in view.panels
            if is_of(g.actor, panel.for_)]


class HomeView(AdminIndexView):
    @expose("/")
    def index(self) -> str:
        """Trays, figures and panels of this office, and what waits in the other offices of the same person."""
        day = today()
        own, waiting = own_trays(day)
        return render_template(
            "home.html", trays=own + trays_elsewhere(day), waiting=waiting, figures=figures(day),
            panels=panels(), handed=unseen(g.actor.id), away=AWAY.format(g.actor.away))

    @expose("/todo/")
    def everything(self) -> str:
        """«Todo lo que hay»: the index of the lists and other pages that this office opens."""
        own = [menu.Link("Mi trabajo", url_for("home.index")), menu.Link("Cambiar de cargo", url_for("worn_office")),
               menu.Link("Contraseña", url_for("security.change_password"))]
        return render_template("everything.html", sections=[*menu.everything(), ("Lo suyo", own)])

    def _run_view(self, endpoint, *arguments, **named):
        return endpoint(self, *arguments, **named)
