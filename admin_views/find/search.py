"""One box: an official number opens its page; words find records, screens and acts, by office."""

from flask import g, redirect, render_template, request

import policies
from admin_views.core.screens import screens
from admin_views.find import finder, signposts
from admin_views.lists import lists
from models.customers import Account


def install(app):
    app.add_url_rule("/buscar/", "search", search)


def search():
    """The page of what was typed, if it is exactly one thing's number; else all that it names.

    With `parte`, the results alone, for the palette that shows them while one types.
    """
    words, open_to_me = lists.asked_search(request.args), seen()
    live = "parte" in request.args
    if not live and (address := finder.page_of_number(open_to_me, words)):
        return redirect(address)
    most = finder.SHOWN_LIVE if live else finder.SHOWN
    return render_template("parts/found.html" if live else "found.html", words=words,
                           groups=groups(open_to_me, words, most) if words else [],
                           kinds=[view.name for view in open_to_me if searchable(view)],
                           nameless=policies.allows(g.actor, "view", Account)
                           and not policies.reads_personal(g.actor, Account))


def seen():
    """The screens that this office may open, in the order in which the console has them."""
    return [view for view in screens().values() if view.may("view")]


def searchable(view):
    return view.findable and (view.search_in or view.searches)


def groups(open_to_me, words, most):
    """What was found, by kind; a kind without results is not named."""
    every = [signposts.named(open_to_me, words, most), *(
        group for view in open_to_me if searchable(view)
        for group in finder.found(view, words, most))]
    return [group for group in every if group.hits]
