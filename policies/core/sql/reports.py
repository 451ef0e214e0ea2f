"""The views that auditors and reporting tools read: an area names its SELECTs, and PostgreSQL shows them.

A view runs with its owner's rights, so that its reader needs no right on the tables.
"""

from collections.abc import Iterator

from sqlalchemy import Select

from policies.core.declarations import Misdeclared
from policies.core.sql.clauses import DIALECT

REPORTS = {}        # the view's Spanish name → its SELECT


def reports(**views: Select) -> None:
    """Declare views by their Spanish names."""
    if twice := sorted(set(views) & set(REPORTS)):
        raise Misdeclared(f"the report {twice[0]} is declared twice; give one another name")
    REPORTS.update(views)


def statements() -> Iterator[str]:
    """Made anew each time: PostgreSQL does not replace a view whose columns changed."""
    for name, query in sorted(REPORTS.items()):
        text = query.compile(dialect=DIALECT, compile_kwargs={"literal_binds": True})
        yield f"DROP VIEW IF EXISTS report.{name};"
        yield f"CREATE VIEW report.{name} WITH (security_barrier) AS\n{text};"
