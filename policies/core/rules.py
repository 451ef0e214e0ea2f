"""What an area declares: a Rule says who may view and write a table, and an Act who may take a record from one state to
another."""

from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass, field
from typing import NamedTuple

from models.base.columns import Named
from models.base.people import Role
from policies.core.asking import Ask, asked_columns
from policies.core.declarations import Misdeclared, check_act, check_rule

RULES, ACTS = {}, {}
MOST_TOGETHER = 500     # records that one act takes at once, unless it says fewer
NOBODY = frozenset()
EVERYONE = frozenset(Role)


class Denied(Exception):
    """The actor may not do this. The message is Spanish and safe to show."""


class Broken(Exception):
    """The procedure does not allow this now. The message is Spanish and safe to show."""


class Stale(Exception):
    """Somebody else changed the record meanwhile. The message is Spanish and safe to show."""


class Actor(NamedTuple):
    """A person in the office in which they act now, and the letter by which they hold it: of an appointment, or of the
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
    personal_to: frozenset = NOBODY  # who reads the personal columns, and those of its files and letters (carried.py)
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
    asks: Callable[..., tuple[Ask, ...]] = lambda subject, actor: ()
    copies: tuple = ()              # columns that take the answers of their names, before the effect
    hinders: Callable = lambda subject, actor: None   # a sentence: why not now
    starts: bool = False            # begins a new record that is then shown
    grave: bool = False             # cannot be taken back: drawn apart, confirmed
    leads: bool = False             # the next step of its states, although it is grave
    together: bool = False          # may be done on many records at once, each on its own
    at_most: int = MOST_TOGETHER    # how many at once
    alike: Callable = lambda records: None        # a sentence: why these are not done together
    over: Callable | None = None    # the hash of what is decided on: shown, frozen and asked again for each
    job: bool = False               # taken by the worker, chunk by chunk, in the name of who began it
    otherwise: str = ""             # of a job: the act taken, with its `why`, when it cannot go on


def declare(*rules: Rule) -> None:
    """Register rules, one for each table; raises Misdeclared for a second one or one that contradicts its model."""
    for rule in rules:
        if rule.model in RULES:
            raise Misdeclared(f"{rule.model.__name__} has two rules; say everything in one")
        check_rule(rule)
        RULES[rule.model] = rule


def act(label: str, model: type[Named], moves: dict, *, by: Iterable[Role], **terms) -> Callable[[Callable], Act]:
    """Declare the function below as one step of a procedure: it becomes the effect of an Act, and its name the act's.

    `moves` is {state: states it may lead to}; `terms` are the other fields of Act. `asks` are columns, which take the
    answers, or a function that makes each Ask.
    """
    if isinstance(columns := terms.get("asks"), tuple):
        terms |= {"asks": asked_columns(model, columns), "copies": columns, "sets": (*terms.get("sets", ()), *columns)}

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


def plain_act(name: str, label: str, model: type[Named], moves: dict, *, by: Iterable[Role], **terms) -> Act:
    """Declare a step that moves the record and copies its answers, and does nothing else."""
    def moved(subject, actor, **proof):
        """The record moves and takes the answers; nothing else happens."""
    moved.__name__ = name
    return act(label, model, moves, by=by, **terms)(moved)


def fit_for_many(step: Act) -> bool:
    """Whether an act may be taken on many records at once: its rows have a version, it begins no record and, where it
    asks for the password, it says over which content of each record the person decides.
    """
    proven = step.over is not None or not step.proof
    return hasattr(step.model, "version") and not step.starts and proven


def is_of(actor: Actor, offices: Set[Role]) -> bool:
    """Whether the actor is in one of these offices."""
    return actor.role in offices


def allows(actor: Actor, verb: str, model: type[Named]) -> bool:
    """Whether the actor's office has that verb (view, create, edit, delete, export) on that table; a table without rule
    allows nothing.
    """
    rule = RULES.get(model)
    return rule is not None and actor.role in getattr(rule, verb)


def reads_personal(actor: Actor, model: type[Named]) -> bool:
    """Whether the actor's office may read the personal columns of a table."""
    rule = RULES.get(model)
    return rule is not None and actor.role in rule.personal_to


def acts_of(subject: Named) -> list[Act]:
    """Every step that people take on this kind of record, in the order of the procedure."""
    return [step for (model, _), step in ACTS.items() if model is type(subject) and not step.job]


def acts_of_office(actor: Actor) -> list[Act]:
    """Every step that the actor's office takes, on whatever record."""
    return [step for step in ACTS.values() if actor.role in step.by and not step.job]


def too_many(step: Act, count: int) -> Broken | None:
    """Why an act does not take so many records at once, or None."""
    if count <= step.at_most:
        return None
    return Broken(f"«{step.label}» atiende juntos hasta {step.at_most} registros y aquí hay más; acote el "
                  "filtro y seleccione de nuevo.")


def unlike(step: Act, records: Sequence[Named]) -> Broken | None:
    """Why an act does not take these records together, or None."""
    why = step.alike(records)
    return Broken(why) if why else None


def born_by_act(model: type[Named]) -> set[Role]:
    """The offices that create rows of a table by an act."""
    return {role for step in ACTS.values() if model in step.creates for role in step.by}


def preparers(model: type[Named]) -> set[Role]:
    """The offices that create rows of a table, in a form or by an act."""
    return {*RULES[model].create, *born_by_act(model)}


def is_decision(step: Act) -> bool:
    """Whether the step is a decision (to sign, return, authorise, confirm): only offices that do not prepare the record
    take it.
    """
    return bool(preparers(step.model)) and not step.by & preparers(step.model)
