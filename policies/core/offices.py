"""Sets of offices that the areas share, named for what they have in common."""

from models.base.people import Role

STAFF = frozenset({Role.STAFF})
ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})
AUDITOR = frozenset({Role.AUDITOR})
COMMERCIAL = frozenset({Role.COMMERCIAL_DIRECTOR})
UNIT_HEAD = frozenset({Role.UNIT_HEAD})

# Who may sign what the Unit prepares; which of them must, each area says.
SIGNERS = frozenset({Role.COMMERCIAL_DIRECTOR, Role.UNIT_HEAD, Role.GENERAL_DIRECTOR})
# Whose holder signs, may be lent a signature, or audits: nobody receives such an office from one person alone.
DECIDING = frozenset(Role) - STAFF - ADMINISTRATOR
# Who confirms what the administrator proposes about them.
CONFIRMERS = UNIT_HEAD | AUDITOR
# Who prepares, signs or audits the cases of the Unit, and so reads them.
CASE_READERS = STAFF | SIGNERS | AUDITOR
# Who deals with the user in person, and so reads names and addresses.
NAME_READERS = STAFF | SIGNERS
EVERYONE = frozenset(Role)
