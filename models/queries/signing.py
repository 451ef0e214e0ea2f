"""Queries over the signatures of any kind of document."""

from sqlalchemy import ColumnElement, exists, or_
from sqlalchemy.orm import aliased

from models.base.people import Role
from models.base.signing import Signature, SignaturePlace, WithSignatures


def unsigned(place: type[SignaturePlace]) -> ColumnElement:
    """Condition: nobody signed in that place."""
    return ~exists().where(Signature.place_id == place.id).correlate(place)


def waits_for(model: type[WithSignatures], role: Role) -> ColumnElement:
    """Condition: the first missing signature of a record of `model` is this office's, as its own or as a deputy."""
    mine, earlier = aliased(SignaturePlace), aliased(SignaturePlace)
    before = exists().where(
        earlier.subject == mine.subject, earlier.subject_id == mine.subject_id, earlier.revision == mine.revision,
        earlier.position < mine.position, unsigned(earlier)).correlate(mine)
    return exists().where(
        of(mine, model), or_(mine.role == Role(role), mine.deputies.has_key(Role(role).value)),
        unsigned(mine), ~before).correlate(model)


def of(part: type[SignaturePlace] | type[Signature], model: type[WithSignatures]) -> ColumnElement:
    """Condition: a place or a signature is of the present revision of a record of `model`."""
    return (part.subject == model.__tablename__) & (part.subject_id == model.id) & (part.revision == model.revision)
