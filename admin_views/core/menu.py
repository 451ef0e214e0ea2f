"""The menu: a few entries by the work of each office, each opening its lists; and the index of all of them.

A screen says in which entry its list stands (`menu_entry`), for whom that entry comes first (`daily_for`) and which key
opens it after «g» (`shortcut`). A screen without an entry is found in «Todo lo que hay», in the box and in records.
"""

from typing import NamedTuple

from flask import current_app, g, request, url_for

from admin_views.core.screens import screens
from admin_views.lists.counts import figure, waiting_counts
from policies.core.rules import RULES
from policies.core.trays import WAITING

MOST_ENTRIES = 9        # with «Mi trabajo» and «Todo lo que hay»
OTHERS = "Lo demás"     # where the index keeps the screens without an entry


class Link(NamedTuple):
    """A line of the menu, a tab or a line of the index; `count` says in figures how many wait there, if any."""

    label: str
    url: str
    count: str = ""
    current: bool = False
    waiting: str = ""       # the address of exactly those that wait


def seen(role) -> list:
    """The screens that an office may open, in the order in which the console has them."""
    return [view for view in screens().values() if view.model in RULES and role in RULES[view.model].view]


def sections(role) -> dict[str, list]:
    """{entry: its screens} of what an office sees, first what it does daily; put together once in a process."""
    kept = current_app.extensions.setdefault("menu", {})
    if role not in kept:
        found = {}
        for view in seen(role):
            found.setdefault(view.menu_entry, []).append(view)
        first = {view.menu_entry for view in seen(role) if role in view.daily_for}
        kept[role] = {title: sorted(found[title], key=lambda view: not view.leads)
                      for title in sorted(found, key=lambda title: (not title, title not in first))}
    return kept[role]


def own() -> Link:
    """«Mi trabajo», with all that waits for this office."""
    return Link("Mi trabajo", url_for("home.index"), in_figures(sum(waiting_counts().values())))


def entries() -> list[Link]:
    """The entries between «Mi trabajo» and «Todo lo que hay», with what waits in all their lists together."""
    counts = waiting_counts()
    return [Link(title, address(views[0]), in_figures(sum(counts.get(view.model, 0) for view in views)),
                 request.blueprint in {view.endpoint for view in views})
            for title, views in sections(g.actor.role).items() if title]


def tabs(view) -> list[Link]:
    """The lists of the entry in which a screen stands; none where it stands alone."""
    beside = sections(g.actor.role).get(view.menu_entry, ()) if view.menu_entry else ()
    return [list_link(other, other is view) for other in beside] if len(beside) > 1 else []


def everything() -> list[tuple[str, list[Link]]]:
    """[(entry, its lists and their other pages)] of all that an office may open."""
    return [(title or OTHERS, [link for view in views for link in (list_link(view), *other_pages(view))])
            for title, views in sections(g.actor.role).items()]


def list_link(view, current: bool = False) -> Link:
    """The list of a screen, with how many of its rows wait for this office."""
    count = in_figures(waiting_counts().get(view.model, 0))
    return Link(view.name, address(view), count, current, f"{address(view)}?bandeja={WAITING}" if count else "")


def other_pages(view) -> list[Link]:
    return [Link(name, url_for(view.endpoint + endpoint)) for name, endpoint in view.links]


def address(view) -> str:
    return f"{view.url}/"


def shortcuts() -> dict[str, tuple[str, str]]:
    """{key: (address, name)} of where «g» and a letter lead this office."""
    return {"i": ("/", "Mi trabajo")} | {view.shortcut: (address(view), view.name)
                                         for view in seen(g.actor.role) if view.shortcut}


def sought() -> str:
    """What the box of the header invites to look for."""
    return next((view.sought for view in seen(g.actor.role) if view.sought), "Buscar persona, catálogo o pantalla")


def in_figures(count: int) -> str:
    return figure(count) if count else ""
