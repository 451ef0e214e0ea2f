"""Letters that acts leave: declared once, drafted in the act's own transaction, and asked again by PostgreSQL.

An area says `leaves(Letter(code, on=act, kept_in=table, to=…, fields=…))` and its act adds the row. A generated
trigger refuses, at commit, any move to the act's states that left no such letter, whatever program made it; another
writes whom a letter is for and where, from the record.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from models.base.columns import Named
from models.base.records import AboutAnyRecord
from policies.core.carried import carries
from policies.core.declarations import Misdeclared, check_columns
from policies.core.rules import Broken
from policies.core.sql.clauses import DEFINER

FIELD = re.compile(r"\{(\w+)\}")
LETTERS = {}        # code → Letter


@dataclass(frozen=True)
class Letter:
    """One kind of letter: which act leaves it, in which table, for whom, and the merge fields that it knows."""

    code: str
    on: object          # the Act
    kept_in: type       # the table of letters, of any record
    fields: dict        # merge field → (what it is, in Spanish, an example)
    to: tuple = ()      # columns of the record: the one that names an account, or (addressee, address)

    @property
    def table(self) -> str:
        """The table of the record that it is about."""
        return self.on.model.__tablename__


def leaves(letter: Letter) -> None:
    """Declare a letter; raises Misdeclared for one that its act cannot write or that has no addressee."""
    where, model = f"the letter {letter.code}", letter.on.model
    if letter.code in LETTERS:
        raise Misdeclared(f"{where} is declared twice; give one another code")
    if letter.kept_in not in letter.on.creates:
        raise Misdeclared(f"the act {letter.on.name} leaves {where}; add {letter.kept_in.__name__} to its creates")
    if not issubclass(letter.kept_in, AboutAnyRecord):
        raise Misdeclared(f"{letter.kept_in.__name__} names no record of any kind, so it keeps no letters; make it "
                          "AboutAnyRecord")
    check_columns(model, letter.to, f"to of {where}")
    if len(letter.to) not in (1, 2) or len(letter.to) == 1 and not model.__table__.columns[letter.to[0]].foreign_keys:
        raise Misdeclared(f"{where} has no addressee; say in `to` the column of {model.__name__} that names an "
                          "account, or the two that hold who receives it and where")
    carries(model, letter.kept_in)
    LETTERS[letter.code] = letter


def letters_of(model: type[Named]) -> set[type[Named]]:
    """The tables that keep the letters about the records of a model."""
    return {letter.kept_in for letter in LETTERS.values() if letter.on.model is model}


def unknown_field(code: str, *texts: str) -> str | None:
    """Why these texts cannot be a letter of that kind, in one sentence; None where they can."""
    if code not in LETTERS:
        return f"Ningún acto deja cartas «{code}»; use una de estas claves: {', '.join(sorted(LETTERS))}."
    known = LETTERS[code].fields
    strange = [name for text in texts for name in FIELD.findall(text or "") if name not in known]
    if not strange:
        return None
    return (f"La carta no conoce el campo {{{strange[0]}}}; use "
            f"{', '.join('{' + name + '}' for name in known)}.")


def merged(text: str, values: Mapping[str, object]) -> str:
    """The text with each merge field replaced by its value; one that has none stays as it is."""
    return FIELD.sub(lambda found: str(values.get(found[1], found[0])), text)


def examples(code: str) -> dict[str, str]:
    """Merge field → its example, for a preview."""
    return {name: example for name, (_, example) in LETTERS[code].fields.items()}


def in_force(template: Named | None, code: str) -> Named:
    """The template; raises Broken, which says what to do, where none is in force."""
    if template is None:
        raise Broken(f"No hay una plantilla autorizada para la carta «{code}»; pida a Informática que la proponga en "
                     "«Plantillas de carta».")
    return template


def statements() -> Iterator[str]:
    """SQL of the triggers that refuse, at commit, a move that left no letter, and of console.addressee()."""
    letters = sorted(LETTERS.values(), key=lambda letter: letter.code)
    for letter in letters:
        yield from left_behind(letter)
    yield addressee_function(letters)


def left_behind(letter: Letter) -> Iterator[str]:
    """SQL of the function and the trigger that require one letter, on the table of its record."""
    states = ", ".join(sorted({f"'{state.value}'" for states in letter.on.moves.values() for state in states}))
    name = f"letter_{letter.code}"
    (template,) = letter.kept_in.__table__.c.template_id.foreign_keys
    yield (f"CREATE OR REPLACE FUNCTION console.{name}() RETURNS trigger LANGUAGE plpgsql\n"
           f"  {DEFINER} AS $$\nBEGIN\n"
           f"  IF NOT EXISTS (SELECT FROM console.{letter.kept_in.__tablename__} l\n"
           f"      JOIN {template.column.table.fullname} t ON t.id = l.template_id\n"
           f"      WHERE l.about = '{letter.table}' AND l.about_id = NEW.id AND t.code = '{letter.code}') THEN\n"
           "    PERFORM console.refuse('AG073', 'letter_missing', NEW.id);\n"
           "  END IF;\n  RETURN NULL;\nEND $$;")
    yield (f"CREATE CONSTRAINT TRIGGER e_{name} AFTER INSERT OR UPDATE OF state ON console.{letter.table}\n"
           f"  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state IN ({states}))\n"
           f"  EXECUTE FUNCTION console.{name}();")


def addressee_function(letters: Iterable[Letter]) -> str:
    """console.addressee(code, key): the table of the record of that kind of letter, and its account, or who receives
    the letter and where."""
    rows = "\n    UNION ALL ".join(
        f"SELECT '{letter.table}', {whom(letter)} FROM console.{letter.table} r"
        f" WHERE $1 = '{letter.code}' AND r.id = $2"
        for letter in letters)
    return ("CREATE OR REPLACE FUNCTION console.addressee(code text, key bigint)\n"
            "  RETURNS TABLE (about text, account_id integer, addressee text, address text)\n"
            f"  LANGUAGE sql STABLE {DEFINER} AS $$\n  {rows} $$;")


def whom(letter: Letter) -> str:
    """SQL of the account of the record `r`, or of its columns of who receives the letter and where."""
    if len(letter.to) == 1:
        return f"r.{letter.to[0]}, NULL, NULL"
    return ", ".join(("NULL::integer", *(f"r.{name}" for name in letter.to)))
