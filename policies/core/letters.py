"""Letters that acts leave: declared once, drafted in the act's own transaction, and asked again by PostgreSQL.

An area says `leaves(Letter(code, on=act, kept_in=table, fields=…))` and its act adds the row. A generated trigger
refuses, at commit, any move to the act's states that left no such letter, whatever program made it.
"""

import re
from dataclasses import dataclass

from sqlalchemy import inspect

from policies.core.declarations import Misdeclared
from policies.core.rules import Broken

FIELD = re.compile(r"\{(\w+)\}")
LETTERS = {}        # code → Letter


@dataclass(frozen=True)
class Letter:
    """One kind of letter: which act leaves it, in which table, and the merge fields that it knows."""

    code: str
    on: object          # the Act
    kept_in: type       # the table of letters
    fields: dict        # merge field → (what it is, in Spanish, an example)

    @property
    def named_by(self):
        """The column of the letter that names its record."""
        for column in self.kept_in.__table__.columns:
            if any(key.column.table is self.on.model.__table__ for key in column.foreign_keys):
                return column.name
        raise Misdeclared(f"the letter {self.code} names no {self.on.model.__name__}; add a foreign key to "
                          f"{self.kept_in.__name__}")


def leaves(letter):
    """Declare a letter; the start refuses one that its act cannot write."""
    if letter.kept_in not in letter.on.creates:
        raise Misdeclared(f"the act {letter.on.name} leaves the letter {letter.code}; add {letter.kept_in.__name__} to "
                          "its creates")
    if "address" not in inspect(letter.kept_in).columns:
        raise Misdeclared(f"the letter {letter.code} has no addressee; {letter.kept_in.__name__} needs an address")
    LETTERS[letter.code] = letter
    return letter.named_by


def unknown_field(code, *texts):
    """Why these texts cannot be a letter of that kind, in one sentence; None where they can."""
    if code not in LETTERS:
        return f"Ningún acto deja cartas «{code}»; use una de estas claves: {', '.join(sorted(LETTERS))}."
    known = LETTERS[code].fields
    strange = [name for text in texts for name in FIELD.findall(text or "") if name not in known]
    if not strange:
        return None
    return (f"La carta no conoce el campo {{{strange[0]}}}; use "
            f"{', '.join('{' + name + '}' for name in known)}.")


def merged(text, values):
    """The text with each merge field replaced by its value; one that has none stays as it is."""
    return FIELD.sub(lambda found: str(values.get(found[1], found[0])), text)


def examples(code):
    """Merge field → its example, for a preview."""
    return {name: example for name, (_, example) in LETTERS[code].fields.items()}


def in_force(template, code):
    """The template, or a refusal that says what to do where none is in force."""
    if template is None:
        raise Broken(f"No hay una plantilla autorizada para la carta «{code}»; pida a Informática que la proponga en "
                     "«Plantillas de carta».")
    return template


def statements():
    """At commit, a record that took the act has its letter."""
    for letter in sorted(LETTERS.values(), key=lambda letter: letter.code):
        table, kept = letter.on.model.__tablename__, letter.kept_in.__tablename__
        states = ", ".join(sorted({f"'{state.value}'" for states in letter.on.moves.values() for state in states}))
        name = f"letter_{letter.code}"
        (template,) = letter.kept_in.__table__.c.template_id.foreign_keys
        yield (f"CREATE OR REPLACE FUNCTION console.{name}() RETURNS trigger LANGUAGE plpgsql\n"
               "  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$\nBEGIN\n"
               f"  IF NOT EXISTS (SELECT FROM console.{kept} l\n"
               f"      JOIN {template.column.table.fullname} t ON t.id = l.template_id\n"
               f"      WHERE l.{letter.named_by} = NEW.id AND t.code = '{letter.code}') THEN\n"
               "    PERFORM console.refuse('AG073', 'letter_missing', NEW.id);\n"
               "  END IF;\n  RETURN NULL;\nEND $$;")
        yield (f"CREATE CONSTRAINT TRIGGER e_{name} AFTER INSERT OR UPDATE OF state ON console.{table}\n"
               f"  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state IN ({states}))\n"
               f"  EXECUTE FUNCTION console.{name}();")
