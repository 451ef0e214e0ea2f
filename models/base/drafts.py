"""The states of a catalogue row that one office drafts and another signs."""

from models.base.columns import Words


class DraftState(Words):
    """Whoever drafts a rule that decides something does not put it in force alone."""

    DRAFT = "draft", "Propuesta"
    IN_FORCE = "in_force", "Autorizada"
    RETIRED = "retired", "Retirada"
