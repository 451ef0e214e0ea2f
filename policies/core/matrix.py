"""The permission matrix as people read it: every table and act, every office, from the rules."""

from models.base.people import Role
from policies.core.rules import ACTS, RULES

VERBS = {"view": "V", "create": "C", "edit": "E", "delete": "B", "export": "X"}
ACT = "●"
PAGE = """# Who may do what

`.venv/bin/flask --app app matrix > docs/matrix.md` writes this page from the rules and acts that `policies/` declares;
a test keeps it equal to the code. V view, C create, E edit, B delete, X export, ● may take this act.

"""


def page():
    """The page of permissions, docs/matrix.md, whole."""
    return f"{PAGE}{matrix()}\n"


def matrix():
    """A Markdown table: one row per table, its acts below it, one column per office."""
    rows = [row("Tabla o acto", [role.label for role in Role]), row("---", ["---"] * len(Role))]
    for rule in RULES.values():
        if anybody(rule):
            rows.append(row(f"**{rule.model.__title__.many}**",
                            [letters(rule, role) for role in Role]))
            rows += [act_row(step) for step in ACTS.values()
                     if step.model is rule.model and not step.job]
    return "\n".join(rows)


def anybody(rule):
    return any(getattr(rule, verb) for verb in VERBS)


def letters(rule, role):
    return " ".join(letter for verb, letter in VERBS.items() if role in getattr(rule, verb))


def act_row(step):
    return row(f"{ACT} {step.label}", [ACT if role in step.by else "" for role in Role])


def row(first, cells):
    return f"| {' | '.join((first, *cells))} |"
