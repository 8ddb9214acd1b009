"""Django's own error pages, in the house style: what fails outside a view, or before one is found.

They tell a sentence and the request's id. 400, 413, 429, 500 and 503 need neither database nor cache.
"""

from __future__ import annotations

import sys
from typing import Any

from django.http import HttpRequest, HttpResponse

from core.edge import as_refusal
from core.errors import Broken, Invalid
from core.pages import refusal_page


def malformed(request: HttpRequest, exception: Any) -> HttpResponse:
    """400, or what the complaint means: 413 for a body that is too large."""
    return refusal_page(request, as_refusal(exception) or Invalid(" "))


def broken(request: HttpRequest) -> HttpResponse:
    """500, or what was meant: also middleware may find the database away, or what it can't keep in a cookie."""
    return refusal_page(request, as_refusal(sys.exc_info()[1]) or Broken())
