"""What Fatima types finds what she means: slips, other scripts, words of the trade; and nothing she may not see."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog import actions, index
from catalog.models import Product, Synonym, Word
from catalog.tests.selling import PEPSI
from catalog.tests.shelf import ask, market, names  # noqa: F401
from tests.cast import Api, Cast, workers_run
from tests.factories import BrandFactory, ProductFactory

pytestmark = pytest.mark.django_db


def page(**query: Any) -> str:
    answer = Client().get("/catalog/", query)
    assert answer.status_code == 200
    return answer.content.decode()


def counted(form: str) -> int:
    return sum(Word.objects.filter(form=form).values_list("products", flat=True))


@pytest.mark.parametrize(
    "text",
    ["pepci 330", "pespi", "330 ml pepsi", "pepsi 0.33l", "بيبسى ٣٣٠", "ببسي", "pepsi 24", "drinks pepsi"],
)
def test_pepsi_is_meant(cast: Cast, text: str) -> None:
    actions.edit(cast.pepsi, {"units_per_carton": 24, "description": "Drinks in cans"}, cast.ahmed)
    assert names(search=text) == ["Pepsi 330ml"]


def test_a_correction_is_told_and_can_be_refused(cast: Cast) -> None:
    told = ask(search="pepci")["meta"]
    assert (told["corrected"], told["count"]) == ("pepsi", 1)
    shown = page(search="pepci")
    assert "<strong><bdi>pepsi</bdi></strong> instead of <bdi>pepci</bdi>" in shown
    assert "?search=pepci&amp;literal=1" in shown
    literally = ask(search="pepci", literal="1")
    assert (literally["data"], literally["meta"].get("corrected")) == ([], None)


def test_what_is_right_is_not_corrected(cast: Cast) -> None:
    assert "corrected" not in ask(search="pepsi")["meta"]
    assert "instead of" not in page(search="pepsi")


def test_names_come_before_descriptions(cast: Cast) -> None:
    ProductFactory(name="Glass", name_ar="", description="Holds a mirinda", vendor=cast.ahmed_foods)
    ProductFactory(name="Mirinda", name_ar="", vendor=cast.ahmed_foods)
    ProductFactory(name="Tumbler", name_ar="", description="Holds a mirinda", vendor=cast.ahmed_foods)
    assert names(search="mirinda") == ["Mirinda", "Tumbler", "Glass"]


def test_what_is_in_stock_comes_before_what_is_not(ahmed: Api, cast: Cast) -> None:
    for name, quantity in (("Zebra crisps one", 5), ("Zebra crisps two", 0)):
        assert ahmed.post("/products", PEPSI | {"name": name, "quantity": quantity}).status_code == 201
    assert names(search="zebra") == ["Zebra crisps one", "Zebra crisps two"]


def test_codes_come_first(cast: Cast) -> None:
    ProductFactory(name="Pepsi crate ABC-17", name_ar="", vendor=cast.ahmed_foods)
    coded = ProductFactory.create(
        name="Plain", name_ar="", sku="ABC-17", gtin="04006381333931", vendor=cast.ahmed_foods
    )
    assert names(search="abc 17") == ["Plain", "Pepsi crate ABC-17"]
    assert names(search="ABC-1") == ["Plain"]
    assert names(search="4006381333931") == names(search=coded.code) == ["Plain"]


def test_words_of_the_trade_are_kept_in_admin_both_ways(cast: Cast) -> None:
    assert names(search="zoda") == []
    Synonym.objects.create(one="zoda", other="pepsi 330")
    ProductFactory(name="Zoda maker", name_ar="", vendor=cast.ahmed_foods)
    assert names(search="zoda") == ["Zoda maker", "Pepsi 330ml"]
    assert names(search="330 pepsi") == ["Pepsi 330ml"]
    assert names(search="pepsi 330") == ["Pepsi 330ml", "Zoda maker"]


def test_the_list_to_begin_with_is_there(cast: Cast) -> None:
    assert Synonym.objects.count() > 100 or Synonym.objects.count() == 0  # emptied by tests that commit
    client = Client()
    client.force_login(cast.sara)
    assert client.get("/admin/catalog/synonym/").status_code == 200


def test_words_are_counted_as_products_come_change_and_go(ahmed: Api, cast: Cast) -> None:
    made = ahmed.post("/products", PEPSI | {"name": "Zanzibar cloves"}).json()["data"]
    product = Product.objects.coded(made["id"]).get()
    assert (counted("zanzibar"), counted("clove")) == (1, 1)
    actions.edit(product, {"name": "Zanzibar cloves, whole"}, cast.ahmed)
    assert (counted("zanzibar"), counted("whole")) == (1, 1)
    actions.withdraw(product, cast.ahmed)
    assert (counted("zanzibar"), counted("whole"), names(search="zanzibar")) == (0, 0, [])
    actions.put_on_sale(product, cast.ahmed)
    assert (counted("zanzibar"), names(search="zanzibar")) == (1, ["Zanzibar cloves, whole"])


def test_nobody_learns_what_a_draft_is_called(ahmed: Api) -> None:
    ahmed.post("/products", PEPSI | {"name": "Xanadu cola", "status": "draft"})
    assert "xanadu" not in page(search="xanady").lower()
    assert "Xanadu" not in Client().get("/catalog/suggestions/", {"search": "xana"}).content.decode()


def test_an_edit_that_fails_leaves_words_as_they_were(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    before = list(Word.objects.order_by("form").values_list("form", "products"))
    monkeypatch.setattr("catalog.cache.goods_changed", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        actions.edit(cast.pepsi, {"name": "Rosewater"}, cast.ahmed)
    assert list(Word.objects.order_by("form").values_list("form", "products")) == before


def test_a_brand_that_is_renamed_in_admin_is_found_by_its_new_name(cast: Cast) -> None:
    brand: Any = BrandFactory(slug="oldname", name="Oldname", name_ar="")
    ProductFactory(name="Vermicelli", name_ar="", brand=brand, vendor=cast.ahmed_foods)
    client = Client()
    client.force_login(cast.sara)
    form = {"slug": "oldname", "name": "Freshname", "name_ar": ""}
    assert client.post(f"/admin/catalog/brand/{brand.pk}/change/", form).status_code == 302
    workers_run()
    assert (names(search="freshname"), names(search="oldname", literal="1")) == (["Vermicelli"], [])


def test_what_came_in_past_the_actions_is_read_within_a_minute(cast: Cast) -> None:
    Product.objects.filter(pk=cast.pepsi.pk).update(words=None)
    assert names(search="pepsi") == []
    assert index.catch_up()
    assert not index.catch_up()
    assert names(search="pepsi") == ["Pepsi 330ml"]


def test_reading_anew_changes_nothing_that_was_right(cast: Cast) -> None:
    before = list(Word.objects.filter(products__gt=0).order_by("form").values_list("form", "products"))
    assert index.rebuild(Product.objects.all()) == 1
    assert list(Word.objects.order_by("form").values_list("form", "products")) == before


@pytest.mark.usefixtures("market")
def test_nothing_found_shows_ways_on() -> None:
    shown = page(search="mango saffron")
    assert "This is there" in shown
    assert {'"?search=mango"', '"?search=saffron"'} <= {f'"{part}"' for part in shown.split('"')}
    shown = page(search="saffron", category="drinks")
    assert "without the other filters" in shown


HOSTILE = [
    "pepsi " * 33, "a " * 99, "% _ \\", "pepsi & !(cola) | 'x':* <-> y", "':*&", "the of and", "🥤🥤", "ـــ", "x" * 200,
    "'" * 200, "(" * 200, "\u202e pepsi \u0301\u0301", "1" * 200, "#1001 =pepsi ~pepsi ^pepsi -pepsi", "24x" * 60,
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_anybody_types_breaks_it_or_makes_it_dear(cast: Cast, text: str) -> None:
    for path in ("/catalog/", "/api/products", "/catalog/suggestions/"):
        with CaptureQueriesContext(connection) as asked:
            assert Client().get(path, {"search": text[:200]}).status_code == 200
        assert len(asked) <= 20
        assert max((len(question["sql"]) for question in asked), default=0) < 40_000


@pytest.mark.parametrize("text", ["pepsi " * 200, "x" * 10_000])
def test_whole_pages_of_text_are_left_aside(cast: Cast, text: str) -> None:
    assert Client().get("/api/products", {"search": text}).status_code == 400
    assert "A filter was left aside" in page(search=text)
    assert Client().get("/catalog/suggestions/", {"search": text}).status_code == 200


@pytest.mark.parametrize("path", ["/catalog/", "/api/products", "/catalog/suggestions/"])
def test_what_is_no_text_is_refused(path: str) -> None:
    assert Client().get(path, {"search": "pep\x00si"}).status_code == 400


@pytest.mark.parametrize("text", ["pepsi can", "pepsi 330ml bottles", "كرتون بيبسي", "pepci btl"])
def test_what_goods_come_in_is_said_in_passing(cast: Cast, text: str) -> None:
    assert names(search=text) == ["Pepsi 330ml"]


def test_what_they_come_in_is_looked_for_where_nothing_else_is_said(cast: Cast) -> None:
    ProductFactory(name="Bottle opener", vendor=cast.ahmed_foods)
    assert names(search="bottle") == ["Bottle opener"]
    assert "Pepsi 330ml" in names(search="pepsi bottle")
    assert names(search="pepsi bottle", literal="1") == ["Bottle opener"]


def test_two_words_that_are_one_here_also_where_the_first_begins_another(cast: Cast) -> None:
    ProductFactory(name="Chickpeas", vendor=cast.ahmed_foods)
    ProductFactory(name="Chicken wings", vendor=cast.ahmed_foods)
    assert names(search="chick peas") == ["Chickpeas"]
    assert names(search="chick") == ["Chicken wings", "Chickpeas"]


def test_a_word_with_a_meaning_is_no_beginning_of_another(cast: Cast) -> None:
    """A curd by its name in Arabic, which is also how shrimps begin."""
    Synonym.objects.get_or_create(one="روب", other="زبادي")
    ProductFactory(name="Yoghurt", name_ar="زبادي", vendor=cast.ahmed_foods)
    ProductFactory(name="Shrimps", name_ar="روبيان", vendor=cast.ahmed_foods)
    assert names(search="روب") == ["Yoghurt"]


def test_no_word_is_taken_for_its_opposite(cast: Cast) -> None:
    ProductFactory(name="Butter salted", vendor=cast.ahmed_foods)
    Synonym.objects.all().delete()
    assert names(search="buter salted") == ["Butter salted"]
    assert names(search="butter unsalted") == []
