"""The session guard: before each flush, every object must be allowed by the running act or by the rule of its table."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event, inspect, text
from sqlalchemy.orm import ORMExecuteState, Session, object_session, scoped_session
from sqlalchemy.orm.exc import StaleDataError

from models.base.columns import Named
from policies.core.asking import copy_answers
from policies.core.deciding import refusal
from policies.core.declarations import Misdeclared
from policies.core.rules import RULES, Act, Actor, Denied, Rule, Stale

MEANWHILE = ("Otra persona cambió este registro mientras usted lo veía; lo que escribió sigue aquí, "
             "revise lo nuevo y decida.")

NAMED = text("SELECT set_config('app.act', :act, true)")


def install(session: scoped_session) -> None:
    """Check every flush of the session against the rules and the running act, and refuse bulk statements outside an
    act.
    """
    event.listen(session, "before_flush", check)
    event.listen(session, "do_orm_execute", refuse_bulk)


@contextmanager
def during(session: Session, step: Act, subject: Named | None) -> Iterator[None]:
    """Within it, what the session writes is judged as part of that act on that record, and PostgreSQL's trail names the
    act.

    Raises Stale when a row that it writes has changed meanwhile.
    """
    session.info["step"] = step, subject
    session.execute(NAMED, {"act": step.name})
    try:
        yield
        session.flush()
        session.execute(NAMED, {"act": ""})     # what this transaction writes next is no part of the act
    except StaleDataError:
        raise Stale(MEANWHILE) from None
    finally:
        del session.info["step"]


def perform(session: Session, step: Act, subject: Named, actor: Actor, answers: dict | None = None,
            seen_version: int | None = None) -> object:
    """Take an act: ask whether it is allowed, lock the record, ask again, run the effect and move the state.

    Returns what the effect returned. The caller commits. `answers` are what the act asked, by name; `seen_version` is
    the version on the page from which the person decided. Raises Denied or Broken where the act is refused, and Stale
    where the record has changed since that version, so that nobody signs what they did not see.
    """
    for lock in (False, True):
        if lock:
            session.refresh(subject, with_for_update=own_table_lock(subject) if step.moves else None)
        if seen_version is not None and subject.version != seen_version:
            raise Stale(MEANWHILE)
        if why := refusal(step, actor, subject):
            raise why
    with during(session, step, subject):
        made = effect_of(session, step, subject, actor, answers or {})
        if step.moves:
            renew(session, subject)
            move(step, subject, made)
    return made


def effect_of(session: Session, step: Act, subject: Named, actor: Actor, answers: dict) -> object:
    """Run the effect; what it returns. The answers that the act copies are flushed with the new state and not before.
    """
    if not step.copies:
        return step.effect(subject, actor, **answers)
    with session.no_autoflush:
        return step.effect(subject, actor, **copy_answers(subject, step.copies, answers))


def renew(session: Session, subject: Named) -> None:
    """Read the version of a record again after the effect: the trigger of a part that the effect wrote has raised it,
    and the lock keeps everybody else out.
    """
    with session.no_autoflush:      # what the effect left to be written on the record is written with its new state
        session.refresh(subject, ["version"])


def own_table_lock(subject: Named) -> dict:
    """The argument of FOR UPDATE that locks the record's own table alone: PostgreSQL refuses to lock what an outer join
    brings.
    """
    return {"of": type(subject)}


def move(step: Act, subject: Named, chosen: object) -> None:
    """Write the new state, here and nowhere else: the act's one target, or the one that its effect returned.

    Raises Misdeclared where several are possible and the effect returned none of them.
    """
    targets = step.moves[subject.state]
    target = chosen if chosen in targets else None
    if target is None and len(targets) == 1:
        (target,) = targets
    if target is None:
        raise Misdeclared(f"the effect of {step.name} returned none of the states to which it may lead")
    subject.state = target


def pending(session: Session) -> Iterator[tuple[str, Named]]:
    """(verb, object) of everything that the flush would write: «create», «edit» or «delete»."""
    for obj in session.new:
        yield "create", obj
    for obj in session.dirty:
        if session.is_modified(obj):
            yield "edit", obj
    for obj in session.deleted:
        yield "delete", obj


def changed(obj: Named) -> set[str]:
    """The names of the columns that this flush would write."""
    state = inspect(obj)
    return {attribute.key for attribute in state.attrs
            if attribute.key in state.mapper.columns and attribute.history.has_changes()}


def check(session: Session, context: object, instances: object) -> None:
    """Listener of `before_flush`: every object to be written must be allowed by the running act or else by the rule of
    its table. Raises Denied.
    """
    actor = session.info.get("actor")
    for verb, obj in pending(session):
        if actor is None:
            raise Denied("Sin sesión no se escribe.")
        step, subject = session.info.get("step", (None, None))
        allowed = (by_act(step, subject, verb, obj) if step else by_rule(actor, verb, obj))
        if not allowed:
            raise Denied("Su cargo no permite este cambio.")


def by_act(step: Act, subject: Named | None, verb: str, obj: Named) -> bool:
    """Whether the running act declared this write."""
    if verb == "create":
        return isinstance(obj, step.creates)
    if verb == "delete":
        return isinstance(obj, step.removes)
    if obj is subject:
        return changed(obj) <= {*(("state",) if step.moves else ()), *step.sets}
    return changed(obj) <= set(step.touches.get(type(obj), ()))


def by_rule(actor: Actor, verb: str, obj: Named) -> bool:
    """Whether the table's rule lets the actor write this outside any act."""
    rule = RULES.get(type(obj))
    if rule is None or actor.role not in getattr(rule, verb):
        return False
    if rule.part_of and not parent_open(rule, obj):
        return False
    if verb == "edit":
        return (changed(obj) <= set(rule.edits)
                and (not rule.edit_while or obj.state in rule.edit_while))
    return verb == "create" or not rule.edit_while or obj.state in rule.edit_while


def parent_open(rule: Rule, obj: Named) -> bool:
    """Whether the record of which `obj` is a part stands in a state in which it is edited."""
    column, parent = rule.part_of
    states = RULES[parent].edit_while
    whole = inspect(obj).session.get(parent, getattr(obj, column))
    return whole is not None and (not states or whole.state in states)


def refuse_bulk(state: ORMExecuteState) -> None:
    """Listener of `do_orm_execute`: an INSERT, UPDATE or DELETE of many rows passes only for a table that the running
    act declares as `bulk`. Raises Denied.
    """
    if not (state.is_insert or state.is_update or state.is_delete):
        return
    step, _ = state.session.info.get("step", (None, None))
    if step is None or state.bind_mapper is None or state.bind_mapper.class_ not in step.bulk:
        raise Denied("Los cambios masivos no pasan por aquí.")


def settle(subject: Named) -> None:
    """Flush the parts that were written of a record, then read the record again: a trigger raises its version when a
    part changes.
    """
    session = object_session(subject)
    session.flush()
    session.refresh(subject)
