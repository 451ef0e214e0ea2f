"""What an account adds up with a correction or a batch, as the pages and the papers say it."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from admin_views.core.words import day, money
from admin_views.records.codes import say_codes
from models import db
from models.base.people import Role
from models.batches import BatchState, CorrectionBatch
from models.corrections import Correction, CorrectionState
from models.queries import batches, corrections

# The keys of the JSON object that both tables keep.
SUMMED = {"amount": "Importe", "corrections": "Correcciones", "since": "Desde", "account": "Cuenta"}
say_codes(Correction.accumulated, CorrectionBatch.accumulated, keys=lambda: SUMMED)

UNSENT = {CorrectionState.DRAFT, BatchState.DRAFT, BatchState.COMPUTING, BatchState.COMPUTED}
NO_WINDOW = ", todas las enviadas, porque hoy no rige ninguna ventana de acumulación"


def sentence(record: Correction | CorrectionBatch, roles: Iterable[str]) -> str:
    """What the account adds up with a record that was sent or is about to be, and the offices that sign it for that
    sum, in one sentence; empty where nothing else of its accounts was sent in the window.
    """
    is_batch = isinstance(record, CorrectionBatch)
    find = batches if is_batch else corrections
    found = db.session.scalar(find.accumulated_if_sent(record)) if record.state in UNSENT else record.accumulated
    if not found:
        return ""
    whose = f"La cuenta {found['account']}" if is_batch else "Esta cuenta"
    included = ", contando este lote" if is_batch else ""
    why = ("las firmas se piden por la mayor de dos cantidades, esta o la que mueve el lote: firman" if is_batch
           else "por eso firman")
    return f"{whose} {summed(found)}{included}; {why} {offices(roles)}."


def summed(found: dict) -> str:
    """What an account adds up: «acumula $11,024.64 en 12 correcciones desde el 29/ago/2026»."""
    since = f" desde el {day(date.fromisoformat(found['since']))}" if found["since"] else NO_WINDOW
    return f"acumula {money(Decimal(found['amount']))} en {found['corrections']} correcciones{since}"


def offices(roles: Iterable[str]) -> str:
    """The offices, each once, in the order in which they sign: «Dirección de Comercialización y Dirección General»."""
    names = list(dict.fromkeys(Role(role).label for role in roles))
    return " y ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else "las que pida su importe"
