"""The web server: `python -m aqad.web`, settled by the WEB_* variables of `.env.example`.

An instance is drained before it is stopped. Behind a proxy on the same host it listens on a socket in the file system
(WEB_SOCKET) whose *name* is the switch: it appears once `/health/ready` says 200 and is taken away at SIGTERM, so the
proxy's next connection goes elsewhere at once, and nothing that was taken is ever dropped. On a port the instance
says 503 at `/health/ready` and goes on serving for WEB_DRAIN seconds, for balancers that look there.
"""

from __future__ import annotations

import http.client
import os
import socket
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.server.mp import MPServer

TARGET = "aqad.wsgi:application"
PATIENCE = 20
"""Seconds that requests have to come to their end once the instance takes no more of them."""
LOOK = 0.1
HOST = urlsplit(settings.SITE_URL).hostname or "localhost"


class Web(MPServer):
    """Granian that leaves the line before it hangs up."""

    drain: float = 0
    name: Path | None = None
    draining: Path

    def signal_handler_interrupt(self, *args: Any, **kwargs: Any) -> None:
        """SIGTERM or SIGINT: no more newcomers, a while for those on their way, then the end. Asked twice: at once."""
        if self.draining.exists() or not self.drain:
            super().signal_handler_interrupt()  # type: ignore[no-untyped-call]
            return
        tell("STOPPING=1")
        self.draining.touch()
        if self.name:
            self.name.unlink(missing_ok=True)
        timer = threading.Timer(self.drain, super().signal_handler_interrupt)
        timer.daemon = True
        timer.start()


class OnSocket(http.client.HTTPConnection):
    """One request through a socket in the file system."""

    def __init__(self, path: Path) -> None:
        super().__init__(HOST, timeout=5)
        self.path = path

    def connect(self) -> None:
        """Where `http.client` would open a port."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.path))


def tell(word: str) -> None:
    """A word to the service manager, where there is one (sd_notify(3))."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as messenger:
        messenger.connect("\0" + address[1:] if address.startswith("@") else address)
        messenger.send(word.encode())


def appear(unnamed: Path, name: Path, draining: Path) -> None:
    """Gives the socket its public name as soon as the instance is ready, unless it is asked to end before."""
    while not draining.exists():
        if _ready(unnamed):
            unnamed.rename(name)
            tell("READY=1")
            return
        time.sleep(LOOK)


def _ready(path: Path) -> bool:
    return _answered(OnSocket(path))


def _answered(connection: http.client.HTTPConnection) -> bool:
    try:
        connection.request("GET", "/health/ready", headers={"Host": HOST})
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def listening(socket_name: str) -> dict[str, Any]:
    """A port for all, or an unnamed socket for one proxy, which opens a connection for each request."""
    if not socket_name:
        return {"address": os.environ.get("WEB_HOST", "127.0.0.1"), "port": settings.PORT}
    unnamed = Path(f"{socket_name}.{os.getpid()}")
    for left in (*unnamed.parent.glob(f"{unnamed.stem}.*"), Path(socket_name)):
        left.unlink(missing_ok=True)
    return {"uds": unnamed, "uds_permissions": 0o660, "http1_settings": HTTP1Settings(keep_alive=False)}


def main() -> None:
    """Serves until it is asked to end."""
    draining = Path(tempfile.gettempdir()) / f"aqad-web-{os.getpid()}.draining"
    draining.unlink(missing_ok=True)
    os.environ["WEB_DRAINING"] = str(draining)
    where = listening(os.environ.get("WEB_SOCKET", ""))
    try:
        server(where, draining).serve()
    finally:
        draining.unlink(missing_ok=True)
        if "uds" in where:
            where["uds"].unlink(missing_ok=True)


def server(where: dict[str, Any], draining: Path) -> Web:
    """Workers and threads as the environment has them."""
    web = Web(
        TARGET,
        interface=Interfaces.WSGI,
        workers=settings.WEB_WORKERS,
        blocking_threads=int(os.environ.get("WEB_THREADS") or 4),
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=PATIENCE,
        **where,
    )
    web.drain, web.draining = float(os.environ.get("WEB_DRAIN") or 0), draining
    if "uds" in where:
        web.name = Path(os.environ["WEB_SOCKET"])
        threading.Thread(target=appear, args=(where["uds"], web.name, draining), daemon=True).start()
    return web


def ready() -> bool:
    """Whether the instance of this very environment takes requests (`python -m aqad.web ready`, for a container)."""
    if name := os.environ.get("WEB_SOCKET"):
        return _ready(Path(name))
    connection = http.client.HTTPConnection("127.0.0.1", settings.PORT, timeout=5)
    return _answered(connection)


if __name__ == "__main__":
    if sys.argv[1:] == ["ready"]:
        sys.exit(not ready())
    main()
