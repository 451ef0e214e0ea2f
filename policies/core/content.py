"""How each value is written in the text that a signature is over: in one way that no session setting changes.

A type that has no such way here is refused when it is declared. Free text and JSON enter as their SHA-256, so that no
character of them can pretend to be a separator; NULL as nothing between bars.
"""

from collections.abc import Callable

from sqlalchemy import Column, Date, Enum, Integer, Numeric, String
from sqlalchemy.dialects.postgresql import JSONB

from policies.core.declarations import Misdeclared

AS_IT_IS = "="      # before a column's name: a text that holds no separator


def value_sql(column: Column, row: str = "c", as_it_is: bool = False) -> str:
    """SQL of a column's value as the signed text has it; raises Misdeclared for a type without one fixed way."""
    name, kind = f"{row}.{column.name}", column.type
    if as_it_is or column.info.get("coded") or isinstance(kind, Enum | Integer):
        said = f"{name}::text"
    elif isinstance(kind, JSONB | String):
        said = f"console.hashed({name}::text)"
    elif isinstance(kind, Numeric) and kind.asdecimal:
        said = f"{name}::text" if kind.scale == 2 else f"trim_scale({name})::text"
    elif isinstance(kind, Date):
        said = f"{name}::text"      # console.signed_content() sets the style of dates
    else:
        raise Misdeclared(f"{column} is {kind!r}, which has no fixed way of being written; say one in content.py")
    return f"coalesce({said}, '')"


def sql_of(model: type, name: str) -> str:
    """SQL of one item of the signed text: «column», or «foreign_key.column» of the row that it names. Raises
    Misdeclared.
    """
    here, _, there = name.removeprefix(AS_IT_IS).partition(".")
    if here not in model.__table__.columns:
        raise Misdeclared(f"{model.__name__} has no column {here!r} to sign")
    column, as_it_is = model.__table__.columns[here], name.startswith(AS_IT_IS)
    if not there:
        return value_sql(column, as_it_is=as_it_is)
    key = next(iter(column.foreign_keys), None)
    if key is None or there not in key.column.table.columns:
        raise Misdeclared(f"{model.__name__}.{here} names no row with a column {there!r}")
    said = value_sql(key.column.table.columns[there], "o", as_it_is)
    return f"coalesce((SELECT {said} FROM {key.column.table.fullname} o WHERE o.{key.column.name} = c.{here}), '')"


def children(mark: str, model: type, names: str, order: str) -> Callable:
    """A piece of the signed text: the columns `names` of every row of a child, in `order`, each row after a mark."""
    values = ", ".join(value_sql(model.__table__.columns[name], "r") for name in names.split())
    order = ", ".join(f"r.{name}" for name in order.split())

    def piece(parent):
        (key,) = (key.parent.name for key in model.__table__.foreign_keys if key.column.table is parent.__table__)
        return (f"(SELECT string_agg(concat_ws('|', '{mark}', {values}), '|' ORDER BY {order})"
                f" FROM {model.__table__.fullname} r WHERE r.{key} = c.id)")
    return piece


def files(parent: type) -> str:
    """SQL of a piece of the signed text: what each attached file proves, and its SHA-256."""
    return ("(SELECT string_agg(concat_ws('|', 'E', f.kind, d.sha256), '|' ORDER BY f.kind, d.sha256)"
            " FROM console.attachments f JOIN console.documents d ON d.id = f.document_id"
            f" WHERE f.subject = '{parent.__tablename__}' AND f.subject_id = c.id)")


def asked_places(parent: type) -> str:
    """SQL of a piece of the signed text: the offices that are asked to sign, in order, because a signature is also over
    who else must sign.
    """
    return ("(SELECT string_agg(concat_ws('|', 'S', p.position, concat_ws('/', p.role, ("
            "SELECT string_agg(d, '/' ORDER BY d) FROM jsonb_array_elements_text(p.deputies) d))), '|'"
            f" ORDER BY p.position) FROM console.signature_places p WHERE {of_revision(parent)})")


def of_revision(parent: type) -> str:
    """SQL condition: the place `p` is one of the present revision of the record."""
    return f"p.subject = '{parent.__tablename__}' AND p.subject_id = c.id AND p.revision = c.revision"
