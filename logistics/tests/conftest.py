"""A delivery of Fatima's order, on its way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from core.tests.papers import fresh_limits  # noqa: F401
from logistics.models import Delivery
from orders.models import Order
from tests.cast import Api, Cast, bank_says, handover_code, workers_run


class Trip:
    """One order at Ahmed's gate and its delivery; everybody speaks through the API."""

    def __init__(self, cast: Cast, method: str = "card") -> None:
        self.cast = cast
        made = cast.order(100, method)
        self.order = made["orders"][0]["id"]
        self.payment = made["payments"][0]["id"]
        if method == "card":
            bank_says(self.payment)
        for move in ("accept", "ready"):
            assert Api(cast.ahmed).post(f"/orders/{self.order}/moves/{move}").status_code == 200
        workers_run()

    @property
    def row(self) -> Delivery:
        """The latest delivery."""
        found: Delivery = Delivery.objects.filter(order=Order.objects.coded(self.order).get()).latest("pk")
        return found

    @property
    def code(self) -> str:
        """What Fatima reads."""
        return handover_code(self.order, self.cast.fatima)

    def move(self, who: User, name: str, body: Any = None) -> Any:
        """Somebody makes a move."""
        return Api(who).post(f"/deliveries/{self.row.code}/moves/{name}", body)

    def leaves(self) -> Trip:
        """Bilal takes it, picks it up and drives off."""
        for name in ("take", "pick_up", "out_for_delivery"):
            answer = self.move(self.cast.bilal, name)
            assert answer.status_code == 200, answer.content
        return self

    def hand_over(self, **told: Any) -> Any:
        """Bilal at the door, with the right code unless told otherwise."""
        return self.move(self.cast.bilal, "deliver", {"code": self.code} | told)

    def told(self, who: User) -> Any:
        """The order as somebody reads it."""
        return Api(who).get(f"/orders/{self.order}").json()["data"]


Start = Callable[..., Trip]


@pytest.fixture
def start(cast: Cast, settings: Any) -> Start:
    """Begin a trip."""
    settings.RATELIMIT_ENABLE = False
    return lambda method="card": Trip(cast, method)


def browser(user: User) -> Client:
    """Somebody's browser."""
    client = Client()
    client.force_login(user)
    return client
