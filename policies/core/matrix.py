"""The permission matrix as people read it: every table and act, every office, from the rules."""

from collections.abc import Iterable

from models.base.people import Role
from policies.core.rules import ACTS, RULES, Act, Rule

VERBS = {"view": "V", "create": "C", "edit": "E", "delete": "B", "export": "X"}
ACT = "●"
PAGE = """# Who may do what

`.venv/bin/flask --app app matrix > docs/matrix.md` writes this page from the rules and acts that `policies/` declares;
a test keeps it equal to the code. V view, C create, E edit, B delete, X export, ● may take this act.

"""


def page() -> str:
    """The whole text of docs/matrix.md."""
    return f"{PAGE}{matrix()}\n"


def matrix() -> str:
    """A Markdown table: one row for each table, its acts below it, and one column for each office."""
    rows = [row("Tabla o acto", [role.label for role in Role]), row("---", ["---"] * len(Role))]
    for rule in RULES.values():
        if anybody(rule):
            rows.append(row(f"**{rule.model.__title__.many}**",
                            [letters(rule, role) for role in Role]))
            rows += [act_row(step) for step in ACTS.values()
                     if step.model is rule.model and not step.job]
    return "\n".join(rows)


def anybody(rule: Rule) -> bool:
    """Whether the rule gives some verb to some office."""
    return any(getattr(rule, verb) for verb in VERBS)


def letters(rule: Rule, role: Role) -> str:
    """The letters of the verbs that an office has on a table: «V C E»."""
    return " ".join(letter for verb, letter in VERBS.items() if role in getattr(rule, verb))


def act_row(step: Act) -> str:
    """The row of an act, with a mark under each office that takes it."""
    return row(f"{ACT} {step.label}", [ACT if role in step.by else "" for role in Role])


def row(first: str, cells: Iterable[str]) -> str:
    """A row of the Markdown table."""
    return f"| {' | '.join((first, *cells))} |"
