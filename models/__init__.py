"""Every model of the console: importing this package imports them all, so that the metadata has every table."""

from models.areas import modules
from models.base import (
    access,
    attachments,
    calendar,
    documents,
    exports,
    handovers,
    imports,
    mails,
    people,
    preferences,
    signing,
    trail,
)
from models.base.columns import db

AREAS = modules("models")
__all__ = ["AREAS", "access", "attachments", "calendar", "db", "documents", "exports", "handovers", "imports", "mails",
           "people", "preferences", "signing", "trail"]
