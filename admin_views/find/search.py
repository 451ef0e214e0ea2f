"""The box of the header: an official number opens its page; words find records, screens and acts, by office."""

from flask import Flask, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin.contrib.sqla import ModelView

from admin_views.core.screens import screens
from admin_views.find import finder, signposts
from admin_views.lists import lists


def install(app: Flask) -> None:
    """Register the address of the box."""
    app.add_url_rule("/buscar/", "search", search)


def search() -> ResponseReturnValue:
    """Redirect to the page of the one record with that number; otherwise the page of all results.

    With `parte`, the results alone, for the dialog that shows them while one types.
    """
    words, open_to_me = lists.asked_search(request.args), visible_screens()
    live = "parte" in request.args
    if not live and (address := finder.page_of_number(open_to_me, words)):
        return redirect(address)
    most = finder.SHOWN_LIVE if live else finder.SHOWN
    return render_template("parts/found.html" if live else "found.html", words=words,
                           groups=groups(open_to_me, words, most) if words else [],
                           kinds=[view.name for view in open_to_me if searchable(view)],
                           nameless=[view.found_without_names for view in open_to_me
                                     if view.found_without_names and not view.reads_personal()])


def visible_screens() -> list[ModelView]:
    """The screens that this office may open, in the console's order."""
    return [view for view in screens().values() if view.may("view")]


def searchable(view: ModelView) -> bool:
    """Whether a screen takes part in the box."""
    return view.findable and (view.search_in or view.searches)


def groups(open_to_me: list[ModelView], words: str, most: int) -> list[finder.Group]:
    """The results by kind; a kind without results is left out."""
    every = [signposts.screens_and_acts(open_to_me, words, most), *(
        group for view in open_to_me if searchable(view)
        for group in finder.groups_of(view, words, most))]
    return [group for group in every if group.hits]
