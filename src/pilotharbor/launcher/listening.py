"""At which address does the web listen, and how is it reached from here?"""

import errno
import os
import socket

from pilotharbor.launcher.trouble import Trouble

USUAL_PORT = 8000
USUAL_HOST = "127.0.0.1"
HIGHEST_PORT = 65535
BACKLOG = 512
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  (recognised, not chosen)


def wanted_port(given: str | None) -> int:
    """The port of ``--port``, else of ``PILOTHARBOR_PORT``, else the usual one; 0 is any free one.

    Raises: Trouble.
    """
    source, value = "--port", given
    if value is None:
        source, value = "PILOTHARBOR_PORT", os.environ.get("PILOTHARBOR_PORT", "")
    value = value.strip()
    if not value and source == "PILOTHARBOR_PORT":
        return USUAL_PORT
    if not value.isascii() or not value.isdigit() or int(value) > HIGHEST_PORT:
        raise Trouble("port_malformed", name=source, value=value, highest=HIGHEST_PORT)
    return int(value)


def wanted_host(given: str | None) -> str:
    """The address of ``--host``, else of ``PILOTHARBOR_LISTEN``, else the loopback address."""
    return given or os.environ.get("PILOTHARBOR_LISTEN") or USUAL_HOST


def listen(host: str, port: int) -> socket.socket:
    """Take the port, or say why it cannot be had.

    Raises: Trouble.
    """
    family, address = _address(host, port)
    listener = socket.socket(family)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as exc:
        listener.close()
        raise _trouble(exc, host, port) from exc
    return listener


def _address(host: str, port: int) -> tuple[socket.AddressFamily, tuple[str, int]]:
    """Family and address of a name; IPv4 first, as browsers on this machine do."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as exc:
        raise Trouble("host_unknown", host=host) from exc
    family, _, _, _, address = min(found, key=lambda one: one[0] != socket.AF_INET)
    return family, (str(address[0]), port)


def _trouble(exc: OSError, host: str, port: int) -> Trouble:
    if exc.errno == errno.EADDRINUSE:
        other = port + 1 if port < HIGHEST_PORT else port - 1
        return Trouble("port_in_use", port=port, other=other)
    if exc.errno in {errno.EACCES, errno.EPERM}:
        return Trouble("port_forbidden", port=port)
    if exc.errno in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}:
        return Trouble("host_not_here", host=host)
    return Trouble("cannot_listen", host=host, port=port, reason=exc.strerror)


def reached_at(listener: socket.socket) -> tuple[str, int]:
    """Host and port by which this machine reaches the listener."""
    host, port = listener.getsockname()[:2]
    return EVERYWHERE.get(host, host), int(port)


def address_of(listener: socket.socket) -> str:
    """What a person on this machine types into the browser."""
    host, port = reached_at(listener)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
