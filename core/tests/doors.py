"""The test client by the door of web servers."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpResponse
from django.test.client import ClientHandler

from core.door import Door


def through_the_door(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every `Client` asks the door first and goes the usual way where it gives nothing; the paths of what it gave."""
    door, usual, given = Door(), ClientHandler.__call__, list[str]()
    monkeypatch.setattr(WSGIHandler, "__call__", lambda *_: None)

    def asked(client: ClientHandler, environ: dict[str, Any]) -> HttpResponse:
        told: list[Any] = []
        body: Any = door(environ, lambda *said: told.extend(said))
        if body is None:
            return usual(client, environ)  # type: ignore[return-value]
        given.append(environ["PATH_INFO"])
        response: Any = HttpResponse(b"".join(body), status=int(told[0].split()[0]), headers=dict(told[1]))
        response.wsgi_request = WSGIRequest(environ)
        return response  # type: ignore[no-any-return]

    monkeypatch.setattr(ClientHandler, "__call__", asked)
    return given
