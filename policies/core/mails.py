"""E-mails to the people of the console: who sees that they left, and what a day's summary says."""

from collections.abc import Iterable
from typing import NamedTuple

from models.base.mails import Mail
from policies.core.offices import ADMINISTRATOR, AUDITOR
from policies.core.rules import Rule, declare

# The gate writes every column; PostgreSQL keeps what was said and that it was sent.
declare(Rule(Mail, view=ADMINISTRATOR | AUDITOR, export=AUDITOR, guarded=True, kept=True, once=("sent_at",),
             derives=("state", "attempts", "try_at", "trouble")))

GREETING = "{name}:\n\nEsto le espera hoy en la Consola de Atención Social."
FOOT = ("Este correo sale cada día hábil en que algo le espera. No lo conteste: lo que haga falta se atiende en la "
        "consola.\n{address}")


class Waiting(NamedTuple):
    """One tray of somebody, as an e-mail says it."""

    title: str
    count: str      # «3», or «999+»
    late: int       # how many of them are past their term
    address: str    # of the list of exactly those


def summary(name: str, offices: Iterable[tuple[str, list[Waiting]]], address: str) -> tuple[str, str] | None:
    """(subject, text) of what waits for a person in each of their offices; None where nothing does.

    It says how many and where, and nothing of any user of the service: e-mail leaves the institution's computers.
    """
    parts = [(office, trays) for office, trays in offices if trays]
    if not parts:
        return None
    every = [tray for _, trays in parts for tray in trays]
    late = sum(tray.late for tray in every)
    subject = "Pendientes de hoy en la Consola de Atención Social" + (f": {late_said(late)}" if late else "")
    said = [GREETING.format(name=name)]
    for office, trays in parts:
        said.append("\n".join([f"Como {office}:", *(line(tray) for tray in trays)]))
    return subject, "\n\n".join([*said, FOOT.format(address=address)]) + "\n"


def late_said(count: int) -> str:
    """«1 vencido», «3 vencidos»."""
    return "1 vencido" if count == 1 else f"{count} vencidos"


def line(tray: Waiting) -> str:
    """A tray in the e-mail: its title, how many wait and are late, and the address of the list."""
    late = f" ({late_said(tray.late)})" if tray.late else ""
    return f"- {tray.title}: {tray.count}{late}\n  {tray.address}"
