"""Records that leave by e-mail: declared once, put in the outbox by PostgreSQL, and told how that ended.

An area says `mailing(Mailing(Notice, on=N.SENT, says=…))`. The move to that state, whatever program makes it, writes
the e-mail; the sender asks console.mail_of() for where it goes and what it says, and the record learns how it ended.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from sqlalchemy import ColumnElement, Integer, Select, String, literal_column, union_all

from models.base.columns import Named
from models.base.mails import LeavesByMail
from policies.core.declarations import Misdeclared
from policies.core.rules import RULES, Actor
from policies.core.sql.clauses import DEFINER
from policies.core.sql.functions import GATE
from policies.core.sql.readings import reading

MAILINGS = {}       # table → Mailing
OUTBOX = {"serves": lambda: False}      # whether this installation has a mail server, as the sender knows
NO_SERVER = "Esta instalación no envía correos; imprímala, o pida a Informática que configure el servidor de correo."


@dataclass(frozen=True)
class Mailing:
    """A table whose records leave by e-mail: at the move to which state, and what each says."""

    model: type[Named]
    on: Enum
    says: Callable[[ColumnElement], Select]     # key of a record → SELECT of what models/queries/mails.py SAID names
    subject: str                                # of the e-mail: SQL, where NEW is the record


def mailing(declared: Mailing) -> None:
    """Declare a table whose records leave by e-mail; raises Misdeclared where it lacks the columns for it."""
    where, rule = declared.model.__name__, RULES.get(declared.model)
    if not issubclass(declared.model, LeavesByMail):
        raise Misdeclared(f"{where} has no column for an e-mail, by which its records leave; make it LeavesByMail")
    if rule is None or not {"mailed_at", "mail_trouble"} <= set(rule.derives):
        raise Misdeclared(f"the outbox writes mailed_at and mail_trouble of {where}; name them in its rule's `derives`")
    MAILINGS[declared.model.__tablename__] = declared


def no_server(record: Named, actor: Actor) -> str | None:
    """Why nothing leaves by e-mail from this installation; None where it does."""
    return None if OUTBOX["serves"]() else NO_SERVER


def said_of(about: ColumnElement, key: ColumnElement) -> Select:
    """What an e-mail takes from a record of whichever table leaves by e-mail."""
    return union_all(*(made.says(key).where(about == literal_column(f"'{table}'"))
                       for table, made in sorted(MAILINGS.items())))


reading("mail_of", said_of, by=(GATE,), about=String, key=Integer)


def statements() -> Iterator[str]:
    """SQL of the triggers that put a record in the outbox, and that tell it how its e-mail ended."""
    for table, made in sorted(MAILINGS.items()):
        yield (f"CREATE OR REPLACE FUNCTION console.mail_{table}() RETURNS trigger LANGUAGE plpgsql\n"
               f"  {DEFINER} AS $$\nBEGIN\n"
               "  NEW.mailed_at := NULL;\n  NEW.mail_trouble := NULL;\n"
               "  INSERT INTO console.mails (about, about_id, day, subject)\n"
               f"  VALUES ('{table}', NEW.id, console.local_day(), {made.subject})\n"
               "  ON CONFLICT (about, about_id) WHERE state = 'waiting' DO NOTHING;\n"
               "  RETURN NEW;\nEND $$;")
        yield (f"CREATE OR REPLACE TRIGGER e_mail BEFORE UPDATE OF state ON console.{table}\n"
               f"  FOR EACH ROW WHEN (NEW.state = '{made.on.value}' AND OLD.state <> NEW.state)\n"
               f"  EXECUTE FUNCTION console.mail_{table}();")
    told = "".join(f"  UPDATE console.{table} SET mailed_at = NEW.sent_at,\n"
                   "    mail_trouble = CASE WHEN NEW.state = 'given_up' THEN NEW.trouble END\n"
                   f"   WHERE NEW.about = '{table}' AND id = NEW.about_id AND state = '{made.on.value}';\n"
                   for table, made in sorted(MAILINGS.items()))
    yield ("CREATE OR REPLACE FUNCTION console.mail_ended() RETURNS trigger LANGUAGE plpgsql\n"
           f"  {DEFINER} AS $$\nBEGIN\n{told}  RETURN NULL;\nEND $$;")
    yield ("CREATE OR REPLACE TRIGGER e_ended AFTER UPDATE OF state ON console.mails\n"
           "  FOR EACH ROW WHEN (NEW.about IS NOT NULL AND NEW.state <> 'waiting' AND OLD.state = 'waiting')\n"
           "  EXECUTE FUNCTION console.mail_ended();")
