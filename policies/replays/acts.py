"""Replays: a version run over past bills by the worker before it is signed."""

from collections.abc import Iterator

from sqlalchemy.orm import object_session

from models.procedures import ProcedureVersion, VersionState
from models.queries import replays as find
from models.replays import Replay, ReplayRow
from models.replays import ReplayState as R
from policies.core.guard import settle
from policies.core.offices import CASE_READERS, COMMERCIAL, STAFF, UNIT_HEAD
from policies.core.refusals import refuses
from policies.core.rules import Actor, Ask, Broken, Rule, act, declare
from policies.corrections.cases import definition_of
from policies.corrections.drafting import captured_by_people, input_label, kept_inputs, limits_of
from policies.corrections.gathering import Case, gather
from policies.procedures.definition import Definition
from policies.procedures.parsing import DefinitionError
from policies.procedures.requisites import InputField
from policies.procedures.vocabulary import choice_label
from policies.replays.trying import NO_ANSWER, Tried

CHUNK = 1000            # bills in one transaction: less than a second of one core
MOST_MONTHS = 60
TRIERS = STAFF | UNIT_HEAD | COMMERCIAL
SUPPOSED = "supuesto."  # prefix of each input's question, so that no input has the name of a question of the replay
KINDS = {"number": "number", "bool": "yes_no", "choice": "choice"}
SEEN = dict(view=CASE_READERS, export=CASE_READERS)
CHANGED = ("El contenido del procedimiento cambió después de pedir esta prueba: lo que hay es del contenido "
           "anterior. Inicie otra prueba desde la versión.")

refuses(
    replay_results_in_order="Los resultados entran mientras la prueba avanza, en orden y en nombre de quien la pidió; "
                            "inicie otra prueba.")

declare(Rule(Replay, **SEEN, born=R.RUNNING, guarded=True, kept=True), Rule(ReplayRow, **SEEN, grows=True, loads=True))


def definition_or_refuse(version: ProcedureVersion) -> Definition:
    """The content of a version; raises Broken where a draft is not complete enough to be read."""
    try:
        return definition_of(version)
    except DefinitionError as fault:
        raise Broken(f"El procedimiento todavía no se puede probar: {fault.problems[0]}") from None


def not_replayable(version: ProcedureVersion, actor: Actor) -> str | None:
    """Why this version cannot be replayed, or None."""
    if version.state == VersionState.WITHDRAWN:
        return "Una versión retirada ya no se prueba; elabore otra."
    return None


def ask_replay(version: ProcedureVersion, actor: Actor) -> tuple[Ask, ...]:
    """The questions of «Probar con recibos anteriores»: how many months, the comparison, and one assumed answer for
    each

    input that a person would type.
    """
    definition = definition_or_refuse(version)
    ruling = object_session(version).scalar(find.version_in_force_today(version))
    asks = [Ask("months", "Meses hacia atrás", "number", value=12, limits=(0, 1, MOST_MONTHS),
                help=f"De 1 a {MOST_MONTHS}, contados desde el último recibo.")]
    if ruling is not None:
        asks.append(Ask("compare", f"Comparar con la versión {ruling.number}, que rige hoy", "yes_no", value=True))
    asks += [ask_assumption(field) for field in captured_by_people(definition)]
    if ruling is not None:
        known = {field.name for field in captured_by_people(definition)}
        asks += [ask_assumption(field, of_ruling=True) for field in captured_by_people(definition_of(ruling))
                 if field.name not in known]
    return tuple(asks)


def ask_assumption(field: InputField, of_ruling: bool = False) -> Ask:
    """The question whose answer is assumed alike for every bill."""
    when = next(((SUPPOSED + name, value) for name, value in (field.when or {}).items()), ())
    return Ask(SUPPOSED + field.name, input_label(field), KINDS.get(field.type, "text"), field.required,
               choices=tuple((choice, choice_label(choice).capitalize()) for choice in field.choices),
               help="Lo pide la versión que rige; se supone igual en todos los recibos." if of_ruling else
                    "Se supone igual en todos los recibos.",
               limits=limits_of(field),
               when=("compare", True) if of_ruling and not when else when)


@act("Probar con recibos anteriores", ProcedureVersion, {}, by=TRIERS, creates=(Replay,), starts=True,
     asks=ask_replay, hinders=not_replayable)
def try_on_past_bills(version: ProcedureVersion, actor: Actor, months: int, compare: bool = False,
                      **answers: object) -> Replay:
    """Create a replay over the bills of the last months, which the worker then runs. Raises Broken without such bills.
    """
    if months != int(months) or not 1 <= months <= MOST_MONTHS:
        raise Broken(f"Pida de 1 a {MOST_MONTHS} meses, sin decimales.")
    session = object_session(version)
    since, until = session.execute(find.span(int(months))).one()
    total, first = session.execute(find.population(since, until)).one() if until else (0, None)
    if not total:
        raise Broken("No hay recibos en esos meses; pida más meses.")
    inputs = {name.removeprefix(SUPPOSED): value for name, value in answers.items()}
    replay = Replay(
        procedure_version_id=version.id, content_hash=definition_or_refuse(version).content_hash(), months=int(months),
        against=session.scalar(find.version_in_force_today(version)) if compare else None,
        inputs=kept_inputs(inputs), since=since, until=until, total=total, last_bill_id=first - 1)
    session.add(replay)
    settle(replay)
    return replay


def has_changed(replay: Replay) -> bool:
    """Whether the version's content is no longer the one that the replay was asked for."""
    return definition_of(replay.procedure_version).content_hash() != replay.content_hash


@act("Probar los recibos que siguen", Replay, {R.RUNNING: {R.RUNNING, R.DONE}}, by=TRIERS, bulk=(ReplayRow,),
     creates=(ReplayRow,), sets=("done", "last_bill_id"), stamps=("finished_at",), job=True, otherwise="stop_replay")
def replay_chunk(replay: Replay, actor: Actor) -> R:
    """Run the next CHUNK bills by key and write what both versions answer; raises Broken if the version has changed."""
    if has_changed(replay):
        raise Broken(CHANGED)
    session = object_session(replay)
    keys = session.scalars(find.next_bills(replay, CHUNK)).all()
    if keys:
        session.execute(find.insert_rows(replay.id, list(result_rows(replay, gather(session, keys, as_issued=True)))))
        settle(replay)      # inserting rows raised the replay's version
        replay.done, replay.last_bill_id = replay.done + len(keys), keys[-1]
    return R.RUNNING if len(keys) == CHUNK else R.DONE


def result_rows(replay: Replay, cases: dict[int, Case]) -> Iterator[tuple]:
    """A row for each bill, in the order of the columns of find.FOUND."""
    tried = Tried(definition_of(replay.procedure_version), replay.inputs)
    against = replay.against and Tried(definition_of(replay.against), replay.inputs)
    for key, case in sorted(cases.items()):
        new, old = tried.answer(case), against.answer(case) if against else NO_ANSWER
        yield key, new.eligible, new.rule, new.amount, old.eligible, old.amount


@act("Detener prueba", Replay, {R.RUNNING: {R.STOPPED}}, by=TRIERS, sets=("trouble",))
def stop_replay(replay: Replay, actor: Actor, why: str | None = None) -> None:
    """Stop the run and keep its results; it can be resumed from there."""
    replay.trouble = why or f"{actor.name} detuvo la prueba."


def already_theirs(replay: Replay, actor: Actor) -> str | None:
    """Why there is nothing to resume, or None. A running replay may be taken over: its person may have left the office.
    """
    if replay.state == R.RUNNING and replay.run_by_id == actor.id and replay.run_as == actor.role:
        return "La prueba ya va a su nombre."
    return None


@act("Reanudar", Replay, {R.STOPPED: {R.RUNNING}, R.RUNNING: {R.RUNNING}}, by=TRIERS,
     sets=("trouble", "run_by_id", "run_as"), stamps=("run_by_id", "run_as"), hinders=already_theirs)
def resume_replay(replay: Replay, actor: Actor) -> None:
    """Go on after the last bill, from now on in the name of the person who resumes it."""
    if has_changed(replay):
        raise Broken(CHANGED)
    replay.trouble, replay.run_by_id, replay.run_as = None, actor.id, actor.role
