"""Two of Ahmed's programs list the same SKU at the same moment: one product comes of it, and one clear no."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from catalog.models import Image, Movement, Product
from catalog.tests.selling import PEPSI
from core.tests.papers import drawn, sent
from tests.cast import Api, Cast
from tests.factories import BrandFactory, CategoryFactory, ProductFactory

pytestmark = pytest.mark.django_db(transaction=True)
TOGETHER = 6


@pytest.fixture(autouse=True)
def _no_limits(settings: Any) -> None:
    settings.RATELIMIT_ENABLE = False


def at_once(work: Any) -> list[Any]:
    """Answers of so many, begun together."""
    gate = Barrier(TOGETHER)

    def one(number: int) -> Any:
        try:
            gate.wait(10)
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(TOGETHER) as pool:
        return list(pool.map(one, range(TOGETHER)))


def programs(cast: Cast) -> list[Api]:
    made = [Api(cast.ahmed) for _ in range(TOGETHER)]
    assert all(api.token for api in made)
    return made


def judged(answers: list[Any]) -> None:
    assert Counter(answer.status_code for answer in answers)[400] == TOGETHER - 1
    for answer in answers:
        if answer.status_code == 400:
            assert list(answer.json()["errors"]) == ["sku"]
            assert answer.json()["message"] == "Another of your products has this SKU."


def test_one_is_made(cast: Cast, tmp_path: Any) -> None:
    CategoryFactory()
    BrandFactory()
    apis = programs(cast)
    body = drawn("JPEG", (600, 400))

    def list_it(number: int) -> Any:
        fields = PEPSI | {"sku": "PEP-330", "images": sent("a.jpg", body, "image/jpeg")}
        return apis[number].upload("/products", fields)

    judged(at_once(list_it))
    [made] = Product.objects.filter(sku="PEP-330")
    assert Movement.objects.filter(product=made).count() == 1
    kept = {path.name for path in tmp_path.rglob("*.webp")}
    assert kept == {name.rpartition("/")[2] for name in Image.objects.get().names}


def test_one_of_several_takes_it_over(cast: Cast) -> None:
    apis = programs(cast)
    codes = [ProductFactory.create(vendor=cast.ahmed_foods, sku=f"S{n}").code for n in range(TOGETHER)]
    judged(at_once(lambda n: apis[n].call("PATCH", f"/products/{codes[n]}", {"sku": "PEP-330"})))
    assert Product.objects.filter(sku="PEP-330").count() == 1
