"""The triggers that the rules imply: moves, frozen content, versions, the trail."""

from collections.abc import Iterator

from models.base.attachments import Attachment
from models.base.columns import Named
from models.base.folios import FolioCounter
from models.base.imports import ImportBatch
from models.base.people import Appointment, Delegation, Person
from models.base.proposals import Proposal
from models.base.signing import Signature
from policies.core import letters, mailing, refusals, signing_sql, terms
from policies.core.grants import GROWING, NO_FACT, name, tables
from policies.core.imports import importing, undo_import
from policies.core.offices import DECIDING
from policies.core.rules import ACTS, RULES, Act, Rule, born_by_act, is_decision, preparers
from policies.core.sql import arrivals, guards, readings, reports, rows
from policies.core.sql.clauses import DEFINER, literal, several, sql

# Written without a change by each signature, to hold the signer's office: no new version for the forms.
HELD = (Person, Appointment, Delegation)


def statements() -> Iterator[str]:
    """SQL of every function and trigger that the rules imply; it may be run again and again with the same result."""
    yield moves_function()
    yield decisions_function()
    yield attaching_function()
    yield former_parts_function()
    yield from refusals.statements()
    yield from signing_sql.statements()
    yield from readings.statements()
    yield importable_function()
    yield deciding_function()
    yield acts_function()
    yield work_function()
    for model in tables():
        yield from version(model)
        yield from audit(model)
        yield whole(model)
        yield acted(model)
    yield from terms.statements()
    yield from letters.statements()
    yield from mailing.statements()
    yield from rows.statements()
    yield from guards.statements()
    yield from arrivals.statements()
    yield from reports.statements()
    for rule in sorted(RULES.values(), key=lambda rule: rule.model.__tablename__):
        yield from moves(rule)
        yield from freeze(rule)
        yield from part(rule)
        yield from grows(rule)
        yield from proposal(rule)


def moves_function() -> str:
    """console.declared_moves(): every «table from to office» that the acts allow; from '' are the states of new rows.
    An array, which PostgreSQL searches by a hash: each row that arrives is looked up.
    """
    rows = {(rule.model.__tablename__, "", rule.born.value, role.value)
            for rule in RULES.values() if rule.born is not None
            for role in preparers(rule.model)}
    rows |= {(step.model.__tablename__, source.value, target.value, role.value)
             for step in ACTS.values() for source, targets in step.moves.items()
             for target in targets for role in step.by if source != target}
    listed = ",\n    ".join(f"'{' '.join(row)}'" for row in sorted(rows))
    return ("CREATE OR REPLACE FUNCTION console.declared_moves() RETURNS text[]\n"
            f"  LANGUAGE sql IMMUTABLE AS $$ SELECT ARRAY[\n    {listed}\n] $$;")


def decisions_function() -> str:
    """console.decisions(): every (table, from, to) of a decision, and whether the record is signed place by place,
    which then says whose decision it is.
    """
    rows = {(step.model.__tablename__, source.value, target.value, Signature in signing(step.model))
            for step in ACTS.values() if is_decision(step)
            for source, targets in step.moves.items() for target in targets if source != target}
    listed = ",\n    ".join(f"('{subject}', '{source}', '{target}', {str(by_place).lower()})"
                            for subject, source, target, by_place in sorted(rows))
    return ("CREATE OR REPLACE FUNCTION console.decisions()\n"
            "  RETURNS TABLE (subject text, source text, target text, by_place boolean)\n"
            f"  LANGUAGE sql IMMUTABLE AS $$ VALUES\n    {listed}\n$$;")


def signing(model: type[Named]) -> set[type[Named]]:
    """The tables of which the acts on a table create rows."""
    return {made for step in ACTS.values() if step.model is model for made in step.creates}


def attaching_function() -> str:
    """console.attaching(): every (table, state, office) in which an act attaches a file to a record."""
    rows = {(step.model.__tablename__, state.value, role.value) for step in ACTS.values() if Attachment in step.creates
            for state in step.moves for role in step.by}
    listed = ",\n    ".join("({})".format(", ".join(f"'{word}'" for word in row)) for row in sorted(rows))
    return ("CREATE OR REPLACE FUNCTION console.attaching() RETURNS TABLE (subject text, state text, role text)\n"
            f"  LANGUAGE sql IMMUTABLE AS $$ VALUES\n    {listed}\n$$;")


def former_parts_function() -> str:
    """console.former_parts(): each table that held parts of records in a former version, the table of those records
    and its column that named one, the table that holds the parts now, and the columns that it had.
    """
    rows = sorted({(part.name, model.__tablename__, part.whole, part.model.__table__.fullname,
                    (part.whole, *part.others))
                   for model in tables() for part in getattr(model, "former_tables", ())})
    listed = ",\n    ".join("({}, ARRAY[{}])".format(", ".join(map(literal, row)), ", ".join(map(literal, columns)))
                            for *row, columns in rows)
    return ("CREATE OR REPLACE FUNCTION console.former_parts()\n"
            "  RETURNS TABLE (former text, subject text, whole text, holder text, columns text[])\n"
            f"  LANGUAGE sql IMMUTABLE AS $$ VALUES\n    {listed}\n$$;")


def importable_function() -> str:
    """console.importable(): the tables that a file may fill, the only ones from which undoing an import deletes."""
    listed = ", ".join(sorted(f"('{rule.model.__tablename__}')" for rule in RULES.values()
                              if rule.imports))
    return ("CREATE OR REPLACE FUNCTION console.importable() RETURNS TABLE (subject text)\n"
            f"  LANGUAGE sql IMMUTABLE AS $$ VALUES {listed} $$;")


def deciding_function() -> str:
    """console.decides(office): whether an office signs or audits, so that a second person confirms who receives it."""
    listed = ", ".join(sorted(f"'{role.value}'" for role in DECIDING))
    return ("CREATE OR REPLACE FUNCTION console.decides(office text) RETURNS boolean\n"
            f"  LANGUAGE sql IMMUTABLE AS $$ SELECT office IN ({listed}) $$;")


def acts_function() -> str:
    """console.acts(): what the trail accepts as the name of an act, «act office» and «act office table» of all that is
    declared.
    """
    said = {said for step, writes in declared() for role in step.by for said in (
        f"{step.name} console_{role.value}",
        *(f"{step.name} console_{role.value} {name(model)}" for model in writes))}
    listed = ",\n    ".join(f"'{words}'" for words in sorted(said))
    return ("CREATE OR REPLACE FUNCTION console.acts() RETURNS text[]\n"
            f"  LANGUAGE sql IMMUTABLE AS $$ SELECT ARRAY[\n    {listed}] $$;")


def work_function() -> str:
    """console.work(): the keys of the records on which a job goes on, with the person and the office in whose name it
    does.

    It shows nothing else of them, because its caller may not see the records.
    """
    rows = "\n    UNION ALL ".join(
        f"SELECT '{step.model.__tablename__}', '{step.name}', id, run_by_id, run_as::text FROM {name(step.model)}"
        f" WHERE state IN ({', '.join(sorted(repr(state.value) for state in step.moves))})"
        for step in ACTS.values() if step.job)
    return ("CREATE OR REPLACE FUNCTION console.work()\n"
            "  RETURNS TABLE (subject text, act text, id integer, run_by_id integer, run_as text)\n"
            f"  LANGUAGE sql STABLE {DEFINER} AS $$\n"
            f"    {rows} $$;")


def declared() -> Iterator[tuple[Act, set[type[Named]]]]:
    """(act, tables that it writes). Any act may take a folio, by its function; undoing an import writes any table that
    a file may fill.
    """
    filled = {rule.model for rule in RULES.values() if rule.imports}
    for step in ACTS.values():
        yield step, {step.model, *step.creates, *step.touches, *step.removes, *step.bulk, *step.writes, FolioCounter,
                     *(filled if step is undo_import else ())}
    for model in filled:
        yield importing(model), {model, ImportBatch}


def trigger(label: str, moment: str, model: type[Named], call: str, when: str = "") -> str:
    """SQL of a row trigger; `moment` is «BEFORE UPDATE» or the like, `when` a whole WHEN clause."""
    return (f"CREATE OR REPLACE TRIGGER {label} {moment} ON {name(model)} "
            f"FOR EACH ROW {when}EXECUTE FUNCTION {call};")


def version(model: type[Named]) -> Iterator[str]:
    """The trigger that raises the version of a row at each UPDATE."""
    if "version" in model.__table__.columns:
        changed = "WHEN (OLD.* IS DISTINCT FROM NEW.*) " if model in HELD else ""
        yield trigger("z_version", "BEFORE UPDATE", model, "console.bump_version()", changed)


def audit(model: type[Named]) -> Iterator[str]:
    """The trigger that writes each change of a row to the trail; a table that is loaded by thousands of rows has its
    inserts written as one entry for each statement. A table that only grows is its own trail and gets the trigger
    that forbids changes.
    """
    if model in GROWING:
        yield trigger("only_grows", "BEFORE UPDATE OR DELETE", model, "console.only_grows()")
        return
    columns = model.__table__.columns
    # A password's hash enters as a pseudonym too: that it changed is a fact, the hash is not.
    personal = ",".join(c.name for c in columns if c.info.get("personal") or c.name == "password")
    ignored = ",".join((*NO_FACT.get(model.__tablename__, ()), *(c.name for c in columns if "rises" in c.info)))
    call = f"audit.capture('{columns.keys()[0] if 'id' not in columns else 'id'}', "
    call += f"'{personal}', '{ignored}')"
    rule = RULES.get(model)
    loaded = rule is not None and rule.loads or model.__table__.schema == "commercial" and not (rule and rule.grows)
    events = "UPDATE OR DELETE" if loaded else "INSERT OR UPDATE OR DELETE"
    yield trigger("y_audit", f"AFTER {events}", model, call)
    if loaded:
        yield (f"CREATE OR REPLACE TRIGGER y_audit_load AFTER INSERT ON {name(model)} "
               "REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT "
               "EXECUTE FUNCTION audit.capture_load();")


def whole(model: type[Named]) -> str:
    """The trigger that refuses TRUNCATE, which fires no row trigger and so would leave nothing in the trail."""
    return (f"CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON {name(model)} "
            "EXECUTE FUNCTION console.only_grows();")


def acted(model: type[Named]) -> str:
    """The trigger that refuses a write with an office's login by anybody who does not hold that office today."""
    return (f"CREATE OR REPLACE TRIGGER x_actor AFTER INSERT OR UPDATE OR DELETE ON {name(model)} "
            "FOR EACH STATEMENT EXECUTE FUNCTION console.check_actor();")


def moves(rule: Rule) -> Iterator[str]:
    """The triggers that check the state of a new row and every change of it against console.declared_moves()."""
    if rule.born is None:
        return
    call = f"console.check_move({'unattended' if rule.unattended else ''})"
    yield trigger("a_moves", "BEFORE UPDATE OF state", rule.model, call)
    if rule.create or born_by_act(rule.model):      # if not, no office may insert, and a trigger may
        judged = "" if rule.arrives is None else f"WHEN (NOT ({sql(rule.arrives, model=rule.model, row='NEW')})) "
        yield trigger("a_born", "BEFORE INSERT", rule.model, call, judged)


def freeze(rule: Rule) -> Iterator[str]:
    """The trigger that refuses a change of the content outside `edit_while`; the generated guard of a guarded table
    does it itself.
    """
    if rule.edit_while and rule.content and not rule.guarded:
        states = ", ".join(f"'{state.value}'" for state in sorted(rule.edit_while))
        old, new = (", ".join(f"{row}.{column}" for column in rule.content)
                    for row in ("OLD", "NEW"))
        yield trigger("b_frozen", "BEFORE UPDATE", rule.model, "console.frozen()",
                      f"WHEN (OLD.state NOT IN ({states}) AND ({old}) IS DISTINCT FROM ({new})) ")


def part(rule: Rule) -> Iterator[str]:
    """The function and the trigger that let a part be written only while its whole is open.

    They UPDATE the row of the whole rather than only lock it: a transaction with an older snapshot then fails, instead
    of deciding on what it read before. A part of a whole that arrived otherwise (`arrives`) enters with it.
    """
    if not rule.part_of:
        return
    (column, parent), table = rule.part_of, rule.model.__tablename__
    whole, (declared, condition) = parent.__table__.fullname, is_open(rule)
    arrived = "" if RULES[parent].arrives is None else (
        f"  IF TG_OP = 'INSERT' AND EXISTS (SELECT FROM {whole} w WHERE w.id = NEW.{column} AND "
        f"{sql(RULES[parent].arrives, model=parent, row='w')}) THEN\n    RETURN NEW;\n  END IF;\n")
    yield (f"CREATE OR REPLACE FUNCTION console.part_{table}() RETURNS trigger LANGUAGE plpgsql\n  {DEFINER} AS $$\n"
           f"DECLARE key bigint := CASE TG_OP WHEN 'DELETE' THEN OLD.{column} ELSE NEW.{column} END;\n"
           f"        open boolean;\n{declared}BEGIN\n"
           f"{arrived}  IF TG_OP = 'UPDATE' AND OLD.{column} <> key THEN\n"
           "    PERFORM console.refuse('AG002', 'part_of_another', NEW.id);\n  END IF;\n"
           f"  UPDATE {whole} w SET state = state WHERE w.id = key RETURNING {condition} INTO open;\n"
           "  IF open IS NOT TRUE THEN\n    PERFORM console.refuse('AG002', 'part_frozen', key);\n  END IF;\n"
           "  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;\nEND $$;")
    yield trigger("b_part", "BEFORE INSERT OR UPDATE OR DELETE", rule.model, f"console.part_{table}()")


def is_open(rule: Rule) -> tuple[str, str]:
    """(a declaration, the condition) in PL/pgSQL: whether the whole `w` is in a state in which this row of a part is
    written. It is while the whole is prepared and, in the states of `open_while`, where only columns that acts write
    change.
    """
    prepared = f"w.state IN ({several(RULES[rule.part_of[1]].edit_while)})"
    if not rule.open_while:
        return "", prepared
    old, new = (", ".join(f"{row}.{name}" for name in dict.fromkeys((*rule.edits, *rule.content)))
                for row in ("OLD", "NEW"))
    return (f"        acted boolean := TG_OP = 'UPDATE' AND ({old}) IS NOT DISTINCT FROM ({new});\n",
            f"CASE WHEN acted THEN w.state IN ({several(rule.open_while)}) ELSE {prepared} END")


def grows(rule: Rule) -> Iterator[str]:
    """The trigger that refuses UPDATE and DELETE on a table that only grows."""
    if rule.grows:
        yield trigger("d_grows", "BEFORE UPDATE OR DELETE", rule.model, "console.only_grows()")


def proposal(rule: Rule) -> Iterator[str]:
    """The triggers of what one person proposes and another confirms."""
    if issubclass(rule.model, Proposal):
        yield trigger("c_decision", "BEFORE UPDATE", rule.model, "console.guard_decision()")
        if rule.create:
            yield trigger("c_proposal", "BEFORE INSERT OR UPDATE", rule.model, "console.guard_proposal()")
