"""The first page of each office: what waits for this person, and nothing else."""

from flask import g, render_template
from flask_admin import AdminIndexView, expose

from admin_views.core.screens import screens
from admin_views.door.offices import today
from admin_views.door.passwords import unseen
from admin_views.home import cards, trays
from admin_views.lists.counts import said, waiting_counts
from models.base.people import Role
from models.corrections import Correction
from models.notices import Notice
from policies.core.rules import AWAY


def desk():
    """Staff: late, returned, to apply, mine and the office's; and what signers decided lately."""
    calendar = trays.Calendar()
    found = list(trays.staff_trays(calendar))
    late = next((tray.total for tray in found if tray.key == "late"), 0)
    figures = [("Correcciones abiertas", sum(tray.total for tray in found)), ("Vencidas", late),
               ("Cartas por enviar", said(waiting_counts()[Notice]))]
    return "desk", {"figures": figures, "trays": found, "order": trays.ORDER,
                              "changes": list(trays.changes(calendar)), "recent": trays.RECENT}


def decisions():
    """Directors: what waits for their decision, oldest and dearest first, and nothing else."""
    counts = waiting_counts()
    found = [*(trays.signer_trays(trays.Calendar()) if counts.get(Correction) else ()),
             *trays.document_trays(), *trays.draft_trays()]
    return "decisions", {"trays": found}


def oversight():
    """Auditors: what they confirm, the trail, the ready checks and the exports."""
    return "oversight", {"trays": list(trays.draft_trays()), "cards": list(cards.audit_cards()),
                         "entries": cards.latest(), "exports": cards.exports(screens())}


def systems():
    """Administrators: people, offices and catalogues."""
    now = today()
    offices = cards.office_rows(now)
    vacant = sum(not holders for _, holders in offices)
    return "systems", {
        "cards": [*cards.people_cards(now, vacant), *cards.calendar_cards(now)], "offices": offices}


# Whose first page is which; directors that sign nothing find the calm page of those who decide.
HOMES = {role: decisions for role in Role} | {
    Role.STAFF: desk, Role.AUDITOR: oversight, Role.ADMINISTRATOR: systems}


class HomeView(AdminIndexView):
    @expose("/")
    def index(self):
        part, facts = HOMES[g.actor.role]()
        return render_template("home.html", part=f"parts/home_{part}.html", handed=unseen(g.actor.id),
                               away=AWAY.format(g.actor.away), **facts)

    def _run_view(self, endpoint, *arguments, **named):
        return endpoint(self, *arguments, **named)
