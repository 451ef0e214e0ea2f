"""One act on many records: chosen in a list and looked at together, before each is done alone."""

from collections import defaultdict
from typing import NamedTuple

from flask import Response, abort, flash, g, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_admin.contrib.sqla import ModelView
from werkzeug.datastructures import MultiDict
from wtforms import Form

import policies
from admin_views.acts import acting, one_by_one, selection
from admin_views.core.words import column_of, label_of
from admin_views.door import tampering
from admin_views.forms import parking
from admin_views.forms.fields import answers, form_of
from policies.core.rules import MOST_TOGETHER, Act, Ask

NOTHING = "Marque al menos un renglón de la lista y elija de nuevo qué hacer."


class Line(NamedTuple):
    """A chosen record, and why the act does not proceed with it."""

    record: object
    why: str


class Together:
    """The part of a PolicyView that takes one act on many of its records."""

    most_together = MOST_TOGETHER
    together_templates = {}     # act → what its preview shows of each record, where a row of a list is too little

    @expose("/varios/<step_name>/", methods=("GET", "POST"))
    def bulk_view(self, step_name: str) -> ResponseReturnValue:
        """First the preview of what was chosen in the list; then, over its frozen choice, the act."""
        step, given = self.step_together(step_name), request.form or parking.take()
        if not given:
            return back(self, NOTHING)
        if "frozen" in given:
            return decided(self, step, given)
        chosen = selection.choice(self, step, given)
        if not chosen.records:
            return back(self, selection.GONE if chosen.gone else NOTHING)
        lines = judged(step, chosen.records, {record.id: selection.seen_now(step, record) for record in chosen.records})
        if why := policies.unlike(step, proceeding(lines)):
            return back(self, str(why))
        return preview(self, step, lines, form_of(asks_of(step, proceeding(lines)))(),
                       gone=chosen.gone, counted=chosen.counted)

    @expose("/varios/<step_name>/resultado/<code>/")
    def bulk_result_view(self, step_name: str, code: str) -> ResponseReturnValue:
        """One row per record; kept in the session, so that opening it again does nothing again."""
        step, results = self.step_together(step_name), one_by_one.results_of(code)
        if results is None:
            return back(self, "Ese resultado ya no se conserva; cada registro muestra su estado.")
        names = one_by_one.names_of(selection.records_of(self, results))
        return self.show("bulk_result.html", **one_by_one.facts(step, results, names))

    def step_together(self, step_name: str) -> Act:
        """The act of that name, which this office takes on many records; 404 where there is none such."""
        step = policies.ACTS.get((self.model, step_name))
        if step is None or not step.together:
            abort(404)
        if why := policies.not_by(step, g.actor):
            raise why
        return step

    def acts_together(self) -> list[Act]:
        """The acts that this office may take on many rows of the list."""
        return policies.acts_together(g.actor, self.model)

    def matching(self) -> int:
        """How many rows match the list's present filter, for the bar under it."""
        return selection.matching(self)

    def address(self, name: str, **path: object) -> str:
        """An address of this screen that keeps the filter of the list."""
        return selection.address(self, name, **path)


def decided(view: ModelView, step: Act, given: MultiDict) -> ResponseReturnValue:
    """The person decided over a frozen choice: nothing else is touched, and nothing newer."""
    seen = selection.frozen_in(step, given["frozen"])
    records = selection.records_of(view, seen)
    same = [record for record in records if selection.seen_now(step, record) == seen[record.id]]
    if why := policies.unlike(step, same):
        return back(view, str(why))
    form = form_of(asks_of(step, same))(given)
    sent = request.method == "POST"
    right = sent and form.validate()
    if sent:
        tampering.note(form)
    if right and acting.proven(step):    # once for all of them
        return one_by_one.carry_out(view, step, seen, records, answers(form))
    return preview(view, step, judged(step, records, seen), form, 422 if sent else 200,
                   gone=len(seen) - len(records))


def judged(step: Act, records: list, seen: dict) -> list[Line]:
    """Whether the act proceeds with each record as this person saw it."""
    return [Line(record, selection.CHANGED if selection.seen_now(step, record) != seen[record.id] else
                 str(policies.refusal(step, g.actor, record) or "")) for record in records]


def proceeding(lines: list[Line]) -> list:
    """The records with which the act proceeds."""
    return [line.record for line in lines if not line.why]


def asks_of(step: Act, records: list) -> tuple[Ask, ...]:
    """What the act asks, once for all; where it asks each something else, it is done one by one."""
    asked = [step.asks(record, g.actor) for record in records]
    if any(asks != asked[0] for asks in asked) or any(
            ask.kind == "file" for asks in asked for ask in asks):
        raise policies.Broken(f"«{step.label}» pide datos distintos a cada registro; ábralos uno "
                              "por uno.")
    return asked[0] if asked else ()


def preview(view: ModelView, step: Act, lines: list[Line], form: Form, status: int = 200,
            **facts: object) -> ResponseReturnValue:
    """What would happen, row by row: how many proceed, how many do not and why, and the money."""
    records, refused = proceeding(lines), defaultdict(list)
    for line in lines:
        if line.why:
            refused[line.why].append(line.record)
    seen = {record.id: selection.seen_now(step, record) for record in records}
    return view.show(view.together_templates.get(step.name, "bulk.html"), step=step, form=form, records=records,
                     refused=refused, total=len(lines), moves=sums(view.model, records), seen=seen,
                     columns=view.readable(view.column_list), frozen=selection.frozen_text(seen), **facts), status


def sums(model: type, records: list) -> tuple | None:
    """(label, sum, what goes down, what goes up) of the records' `amount`, MXN; None without one."""
    if column_of(model, "amount") is None:
        return None
    amounts = [record.amount for record in records if record.amount]
    return (label_of(model, "amount"), sum(amounts), [some for some in amounts if some < 0],
            [some for some in amounts if some > 0])


def back(view: ModelView, sentence: str) -> Response:
    """To the list as it was filtered, with a sentence."""
    flash(sentence, "warning")
    return redirect(selection.address(view, "index_view"))
