"""Terms: the codes that the console counts by, the triggers that write due dates, and what their rules lack.

An area says with `deadline(code, title)` that it counts by a rule, and with `term()` on a column that PostgreSQL
writes a due date with it. The rules themselves are rows (`models/base/calendar.py`: DeadlineRule).
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from datetime import date, timedelta

from sqlalchemy import Connection, DateTime
from sqlalchemy.orm import Session

from models import db
from models.base.calendar import INTERNAL, DeadlineRule
from models.base.columns import Named
from models.queries import calendar as find
from policies.core.declarations import Misdeclared
from policies.core.sql.clauses import DEFINER

DAY = timedelta(days=1)
SOON = timedelta(days=60)       # a rule that ends within it, and nobody follows, is told
TRAY_REST = "tray.rest"
DEADLINES = {}                  # code → what it limits, in Spanish


def deadline(code: str, title: str) -> None:
    """Declare that the console counts by the rules of that code; `title` says in Spanish what they limit."""
    if code in DEADLINES:
        raise Misdeclared(f"the deadline {code} is declared twice; say once what it limits")
    DEADLINES[code] = title


deadline(TRAY_REST, "Reposo de un asunto en una misma bandeja")


# ---- what the columns declare

def marked(model: type[Named], mark: str) -> dict[str, object]:
    """column → what its mark says, of the columns of a model that carry that mark in their `info`."""
    return {column.name: column.info[mark] for column in model.__table__.columns if mark in column.info}


def rules_of(model: type[Named]) -> dict[str, str]:
    """The column of each term → the column that keeps its rule."""
    return {term: name for name, term in marked(model, "rule_of").items()}


def timed() -> list[type[Named]]:
    """Every model with terms or with a clock of its state, by the name of its table."""
    models = [mapper.class_ for mapper in db.Model.registry.mappers]
    return sorted((m for m in models if marked(m, "term") or marked(m, "state_clock")), key=lambda m: m.__tablename__)


def check_terms() -> None:
    """Refuse a term by a rule that nobody declared, from a column that does not exist, or whose rule is not kept."""
    for model in timed():
        for name, (code, start, met) in marked(model, "term").items():
            where = f"the term {name} of {model.__name__}"
            if code not in DEADLINES:
                raise Misdeclared(f"{where} counts by {code!r}, which nobody declares; write "
                                  f"deadline({code!r}, …) in the policies of its area")
            if start not in model.__table__.columns:
                raise Misdeclared(f"{where} starts on {start!r}, which is no column of {model.__name__}")
            if name not in rules_of(model):
                raise Misdeclared(f"{where} does not keep its rule; add a column with ruled_by({name!r})")
            check_states(model, met, where)


def check_states(model: type[Named], states: Iterable[str], where: str) -> None:
    """Refuse states in which a term is met that the model does not have."""
    known = model.__table__.columns["state"].type.enums if states else ()
    if unknown := sorted(set(states) - set(known)):
        raise Misdeclared(f"{where} is met in {unknown[0]!r}, which is no state of {model.__name__}")


# ---- what PostgreSQL does with them

def statements() -> Iterator[str]:
    """SQL of the trigger of each table with terms or with a clock of its state, so that any program obeys it."""
    check_terms()
    for model in timed():
        yield from timing(model)


def timing(model: type[Named]) -> Iterator[str]:
    """SQL of the function and the trigger of one table."""
    table = model.__tablename__
    lines = [line for name, said in marked(model, "term").items() for line in term_lines(model, name, *said)]
    lines += [f"  IF TG_OP = 'INSERT' OR NEW.state IS DISTINCT FROM OLD.state THEN NEW.{name} := clock_timestamp();"
              f" ELSE NEW.{name} := OLD.{name}; END IF;" for name in marked(model, "state_clock")]
    yield (f"CREATE OR REPLACE FUNCTION console.time_{table}() RETURNS trigger LANGUAGE plpgsql\n"
           f"  {DEFINER} AS $$\nBEGIN\n" + "\n".join(lines) +
           "\n  RETURN NEW;\nEND $$;")
    yield (f"CREATE OR REPLACE TRIGGER d_time BEFORE INSERT OR UPDATE ON console.{table} "
           f"FOR EACH ROW EXECUTE FUNCTION console.time_{table}();")


def term_lines(model: type[Named], name: str, code: str, start: str, met: Set[str]) -> Iterator[str]:
    """Lines of PL/pgSQL that write a due date and its rule when the term starts, and keep both afterwards."""
    kept, column = rules_of(model)[name], model.__table__.columns[start]
    day = f"(NEW.{start} AT TIME ZONE 'America/Mexico_City')::date" if isinstance(
        column.type, DateTime) else f"NEW.{start}"
    yield (f"  IF NEW.{start} IS NULL THEN NEW.{name} := NULL; NEW.{kept} := NULL;\n"
           f"  ELSIF TG_OP = 'INSERT' OR OLD.{name} IS NULL THEN\n"
           f"    SELECT t.due_on, t.rule_id INTO NEW.{name}, NEW.{kept} FROM console.term('{code}', {day}) t;\n"
           f"  ELSE NEW.{name} := OLD.{name}; NEW.{kept} := OLD.{kept};\n  END IF;")


# ---- what the rules and the calendar lack

def covered(session: Session | Connection, today: date) -> dict[str | None, list[tuple[date, date | None]]]:
    """code → [(first day, last day or None)] of the rules in force from today on; under None, the years whose calendar
    is signed.
    """
    found = {}
    for code, first, last in session.execute(find.covered_from(today)):
        found.setdefault(code, []).append((first, last))
    return found


def gaps(found: Mapping, today: date) -> Iterator[str]:
    """A sentence for each code without a rule in force today or within the next SOON days."""
    for code, title in sorted(DEADLINES.items()):
        if (missing := first_gap(found.get(code, ()), today)) and missing <= today + SOON:
            yield (f"El plazo «{title}» ({code}) no tiene regla vigente desde el {missing:%d/%m/%Y}; proponga una en "
                   "«Plazos» y pida a quien es Titular de la Unidad que la autorice.")


def first_gap(spans: Iterable[tuple[date, date | None]], today: date) -> date | None:
    """The first day from today on that no span (first day, last day or None, in order) covers, or None."""
    day = today
    for first, last in spans:
        if first > day:
            return day
        if last is None:
            return None
        day = max(day, last + DAY)
    return day


def years_missing(found: Mapping, today: date) -> list[int]:
    """The years, this one and the next, whose calendar nobody signed as complete."""
    signed = {first.year for first, _ in found.get(None, ())}
    return [year for year in (today.year, today.year + 1) if year not in signed]


def incomplete(year: int) -> str:
    """The sentence that a year has no signed calendar, and what to do."""
    return (f"El calendario de {year} no está autorizado; los plazos que llegan a ese año cuentan como hábil cada día "
            "de lunes a viernes. Informática lo propone en «Calendarios» y lo autoriza quien es Titular de la Unidad.")


def kind_said(rule: DeadlineRule) -> str:
    """«meta interna» where no law fixes the term; empty where one does."""
    return "" if rule.confirmed else INTERNAL
