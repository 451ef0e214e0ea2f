"""A procedure version tried over past bills before anybody signs it."""

PARTS = ("acts",)
