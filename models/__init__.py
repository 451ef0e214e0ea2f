"""Importing this package makes the metadata whole."""

from models import (
                    access,
                    audit,
                    bands,
                    billing,
                    corrections,
                    customers,
                    documents,
                    imports,
                    meters,
                    notices,
                    organization,
                    people,
                    preferences,
                    procedures,
                    signatures,
                    tariffs,
)
from models.base import db

__all__ = ["access", "audit", "bands", "billing", "corrections", "customers", "db", "documents",
           "imports", "meters", "notices", "organization", "people", "preferences", "procedures",
           "signatures", "tariffs"]
