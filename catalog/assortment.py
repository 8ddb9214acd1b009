"""A vendor's own goods as it looks for them: by status, by what runs low, by words."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from catalog import supply
from catalog.actions import VERBS
from catalog.lifecycle import ProductStatus as S
from catalog.models import Product, ProductQuerySet
from core import many
from core.access import Actor
from core.errors import NotThere

LOW = "low"
MANY = ("list", "withdraw")
VIEWS: dict[str, StrOrPromise] = {
    "": _("All"),
    S.LISTED: _("On sale"),
    LOW: _("Running low"),
    S.DRAFT: _("Drafts"),
    S.HIDDEN: _("Hidden by staff"),
    S.ARCHIVED: _("Archived"),
}


def found(user: Actor, view: str, text: str) -> ProductQuerySet:
    """The vendor's products of one view that hold all these words, or have this code."""
    rows: ProductQuerySet = Product.objects.seen_by(user)
    if view == LOW:
        rows = supply.running_low(rows)
    elif view:
        rows = rows.filter(status=view).order_by("-pk")
    else:
        rows = rows.exclude(status=S.ARCHIVED).order_by("-pk")
    codes = [row.pk for row in Product.objects.seen_by(user).coded(text)] if text else []
    if codes:
        return rows.filter(pk__in=codes)
    for word in text.split()[:10]:
        rows = rows.filter(_holds(word))
    return rows


def _holds(word: str) -> Q:
    named = Q(name__icontains=word) | Q(name_ar__icontains=word) | Q(sku__icontains=word) | Q(gtin=word)
    return named | Q(brand__name__icontains=word) | Q(brand__name_ar__icontains=word)


def counted(user: Actor) -> list[tuple[str, StrOrPromise, int]]:
    """Each view with its name and how many it holds; empty ones of the rare kinds are left out."""
    mine = Product.objects.seen_by(user)
    counts = dict(mine.order_by().values_list("status").annotate(n=Count("pk")))
    counts[LOW] = supply.running_low(mine).order_by().count()
    counts[""] = sum(counts.get(status, 0) for status in S.values if status != S.ARCHIVED)
    return [
        (name, label, counts.get(name, 0))
        for name, label in VIEWS.items()
        if counts.get(name) or name in ("", S.LISTED, LOW)
    ]


def move_many(name: str, codes: Iterable[str], by: Actor) -> many.Report:
    """Make one move on each of the vendor's products; `NotThere` for a move not made on many."""
    if name not in MANY:
        raise NotThere
    return many.carry_out(VERBS[name], codes, Product.objects.seen_by(by), by)
