"""The web server's worker: what gunicorn refuses before the console sees it is said in Spanish."""

from gunicorn import util
from gunicorn.workers.gthread import ThreadWorker

# What a browser can be refused for here; any other code is a request that was not understood.
SENTENCES = {
    414: "La dirección es demasiado larga; quite filtros o columnas e intente de nuevo.",
    431: "El navegador envió demasiados datos ocultos; borre las «cookies» de este sitio e intente de nuevo.",
    500: "Algo falló de nuestro lado; avise a Informática y Sistemas.",
}
OTHER = "La solicitud no se entendió; vuelva a la página anterior e intente de nuevo."
PAGE = ('<!doctype html>\n<html lang="es-MX">\n<meta charset="utf-8">\n<title>No se pudo</title>\n'
        "<h1>No se pudo</h1>\n<p>{}</p>\n<p><a href=\"/\">Ir al inicio</a></p>\n</html>\n")
HEAD = ("HTTP/1.1 {} {}\r\nConnection: close\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n"
        "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n\r\n")


def write_error(client, status: int, reason: str, detail: str) -> None:
    """Answer a request that never reached the console; `detail`, in English, is in the server's log alone."""
    page = PAGE.format(SENTENCES.get(status, OTHER)).encode()
    util.write_nonblock(client, HEAD.format(status, reason, len(page)).encode("latin-1") + page)


class SpanishWorker(ThreadWorker):
    """A gthread worker whose own error pages are ours: gunicorn offers no other place to say them."""

    def init_process(self):
        util.write_error = write_error
        super().init_process()
