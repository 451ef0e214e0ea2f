"""Replays: a version tried over past bills by the worker, before anybody signs it."""

from sqlalchemy.orm import object_session

from models.procedures import ProcedureVersion, VersionState
from models.queries import replays as find
from models.replays import Replay, ReplayRow
from models.replays import ReplayState as R
from policies.core.guard import settle
from policies.core.offices import COMMERCIAL, CORRECTION_READERS, STAFF, UNIT_HEAD
from policies.core.rules import Ask, Broken, Rule, act, declare
from policies.corrections.cases import definition_of
from policies.corrections.drafting import captured_by_people, input_label, kept_inputs, limits_of
from policies.corrections.gathering import gather
from policies.procedures.parsing import DefinitionError
from policies.procedures.vocabulary import said_choice
from policies.replays.trying import NO_ANSWER, Tried

CHUNK = 1000            # bills in one transaction: less than a second of one core
MOST_MONTHS = 60
TRIERS = STAFF | UNIT_HEAD | COMMERCIAL
SUPPOSED = "supuesto."  # before the name of an input, so that none is taken for a question of the replay
KINDS = {"number": "number", "bool": "yes_no", "choice": "choice"}
SEEN = dict(view=CORRECTION_READERS, export=CORRECTION_READERS)
CHANGED = ("El contenido del procedimiento cambió después de pedir esta prueba: lo que hay es del contenido "
           "anterior. Inicie otra prueba desde la versión.")

declare(Rule(Replay, **SEEN, born=R.RUNNING), Rule(ReplayRow, **SEEN))


def readable(version):
    """The content of a version, which an unfinished draft may not have yet."""
    try:
        return definition_of(version)
    except DefinitionError as fault:
        raise Broken(f"El procedimiento todavía no se puede probar: {fault.problems[0]}") from None


def withdrawn(version, actor):
    """Why this version is not tried, or None."""
    if version.state == VersionState.WITHDRAWN:
        return "Una versión retirada ya no se prueba; elabore otra."
    return None


def ask_replay(version, actor):
    """How far back, against what, and what is supposed of each thing that a person would type."""
    definition, ruling = readable(version), object_session(version).scalar(find.ruling_today(version))
    asks = [Ask("months", "Meses hacia atrás", "number", value=12, limits=(0, 1, MOST_MONTHS),
                help=f"De 1 a {MOST_MONTHS}, contados desde el último recibo.")]
    if ruling is not None:
        asks.append(Ask("compare", f"Comparar con la versión {ruling.number}, que rige hoy", "yes_no", value=True))
    asks += [supposed(field) for field in captured_by_people(definition)]
    if ruling is not None:
        known = {field.name for field in captured_by_people(definition)}
        asks += [supposed(field, of_ruling=True) for field in captured_by_people(definition_of(ruling))
                 if field.name not in known]
    return tuple(asks)


def supposed(field, of_ruling=False):
    """The question whose answer is supposed for every bill alike."""
    when = next(((SUPPOSED + name, value) for name, value in (field.when or {}).items()), ())
    return Ask(SUPPOSED + field.name, input_label(field), KINDS.get(field.type, "text"), field.required,
               choices=tuple((choice, said_choice(choice).capitalize()) for choice in field.choices),
               help="Lo pide la versión que rige; se supone igual en todos los recibos." if of_ruling else
                    "Se supone igual en todos los recibos.",
               limits=limits_of(field),
               when=("compare", True) if of_ruling and not when else when)


@act("Probar con recibos anteriores", ProcedureVersion, {}, by=TRIERS, creates=(Replay,), starts=True,
     asks=ask_replay, hinders=withdrawn)
def try_on_past_bills(version, actor, months, compare=False, **answers):
    """A run over the bills of the last months is written down; the worker takes it from there."""
    if months != int(months) or not 1 <= months <= MOST_MONTHS:
        raise Broken(f"Pida de 1 a {MOST_MONTHS} meses, sin decimales.")
    session = object_session(version)
    since, until = session.execute(find.span(int(months))).one()
    total, first = session.execute(find.population(since, until)).one() if until else (0, None)
    if not total:
        raise Broken("No hay recibos en esos meses; pida más meses.")
    inputs = {name.removeprefix(SUPPOSED): value for name, value in answers.items()}
    replay = Replay(
        procedure_version_id=version.id, content_hash=readable(version).content_hash(), months=int(months),
        against=session.scalar(find.ruling_today(version)) if compare else None,
        inputs=kept_inputs(inputs), since=since, until=until, total=total, last_bill_id=first - 1,
        run_by_id=actor.id, run_as=actor.role)
    session.add(replay)
    settle(replay)
    return replay


def moved(replay):
    """Whether the version says something else than when the replay was asked for."""
    return definition_of(replay.procedure_version).content_hash() != replay.content_hash


@act("Probar los recibos que siguen", Replay, {R.RUNNING: {R.RUNNING, R.DONE}}, by=TRIERS, bulk=(ReplayRow,),
     creates=(ReplayRow,), sets=("done", "last_bill_id"), job=True, otherwise="stop_replay")
def replay_chunk(replay, actor):
    """The next bills in the order of their keys, each with what both versions say of it."""
    if moved(replay):
        raise Broken(CHANGED)
    session = object_session(replay)
    keys = session.scalars(find.next_bills(replay, CHUNK)).all()
    if keys:
        session.execute(find.written(replay.id, list(found(replay, gather(session, keys, as_issued=True)))))
        settle(replay)      # the rows moved its version
        replay.done, replay.last_bill_id = replay.done + len(keys), keys[-1]
    return R.RUNNING if len(keys) == CHUNK else R.DONE


def found(replay, cases):
    """A row for each bill, in the order of the columns that find.FOUND names."""
    tried = Tried(definition_of(replay.procedure_version), replay.inputs)
    against = replay.against and Tried(definition_of(replay.against), replay.inputs)
    for key, case in sorted(cases.items()):
        new, old = tried.answer(case), against.answer(case) if against else NO_ANSWER
        yield key, new.eligible, new.rule, new.amount, old.eligible, old.amount


@act("Detener prueba", Replay, {R.RUNNING: {R.STOPPED}}, by=TRIERS, sets=("trouble",))
def stop_replay(replay, actor, why=None):
    """It rests where it is; what was found stays, and whoever wants may go on from there."""
    replay.trouble = why or f"{actor.name} detuvo la prueba."


def already_theirs(replay, actor):
    """Why there is nothing to resume, or None: who runs it may have left the office, and another takes it."""
    if replay.state == R.RUNNING and replay.run_by_id == actor.id and replay.run_as == actor.role:
        return "La prueba ya va a su nombre."
    return None


@act("Reanudar", Replay, {R.STOPPED: {R.RUNNING}, R.RUNNING: {R.RUNNING}}, by=TRIERS,
     sets=("trouble", "run_by_id", "run_as"), hinders=already_theirs)
def resume_replay(replay, actor):
    """It goes on after the last bill seen, from now on in the name of who resumed it."""
    if moved(replay):
        raise Broken(CHANGED)
    replay.trouble, replay.run_by_id, replay.run_as = None, actor.id, actor.role
