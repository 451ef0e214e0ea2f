"""The rules of the house. Views ask here; nothing here knows a request exists."""

from policies import (
    bands,
    billing,
    corrections,
    imports,
    notices,
    organization,
    people,
    signatures,
)
from policies.guard import install, perform, settle
from policies.procedures import authority
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
)
from policies.speaker import bind, dress, forget, speaks

__all__ = ["ACTS", "RULES", "Actor", "Broken", "Denied", "Stale", "acts_of", "acts_of_office",
           "acts_open_to", "acts_together", "allows", "authority", "bands", "billing", "bind",
           "corrections", "dress", "editable", "forget", "imports", "install", "not_by", "notices",
           "organization", "people", "perform", "reads_personal", "refusal", "settle", "signatures",
           "speaks"]
