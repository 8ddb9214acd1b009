"""Links to private files: good for a minute, for one person and one file (OWASP ASVS 5.0, 5.3 and 8.2).

The address of a file leads whoever may have it to such a link. A link that is old, another's or another file's opens
nothing, and the right to the file is looked up again each time.
"""

from __future__ import annotations

from collections.abc import Callable

from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from core.errors import Forbidden

LASTS = 60  # seconds
NAME, SALT = "link", "core.links"


def lent(request: HttpRequest, hand_over: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """The file, by a link of this minute; without a link, the way to one. The caller has checked who asks.

    Raises `Forbidden` for a link that is old, or was made for somebody or something else.
    """
    given = request.GET.get(NAME)
    if given is None:
        query = request.GET.copy()
        query[NAME] = signing.dumps(_what(request), salt=SALT)
        return redirect(f"{request.path}?{query.urlencode()}")
    try:
        good = signing.loads(given, salt=SALT, max_age=LASTS) == _what(request)
    except (signing.BadSignature, ValueError):
        good = False
    if not good:
        raise Forbidden(_("This link no longer works."))
    return hand_over()


def _what(request: HttpRequest) -> list[str]:
    return [request.path, str(request.user.pk)]
