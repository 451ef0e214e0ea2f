"""Which words a letter takes today."""

from sqlalchemy import Select, select

from models.base.drafts import DraftState
from models.notices import LetterTemplate


def template_in_force(code: str) -> Select:
    """The newest version in force of a kind of letter, if any."""
    return (select(LetterTemplate).where(LetterTemplate.code == code, LetterTemplate.state == DraftState.IN_FORCE)
            .order_by(LetterTemplate.id.desc()).limit(1))
