"""The addresses of pages: each is put together once, for a page names dozens of them."""

from functools import lru_cache

from flask import Flask, request, url_for


def install(app: Flask) -> None:
    """Templates ask here when they say `url_for`."""
    app.jinja_env.globals["url_for"] = address


def address(endpoint: str, **terms: str | int) -> str:
    """What Flask's `url_for` gives; an endpoint that begins with a dot is one of the page's own screen."""
    return kept(f"{request.blueprint}{endpoint}" if endpoint.startswith(".") else endpoint, tuple(terms.items()))


@lru_cache(maxsize=4096)
def kept(endpoint: str, terms: tuple) -> str:
    return url_for(endpoint, **dict(terms))
