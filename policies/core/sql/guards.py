"""The guard of each guarded table, generated from its rule, its acts and the marks of its columns.

One trigger per table, before each row is written, with the owner's rights: it reads parts that the office may not
see. It obeys, for any program, what models/base/written.py, Rule and Act say. A refusal bears the name of what
refused as its CONSTRAINT and the Spanish sentence as its HINT, for the console and for people in psql alike.
"""

from collections.abc import Iterable, Iterator

from policies.core.needs import Need
from policies.core.refusals import REFUSALS
from policies.core.rules import RULES, Rule, preparers
from policies.core.scopes import scoped
from policies.core.sql.clauses import DEFINER, OFFICE, listing, literal, several, sql
from policies.core.sql.declared import (
    WHOEVER_BRINGS_IT,
    WRITTEN,
    act_named,
    at_birth,
    born_with,
    changes,
    content,
    default_of,
    free,
    marked,
    models,
    moves,
    settings,
    stamped,
    steps,
)

FIXED = "Ese dato queda como se registró y ya no se cambia."
UNASKED = "Ese dato solo lo escribe el acto que lo pide, en su momento; actualice la página."
ONCE = "Ese dato se escribe una sola vez y ya lo tiene."
FROZEN = REFUSALS["content_frozen"]
UNISSUED = "Ese folio no salió de su contador; actualice la página y envíe de nuevo."
KEPT = "Este registro no se borra; lo que ya no vale se retira o se deja sin efecto."
FALLS = "Un avance no retrocede; actualice la página."
ANOTHER = "Nadie escribe en nombre de otra persona."
NOT_RUNNER = "Este trabajo avanza solo en nombre de quien lo pidió."


def refuse(name: str, when: str, says: str, code: str = "AG002", row: str = "NEW") -> str:
    """PL/pgSQL that refuses, with the name and the sentence, a row that fulfils the condition."""
    refusal = f"console.refuse({literal(code)}, {literal(name)}, {row}.id, {literal(says)})"
    return f"  IF {when} THEN\n    PERFORM {refusal};\n  END IF;\n"


def birth(rule: Rule) -> Iterator[str]:
    """PL/pgSQL of what the guard writes in a new row, whatever the program sends: columns that acts write later are
    empty. The folio comes last, because its counter stays locked until the commit.
    """
    written = at_birth(rule)
    later = {*settings(rule), *stamped(rule)} - set(written) - born_with(rule) - set(rule.edits)
    for column, kind in sorted(written.items()):
        if kind in WHOEVER_BRINGS_IT:
            yield f"  NEW.{column} := {WRITTEN[kind]};\n"
    for column, by in sorted(marked(rule.model, "derived").items()):
        yield f"  NEW.{column} := {by or default_of(rule.model, column)};\n"
    if rule.arrives is not None:
        yield f"  IF {sql(rule.arrives, model=rule.model, row='NEW')} THEN\n"
        for name, series in marked(rule.model, "series").items():
            if name not in marked(rule.model, "numbered"):
                yield refuse(f"unissued_{rule.model.__tablename__}",
                             f"console.issued({literal(series[0])}, NEW.{name}) IS NOT TRUE", UNISSUED)
        yield from numbers(rule)
        yield "  RETURN NEW;\n  END IF;\n"
    for need in rule.begins:
        yield refuse_unmet(rule, "begin", need)
    for column in sorted(later):
        yield f"  NEW.{column} := {default_of(rule.model, column)};\n"
    for column, kind in sorted(written.items()):
        if kind not in WHOEVER_BRINGS_IT:
            yield f"  NEW.{column} := {WRITTEN[kind]};\n"
    yield from numbers(rule)


def refuse_unmet(rule: Rule, moment: str, need: Need, when: str = "", row: str = "NEW") -> str:
    """PL/pgSQL that refuses a row that does not meet a need of its rule."""
    name = f"{moment}_{rule.model.__tablename__}_{need.about}"
    return refuse(name, f"{when}NOT ({need.condition(rule.model, row)})", need.says, need.code, row)


def numbers(rule: Rule) -> Iterator[str]:
    """PL/pgSQL that gives a new row its folio, or none where an act gives it later."""
    for column, (series, on) in marked(rule.model, "numbered").items():
        yield f"  NEW.{column} := {f'console.next_folio({literal(series)})' if on is None else 'NULL'};\n"


def update(rule: Rule) -> Iterator[str]:
    """PL/pgSQL of what the guard refuses and writes when a row changes."""
    model, table = rule.model, rule.model.__tablename__
    columns = model.__table__.columns
    attended = "office <> '' AND " if rule.unattended else ""
    fixed = [column.name for column in columns if column.name not in free(rule) and column.computed is None]
    if fixed:
        yield refuse(f"fixed_{table}", differ(fixed), FIXED)
    if frozen := sorted(content(rule)):
        yield refuse(f"frozen_{table}", f"OLD.state NOT IN ({several(rule.edit_while)}) AND {differ(frozen)}", FROZEN)
    for name, series in marked(model, "series").items():
        if name in settings(rule) or name in content(rule):
            yield refuse(f"unissued_{table}", f"NEW.{name} IS DISTINCT FROM OLD.{name} AND NOT "
                         f"console.issued({literal(series[0])}, NEW.{name})", UNISSUED)
    for name, places in sorted(settings(rule).items()):
        if places:
            edited, code = as_edited(rule, name)
            yield refuse(f"unasked_{table}_{name}", f"{attended}{edited}NEW.{name} IS DISTINCT FROM OLD.{name} AND "
                         f"(OLD.state, NEW.state, office) NOT IN ({listing(places)})", UNASKED, code)
    for name in rule.once:
        yield refuse(f"once_{table}_{name}",
                     f"OLD.{name} IS NOT NULL AND NEW.{name} IS DISTINCT FROM OLD.{name}", ONCE)
    for name in sorted(marked(model, "rises")):
        yield refuse(f"falls_{table}_{name}", f"NEW.{name} < OLD.{name}", FALLS)
    yield from names_oneself(rule)
    yield from runs_it(rule)
    yield from stamps(rule)
    yield from needs(rule)
    for need in rule.obeys:
        left = f"OLD.state IN ({several(need.leaving)}) AND " if need.leaving else ""
        yield refuse_unmet(rule, "obey", need, f"{left}NEW IS DISTINCT FROM OLD AND ")


def as_edited(rule: Rule, name: str) -> tuple[str, str]:
    """Of a column that forms edit while the row is open: that it is closed, and the code of what its act needs."""
    if name not in rule.edits:
        return "", "AG002"
    needed = (need.code for step in steps(rule.model) if name in step.sets for need in step.needs)
    return f"OLD.state NOT IN ({several(rule.edit_while)}) AND ", next(needed, "AG002")


def differ(names: Iterable[str]) -> str:
    """SQL condition: one of these columns changes."""
    old, new = (", ".join(f"{row}.{name}" for name in names) for row in ("OLD", "NEW"))
    return f"({new}) IS DISTINCT FROM ({old})"


def names_oneself(rule: Rule) -> Iterator[str]:
    """PL/pgSQL: an author, or the author's office, that an act sets is the person who takes the act."""
    for name, kind in sorted(marked(rule.model, "written").items()):
        if name in settings(rule) and kind != "instant":
            yield refuse(f"another_{rule.model.__tablename__}_{name}", f"NEW.{name} IS DISTINCT FROM OLD.{name} AND "
                         f"NEW.{name} IS DISTINCT FROM {WRITTEN[kind]}", ANOTHER)


def runs_it(rule: Rule) -> Iterator[str]:
    """PL/pgSQL: only the person who runs a job writes what the job writes, in the office in which they began it."""
    for step in steps(rule.model):
        if step.job and (rising := sorted(set(step.sets) & set(marked(rule.model, "rises")))):
            moved = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in rising)
            if pairs := changes(step):
                moved += f" OR (OLD.state, NEW.state) IN ({listing(pairs)})"
            yield refuse(f"runner_{rule.model.__tablename__}", f"({moved}) AND (OLD.run_by_id, OLD.run_as) IS DISTINCT"
                         " FROM (console.actor(), office)", NOT_RUNNER)


def stamps(rule: Rule) -> Iterator[str]:
    """PL/pgSQL that writes who, in which office and when at the moves that say so, and keeps them at any other. Where
    an act that stays in its state sets such a column too, what it sets was checked before.
    """
    kinds, set_too = marked(rule.model, "written"), settings(rule)
    for name, pairs in sorted(stamped(rule).items()):
        if name in marked(rule.model, "sent"):
            yield refuse(f"unasked_{rule.model.__tablename__}_{name}", f"NEW.{name} IS DISTINCT FROM OLD.{name} AND "
                         f"(OLD.state, NEW.state) NOT IN ({listing(pairs)})", UNASKED)
        yield (f"  NEW.{name} := CASE WHEN (OLD.state, NEW.state) IN ({listing(pairs)}) THEN {WRITTEN[kinds[name]]}"
               f" ELSE {'NEW' if name in set_too else 'OLD'}.{name} END;\n")
    for name, (series, on) in marked(rule.model, "numbered").items():
        if on is not None:
            yield (f"  NEW.{name} := CASE WHEN OLD.{name} IS NULL AND (OLD.state, NEW.state) IN "
                   f"({listing(changes(act_named(rule.model, on)))}) THEN console.next_folio({literal(series)})"
                   f" ELSE OLD.{name} END;\n")


def needs(rule: Rule) -> Iterator[str]:
    """PL/pgSQL that refuses a move whose need is not met."""
    for step in steps(rule.model):
        for need in step.needs:
            if pairs := {(source, target) for source, target in changes(step) or moves(step)
                         if source in (need.leaving or {source})}:
                told = "" if changes(step) else f"{differ(sorted(step.sets))} AND "
                yield refuse(need.name(step), f"(OLD.state, NEW.state) IN ({listing(pairs)}) AND {told}NOT "
                             f"({need.condition(rule.model, 'NEW')})", need.says, need.code)


# ---- statements

def guard(rule: Rule) -> Iterator[str]:
    """SQL of the trigger function of one table, and of its trigger."""
    table = rule.model.__tablename__
    deleting = "".join(refuse_unmet(rule, "end", need, row="OLD") for need in rule.ends)
    if rule.kept:
        deleting = f"  PERFORM console.refuse('AG002', 'kept_{table}', OLD.id, {literal(KEPT)});\n"
    yield (f"CREATE OR REPLACE FUNCTION console.guard_{table}() RETURNS trigger LANGUAGE plpgsql\n  {DEFINER} AS $$\n"
           f"DECLARE office text := {OFFICE};\nBEGIN\n IF TG_OP = 'DELETE' THEN\n{deleting}  RETURN OLD;\n END IF;\n"
           f" IF TG_OP = 'INSERT' THEN\n{''.join(birth(rule))}  RETURN NEW;\n END IF;\n"
           f"{''.join(update(rule))} RETURN NEW;\nEND $$;")
    yield (f"CREATE OR REPLACE TRIGGER d_declared BEFORE INSERT OR UPDATE OR DELETE ON {rule.model.__table__.fullname} "
           f"FOR EACH ROW EXECUTE FUNCTION console.guard_{table}();")


def unmet(rule: Rule) -> Iterator[str]:
    """console.unmet_<table>(id): the names of the needs that a stored record does not meet, whatever the act.

    With the owner's rights, as the trigger: an office that sees one part of three must not find that all are
    answered. So it applies the office's row scope itself.
    """
    asked = "\n    UNION ALL ".join(
        f"SELECT {literal(need.name(step))} WHERE {left(need)}NOT ({need.condition(rule.model, 'subject')})"
        for step in steps(rule.model) for need in step.needs if need.asked_before)
    if asked:
        table = rule.model.__table__
        seen = (f" AND subject.id::text = ANY (console.in_scope({literal(table.fullname)}, ARRAY[wanted::text]))"
                if scoped(rule.model) else "")
        yield (f"CREATE OR REPLACE FUNCTION console.unmet_{table.name}(wanted bigint) RETURNS SETOF text\n"
               f"  LANGUAGE sql STABLE {DEFINER} AS $$\n  SELECT u.* FROM {table.fullname} subject, LATERAL (\n"
               f"    {asked}) u\n   WHERE subject.id = wanted{seen} $$;")


def left(need: Need) -> str:
    """SQL condition: the record is in one of the states from which the move needs it."""
    return f"subject.state IN ({several(need.leaving)}) AND " if need.leaving else ""


def series() -> str:
    """console.series(): every series of folios with the table and column that hold it, for take_folios() and
    folio_used().
    """
    rows = [(name, model.__table__.fullname, column) for model in models()
            for column, names in marked(model, "series").items() for name in names]
    return ("CREATE OR REPLACE FUNCTION console.series() RETURNS TABLE (series text, subject text, named text)\n"
            f"  LANGUAGE sql IMMUTABLE AS $$ VALUES {listing(rows)} $$;")


def guarded() -> list:
    """The rules of the guarded tables, by the names of their tables."""
    return [rule for rule in sorted(RULES.values(), key=lambda rule: rule.model.__tablename__) if rule.guarded]


def statements() -> Iterator[str]:
    """SQL of the guards of every guarded table."""
    yield series()
    for rule in guarded():
        yield from (*guard(rule), *unmet(rule))


def grants() -> Iterator[str]:
    """The GRANTs of console.unmet_<table>(): to the offices that take the acts of a table or see their buttons."""
    for rule in guarded():
        if any(need.asked_before for step in steps(rule.model) for need in step.needs):
            offices = sorted({role.value for role in rule.view} | {role.value for role in preparers(rule.model)})
            yield (f"GRANT EXECUTE ON FUNCTION console.unmet_{rule.model.__tablename__}(bigint) "
                   f"TO {', '.join(f'console_{office}' for office in offices)};")
