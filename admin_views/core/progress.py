"""The page of long work: its bar, drawn again while the worker goes on, and what it waits for."""

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views.core.base import VERBS, PolicyView
from models import db
from models.base.columns import Named
from models.queries.offices import holds

VERBS |= {"progress_view": "view"}


class WorkedView(PolicyView):
    """Records on which the worker works, chunk by chunk, in the name of who began it."""

    working = {}        # state → what is counted in it

    def so_far(self, record: Named) -> tuple[int, int]:
        """(done, of how many)."""
        raise NotImplementedError

    def page_of(self, record: Named) -> dict:
        """The context of the page of a record, with its bar."""
        return super().page_of(record) | {"progress": self.progress_of(record)}

    def progress_of(self, record: Named) -> dict | None:
        """What the bar says, or None while nothing runs."""
        if record.state not in self.working:
            return None
        done, total = self.so_far(record)
        return {"what": self.working[record.state], "done": min(done, total), "total": total,
                "waits": not db.session.scalar(holds(record.run_by_id, record.run_as))}

    @expose("/<int:key>/avance/")
    def progress_view(self, key: int) -> ResponseReturnValue:
        """The bar alone, for a page that is open; when the work has ended, the answer makes the browser load the page
        again.
        """
        record = self.get_one(key)
        answer = make_response(render_template("parts/progress.html", view=self, record=record,
                                               progress=self.progress_of(record)))
        if record.state not in self.working and request.headers.get("HX-Request"):
            answer.headers["HX-Refresh"] = "true"
        return answer
