"""Whole pages drawn once for all visitors of whom nothing is known, with gaps for what each page shows.

Who is signed in, or was left a message, gets a page drawn for this once by the same template.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.urls import reverse
from django.utils.safestring import SafeString

from core.drawing import Outlined


class Worn(NamedTuple):
    """All that a visitor's page is decided by, beside the language: the theme, and which of its words are empty."""

    theme: str
    empty: frozenset[str]


class Page(Outlined):
    """A page's outline with its frame; `at` names its address where links in the frame lead to it."""

    def __init__(self, template: str, at: str = "") -> None:
        super().__init__(template, 100)  # some 12 kB each
        self.at = at

    def told(
        self, request: HttpRequest, known: Mapping[str, Any], words: Callable[[], Mapping[str, str]]
    ) -> HttpResponse:
        """The page: of `known` for somebody; for anybody of `words`, each put where the template shows its name.

        The template may decide on nothing of a word but whether it is empty.
        """
        theme = request.COOKIES.get(settings.THEME_COOKIE_NAME, "")
        if request.user.is_authenticated or len(get_messages(request)) or theme not in ("", *settings.THEMES):
            return render(request, self.template, dict(known))
        around = {"here": request.get_full_path(), "searched": request.GET.get("search", "")}
        shown = {**words(), **around}
        empty = frozenset(name for name, word in shown.items() if not word)
        return HttpResponse(self.filled(Worn(theme, empty), shown))

    def render(self, context: Mapping[str, Any]) -> SafeString:
        """As a visitor would see it whose words are the gaps."""
        look: Worn = context["look"]
        words = {name: "" if name in look.empty else word for name, word in context["words"].items()}
        visitor = _visitor(look.theme, words, reverse(self.at) if self.at else "")
        drawn: SafeString = get_template(self.template).render(words, visitor)  # type: ignore[assignment]
        return drawn


def _visitor(theme: str, words: Mapping[str, str], path: str) -> HttpRequest:
    request: Any = HttpRequest()
    request.path, request.user = path, AnonymousUser()
    request.GET = {"search": words["searched"]}
    request.COOKIES = {settings.THEME_COOKIE_NAME: theme}
    request.get_full_path = lambda: words["here"]
    visitor: HttpRequest = request
    return visitor
