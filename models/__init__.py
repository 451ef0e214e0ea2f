"""Importing this package makes the metadata whole."""

from models import (
    bands,
    batches,
    billing,
    corrections,
    customers,
    exclusions,
    fiscal,
    meters,
    notices,
    organization,
    procedures,
    replays,
    tariffs,
)
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

__all__ = ["access", "attachments", "bands", "batches", "billing", "calendar", "corrections", "customers", "db",
           "documents", "exclusions", "exports", "fiscal", "handovers", "imports", "mails", "meters", "notices",
           "organization", "people", "preferences", "procedures", "replays", "signing", "tariffs", "trail"]
