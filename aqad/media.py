"""Public pictures from local storage, where no web server or bucket serves them."""

from __future__ import annotations

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest

from core.errors import NotThere


def public(request: HttpRequest, name: str) -> FileResponse:
    """A picture by its random name: it never changes, so browsers may keep it for a year."""
    if not name.endswith(".webp"):
        raise NotThere
    try:
        body = default_storage.open(name, "rb")
    except (OSError, SuspiciousFileOperation, ValueError) as missing:
        raise NotThere from missing
    response = FileResponse(body, content_type="image/webp")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"  # front ends elsewhere show them too
    return response
