"""What each office is answered at many doors: asked once for the whole module, looked at by one case for each door."""

from functools import cache
from typing import NamedTuple

from tests.house.addresses import checksum

REFUSALS = "SELECT count(*) FROM console.refusals"


class Asked(NamedTuple):
    """What one office was answered, each request once: cell → (status, text of a page), whether any of it wrote,
    and how many refusals were kept."""

    said: dict
    wrote: bool
    refused: int


def asked(office, role, requests):
    """`requests`: cell → (path, what Flask's client takes besides); a POST goes with the token of this browser."""
    client, said = office.client(role), {}
    token = office.token(client.get("/contrasena"))
    before, refused = checksum(office), office.scalar(REFUSALS)
    for cell, (path, options) in requests.items():
        if options:
            options = options | {"data": {"csrf_token": token} | options.get("data", {})}
        with client.open(path, **options) as answer:
            said[cell] = answer.status_code, answer.text if answer.mimetype == "text/html" else ""
    return Asked(said, checksum(office) != before, office.scalar(REFUSALS) - refused)


def by_office(office, requests_of):
    """role → what it was answered, asked when the first case of that office needs it."""
    return cache(lambda role: asked(office, role, requests_of(role)))
