"""People, logins, appointments and delegations, and who confirmed each."""

PARTS = ("desk",)
