"""Two instances of nothing behind the real proxy: they answer with what arrived."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingUnixStreamServer
from typing import Any

SHORT = "/tmp"
"""The name of a socket may have about a hundred characters; pytest's own folders can be longer."""


class Echo(BaseHTTPRequestHandler):
    """Answers with what arrived; by its path as the test wishes."""

    name = ""

    def answer(self) -> None:
        """Everything as JSON; 503 at /away, and nothing at all at /hang-up."""
        length = int(self.headers.get("Content-Length") or 0)
        self.rfile.read(length)
        told = {
            "headers": {**self.headers},
            "path": self.path,
            "name": self.name,
            "length": length,
            "more": "." * 2000,
        }
        if self.path == "/hang-up":
            self.server.calls.append(self.command)  # type: ignore[attr-defined]
            return
        self.send_response(503 if self.path == "/away" else 200)
        body = json.dumps(told).encode()
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = answer  # noqa: N815

    def address_string(self) -> str:
        """A socket in the file system has no address."""
        return "nginx"

    def log_message(self, *told: Any) -> None:
        """Not here."""
        return


class Upstreams:
    """Two instances of nothing, each of which can go away and come back."""

    def __init__(self, folder: Path) -> None:
        self.paths = [folder / "web-1.sock", folder / "web-2.sock"]
        self.calls: list[str] = []
        self._open: dict[Path, ThreadingUnixStreamServer] = {}

    def open(self, path: Path) -> None:
        """An instance is there."""
        server = ThreadingUnixStreamServer(str(path), type("Named", (Echo,), {"name": path.name}))
        server.calls = self.calls  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self._open[path] = server

    def close(self, path: Path) -> None:
        """An instance has gone, and its name with it."""
        path.unlink()
        server = self._open.pop(path)
        server.shutdown()
        server.server_close()

    def close_all(self) -> None:
        """Nobody is there."""
        for path in list(self._open):
            self.close(path)
