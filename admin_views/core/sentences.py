"""What people read when PostgreSQL refuses: one Spanish sentence, chosen by constraint or code."""

from functools import cache

from models import db
from models.base.written import sentences

CODES = {
    "42501": "Su cargo no permite este cambio; nada se guardó.",
    "23503": "El registro está ligado a otros y no puede cambiarse así; nada se guardó.",
    "23505": "Ya existe un registro con esos datos; búsquelo en lugar de repetirlo.",
    "23514": "Un dato está fuera de lo permitido; revíselo y envíe de nuevo.",
    "22003": "Un número es demasiado grande; revíselo y envíe de nuevo.",
    "40001": "Otra persona guardó al mismo tiempo; nada se perdió, envíe de nuevo.",
    "40P01": "Otra persona guardó al mismo tiempo; nada se perdió, envíe de nuevo.",
    "55P03": "Otra persona está guardando este registro; espere unos segundos y envíe de nuevo.",
    "53100": "No hay espacio en el disco de la base de datos y nada se guardó. Avise a Informática y Sistemas.",
    "57014": "La consulta tardó demasiado; acote la búsqueda e intente de nuevo.",
}


def sentence_for(error: Exception) -> str | None:
    """The Spanish sentence of a refusal by PostgreSQL, or None where the error is no refusal.

    The sentence of the constraint comes first, then the one that a guard brings as its HINT, then that of the error's
    code.
    """
    original = getattr(error, "orig", None)
    diagnosis = getattr(original, "diag", None)
    constraint = getattr(diagnosis, "constraint_name", None)
    code = getattr(original, "sqlstate", None) or ""
    brought = getattr(diagnosis, "message_hint", None) if code.startswith("AG") else None
    return declared().get(constraint) or brought or CODES.get(code)


@cache
def declared() -> dict[str, str]:
    """The sentences that models give beside their constraints and indexes."""
    return sentences(db.metadata)
