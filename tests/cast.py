"""The people of the tests, by name. Ahmed sells, Fatima buys, Bilal drives, Deepa dispatches, Sara is staff;
Yusuf sells and Huda buys elsewhere (strangers to the first two); Omar drives for another carrier."""

from __future__ import annotations

import itertools
import json
import uuid
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db.models import QuerySet
from django.test import Client

from accounts.lifecycle import BusinessStatus
from accounts.models import User
from catalog.models import Product
from core import events
from core.models import Event
from core.roles import Role
from payments import callbacks
from payments.gateways.base import Fact
from payments.models import Payment
from payments.settling import settle
from tests.factories import (
    PASSWORD,
    AddressFactory,
    CarrierFactory,
    ProductFactory,
    RetailerFactory,
    UserFactory,
    VendorFactory,
)


@dataclass
class Api:
    """A program that speaks for one person (or for nobody) over HTTP."""

    user: User | None = None
    client: Client = field(default_factory=Client)
    _token: str = ""
    _addresses = itertools.count(1)

    def __post_init__(self) -> None:
        n = next(Api._addresses)
        self.client.defaults["REMOTE_ADDR"] = f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}"

    @property
    def token(self) -> str:
        """An access token, fetched by signing in at the first need."""
        if not self._token and self.user:
            answer = self.client.post(
                "/api/auth/login",
                {"email": self.user.email, "password": PASSWORD},
                content_type="application/json",
            )
            assert answer.status_code == 200, answer.content
            self._token = answer.json()["data"]["access"]
        return self._token

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """One request; the answer carries `.json()`."""
        if self.user:
            headers = {"Authorization": f"Bearer {self.token}", **headers}
        data = None if body is None else json.dumps(body)
        return self.client.generic(
            method, f"/api{path}", data or b"", content_type="application/json", headers=headers
        )

    def get(self, path: str, **headers: str) -> Any:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.call("POST", path, body, **headers)

    def upload(self, path: str, fields: dict[str, Any]) -> Any:
        """A multipart request."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.user else {}
        return self.client.post(f"/api{path}", fields, headers=headers)


class Cast:
    """Everybody, made when first called for."""

    def __init__(self) -> None:
        self.ahmed_foods = VendorFactory.create()
        self.fresh_mart = RetailerFactory.create()
        self.fasttrack = CarrierFactory.create()
        self.ahmed = UserFactory.create(name="Ahmed", business=self.ahmed_foods)
        self.fatima = UserFactory.create(name="Fatima", role=Role.RETAILER, business=self.fresh_mart)
        self.bilal = UserFactory.create(name="Bilal", role=Role.DRIVER, business=self.fasttrack)
        self.deepa = UserFactory.create(name="Deepa", role=Role.DISPATCHER, business=self.fasttrack)
        self.sara = UserFactory.create(name="Sara", role=Role.STAFF)
        self.deira = AddressFactory.create(retailer=self.fresh_mart)
        self.pepsi: Product = ProductFactory.create(vendor=self.ahmed_foods)

    def strangers(self) -> Cast:
        """Yusuf, Huda, Omar and Salma: the same roles in other businesses."""
        self.desert_gold = VendorFactory.create(name="Desert Gold Trading")
        self.corner_shop = RetailerFactory.create(name="Corner Shop")
        self.dune_express = CarrierFactory.create(name="Dune Express", covers=["FUJ"])
        self.yusuf = UserFactory.create(name="Yusuf", business=self.desert_gold)
        self.huda = UserFactory.create(name="Huda", role=Role.RETAILER, business=self.corner_shop)
        self.omar = UserFactory.create(name="Omar", role=Role.DRIVER, business=self.dune_express)
        self.salma = UserFactory.create(name="Salma", role=Role.DISPATCHER, business=self.dune_express)
        return self

    def pending_vendor(self) -> User:
        """Nadia, whose documents nobody has looked at yet."""
        waiting = VendorFactory.create(name="New Vendor Trading", status=BusinessStatus.PENDING_APPROVAL)
        return UserFactory.create(name="Nadia", business=waiting)

    def order(self, quantity: int = 100, method: str = "card", product: Product | None = None) -> Any:
        """Fatima orders; answers the checkout as the API told it."""
        answer = Api(self.fatima).post("/orders", self.wish(quantity, method, product), **key())
        assert answer.status_code == 201, answer.content
        return answer.json()["data"]

    def wish(
        self, quantity: int = 100, method: str = "card", product: Product | None = None
    ) -> dict[str, Any]:
        """The body of an order."""
        return {
            "items": [{"product": (product or self.pepsi).code, "quantity": quantity}],
            "address": str(self.deira.pk),
            "payment_method": method,
        }


def handover_code(order: str, buyer: User) -> str:
    """The hand-over code of an order, as its buyer reads it."""
    return str(Api(buyer).get(f"/orders/{order}").json()["data"]["delivery"]["code"])


def key(text: str = "") -> dict[str, str]:
    """An Idempotency-Key header, fresh unless named."""
    return {"Idempotency-Key": text or str(uuid.uuid4())}


def bank_says(payment: str, status: str = "captured", **facts: Any) -> None:
    """The bank's verdict, settled as a worker would."""
    row = Payment.objects.coded(payment).get()
    told = {"amount": row.amount, "currency": row.currency, "ref": f"sess_{row.pk}"} | facts
    settle(row, Fact(status, **told))


def put(things: QuerySet[Any], status: str, **facts: Any) -> None:
    """A status that no move would give, with the line of history that the database demands of it."""
    for thing in things:
        Event.objects.create(
            name=f"{thing.LIFECYCLE.noun}.put", subject=thing.code, seq=thing.version + 1,
            before=thing.status, after=status, actor="Test",
        )  # fmt: skip
        moved = type(thing)._base_manager.filter(pk=thing.pk)
        moved.update(status=status, version=thing.version + 1, **facts)


def workers_run() -> None:
    """What the workers would do by now."""
    callbacks.apply_due()
    events.relay()


@pytest.fixture
def cast(db: None) -> Cast:
    """The story's people and Pepsi."""
    return Cast()


@pytest.fixture(autouse=True)
def _own_corner(settings: Any, tmp_path: Any) -> None:
    """Files of a test stay in its own folder."""
    settings.MEDIA_ROOT = tmp_path / "public"
