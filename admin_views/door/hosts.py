"""By which name and behind which proxies the console is served: said by its configuration, by no request."""

import re

from flask import Flask, current_app, request
from werkzeug.exceptions import SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wsgi import get_host

ADDRESS = re.compile(r"https?://([A-Za-z0-9.-]+)(:[0-9]{1,5})?")
HERE = ("127.0.0.1", "localhost")   # the supervisor and whoever sits at the machine


def install(app: Flask, port: str) -> None:
    """Check the public address, and believe exactly as many proxies as are said to stand in front.

    Raises ValueError, in Spanish, for an address or a number that is none.
    """
    app.config.setdefault("PUBLIC_URL", f"http://127.0.0.1:{port}")
    address = app.config["PUBLIC_URL"] = str(app.config["PUBLIC_URL"]).rstrip("/")
    named = ADDRESS.fullmatch(address)
    if named is None:
        raise ValueError(f"CONSOLE_PUBLIC_URL debe ser como https://consola.ejemplo.mx, y dice «{address}».")
    app.config["SERVED_AS"] = (named[1], *HERE)
    hops = app.config["PROXIES"]
    if not isinstance(hops, int) or not 0 <= hops <= 9:
        raise ValueError(f"CONSOLE_PROXIES es cuántos proxies hay delante, de 0 a 9, y dice «{hops}».")
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)


def unknown() -> str:
    """Why the request is refused: it calls the console by a name that is not its own; else nothing."""
    try:
        get_host(request.environ, current_app.config["SERVED_AS"])
    except SecurityError:
        return f"La consola no se sirve con ese nombre; ábrala en {current_app.config['PUBLIC_URL']}/"
    return ""
