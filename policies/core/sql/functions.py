"""Which offices and logins may call which functions of PostgreSQL. An area says it of its own; the rest are below."""

from collections.abc import Iterable, Iterator

from models.base.columns import Named
from models.base.people import Role
from policies.core.offices import STAFF
from policies.core.rules import RULES

CALLERS = {}        # function with the types of its arguments → who may call it
GATE, PUBLIC, SEALER, AUDITORS = "console_gate", "console_tier_public", "console_tier_sealer", "console_tier_auditor"


def may_call(*functions: str, by: Iterable[Role | str | type[Named]]) -> None:
    """Say who calls these functions: offices, logins by their names, or whoever views a table."""
    for function in functions:
        CALLERS.setdefault(function, set()).update(by)


def grants() -> Iterator[str]:
    """The GRANT of each function; everything else was revoked before."""
    for function, callers in sorted(CALLERS.items()):
        named = {name for caller in callers for name in roles(caller)}
        yield f"GRANT EXECUTE ON FUNCTION {function} TO {', '.join(sorted(named))};"


def roles(caller: Role | str | type[Named]) -> Iterator[str]:
    """The roles of PostgreSQL of one caller."""
    if isinstance(caller, type):
        yield from (f"console_{role.value}" for role in RULES[caller].view)
    else:
        yield f"console_{caller.value}" if isinstance(caller, Role) else caller


may_call("console.actor()", "console.held(integer, text)", "console.declared_moves()", "console.normalise(text)",
         "console.prefixes(text)", "console.local_day()", "console.nth_working_day(date, integer, integer)",
         "console.working_days_elapsed(date, date)", "console.first_result(text)", "console.keep_result(text, text)",
         "console.token_holder()",      # the row scope asks whose the transaction is
         "audit.story(text, text[], text, text, integer)", by=Role)
# They ask themselves whether the office may create rows of that table.
may_call("console.keep_import(text, text, text, integer[])", "console.import_ties(integer)",
         "console.undo_import(integer)", by=Role)
# The worker finds its work before it speaks as anybody.
may_call("console.next_folio(text)", "console.next_folios(text, integer)", "console.work()", by=STAFF)
# The door asks what a person may wear before it knows in which office they come.
may_call("console.offices_of(integer)", "console.may_guess(text, text, integer, integer, timestamptz)", by=(GATE,))
may_call("audit.verify()", "audit.canon(audit.log)", "audit.seal_hash(audit.seal)", "audit.misplaced()",
         "audit.stray()", "audit.empty_numbers()", by=(Role.AUDITOR, SEALER))
may_call("audit.waiting()", by=(Role.AUDITOR, SEALER, GATE))
may_call("audit.seal_now()", by=(SEALER,))
