"""How each person likes a list, and the views they saved: kept by the gate, whatever the office.

These rows decide no permission: a column or a filter that an office may not read is left out when
the list is drawn, whoever saved it.
"""

from flask import g
from sqlalchemy import Integer, Select, String, bindparam, delete, or_, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from admin_views.door.gate import gate
from models.base.preferences import ListSetting, SavedView

MOST_VIEWS = 30          # of one person on one screen
LONGEST_NAME, LONGEST_QUERY = 80, 2000
TOO_MANY = f"Ya guardó {MOST_VIEWS} vistas en esta pantalla; borre una para guardar otra."
TOO_LONG = "Esta vista lleva demasiados filtros para guardarla; quite algunos y guárdela de nuevo."
NAMELESS = "Escriba un nombre para la vista; no se guardó nada."


def of_person(screen: str) -> tuple[ListSetting | None, list[SavedView]]:
    """(this person's setting of a screen, the views that it offers them), asked once in a request."""
    if g.get("preferences", ("",))[0] != screen:
        found = gate.execute(OF_SCREEN, {"person_id": g.actor.id, "roles": [g.actor.role], "screen": screen}).all()
        g.preferences = (screen, next((row[0] for row in found if row[0]), None), [row[1] for row in found if row[1]])
    return g.preferences[1:]


def nothing_of(screen: str) -> None:
    """Whoever found that nothing is kept of a screen for this person says so: it is not asked again."""
    g.preferences = screen, None, []


def of_screen() -> Select:
    """(setting, view) rows of a person on a screen: their setting, and their own views and those of their office."""
    person, screen = bindparam("person_id", type_=Integer), bindparam("screen", type_=String)
    office = SavedView.role.in_(bindparam("roles", expanding=True))
    views = select(SavedView).where(SavedView.screen == screen, or_(SavedView.person_id == person, office)).subquery()
    own = select(ListSetting).where(ListSetting.person_id == person, ListSetting.screen == screen).subquery()
    view, setting = aliased(SavedView, views), aliased(ListSetting, own)
    return select(setting, view).select_from(setting).join(view, true(), full=True).order_by(view.name, view.id)


OF_SCREEN = of_screen()


def setting(screen: str) -> ListSetting:
    """This person's columns and density on a screen; the screen's own where they chose none."""
    return of_person(screen)[0] or ListSetting(columns=[], dense=False)


def changed() -> None:
    """What was kept of a screen is read again after it is written."""
    g.pop("preferences", None)
    gate.commit()


def keep_setting(screen: str, columns: list[str], dense: bool) -> None:
    """Keep this person's columns and density on a screen."""
    row = {"person_id": g.actor.id, "screen": screen, "columns": columns, "dense": dense}
    gate.execute(insert(ListSetting).values(**row).on_conflict_do_update(
        index_elements=["person_id", "screen"], set_={"columns": columns, "dense": dense}))
    changed()


# ---- saved views

def views(screen: str) -> list[SavedView]:
    """The person's own views of a screen and those shared with the office they wear, by name."""
    return of_person(screen)[1]


def own(views: list[SavedView]) -> list[SavedView]:
    """Those of the views that this person saved."""
    return [view for view in views if view.person_id == g.actor.id]


def opening(views: list[SavedView]) -> SavedView | None:
    """The view that opens when the list is entered without a question: mine before my office's."""
    opens = [view for view in views if view.opens]
    personal = [view for view in own(opens) if not view.role]
    return max(personal or opens, key=lambda view: view.saved_at, default=None)


def keep_view(screen: str, name: str, query: str, shared: bool, opens: bool) -> str | None:
    """Save a view under its name, again if it has one already; a sentence where it cannot be."""
    if not name:
        return NAMELESS
    if len(query) > LONGEST_QUERY:
        return TOO_LONG
    saved = own(views(screen))
    if len(saved) >= MOST_VIEWS and name not in {view.name for view in saved}:
        return TOO_MANY
    role = g.actor.role if shared else None
    if opens:
        same = SavedView.role.is_not(None) if shared else SavedView.role.is_(None)
        gate.execute(update(SavedView).where(
            SavedView.person_id == g.actor.id, SavedView.screen == screen, same)
            .values(opens=False))
    row = {"role": role, "query": query, "opens": opens}
    gate.execute(insert(SavedView).values(
        person_id=g.actor.id, screen=screen, name=name, **row).on_conflict_do_update(
        index_elements=["person_id", "screen", "name"],
        set_=row | {"saved_at": SavedView.__table__.c.saved_at.server_default.arg}))
    changed()
    return None


def drop_view(screen: str, key: int) -> bool:
    """Delete one's own view; whether there was one."""
    gone = gate.execute(delete(SavedView).where(
        SavedView.id == key, SavedView.person_id == g.actor.id, SavedView.screen == screen))
    changed()
    return gone.rowcount > 0
