"""A card is drawn once for each look and its words are filled in: byte for byte what the template itself would draw."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation
from django.utils.html import escape
from django.utils.safestring import SafeString

from catalog import browsing, faces
from catalog.faces import Face, Picture
from catalog.models import Image, Product
from catalog.templatetags import cards
from core import drawing
from core.drawing import FIRST_GAP, TOKEN, Drawn
from core.templatetags.aqad import aed
from tests.cast import Cast
from tests.factories import ProductFactory

NAMES = (
    "Basmati rice", "<b>\"Ghee\" & 'butter'</b>", "100% %(name)s %s %%", f"GAP{FIRST_GAP} GAP{FIRST_GAP + 1}",
    "أرز «بسمتي»", "{{ words.name }} {% now 'Y' %}", TOKEN, "two\nlines", "-", "日本茶",
)  # fmt: skip
FILES = ("products/x.webp", "products/a b'<.webp", "products/é%.webp", "products/none")


def made(dice: random.Random) -> Face:
    """A face as nobody should have one."""
    picture = Picture(dice.choice(FILES), 1200, 600, dice.choice([(), (160,), (160, 480)]))
    return Face(
        pk=dice.randrange(1, 10**12), name=dice.choice(NAMES), name_ar=dice.choice(["", *NAMES]),
        price=dice.choice([Decimal("0.01"), Decimal("32.50"), Decimal("1234567.89")]),
        unit=dice.choice(["XCT", "H87", "KGM"]), units_per_carton=dice.choice([None, 1, 24]),
        min_quantity=dice.choice([1, 5, 1000]), quantity_step=dice.choice([1, 3]),
        available=dice.choice([-1, 0, 1, 24, 25, 10**6]), vendor=dice.choice(NAMES), brand=dice.choice(NAMES),
        brand_ar=dice.choice(["", *NAMES]), picture=dice.choice([None, picture]),
    )  # fmt: skip


def otherwise() -> list[tuple[str, Face]]:
    """Faces whose filled card is not what the template draws of the words themselves."""
    dice, wrong = random.Random(5), []
    for language in ("en", "ar"):
        with translation.override(language):
            for _ in range(300):
                face, level, buyer = made(dice), dice.choice(["", "3"]), dice.choice([True, False])
                look, words = cards._look(face, level, buyer), cards._words(face, arabic=language == "ar")
                drawn = Drawn.anew(cards.CARDS, {"look": look, "words": words})
                wrong += [] if cards.product_cards([face], level, buyer) == drawn else [(language, face)]
    return wrong


def test_what_is_filled_in_is_what_would_be_drawn() -> None:
    assert otherwise() == []


def test_lines_beside_the_list_are_filled_alike() -> None:
    dice = random.Random(6)
    for kind in (browsing.OPTIONS, browsing.LINKS):
        for _ in range(100):
            look = browsing.Narrowing(
                dice.choice([True, False]),
                dice.choice([True, False]),
                dice.choice([0, 3]),
                kind is browsing.LINKS,
            )
            words = {name: dice.choice(NAMES) for name in ("value", "title", "url", "label")} | {"count": 7}
            assert kind.filled(look, words) == Drawn.anew(kind, {"look": look, "words": words})


def test_the_panel_of_filters_is_filled_alike() -> None:
    dice, parts = random.Random(9), SafeString("<li>one</li>")
    for _ in range(100):
        look = browsing.Panel(*(dice.choice([True, False]) for _ in browsing.Panel._fields))
        names = ("search", "category", "min_price", "max_price", "found")
        words: dict[str, object] = {name: dice.choice(NAMES) for name in names} | {"in_stock": 7}
        words |= dict.fromkeys(("shelves", "brands", "vendors", "bands"), parts)
        drawn = Drawn.anew(browsing.PANELS, {"look": look, "words": words})
        assert browsing.PANELS.filled(look, words) == drawn


def _searched_again(self: Any, look: Any, words: Any) -> Any:
    found = str(self.of(look, lambda: {"look": look, "words": drawing._gaps(words)}))
    for name, word in words.items():
        found = found.replace(f"%({name})s", drawing._escaped(word))
    return found.replace("%%", "%")


@pytest.mark.parametrize(
    ("place", "mistake"),
    [("core.drawing._escaped", str), ("core.drawing.Outlined.filled", _searched_again)],
)
def test_control_what_is_not_escaped_or_is_filled_twice_is_noticed(
    place: str, mistake: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, mistake)
    assert otherwise()


def test_many_things_of_one_look_are_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[Any] = []

    def counted(self: Drawn, context: Any) -> SafeString:
        drawn.append(context)
        return SafeString("")

    monkeypatch.setattr(Drawn, "anew", counted)
    monkeypatch.setattr(cards, "CARDS", drawing.Outlined(cards.CARDS.template, 10))
    face = made(random.Random(1))
    cards.product_cards([face._replace(pk=number, name=f"Rice {number}") for number in range(30)])
    assert len(drawn) == 1


def told_of_others() -> list[str]:
    """What of a product may change without its card, drawn before, being drawn again."""
    face = made(random.Random(1))._replace(name="Rice", name_ar="", unit="XCT", available=30, brand_ar="")
    others: dict[str, Any] = {
        "pk": 77, "name": "Ghee", "name_ar": "تمر", "price": Decimal("3.00"), "unit": "KGM", "units_per_carton": 12,
        "min_quantity": 7, "quantity_step": 4, "available": 3, "vendor": "Gulf", "brand": "Reem", "brand_ar": "ريم",
        "picture": Picture("products/y.webp", 10, 10, ()),
    }  # fmt: skip
    assert others.keys() == set(Face._fields)
    stale = []
    for name, other in others.items():
        cards.SHOWN.forget()
        cards.product_cards([face])
        with translation.override("ar" if name.endswith("_ar") else "en"):
            later = face._replace(**{name: other})
            drawn = cards._card(later, "", buyer=False)
            stale += [] if cards.product_cards([later]) == drawn else [name]
    return stale


def test_a_card_that_is_kept_follows_all_that_it_shows() -> None:
    assert told_of_others() == []


def test_control_a_card_kept_by_its_number_alone_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = cards.SHOWN.kept
    monkeypatch.setattr(cards.SHOWN, "kept", lambda key, draw: kept((*key[:-1], key[-1].pk), draw))
    assert {"price", "available", "name"} <= {*told_of_others()}


def shelf(cast: Cast) -> list[Product]:
    """Products of every kind of card, as everybody reads them."""
    kinds: list[dict[str, Any]] = [
        {"quantity": 0}, {"quantity": 24}, {"quantity": 25}, {"min_quantity": 5, "quantity_step": 3}, {"unit": "H87"},
        {"units_per_carton": 24}, {"units_per_carton": 24, "unit": "KGM"}, {"units_per_carton": 1},
        {"name": "تمر", "name_ar": ""}, {"price": "0.01", "units_per_carton": 24},
    ]  # fmt: skip
    for number, facts in enumerate(kinds):
        facts = {"name": f"Cola <{number}>", "name_ar": "كولا", "sku": f"C{number}"} | facts
        row = ProductFactory.create(vendor=cast.ahmed_foods, **facts)
        if number % 2:
            Image.objects.create(
                product=row, position=0, file="x.webp", width=1200, height=600, widths=[160, 480]
            )
    return list(Product.objects.shown().order_by("pk"))


def told(product: Product) -> dict[str, bool]:
    """What is on its card, or is not, by the product's own rules."""
    left, piece, picture = product.available, product.per_piece, product.picture
    return {
        f'<a href="{product.get_absolute_url()}"><bdi>{escape(product.title)}</bdi></a>': True,
        f"{aed(product.price)} <span": True,
        f"/ {product.get_unit_display()}": True,
        f"× {product.units_per_carton}": (product.units_per_carton or 1) > 1,
        f"{aed(piece)} a piece": bool(piece),
        f"min. {product.least}": product.least > 1,
        "Out of stock": left <= 0, f"Only {left} left": 0 < left < 25, f"{left} available": left >= 25,
        f'src="{picture and picture.url}" srcset="{picture and picture.srcset_of_card}"': bool(picture),
    }  # fmt: skip


def untrue(products: list[Product]) -> list[tuple[str, str]]:
    """What a card says or leaves out against its product's rules."""
    return [
        (product.name, words)
        for product in products
        for words, there in told(product).items()
        if (words in cards.product_cards([faces.of_product(product)])) is not there
    ]


@pytest.mark.django_db
def test_a_card_says_what_its_product_says(cast: Cast) -> None:
    assert untrue(shelf(cast)) == []


@pytest.mark.django_db
@pytest.mark.parametrize("part", ["out", "low", "picture", "packed", "by_piece", "several"])
def test_control_a_look_that_misses_something_is_noticed(
    cast: Cast, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    look: Any = cards._look
    monkeypatch.setattr(cards, "_look", lambda *given: look(*given)._replace(**{part: False}))
    assert untrue(shelf(cast))
