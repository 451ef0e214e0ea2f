"""The grammar of policy: a Rule says who may touch a table, an Act who may move a state."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import object_session

from models.base.people import Role
from models.queries.contributions import contributors, parameters
from policies.core.declarations import Misdeclared, check_act, check_ask, check_rule
from policies.core.page_reads import once

RULES, ACTS = {}, {}
MOST_TOGETHER = 500     # records that one act takes at once, unless it says fewer
NOBODY = frozenset()
EVERYONE = frozenset(Role)
AWAY = ("Su firma está delegada hoy (oficio {}) y decide quien la recibió; para decidir usted, pida a Informática que "
        "deje antes sin efecto la delegación.")


class Denied(Exception):
    """The actor may not do this. The message is Spanish and safe to show."""


class Broken(Exception):
    """The procedure does not allow this now. The message is Spanish and safe to show."""


class Stale(Exception):
    """Somebody else changed the record meanwhile. The message is Spanish and safe to show."""


class Actor(NamedTuple):
    """A person in the office they wear in this session, by which letter: of an appointment, or of the
    delegation of whoever is absent."""

    id: int
    role: Role
    name: str = ""
    acting: bool = False
    letter: str = ""
    absent_id: int | None = None
    absent_name: str = ""
    away: str = ""      # the letter by which this holder's own signature is lent today


@dataclass(frozen=True)
class Ask:
    """One thing that an act asks of the person; the door draws it and reads it."""

    name: str
    label: str
    kind: str = "text"          # text, long_text, choice, number, yes_no, file, sheet, day, record
    required: bool = True
    choices: tuple = ()         # (value, label) pairs
    help: str = ""
    value: object = None        # what is already there
    target: type = None         # the model of a «record»; the act receives its key
    when: tuple = ()            # (another ask's name, its value): asked only then
    limits: tuple = ()          # of a «number»: what typed_figures.figure() takes
    most: int = 0               # of a «sheet»: how many rows it may bring

    def __post_init__(self):
        check_ask(self)


@dataclass(frozen=True)
class Rule:
    """Who may do what with a table's rows, and which columns people may type."""

    model: type
    view: frozenset = NOBODY
    create: frozenset = NOBODY
    edit: frozenset = NOBODY
    delete: frozenset = NOBODY
    export: frozenset = NOBODY
    edits: tuple = ()               # the columns people type in a form
    content: tuple = ()             # the columns that stop moving outside edit_while
    edit_while: frozenset = NOBODY  # states; empty: any
    part_of: tuple = ()             # (column, parent model): freezes with its parent
    personal_to: frozenset = NOBODY  # who reads the personal columns
    born: object = None             # the state of a new row
    guarded: bool = False           # PostgreSQL refuses what neither the rule nor an act declares (sql/guards.py)
    kept: bool = False              # never deleted
    grows: bool = False             # only added: neither changed nor deleted
    loads: bool = False             # the worker writes thousands at once: the trail tells of each statement, not row
    arrives: object = None          # condition on a new row that enters otherwise than by its acts, in a state of its
                                    # own: a trigger of the area judges all the rows of a statement
    begins: tuple = ()              # what must be so of a new row that does not arrive otherwise (needs.py)
    obeys: tuple = ()               # what must be so after each change, from the states that each names
    ends: tuple = ()                # what must be so of a row that is deleted
    unattended: bool = False        # the owner or the gate, who act in no office, may move it too
    once: tuple = ()                # columns that are given a value once, and then keep it
    open_while: frozenset = NOBODY  # states of the whole in which this part takes its acts; empty: its edit_while
    rows: dict = field(default_factory=dict)    # offices -> office -> condition of the rows that it sees (scopes.py)
    derives: tuple = ()             # columns that a trigger of the area's own, or the gate, writes
    imports: bool = False           # rows may come from a file, and go back by batch


@dataclass(frozen=True)
class Act:
    """One step of a procedure: from where to where, by whom, writing what."""

    name: str
    label: str
    model: type
    moves: dict                     # state -> states it may lead to; empty: it moves nothing
    by: frozenset
    effect: Callable
    independent: bool = False       # nobody who contributed to this revision
    proof: bool = False             # the person proves again who they are
    sets: tuple = ()                # columns that the effect writes
    stamps: tuple = ()              # columns that PostgreSQL writes when the state changes: who, in which office, when
    needs: tuple = ()               # what must be so for the move: asked by button, session and PostgreSQL
    creates: tuple = ()
    touches: dict = field(default_factory=dict)   # model -> columns of other records
    removes: tuple = ()
    bulk: tuple = ()                # tables that the effect writes by whole statements
    writes: tuple = ()              # tables that PostgreSQL's own functions write for it
    asks: Callable = lambda subject, actor: ()
    hinders: Callable = lambda subject, actor: None   # a sentence: why not now
    starts: bool = False            # begins a new record that is then shown
    grave: bool = False             # cannot be taken back: drawn apart, confirmed
    together: bool = False          # may be done on many records at once, each on its own
    at_most: int = MOST_TOGETHER    # how many at once
    alike: Callable = lambda records: None        # a sentence: why these are not done together
    over: Callable | None = None    # the hash of what is decided on: shown, frozen and asked again for each
    job: bool = False               # taken by the worker, chunk by chunk, in the name of who began it
    otherwise: str = ""             # of a job: the act taken, with its `why`, when it cannot go on


def declare(*rules):
    for rule in rules:
        if rule.model in RULES:
            raise Misdeclared(f"{rule.model.__name__} has two rules; say everything in one")
        check_rule(rule)
        RULES[rule.model] = rule


def act(label, model, moves, *, by, **terms):
    """Declare the function below as one step of a procedure."""
    def register(effect):
        step = Act(effect.__name__, label, model, moves, frozenset(by), effect, **terms)
        if (model, step.name) in ACTS:
            raise Misdeclared(f"the act {step.name} of {model.__name__} is declared twice; give one another name")
        if step.together and not fit_for_many(step):
            raise Misdeclared(f"the act {step.name} begins a record or proves no content, so it is done one by one;"
                              " take `together` out")
        check_act(step)
        ACTS[model, step.name] = step
        return step
    return register


def fit_for_many(step):
    """Whether an act may be declared together: over versioned rows, and nothing is begun.

    An act with proof proves the person once, and so says over exactly which content of each.
    """
    proven = step.over is not None or not step.proof
    return hasattr(step.model, "version") and not step.starts and proven


def is_of(actor, offices):
    """Whether the actor is in one of these offices."""
    return actor.role in offices


def allows(actor, verb, model):
    """Whether the actor's office has that verb on that table; an unknown table has none."""
    rule = RULES.get(model)
    return rule is not None and actor.role in getattr(rule, verb)


def reads_personal(actor, model):
    """Whether the actor's office may read the personal columns of a table."""
    rule = RULES.get(model)
    return rule is not None and actor.role in rule.personal_to


def editable(actor, subject):
    """Why this record may not be edited in a form now, or None."""
    rule = RULES.get(type(subject))
    if rule is None or actor.role not in rule.edit:
        return Denied("Su cargo no permite editar este registro.")
    if rule.edit_while and subject.state not in rule.edit_while:
        return Broken(f"El registro está en «{subject.state.label}» y ya no se edita.")
    return None


def acts_of(subject):
    """Every step that people take on this kind of record, in the order of the procedure."""
    return [step for (model, _), step in ACTS.items() if model is type(subject) and not step.job]


def acts_of_office(actor):
    """Every step that the actor's office takes, on whatever record."""
    return [step for step in ACTS.values() if actor.role in step.by and not step.job]


def acts_open_to(actor, subject):
    """The buttons to show: steps this actor may take on this record now."""
    return [step for step in acts_of(subject) if refusal(step, actor, subject) is None]


def acts_together(actor, model):
    """The steps that this office may take on many records of a table at once."""
    return [step for (of, _), step in ACTS.items()
            if of is model and step.together and not_by(step, actor) is None]


def too_many(step, count):
    """Why an act does not take so many records at once, or None."""
    if count <= step.at_most:
        return None
    return Broken(f"«{step.label}» atiende juntos hasta {step.at_most} registros y aquí hay más; acote el "
                  "filtro y seleccione de nuevo.")


def unlike(step, records):
    """Why an act does not take these records together, or None."""
    why = step.alike(records)
    return Broken(why) if why else None


def born_by_act(model):
    """The offices that begin a table's records by an act."""
    return {role for step in ACTS.values() if model in step.creates for role in step.by}


def preparers(model):
    """The offices that begin a table's records."""
    return {*RULES[model].create, *born_by_act(model)}


def is_decision(step):
    """Whether only offices that do not prepare the record take the step: to sign, return, authorise, confirm."""
    return bool(preparers(step.model)) and not step.by & preparers(step.model)


def not_by(step, actor):
    """Why the step is not this office's at all, whatever the record, or None."""
    if actor.role in step.by:
        return None
    who = ", ".join(sorted(role.label for role in step.by))
    return Denied(f"«{step.label}» corresponde a: {who}.")


def refusal(step, actor, subject):
    """Why the step is refused, or None. Views ask it to draw; perform() asks it to decide."""
    if not isinstance(subject, step.model):
        return Broken("Este acto no corresponde a este registro.")
    if why := not_by(step, actor):
        return why
    if actor.away and is_decision(step):
        return Broken(AWAY.format(actor.away))
    if step.moves and subject.state not in step.moves:
        return Broken(f"No procede «{step.label}»: el registro está en "
                      f"«{subject.state.label}».")
    if step.moves and (why := closed_whole(subject)):
        return Broken(why)
    if step.independent and contributed(actor, subject):
        return Denied(f"Usted participó en la elaboración de esta revisión; «{step.label}» "
                      "corresponde a otra persona.")
    if why := step.hinders(subject, actor) or lacking(step, subject):
        return Broken(why)
    return None


def closed_whole(subject):
    """Why a part takes no act now because of the record that it is part of, or None."""
    rule = RULES.get(type(subject))
    if rule is None or not rule.part_of:
        return None
    column, parent = rule.part_of
    states = rule.open_while or RULES[parent].edit_while
    whole = object_session(subject).get(parent, getattr(subject, column)) if states else None
    if whole is None or whole.state in states:
        return None
    return f"Pertenece a {whole}, que está en «{whole.state.label}»; ahí ya no procede."


def lacking(step, subject):
    """The sentence of the first need of the step that PostgreSQL finds unmet and that the step itself does not
    fulfil, or None."""
    asked = [need for need in step.needs if not need.met_by(step)]
    unmet = asked and once(subject, "unmet", lambda: set(object_session(subject).scalars(
        select(getattr(func.console, f"unmet_{step.model.__tablename__}")(subject.id)))))
    return next((need.says for need in asked if need.name(step) in unmet), None)


def contributed(actor, subject):
    """Whether the actor put a hand on the record's present revision: who prepared it does not decide on it."""
    return actor.id in once(subject, "hands", lambda: object_session(subject).scalar(
        select(contributors()), parameters(subject)))
