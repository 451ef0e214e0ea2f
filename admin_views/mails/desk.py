"""The screen of the e-mails: what left, what waits and what did not leave, with its reason."""

from collections.abc import Iterator

from admin_views.core.base import PolicyView
from models.base.mails import Mail


class MailView(PolicyView):
    menu_entry, creates_here, findable = "Estado del sistema", False, False
    column_list = ("day", "person", "subject", "state", "attempts", "sent_at", "trouble")
    column_default_sort = ("id", True)
    filters_by = ("state", "day", "person")
    narrowed_by = ("day",)
    when_empty = ("Si la instalación tiene servidor de correo (CONSOLE_SMTP_URL), cada día hábil se escribe uno a "
                  "quien tiene pendientes.")
    facts = (("Correo", ("person", "day", "subject", "written_at")),
             ("Envío", ("state", "attempts", "try_at", "sent_at", "trouble")), ("Texto", ("body",)))


def views() -> Iterator[PolicyView]:
    """The screen of e-mails."""
    yield MailView(Mail, url="/correos")
