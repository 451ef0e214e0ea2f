"""What screens ask of the policies: the rules and acts of every area. Nothing in this room knows of a request."""

from models.areas import modules
from policies.core import exports, imports, mails
from policies.core.carried import take_readers
from policies.core.coherence import check_coherence
from policies.core.deciding import acts_open_to, acts_together, editable, frozen, not_by, refusal
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
    allows,
    reads_personal,
    too_many,
    unlike,
)
from policies.core.scopes import check_scopes, scope
from policies.core.speaker import bind, forget, reads_as, speaks, stamp_engines
from policies.core.terms import check_terms
from policies.core.trays import TRAYS, check_seen

# What declares rules and acts; an office is offered acts on a record in this order.
AREAS = (*modules("policies"), exports, imports, mails)
__all__ = ["ACTS", "AREAS", "Actor", "Broken", "Denied", "RULES", "Stale", "acts_of", "acts_of_office", "acts_open_to",
           "acts_together", "allows", "bind", "editable", "forget", "frozen", "install", "not_by", "perform",
           "reads_as", "reads_personal", "refusal", "scope", "settle", "speaks", "stamp_engines", "too_many", "unlike"]

# Once every area has made its declarations.
take_readers()
for tray in TRAYS:
    check_seen(tray)
check_coherence()
check_terms()
check_scopes()
