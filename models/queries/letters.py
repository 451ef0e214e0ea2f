"""Which words a letter takes today, and where one to the holder of an account goes."""

from sqlalchemy import ColumnElement, Select, Text, case, cast, func, select

from models.base.drafts import DraftState
from models.customers import Account
from models.notices import LetterTemplate, Notice, NoticeState
from models.organization import Municipality, Neighborhood


def template_in_force(code: str) -> Select:
    """The newest version in force of a kind of letter, if any."""
    return (select(LetterTemplate).where(LetterTemplate.code == code, LetterTemplate.state == DraftState.IN_FORCE)
            .order_by(LetterTemplate.id.desc()).limit(1))


def as_mail(key: ColumnElement) -> Select:
    """What an e-mail takes of a letter that is on its way: its address, to whom, folio, when written and words."""
    return select(Notice.email.label("address"), Notice.addressee, Notice.folio, Notice.written_at,
                  Notice.body).where(Notice.id == key, Notice.state == NoticeState.SENT)


def postal_address(account: ColumnElement) -> Select:
    """(addressee, address) of the holder of an account: the street and, in a second line, what follows it; no address
    where the register has no street."""
    place = func.concat_ws(", ", Neighborhood.name, Municipality.name, "S.L.P.")
    address = case((func.btrim(Account.street) != "", Account.street + "\n" + place))
    return (select(Account.holder_name.label("addressee"), cast(address, Text).label("address"))
            .join(Neighborhood, Neighborhood.id == Account.neighborhood_id)
            .join(Municipality, Municipality.id == Neighborhood.municipality_id).where(Account.id == account))
