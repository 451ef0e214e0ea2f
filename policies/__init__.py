"""The rules of the house. Views ask here; nothing here knows a request exists."""

from policies import (
    appointments,
    bands,
    batches,
    billing,
    corrections,
    exclusions,
    exports,
    fiscal,
    imports,
    notices,
    organization,
    people,
    replays,
    signatures,
)
from policies.guard import install, perform, settle
from policies.procedures import authority, drafts
from policies.rules import (
                            ACTS,
                            RULES,
                            Actor,
                            Broken,
                            Denied,
                            Stale,
                            acts_of,
                            acts_of_office,
                            acts_open_to,
                            acts_together,
                            allows,
                            editable,
                            not_by,
                            reads_personal,
                            refusal,
                            too_many,
                            unlike,
)
from policies.speaker import bind, dress, forget, speaks

__all__ = ["ACTS", "RULES", "Actor", "Broken", "Denied", "Stale", "acts_of", "acts_of_office", "acts_open_to",
           "acts_together", "allows", "appointments", "authority", "bands", "batches", "billing", "bind",
           "corrections", "drafts", "dress", "editable", "exclusions", "exports", "fiscal", "forget", "imports",
           "install", "not_by", "notices", "organization", "people", "perform", "reads_personal", "refusal", "replays",
           "settle", "signatures", "speaks", "too_many", "unlike"]
