"""The addresses of pages: each is put together once, for a page names dozens of them."""

from collections.abc import Callable
from functools import cache, lru_cache

from flask import Flask, request, url_for
from werkzeug.routing import Rule


class LateRule(Rule):
    """The address of a page, whose code is written when the page is first named: of eight hundred, few are."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        write = super()._compile_builder
        written = cache(lambda: write(append_unknown))
        return lambda rule, **terms: written()(rule, **terms)


def install(app: Flask) -> None:
    """Templates ask here when they say `url_for`."""
    app.jinja_env.globals["url_for"] = address


def address(endpoint: str, **terms: str | int) -> str:
    """What Flask's `url_for` gives; an endpoint that begins with a dot is one of the page's own screen."""
    return address_of(f"{request.blueprint}{endpoint}" if endpoint.startswith(".") else endpoint, tuple(terms.items()))


@lru_cache(maxsize=4096)
def address_of(endpoint: str, terms: tuple) -> str:
    """`url_for` of an endpoint, put together once for each set of terms in a process."""
    return url_for(endpoint, **dict(terms))
