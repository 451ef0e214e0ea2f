"""The functions and triggers by which PostgreSQL obeys the documents that are declared (see signing.py)."""

from collections.abc import Iterable, Iterator

from policies.core.signing import SIGNED, Signed
from policies.core.sql.clauses import DEFINER

SAFE = f"STABLE {DEFINER}"
READS = "console.must_read($1, $2)"     # an office is told only of the records that it reads
PLACE = 'TABLE ("position" integer, role text, rule text, deputies jsonb)'


def statements() -> Iterator[str]:
    """Statements that may be run again and again, each time with the same result."""
    for kind in SIGNED:
        yield function(f"{kind.table}_content(id bigint)", "text", f"SELECT '||' || concat_ws('|', {kind.text()})"
                       f" || '||'\n    FROM console.{kind.table} c WHERE c.id = $1")
        yield function(f"{kind.table}_places(id bigint)", PLACE, f"{kind.places_query()} WHERE c.id = $1 ORDER BY 1")
    texts = " ".join(f"WHEN '{kind.table}' THEN console.{kind.table}_content($2)" for kind in SIGNED)
    yield function("signed_content(subject text, id bigint)", "text",
                   f"SELECT CASE WHEN {READS} THEN CASE $1 {texts} END END", "SET DateStyle = 'ISO, YMD'")
    yield function("asked_places(subject text, id bigint)", PLACE, each(
        f"SELECT * FROM console.{kind.table}_places($2) WHERE $1 = '{kind.table}' AND {READS}" for kind in SIGNED))
    yield function("outdated(subject text, id bigint)", "boolean", "SELECT CASE $1 {} ELSE false END".format(
        " ".join(f"WHEN '{kind.table}' THEN (SELECT {kind.outdated} FROM console.{kind.table} c WHERE c.id = $2)"
                 for kind in SIGNED)))
    yield function("signed_through(subject text, id bigint)", "TABLE (whole text, whole_id bigint)", each(
        f"SELECT s.* FROM console.{kind.table} c, LATERAL ({kind.through}) s WHERE $1 = '{kind.table}' AND c.id = $2"
        for kind in SIGNED if kind.through))
    yield function("signed_kinds()", "TABLE (subject text, drafts text[], opened text, decided text[], refused text[])",
                   "VALUES " + ",\n    ".join(
                       f"('{kind.table}', {words(kind.drafts)}, '{kind.opened}', {words(kind.decided)}, "
                       f"{words(kind.refused)})" for kind in SIGNED))
    for kind in SIGNED:
        yield from triggers(kind)


def triggers(kind: Signed) -> Iterator[str]:
    """SQL of the triggers of one kind of document: its state, its signatures, and who contributed to it."""
    table = f"console.{kind.table}"
    yield trigger("c_signed", f"BEFORE UPDATE ON {table}", "check_signed()")
    yield trigger("c_hands", f"AFTER INSERT OR UPDATE ON {table}", "note_hand()")
    yield trigger("e_places", f"AFTER UPDATE OF state ON {table}", "ask_places()",
                  f"OLD.state <> NEW.state AND NEW.state = '{kind.opened}'")
    for model, column in kind.parts:
        for verb, side in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
            yield (f"CREATE OR REPLACE TRIGGER c_hands_{verb.lower()} AFTER {verb} ON {model.__table__.fullname}"
                   f" REFERENCING {side} TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION"
                   f" console.note_hand_on_parts('{kind.table}', '{column}');")


def function(signature: str, returns: str, body: str, settings: str = "") -> str:
    """SQL of a function that is read with the owner's rights."""
    named, settings = f"console.{signature}", f" {settings}" if settings else ""
    return (f"CREATE OR REPLACE FUNCTION {named} RETURNS {returns}\n"
            f"  LANGUAGE sql {SAFE}{settings} AS $$\n  {body} $$;")


def trigger(name: str, moment: str, call: str, when: str = "") -> str:
    """SQL of a row trigger; `when` is its condition."""
    when = f" WHEN ({when})" if when else ""
    return f"CREATE OR REPLACE TRIGGER {name} {moment} FOR EACH ROW{when} EXECUTE FUNCTION console.{call};"


def each(queries: Iterable[str]) -> str:
    """The rows of all the queries."""
    return "\n  UNION ALL ".join(queries)


def words(some: tuple) -> str:
    """A text array of SQL."""
    return "ARRAY[{}]::text[]".format(", ".join(f"'{word}'" for word in some))
