"""What stands around every page, drawn once for all who see the same.

A drawing is given nothing but its key, never the request or the user. What is somebody's own and new each time, the
token of a form and the words just searched for, is no part of a drawing: it leaves a gap that is filled for each page.
"""

from types import SimpleNamespace
from typing import Any, NamedTuple

from django import template
from django.template.context import Context
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from core.drawing import TOKEN, Drawn

register = template.Library()

HEADERS = Drawn("components/header.html", 1000)  # some 5 kB each
FOOTERS = Drawn("components/footer.html", 50)
ASSETS = Drawn("components/assets.html", 10)
WORDS = "\ue000words\ue001"  # as `TOKEN`


class Reader(NamedTuple):
    """What the frame shows of who reads the page."""

    name: str = ""
    role: str = ""
    may_work: bool = False
    unread: int = 0
    in_basket: int = 0
    is_authenticated: bool = False

    def __str__(self) -> str:
        return self.name


@register.simple_tag(takes_context=True)
def site_header(context: Context) -> SafeString:
    """Name, search, navigation and account. Reads request, user, unread_count, cart_count, theme, csrf_token."""
    request = context.get("request")
    reader, path = _reader(context), getattr(request, "path", "")
    drawn = _header(context, reader, "")
    if f'href="{path}"' in drawn:  # a page that the navigation leads to is marked there
        drawn = _header(context, reader, path)
    filled = drawn.replace(TOKEN, str(context["csrf_token"])) if TOKEN in drawn else drawn
    words = request.GET.get("search", "") if request else ""
    return SafeString(filled.replace(WORDS, conditional_escape(words)))  # nosec B703


@register.simple_tag(takes_context=True)
def site_footer(context: Context) -> SafeString:
    """The foot, with languages and themes. Reads user and theme."""
    known, theme = bool(getattr(context.get("user"), "is_authenticated", False)), context.get("theme")
    reader = Reader(is_authenticated=known)
    return FOOTERS.of(
        (known, theme), lambda: {"user": reader, "theme": theme, "themes": context.get("themes")}
    )


@register.simple_tag(takes_context=True)
def site_assets(context: Context) -> SafeString:
    """Styles and scripts. Reads the user's role."""
    role = str(getattr(context.get("user"), "role", ""))
    return ASSETS.of((role == "driver",), lambda: {"user": Reader(role=role)})


def _header(context: Context, reader: Reader, path: str) -> SafeString:
    theme, themes = context.get("theme"), context.get("themes")
    return HEADERS.of(
        (reader, path, theme),
        lambda: {
            "request": SimpleNamespace(path=path, GET={"search": WORDS}), "user": reader, "csrf_token": TOKEN,
            "unread_count": reader.unread, "cart_count": reader.in_basket, "theme": theme, "themes": themes,
        },
    )  # fmt: skip


def _reader(context: Context) -> Reader:
    user: Any = context.get("user")
    if user is None or not user.is_authenticated:
        return Reader()
    return Reader(
        str(user), user.role, user.may_work, _now(context, "unread_count"), _now(context, "cart_count"), True
    )


def _now(context: Context, name: str) -> int:
    count = context.get(name, 0)
    return int(count() if callable(count) else count)
