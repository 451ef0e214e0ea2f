"""The states of a row that one office drafts and another puts in force."""

from models.base.columns import Words


class DraftState(Words):
    """How far such a row is: whoever drafts a rule that decides something does not put it in force alone."""

    DRAFT = "draft", "Propuesta"
    IN_FORCE = "in_force", "Autorizada"
    RETIRED = "retired", "Retirada"
