"""Sets of offices that the areas share, named for what they have in common."""

from models.people import Role

STAFF = frozenset({Role.STAFF})
ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})
AUDITOR = frozenset({Role.AUDITOR})
COMMERCIAL = frozenset({Role.COMMERCIAL_DIRECTOR})
UNIT_HEAD = frozenset({Role.UNIT_HEAD})

# Who may sign a correction; which of them must is the amount band's to say.
SIGNERS = frozenset({Role.COMMERCIAL_DIRECTOR, Role.UNIT_HEAD, Role.GENERAL_DIRECTOR})
CORRECTION_READERS = STAFF | SIGNERS | AUDITOR
# Who deals with the user in person, and so reads names and addresses.
NAME_READERS = STAFF | SIGNERS
EVERYONE = frozenset(Role)
