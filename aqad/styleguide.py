"""The style guide: every component in every state, for those who build pages. Not to be found in production."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from aqad import samples, tokens
from core.errors import NotThere

SECTIONS = {
    "colours": "Colours",
    "type": "Type, space, corners",
    "words": "Money, times, statuses",
    "actions": "Buttons and moves",
    "forms": "Fields and forms",
    "notices": "Notices and toasts",
    "panels": "Headings and panels",
    "lists": "Lists and pages",
    "orders": "Orders and deliveries",
    "goods": "Products",
    "empty": "Nothing here yet",
    "frame": "Head, foot, language, appearance",
    "paper": "On paper",
}
DRAWINGS = ("cart", "orders", "search", "products", "bell", "truck", "documents", "lost", "pause")


def styleguide(request: HttpRequest) -> HttpResponse:
    """All of it on one page; `?toast=success` shows a message as a page would."""
    if not (settings.DEMO or settings.DEBUG):
        raise NotThere
    if request.GET.get("toast") in samples.MESSAGES:
        messages.add_message(request, *samples.MESSAGES[request.GET["toast"]])
    sections = [(name, title, f"styleguide/_{name}.html") for name, title in SECTIONS.items()]
    return render(request, "styleguide/page.html", {"sections": sections, **_context()})


def _context() -> dict[str, object]:
    read = tokens.read()
    pairs = tokens.pairs(read)
    return {
        "swatches": tokens.swatches(read),
        "pairs": list(zip(pairs[::2], pairs[1::2], strict=True)),
        "corners": [(name, value[:-2]) for name, value in read.items() if name.startswith("--aq-radius")],
        "nouns": samples.statuses(),
        "blank": samples.SampleForm(),
        "wrong": samples.wrong_form(),
        "products": samples.products(),
        "basket": samples.basket(),
        "history": samples.history(),
        "place": samples.PLACE,
        "rows": samples.ROWS,
        "tabs": samples.TABS,
        "first_steps": samples.STEPS,
        "page": Paginator(range(60), 20).page(2),
        "toasts": samples.toasts(),
        "toast_names": samples.MESSAGES,
        "drawings": DRAWINGS,
        "sizes": (4, 8, 12, 16, 20, 28, 44),
        "facts": [
            ("Trade licence", "CN-1234567"),
            ("TRN", ""),
            ("Name", samples.LONG),
            ("الاسم", "أحمد للأغذية"),
        ],
    }
