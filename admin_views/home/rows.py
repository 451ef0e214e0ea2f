"""What a screen gives to the first page: how its rows are read and said in a tray, its figures and its panels."""

from flask import g
from sqlalchemy import select

from admin_views.core.addresses import address
from admin_views.lists import lists
from models import db
from policies.core.trays import Tray, trays_of


class Waiting:
    """The part of a PolicyView that the first page asks."""

    figures, panels = (), ()    # what the first page of some offices counts and shows besides
    tray_column = ""            # the column that a row of a tray says beside its name

    def tray_rows(self, keys: list[int]) -> dict:
        """{key: what `tray_row` takes} of these rows, in one statement."""
        rows = self.scope(select(self.model)).where(self.model.id.in_(keys)).options(*lists.hidden(self.model))
        return {row.id: (row,) for row in db.session.scalars(rows)}

    def tray_row(self, tray: Tray, record: object) -> dict:
        """What a row says: its name, one fact, its state; and `notes`, after the days that it waits."""
        return {"primary": str(record), "state": getattr(record, "state", None),
                "secondary": self.cell(record, self.tray_column) if self.tray_column else ""}

    def trays(self) -> list[tuple[str, str, str]]:
        """[(key, title, address)] of the trays of this list for the office that looks."""
        return [(tray.key, tray.title, address(f"{self.endpoint}.index_view", bandeja=tray.key))
                for tray in trays_of(g.actor.role, self.model)]
