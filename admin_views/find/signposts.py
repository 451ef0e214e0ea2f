"""Screens and acts by their names, for the box: what this office may open and do."""

import unicodedata
from collections.abc import Iterator, Sequence

from flask import g, url_for
from flask_admin.contrib.sqla import ModelView

import policies
from admin_views.find.finder import Group, Hit
from policies.core.rules import Act

TITLE = "Pantallas y actos"
OWN = (("Mi trabajo", "home.index"), ("Cambiar de cargo", "worn_office"),
       ("Contraseña", "security.change_password"))


def screens_and_acts(views: Sequence[ModelView], words: str, most: int) -> Group:
    """The screens and acts in which each typed word begins a word of the name, the nearest first."""
    asked = plain(words).split()
    hits = [hit for hit in posts(views) if asked and all(
        any(word.startswith(begin) for word in plain(hit.label).split()) for begin in asked)]
    hits.sort(key=lambda hit: not plain(hit.label).startswith(plain(words).strip()))
    return Group(TITLE, hits[:most])


def posts(views: Sequence[ModelView]) -> Iterator[Hit]:
    """Every screen, every form for a new record and every act of this office, with its address."""
    yield from (Hit(label, url_for(endpoint)) for label, endpoint in OWN)
    screens = {view.model: view for view in views}
    for view in views:
        yield Hit(view.name, url_for(f"{view.endpoint}.index_view"), "Pantalla")
        yield from (Hit(label, url_for(view.endpoint + endpoint), view.name)
                    for label, endpoint in getattr(view, "links", ()))
        if view.creates_here and view.may("create"):
            yield Hit(view.model.__title__.new, url_for(f"{view.endpoint}.create_view"), view.name)
    yield from (act_post(screens[step.model], step)
                for step in policies.acts_of_office(g.actor) if step.model in screens)


def act_post(view: ModelView, step: Act) -> Hit:
    """An act leads to the list of the records in the states from which it is taken."""
    states = list(step.moves)
    if len(states) != 1 or "state" not in view.filters_by:
        return Hit(step.label, url_for(f"{view.endpoint}.index_view"), f"Acto, en {view.name}")
    return Hit(step.label, url_for(f"{view.endpoint}.index_view", state=states[0].value),
               f"Acto, en {view.name}: {states[0].label}")


def plain(words: str) -> str:
    """Words without accents, case or marks, the same as console.normalise in PostgreSQL."""
    letters = unicodedata.normalize("NFD", words).lower()
    return "".join(letter if letter.isalnum() else " " for letter in letters
                   if not unicodedata.combining(letter))
