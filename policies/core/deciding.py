"""What a person may do with a record now, or why not, in a Spanish sentence that is safe to show."""

from collections.abc import Set

from sqlalchemy import func, select
from sqlalchemy.orm import object_session

from models.base.columns import Named
from models.queries.contributions import contributors, parameters
from policies.core.page_reads import once
from policies.core.rules import ACTS, RULES, Act, Actor, Broken, Denied, acts_of, is_decision

AWAY = ("Su firma está delegada hoy (oficio {}) y decide quien la recibió; para decidir usted, pida a Informática que "
        "deje antes sin efecto la delegación.")


def acts_open_to(actor: Actor, subject: Named) -> list[Act]:
    """The steps that this actor may take on this record now: its buttons."""
    return [step for step in acts_of(subject) if refusal(step, actor, subject) is None]


def acts_together(actor: Actor, model: type[Named]) -> list[Act]:
    """The steps that this office may take on many records of a table at once."""
    return [step for (of, _), step in ACTS.items()
            if of is model and step.together and not_by(step, actor) is None]


def not_by(step: Act, actor: Actor) -> Denied | None:
    """Why the step is never this office's, whatever the record; None where it is."""
    if actor.role in step.by:
        return None
    who = ", ".join(sorted(role.label for role in step.by))
    return Denied(f"«{step.label}» corresponde a: {who}.")


def refusal(step: Act, actor: Actor, subject: Named) -> Denied | Broken | None:
    """Why the step is refused to this actor on this record now, or None. Pages ask it to draw the buttons, and
    `perform` asks it again before it writes.
    """
    if not isinstance(subject, step.model):
        return Broken("Este acto no corresponde a este registro.")
    if why := not_by(step, actor):
        return why
    if actor.away and is_decision(step):
        return Broken(AWAY.format(actor.away))
    if step.moves and subject.state not in step.moves:
        return Broken(f"No procede «{step.label}»: el registro está en "
                      f"«{subject.state.label}».")
    if step.moves and (why := closed_to_acts(subject)):
        return Broken(why)
    if step.independent and contributed(actor, subject):
        return Denied(f"Usted participó en la elaboración de esta revisión; «{step.label}» "
                      "corresponde a otra persona.")
    if why := step.hinders(subject, actor) or lacking(step, subject):
        return Broken(why)
    return None


def closed_to_acts(subject: Named) -> str | None:
    """Why a part takes no act now because of the record that it is part of, or None."""
    rule = RULES.get(type(subject))
    if rule is None or not rule.part_of:
        return None
    return closed_whole(subject, rule.open_while or RULES[rule.part_of[1]].edit_while)


def closed_whole(subject: Named, states: Set) -> str | None:
    """Why a part is kept as it is by the record to which it belongs; None where that is in one of those states."""
    column, parent = RULES[type(subject)].part_of
    whole = object_session(subject).get(parent, getattr(subject, column)) if states else None
    if whole is None or whole.state in states:
        return None
    return f"Pertenece a {whole}, que está en «{whole.state.label}»; ahí ya no procede."


def lacking(step: Act, subject: Named) -> str | None:
    """The sentence of the first need of the step that PostgreSQL finds unmet, needs that the step itself may fulfil
    apart; None where there is none.
    """
    asked = [need for need in step.needs if not need.met_by(step)]
    unmet = asked and once(subject, "unmet", lambda: set(object_session(subject).scalars(
        select(getattr(func.console, f"unmet_{step.model.__tablename__}")(subject.id)))))
    return next((need.says for need in asked if need.name(step) in unmet), None)


def contributed(actor: Actor, subject: Named) -> bool:
    """Whether the actor wrote anything of the record's present revision: who prepared it does not decide on it."""
    return actor.id in once(subject, "hands", lambda: object_session(subject).scalar(
        select(contributors()), parameters(subject)))


def editable(actor: Actor, subject: Named) -> Denied | Broken | None:
    """Why this record may not be edited in a form now, or None."""
    rule = RULES.get(type(subject))
    if rule is None or actor.role not in rule.edit:
        return Denied("Su cargo no permite editar este registro.")
    return frozen(subject)


def frozen(subject: Named) -> Broken | None:
    """Why no form writes or deletes this record now, or None: it, or the record of which it is part, is no longer being
    prepared.
    """
    rule = RULES[type(subject)]
    if rule.edit_while and subject.state not in rule.edit_while:
        return Broken(f"El registro está en «{subject.state.label}» y ya no se edita.")
    if why := rule.part_of and closed_whole(subject, RULES[rule.part_of[1]].edit_while):
        return Broken(why)
    return None
