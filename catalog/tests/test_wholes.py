"""A product's page is drawn once for each look and filled in: byte for byte what the template itself would draw."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from django.utils.html import escape

from catalog import actions
from catalog.faces import Picture
from catalog.models import Image, Product
from catalog.shelves import Shelf
from catalog.templatetags import whole as page
from catalog.tests.test_cards import FILES, NAMES
from catalog.tests.test_cards import made as face
from catalog.wholes import Whole
from core.drawing import Drawn
from core.templatetags.aqad import aed
from tests.cast import Cast
from tests.factories import ProductFactory

UNITS, RATES = ["XCT", "H87", "KGM"], ["S", "Z", "E", "O"]


def made(dice: random.Random) -> Whole:
    """A product as nobody should have one."""
    sizes: list[tuple[int, ...]] = [(), (160,), (160, 480)]
    pictures = tuple(
        Picture(dice.choice(FILES), 1200, 600, dice.choice(sizes)) for _ in range(dice.randrange(4))
    )
    return Whole(
        pk=dice.randrange(1, 10**12), status=dice.choice(["listed", "listed", "hidden"]), version=1,
        name=dice.choice(NAMES), name_ar=dice.choice(["", *NAMES]), description=dice.choice(["", *NAMES]),
        price=dice.choice([Decimal("0.01"), Decimal("1234567.89")]), vat_category=dice.choice(RATES),
        unit=dice.choice(UNITS), units_per_carton=dice.choice([None, 1, 24]), min_quantity=dice.choice([1, 5, 1000]),
        quantity_step=dice.choice([1, 3]), gtin=dice.choice(["", "6291003000015"]), vendor_id="V1001", category_id=1,
        brand_id=1, on_hand=dice.choice([0, 7, 31, 10**6]), reserved=7, vendor=dice.choice(NAMES), brand_slug="x",
        brand=dice.choice(NAMES), brand_ar=dice.choice(["", *NAMES]), shelf_slug="y", shelf=dice.choice(NAMES),
        shelf_ar=dice.choice(["", *NAMES]), pictures=pictures,
    )  # fmt: skip


def otherwise() -> list[tuple[str, Whole]]:
    """Products whose filled page is not what the template draws of the words themselves."""
    dice, wrong = random.Random(7), []
    for language in ("en", "ar"):
        with translation.override(language):
            for _ in range(150):
                whole, known, buyer = made(dice), dice.choice([True, False]), dice.choice([True, False])
                similar = [face(dice) for _ in range(dice.randrange(3))]
                way = [Shelf(1, "y", dice.choice(NAMES), "", None, 0, ())]
                look = page._look(whole, similar, known=known, buyer=buyer)
                words = page._words(whole, similar, way, buyer=buyer) | {"csrf_token": dice.choice(NAMES)}
                drawn = Drawn.anew(page.WHOLES, {"look": look, "words": words})
                wrong += [] if page.WHOLES.filled(look, words) == drawn else [(language, whole)]
    return wrong


def test_what_is_filled_in_is_what_would_be_drawn() -> None:
    assert otherwise() == []


def test_pictures_are_filled_alike() -> None:
    dice = random.Random(8)
    for kind in (page.PICTURES, page.THUMBS):
        for place in range(1, 20):
            names = ("url", "sizes", "title", "width", "height")
            look, words = page.Place(place), {name: dice.choice(NAMES) for name in names}
            assert kind.filled(look, words) == Drawn.anew(kind, {"look": look, "words": words})


def test_control_what_is_not_escaped_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.drawing._escaped", str)
    assert otherwise()


def shelf(cast: Cast) -> list[Product]:
    """Products of every kind of page, as everybody reads them."""
    kinds: list[dict[str, Any]] = [
        {"quantity": 0}, {"quantity": 24}, {"min_quantity": 5, "quantity_step": 3}, {"units_per_carton": 24},
        {"unit": "H87", "units_per_carton": 24}, {"gtin": "6291003000015", "description": "<b>Two</b>\nlines"},
        {"vat_category": "Z", "description": ""}, {"name": "تمر", "name_ar": ""},
    ]  # fmt: skip
    for number, facts in enumerate(kinds):
        ProductFactory.create(
            vendor=cast.ahmed_foods, **{"name": f"Cola <{number}>", "sku": f"C{number}"} | facts
        )
    rows = list(Product.objects.filter(name__startswith="C").order_by("pk")[:2])
    pictures = [(rows[0], 0), (rows[0], 1), (rows[1], 0)]
    for row, place in pictures:
        Image.objects.create(
            product=row, position=place, file=f"{place}.webp", width=12, height=6, widths=[4]
        )
    return list(Product.objects.shown().order_by("pk"))


def told(row: Product) -> dict[str, bool]:
    """What is on its page, or is not, by the product's own rules."""
    left, images, described = row.available, list(row.images.all()), bool(row.description)
    return {
        f"<h1><bdi>{escape(row.title)}</bdi></h1>": True, f"?brand={row.brand.slug}": True,
        f'href="{row.vendor.get_absolute_url()}"': True, f"<dd>{row.get_vat_category_display()}</dd>": True,
        f"<strong>{aed(row.price_with_vat)}</strong>": True, f"<dt>Unit</dt><dd>{row.get_unit_display()}</dd>": True,
        f"<strong>{aed(row.per_piece)}</strong> / piece": bool(row.per_piece),
        f"<strong>{aed(row.per_carton)}</strong> / carton": bool(row.per_carton),
        "Pieces in a carton": bool(row.units_per_carton), "In steps of": row.quantity_step > 1,
        f"<dt>Smallest order</dt><dd>{row.least}</dd>": True, f"<bdi>{row.gtin}</bdi>": bool(row.gtin),
        f"{left} available": left > 0, "is-low": 0 < left < 25, "Out of stock": left <= 0,
        f"next={row.get_absolute_url()}": left > 0, "gallery-thumbs": len(images) > 1,
        f'srcset="{images[0].srcset if images else ""}"': bool(images), "<b>Two</b>": False,
        '<div class="prose">': described, "&lt;b&gt;Two&lt;/b&gt;<br>lines": "Two" in row.description,
        "More in": True, f"<bdi>{row.code}</bdi>": True,
    }  # fmt: skip


def untrue(products: list[Product]) -> list[tuple[str, str]]:
    """What a page says or leaves out against its product's rules, to a visitor."""
    pages = {row: Client().get(row.get_absolute_url()).content.decode() for row in products}
    own = {
        row: text.partition('class="product-page"')[2].partition('id="similar"')[0]
        for row, text in pages.items()
    }
    return [
        (row.name, words)
        for row in products
        for words, there in told(row).items()
        if (words in (pages if words == "More in" else own)[row]) is not there
    ]


@pytest.mark.django_db
def test_a_page_says_what_its_product_says(cast: Cast) -> None:
    assert untrue(shelf(cast)) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "part", ["out", "low", "pictures", "gallery", "pieces", "by_piece", "by_carton", "steps", "gtin", "told"]
)
def test_control_a_look_that_misses_something_is_noticed(
    cast: Cast, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    look: Callable[..., Any] = page._look
    monkeypatch.setattr(page, "_look", lambda *given, **more: look(*given, **more)._replace(**{part: False}))
    assert untrue(shelf(cast))


@pytest.mark.django_db
def test_its_vendor_reads_alike_what_is_off_sale(cast: Cast) -> None:
    ahmed = Client()
    ahmed.force_login(cast.ahmed)
    path = cast.pepsi.get_absolute_url()
    listed = Whole.on_sale(cast.pepsi.code)
    row = Product.objects.shown().get(pk=cast.pepsi.pk)
    assert listed == Whole.of(row)
    actions.withdraw(cast.pepsi, cast.ahmed)
    shown = ahmed.get(path).content.decode()
    assert "This product is not on sale" in shown
    assert "<h1><bdi>Pepsi" in shown
    assert Client().get(path).status_code == 404


@pytest.mark.django_db
def test_who_buys_gets_a_form_with_a_token_of_their_own(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.fatima)
    page_ = client.get(cast.pepsi.get_absolute_url()).content.decode()
    assert f'action="/cart/{cast.pepsi.code}/"' in page_
    assert page_.count('name="csrfmiddlewaretoken" value=""') == 0
    assert "buy-door" not in page_
