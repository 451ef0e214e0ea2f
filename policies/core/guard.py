"""The session guard: no row reaches the database without passing its rule or its act."""

from contextlib import contextmanager

from sqlalchemy import event, inspect, text
from sqlalchemy.orm import object_session
from sqlalchemy.orm.exc import StaleDataError

from policies.core.asking import copy_answers
from policies.core.deciding import refusal
from policies.core.declarations import Misdeclared
from policies.core.rules import RULES, Denied, Stale

MEANWHILE = ("Otra persona cambió este registro mientras usted lo veía; lo que escribió sigue aquí, "
             "revise lo nuevo y decida.")

NAMED = text("SELECT set_config('app.act', :act, true)")


def install(session):
    event.listen(session, "before_flush", check)
    event.listen(session, "do_orm_execute", refuse_bulk)


@contextmanager
def during(session, step, subject):
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


def perform(session, step, subject, actor, answers=None, seen_version=None):
    """Ask, lock, ask again, do, move. The caller commits.

    `seen_version` is the version on the page the person decided from: a record that moved
    since is refused as Stale, so nobody signs what they did not see.
    """
    for lock in (False, True):
        if lock:
            session.refresh(subject, with_for_update=only_this(subject) if step.moves else None)
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


def effect_of(session, step, subject, actor, answers):
    """What the effect returns. The answers that it copies are written on the record with its new state, not before."""
    if not step.copies:
        return step.effect(subject, actor, **answers)
    with session.no_autoflush:
        return step.effect(subject, actor, **copy_answers(subject, step.copies, answers))


def renew(session, subject):
    """Read the version of a record again: a child that the effect wrote has raised it, and nobody else could."""
    with session.no_autoflush:      # what the effect left to be written on the record is written with its new state
        session.refresh(subject, ["version"])


def only_this(subject):
    """FOR UPDATE OF the record alone: PostgreSQL refuses to lock what an outer join brings."""
    return {"of": type(subject)}


def move(step, subject, chosen):
    """Only here does a state change: to the act's one target, or to the one its effect chose."""
    targets = step.moves[subject.state]
    target = chosen if chosen in targets else None
    if target is None and len(targets) == 1:
        (target,) = targets
    if target is None:
        raise Misdeclared(f"the effect of {step.name} returned none of the states to which it may lead")
    subject.state = target


def pending(session):
    for obj in session.new:
        yield "create", obj
    for obj in session.dirty:
        if session.is_modified(obj):
            yield "edit", obj
    for obj in session.deleted:
        yield "delete", obj


def changed(obj):
    """The names of the columns that this flush would write."""
    state = inspect(obj)
    return {attribute.key for attribute in state.attrs
            if attribute.key in state.mapper.columns and attribute.history.has_changes()}


def check(session, context, instances):
    actor = session.info.get("actor")
    for verb, obj in pending(session):
        if actor is None:
            raise Denied("Sin sesión no se escribe.")
        step, subject = session.info.get("step", (None, None))
        allowed = (by_act(step, subject, verb, obj) if step else by_rule(actor, verb, obj))
        if not allowed:
            raise Denied("Su cargo no permite este cambio.")


def by_act(step, subject, verb, obj):
    """Whether the running act declared this write."""
    if verb == "create":
        return isinstance(obj, step.creates)
    if verb == "delete":
        return isinstance(obj, step.removes)
    if obj is subject:
        return changed(obj) <= {*(("state",) if step.moves else ()), *step.sets}
    return changed(obj) <= set(step.touches.get(type(obj), ()))


def by_rule(actor, verb, obj):
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


def parent_open(rule, obj):
    """A part is written only while its whole is."""
    column, parent = rule.part_of
    states = RULES[parent].edit_while
    whole = inspect(obj).session.get(parent, getattr(obj, column))
    return whole is not None and (not states or whole.state in states)


def refuse_bulk(state):
    if not (state.is_insert or state.is_update or state.is_delete):
        return
    step, _ = state.session.info.get("step", (None, None))
    if step is None or state.bind_mapper is None or state.bind_mapper.class_ not in step.bulk:
        raise Denied("Los cambios masivos no pasan por aquí.")


def settle(subject):
    """Write what hangs from a record, then read it again: its parts move its version."""
    session = object_session(subject)
    session.flush()
    session.refresh(subject)
