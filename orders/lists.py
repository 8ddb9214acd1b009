"""Saved lists: a retailer's usual order, kept under a name and put into the basket as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from catalog.models import Product
from core.access import Actor
from core.errors import Invalid, NotThere
from orders import cart
from orders.models import SavedLine, SavedList
from orders.pricing import MOST_LINES

MOST_LISTS = 50


def of(user: Actor) -> QuerySet[SavedList]:
    """The retailer's lists by name, each with `size`, the number of its products."""
    rows: QuerySet[SavedList] = SavedList.objects.seen_by(user).annotate(size=Count("lines"))
    return rows.order_by("name")


def latest(user: Actor) -> SavedList | None:
    """The list that was started last."""
    found: SavedList | None = SavedList.objects.seen_by(user).order_by("-created_at").first()
    return found


def lines_of(saved: SavedList) -> list[SavedLine]:
    """Its lines with all that a page shows of them."""
    rows = saved.lines.select_related("product__vendor__business", "product__stock")
    return list(rows.prefetch_related("product__images"))


def start(name: str, by: Actor, wanted: Iterable[tuple[int, int]] = ()) -> SavedList:
    """A new list, empty or with (product number, units). Raises `Invalid` for a name in use or too many lists."""
    if SavedList.objects.seen_by(by).count() >= MOST_LISTS:
        raise Invalid.field(
            "name", _("You can keep %(most)d lists. Delete one first.") % {"most": MOST_LISTS}
        )
    with _one_of_a_name():
        saved = SavedList.objects.create(retailer_id=by.business_id, name=name)
        _fill(saved, dict(wanted))
    return saved


def keep(saved: SavedList, name: str, quantities: Mapping[int, int]) -> None:
    """Rename it and set its quantities (product number → units, 0 takes it out); what is not named stays."""
    with _one_of_a_name():
        SavedList.objects.filter(pk=saved.pk).update(name=name)
        saved.lines.filter(product__in=[pk for pk, units in quantities.items() if not units]).delete()
        known = set(saved.lines.values_list("product_id", flat=True))
        _fill(saved, {pk: units for pk, units in quantities.items() if units and pk in known})


def note_down(saved: SavedList, product: Product, quantity: int) -> None:
    """Put a product on the list, or change how much of it. Raises `Invalid` when the list is full."""
    others = saved.lines.exclude(product=product).count()
    if others >= MOST_LINES:
        raise Invalid.field("saved", _("A list has at most %(most)d products.") % {"most": MOST_LINES})
    _fill(saved, {product.pk: quantity})


def order(saved: SavedList, by: Actor) -> list[str]:
    """Put everything on it into the basket; answers a sentence for each product that is not to be had."""
    wanted = {line.product_id: (line.product.title, line.quantity) for line in lines_of(saved)}
    return cart.take_up(wanted, by)


def forget(saved: SavedList) -> None:
    """The list is gone; orders and basket stay."""
    SavedList.objects.filter(pk=saved.pk).delete()


def one(pk: object, user: Actor) -> SavedList:
    """The list if it is this retailer's. Raises `NotThere`."""
    found: SavedList | None = SavedList.objects.seen_by(user).filter(pk=pk).first()
    if found is None:
        raise NotThere
    return found


def _fill(saved: SavedList, wanted: Mapping[int, int]) -> None:
    lines = [SavedLine(saved=saved, product_id=pk, quantity=units) for pk, units in wanted.items()]
    unique, changed = ["saved", "product"], ["quantity"]
    SavedLine.objects.bulk_create(lines, update_conflicts=True, unique_fields=unique, update_fields=changed)


@contextmanager
def _one_of_a_name() -> Iterator[None]:
    """A transaction in which a second list of the same name is `Invalid`."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as twice:
        raise Invalid.field("name", _("You have a list of this name already.")) from twice
