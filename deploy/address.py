"""The address people open: whether it is free, and whether the console answers there."""

import http.client
import socket
import time

HOST = "127.0.0.1"


def healthy(port: int) -> bool:
    """Whether the console says that it is well."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/salud")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def comes_free(port: int, patience: float) -> bool:
    """Wait until nobody listens there; False if somebody goes on."""
    deadline = time.monotonic() + patience
    while _is_taken(port):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False
