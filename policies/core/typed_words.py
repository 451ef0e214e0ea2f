"""Words as people type them: compared without accents, case or spaces; and the one reader of «sí» and «no»."""

import unicodedata

YES, NO = frozenset({"si", "verdadero", "true"}), frozenset({"no", "falso", "false"})
YES_MARKS, NO_MARKS = frozenset({"s", "x", "1"}), frozenset({"n", "0"})     # where only yes or no is asked


def unaccented(words: str) -> str:
    """Words as they are compared and ordered in Spanish lists: no accents, no case, one space.

    Composed and decomposed letters are the same.
    """
    plain = (letter for letter in unicodedata.normalize("NFD", words.casefold())
             if not unicodedata.combining(letter))
    return " ".join("".join(plain).split())


def yes_or_no(text: str) -> bool:
    """The answer to a question that is answered with yes or no; ValueError, a Spanish sentence, for anything else."""
    word = unaccented(text)
    if word in YES | YES_MARKS:
        return True
    if word in NO | NO_MARKS:
        return False
    raise ValueError(f"«{text.strip()[:60]}» no es Sí ni No; escriba Sí o No.")


def is_yes_or_no(text: str) -> bool:
    """Whether `text` says yes or no by itself, where figures and other words may stand too."""
    return unaccented(text) in YES | NO
