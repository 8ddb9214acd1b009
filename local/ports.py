"""Ports of this machine that nobody listens on."""

import socket

from local.trouble import Trouble

HOST = "127.0.0.1"


def free_port() -> int:
    """Any port nobody uses."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Whether a server of ours could listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def port_after(port: int) -> int:
    """The next port if nobody uses it, any free one otherwise."""
    return port + 1 if port < 65_535 and is_free(port + 1) else free_port()


def web_port(asked: str) -> int:
    """The number in PORT, if it is one and nobody uses it."""
    if not (asked.isdecimal() and 0 < int(asked) < 65_536):
        raise Trouble(f"PORT must be a number from 1 to 65535, not {asked!r}.")
    if not is_free(int(asked)):
        raise Trouble(f"port {asked} is taken; set PORT to another number.")
    return int(asked)
