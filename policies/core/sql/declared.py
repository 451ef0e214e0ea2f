"""What the declarations say of one table: which columns who may write when. The guards are written from it."""

from models import db
from models.base.columns import Named
from policies.core.declarations import Misdeclared
from policies.core.rules import ACTS, Act, Rule
from policies.core.sql.clauses import literal

WRITTEN = {"author": "console.actor()", "office": "office", "instant": "clock_timestamp()",
           "code": "replace(gen_random_uuid()::text, '-', '')",
           "request": "coalesce(current_setting('app.request_id', true), '')"}
WHOEVER_BRINGS_IT = {"instant", "code"}     # written at every birth; a row that arrives brings its author


def steps(model: type[Named]) -> list[Act]:
    """The acts on a table."""
    return [step for (of, _), step in ACTS.items() if of is model]


def marked(model: type[Named], mark: str) -> dict[str, object]:
    """The columns with that mark, and what the mark says."""
    return {column.name: column.info[mark] for column in model.__table__.columns if mark in column.info}


def moves(step: Act) -> set[tuple[str, str]]:
    """(from, to) of an act, the same state included where it may stay."""
    return {(source.value, target.value) for source, targets in step.moves.items() for target in targets}


def changes(step: Act) -> set[tuple[str, str]]:
    """(from, to) of an act where the state changes."""
    return {(source, target) for source, target in moves(step) if source != target}


def content(rule: Rule) -> set[str]:
    """The columns of the content that acts set or forms edit: they change while it is open, and not afterwards."""
    changing = {*rule.edits, *(column for step in steps(rule.model) for column in step.sets)}
    return changing & set(rule.content) if rule.edit_while else set()


def settings(rule: Rule) -> dict[str, set]:
    """Each other column that acts set: the (from, to, office) in which it may change; of one that forms edit too while
    the row is open, afterwards."""
    found, always_edited = {}, set() if rule.edit_while else set(rule.edits)
    for step in steps(rule.model):
        for column in set(step.sets) - always_edited - {*rule.derives} - content(rule):
            found.setdefault(column, set()).update(
                (*move, role.value) for move in moves(step) for role in step.by)
    return found


def stamped(rule: Rule) -> dict[str, set]:
    """Each column that PostgreSQL stamps at a move: the (from, to) of those moves."""
    found = {}
    for step in steps(rule.model):
        for column in step.stamps:
            found.setdefault(column, set()).update(changes(step))
    return found


def at_birth(rule: Rule) -> dict[str, str]:
    """Each column that PostgreSQL writes when the row arrives, and how."""
    columns = rule.model.__table__.columns
    return {name: kind for name, kind in marked(rule.model, "written").items()
            if not columns[name].nullable or columns[name].info.get("at_birth")}


def free(rule: Rule) -> set[str]:
    """The columns whose changes another part of the guard, a grant or another trigger judges."""
    others = {column for step in ACTS.values() for column in step.touches.get(rule.model, ())}
    free_acts = {column for step in steps(rule.model) if not step.moves for column in step.sets}
    marks = {name for mark in ("term", "rule_of", "state_clock", "gathered") for name in marked(rule.model, mark)}
    numbered = {name for name, (_, on) in marked(rule.model, "numbered").items() if on}
    return {"id", "version", "state", *rule.edits, *rule.once, *rule.derives, *others, *free_acts, *marks, *numbered,
            *settings(rule), *stamped(rule), *content(rule)}


def born_with(rule: Rule) -> set[str]:
    """What a new row brings although an act writes it again later: what is marked so, and required columns without a
    default."""
    columns = rule.model.__table__.columns
    return {name for name in settings(rule) if "brought" in columns[name].info
            or not columns[name].nullable and columns[name].server_default is None}


def default_of(model: type[Named], name: str) -> str:
    """SQL of what a column that acts write holds when the row arrives: its default, or NULL."""
    default = model.__table__.columns[name].server_default
    return "NULL" if default is None or not hasattr(default, "arg") else (
        literal(default.arg) if isinstance(default.arg, str) else str(default.arg.text))


def act_named(model: type[Named], name: str) -> Act:
    """The act of that name; raises Misdeclared where there is none."""
    if (model, name) not in ACTS:
        raise Misdeclared(f"a folio of {model.__name__} is given by the act {name!r}, which is not declared")
    return ACTS[model, name]


def models() -> list[type]:
    """Every table."""
    return [mapper.class_ for mapper in db.Model.registry.mappers]
