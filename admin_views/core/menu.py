"""The menu: a few entries by the work of each office, each opening its lists; and the index of all of them.

A screen says in which entry its list stands (`menu_entry`), for whom that entry comes first (`daily_for`) and which key
opens it after «g» (`shortcut`). A screen without an entry is found in «Todo lo que hay», in the box and in records.
"""

from typing import NamedTuple

from flask import g, json, request
from flask_admin.contrib.sqla import ModelView
from markupsafe import Markup

from admin_views.core import addresses
from admin_views.core.pieces import piece
from admin_views.core.screens import once_an_office, screens
from admin_views.lists.counts import figure, waiting_counts
from models.base.people import Role
from policies.core.rules import RULES
from policies.core.trays import WAITING

MOST_ENTRIES = 9        # with «Mi trabajo» and «Todo lo que hay»
OTHERS = "Lo demás"     # where the index keeps the screens without an entry


class Link(NamedTuple):
    """A line of the menu, a tab or a line of the index; `count` says in figures how many wait there, if any."""

    label: str
    url: str
    count: str = ""
    current: str = ""       # «page» where the page is this one, «true» where it is one of its own
    waiting: str = ""       # the address of exactly those that wait


@once_an_office
def visible_to(role: Role) -> list[ModelView]:
    """The screens that an office may open, in the order in which the console has them."""
    return [view for view in screens().values() if view.model in RULES and role in RULES[view.model].view]


@once_an_office
def sections(role: Role) -> dict[str, list[ModelView]]:
    """{entry: its screens} of what an office sees, first what it does daily."""
    found = {}
    for view in visible_to(role):
        found.setdefault(view.menu_entry, []).append(view)
    first = {view.menu_entry for view in visible_to(role) if role in view.daily_for}
    return {title: sorted(found[title], key=lambda view: not view.leads)
            for title in sorted(found, key=lambda title: (not title, title not in first))}


def markup() -> Markup:
    """The menu of the page: «Mi trabajo», the entries of the office and «Todo lo que hay», with what waits in each."""
    whole = Link("Todo lo que hay", addresses.address("home.everything"), current=here("home.everything"))
    return piece("macros.html", "entries", (own(), *entries(), whole))


def here(endpoint: str) -> str:
    """What marks the link to the page that is open."""
    return "page" if request.endpoint == endpoint else ""


def own() -> Link:
    """«Mi trabajo», with all that waits for this office."""
    whole = in_figures(sum(waiting_counts().values()))
    return Link("Mi trabajo", addresses.address("home.index"), whole, here("home.index"))


def entries() -> list[Link]:
    """The entries between «Mi trabajo» and «Todo lo que hay», with what waits in all their lists together."""
    counts = waiting_counts()
    return [Link(title, address(views[0]), in_figures(sum(counts.get(view.model, 0) for view in views)), stands(views))
            for title, views in sections(g.actor.role).items() if title]


def stands(views: list[ModelView]) -> str:
    """What marks the entry of these screens, where the page is one of them."""
    if request.blueprint not in {view.endpoint for view in views}:
        return ""
    return "page" if request.path == address(views[0]) else "true"


def tabs(view: ModelView) -> list[Link]:
    """The lists of the entry in which a screen stands; none where it stands alone."""
    beside = sections(g.actor.role).get(view.menu_entry, ()) if view.menu_entry else ()
    return [list_link(other, "page" if other is view else "") for other in beside] if len(beside) > 1 else []


def everything() -> list[tuple[str, list[Link]]]:
    """[(entry, its lists and their other pages)] of all that an office may open."""
    return [(title or OTHERS, [link for view in views for link in (list_link(view), *other_pages(view))])
            for title, views in sections(g.actor.role).items()]


def list_link(view: ModelView, current: str = "") -> Link:
    """The list of a screen, with how many of its rows wait for this office."""
    count = in_figures(waiting_counts().get(view.model, 0))
    return Link(view.name, address(view), count, current, f"{address(view)}?bandeja={WAITING}" if count else "")


def other_pages(view: ModelView) -> list[Link]:
    """The links to the pages of a screen that are neither its list nor its records."""
    return [Link(name, addresses.address(view.endpoint + endpoint)) for name, endpoint in view.links]


def address(view: ModelView) -> str:
    """The address of the list of a screen."""
    return f"{view.url}/"


@once_an_office
def shortcuts(role: Role) -> str:
    """{key: (address, name)} of where «g» and a letter lead an office, as JSON."""
    return json.dumps({"i": ("/", "Mi trabajo")} | {view.shortcut: (address(view), view.name)
                                                    for view in visible_to(role) if view.shortcut})


@once_an_office
def sought(role: Role) -> str:
    """What the box of the header invites an office to look for."""
    return next((view.sought for view in visible_to(role) if view.sought), "Buscar persona, catálogo o pantalla")


def in_figures(count: int) -> str:
    """A count as the menu shows it; empty for zero."""
    return figure(count) if count else ""
