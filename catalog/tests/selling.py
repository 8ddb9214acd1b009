"""What Ahmed says of Pepsi."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cast import Api, Cast
from tests.factories import BrandFactory, CategoryFactory

PEPSI: dict[str, Any] = {
    "name": "Pepsi 330ml",
    "description": "24 cans in a carton",
    "price": "32.50",
    "quantity": 500,
    "category": "soft-drinks",
    "brand": "pepsi",
}


@pytest.fixture
def ahmed(cast: Cast) -> Api:
    """Ahmed's program, with the shelf and the maker in place."""
    CategoryFactory()
    BrandFactory()
    return Api(cast.ahmed)
