"""Importing this package makes the metadata whole."""

from models import (
                    access,
                    audit,
                    bands,
                    batches,
                    billing,
                    corrections,
                    customers,
                    documents,
                    exclusions,
                    exports,
                    fiscal,
                    handovers,
                    imports,
                    meters,
                    notices,
                    organization,
                    people,
                    preferences,
                    procedures,
                    replays,
                    signatures,
                    tariffs,
)
from models.base import db

__all__ = ["access", "audit", "bands", "batches", "billing", "corrections", "customers", "db",
           "documents", "exclusions", "exports", "fiscal", "handovers", "imports", "meters", "notices", "organization",
           "people", "preferences", "procedures", "replays", "signatures", "tariffs"]
