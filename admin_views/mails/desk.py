"""The screen of the e-mails: what left, what waits and what did not leave, with its reason."""

from flask import current_app, flash

from admin_views.core.base import PolicyView
from models.base.mails import Mail

NOT_CONFIGURED = ("Esta instalación no envía correos: falta CONSOLE_SMTP_URL. Los pendientes de cada quien se ven en "
                  "su página de inicio.")


class MailView(PolicyView):
    menu_entry, creates_here, findable = "Estado del sistema", False, False
    column_list = ("day", "person", "subject", "state", "attempts", "sent_at", "trouble")
    column_default_sort = ("id", True)
    filters_by = ("state", "day", "person")
    narrowed_by = ("day",)
    when_empty = "Un correo se escribe cada día hábil para quien tiene pendientes."
    facts = (("Correo", ("person", "day", "subject", "written_at")),
             ("Envío", ("state", "attempts", "try_at", "sent_at", "trouble")), ("Texto", ("body",)))

    def show(self, template, **facts):
        if template == self.list_template and current_app.extensions["mail_server"] is None:
            flash(NOT_CONFIGURED, "warning")
        return super().show(template, **facts)


def views():
    yield MailView(Mail, url="/correos")
