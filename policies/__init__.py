"""The rules of the house. Views ask here; nothing here knows a request exists."""

from policies.corrections import signatures  # before the others: whoever signs is offered those acts first

# isort: split
from policies import (
    bands,
    deadlines,
    exports,
    fiscal,
    notices,
    organization,
)
from policies.batches import acts as batch_acts
from policies.batches import trays as batch_trays
from policies.billing import ground
from policies.core import imports, mails
from policies.core.guard import install, perform, settle
from policies.core.rules import (
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
from policies.core.speaker import bind, dress, forget, reads_as, speaks
from policies.core.terms import check_terms
from policies.corrections import acts as correction_acts
from policies.corrections import trays as correction_trays
from policies.people import appointments, exclusions
from policies.people import rules as people_rules
from policies.replays import acts as replay_acts

# isort: split
from policies.procedures import authority, drafts  # after the others: the acts of a version are offered in this order

# What declares rules and acts.
AREAS = (appointments, bands, deadlines, batch_acts, batch_trays, ground, correction_acts, correction_trays,
         exclusions, exports, fiscal, imports, mails, notices, organization, people_rules, replay_acts, signatures,
         authority, drafts)
__all__ = ["ACTS", "AREAS", "RULES", "Actor", "Broken", "Denied", "Stale", "acts_of", "acts_of_office", "acts_open_to",
           "acts_together", "allows", "bind", "dress", "editable", "forget", "install", "not_by", "perform",
           "reads_as", "reads_personal", "refusal", "settle", "speaks", "too_many", "unlike"]

check_terms()     # once every area has declared what it counts by
