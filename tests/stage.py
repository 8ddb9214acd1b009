"""A stage set for tests that try every door: the story half-way, with strangers and a pending vendor about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import transaction
from django.test import Client

from accounts import team
from accounts.models import Notification, SignIn, User
from catalog import imports, sheets
from catalog.models import ImportRun
from core import events
from core.files import Checked
from logistics import actions as logistics
from logistics.models import Delivery
from orders import actions as orders
from orders import lists
from orders.models import Order
from payments.models import Payment
from tests.cast import Api, Cast, bank_says
from tests.factories import UserFactory
from vendors.models import Document

PEOPLE = ("anonymous", "fatima", "huda", "ahmed", "yusuf", "nadia", "bilal", "omar", "deepa", "salma", "sara")


NEVER = UUID(int=0)


class Stage(Cast):
    """Fatima's paid order at Ahmed's gate, its delivery given to Bilal; everybody else looks on."""

    def __init__(self) -> None:
        super().__init__()
        self.strangers()
        self.nadia = self.pending_vendor()
        made = self.order()
        self.payment = Payment.objects.coded(made["payments"][0]["id"]).get()
        bank_says(self.payment.code)
        row = Order.objects.coded(made["orders"][0]["id"]).get()
        orders.accept(row, self.ahmed)
        orders.ready(row, self.ahmed)
        events.relay()
        self.shipment = Delivery.objects.get()
        logistics.assign(self.shipment, self.deepa, driver=self.bilal)
        events.relay()
        self.bought = Order.objects.get()
        self.paper = self._paper()
        self.note = Notification.objects.filter(user=self.fatima).first()
        self.invitation = team.invite(
            self.ahmed_foods.business, self.ahmed, email="karim@example.com", role="vendor"
        )
        self.saved = lists.start("Weekly", self.fatima, [(self.pepsi.pk, 5)])
        self.run = self._file()
        self.colleague = UserFactory.create(name="Layla", business=self.ahmed_foods)
        self._apis: dict[str, Api] = {}
        self._browsers: dict[str, Client] = {}

    def _paper(self) -> Document:
        kept = Checked(b"%PDF-1.4 licence %%EOF", "application/pdf")
        paper = Document(
            vendor=self.ahmed_foods, status="accepted", kind="trade_license", name="licence.pdf",
            media_type=kept.media_type,
            size=len(kept.body), sha256=kept.sha256,
        )  # fmt: skip
        kept.keep_in(paper.file)
        paper.save()
        paper.LIFECYCLE.begin(paper, self.ahmed, name="upload")
        return paper

    def _file(self) -> ImportRun:
        """A file of Ahmed's that waits for his yes: a new price for Pepsi, and a row that is wrong."""
        body = f"code,price\n{self.pepsi.code},33.00\nP999999,1.00\n".encode()
        sheet = sheets.read(body, sheets.CSV)
        return imports.check_in(Checked(body, sheets.CSV), sheet, "prices.csv", self.ahmed)

    @property
    def names(self) -> dict[str, Any]:
        """What stands for the parameters of a path."""
        return {
            "order": self.bought.code,
            "payment": self.payment.code,
            "delivery": self.shipment.code,
            "product": self.pepsi.code,
            "vendor": self.ahmed_foods.pk,
            "retailer": self.fresh_mart.pk,
            "saved": self.saved.pk,
            "paper": self.paper.pk,
            "note": self.note.pk if self.note else "",
            "invitation": self.invitation.pk,
            "token": "nothing",
            "sign_in": SignIn.objects.filter(user=self.ahmed).values_list("pk", flat=True).first() or NEVER,
            "carrier": self.fasttrack.pk,
            "order_id": self.bought.pk,
            "payment_id": self.payment.pk,
            "delivery_id": self.shipment.pk,
            "product_id": self.pepsi.pk,
            "member": self.colleague.pk,
            "run": self.run.code,
        }

    def person(self, name: str) -> User | None:
        """Somebody by name; nobody for "anonymous"."""
        return None if name == "anonymous" else getattr(self, name)

    def sign_in(self) -> None:
        """Everybody signs in now, so that later requests may be undone."""
        for name in PEOPLE:
            self.browser(name)
            assert self.api(name).token or name in ("anonymous", "nadia")

    def api(self, name: str) -> Api:
        """A program of theirs; the pending vendor's has no token to show."""
        if name not in self._apis:
            self._apis[name] = Api(None if name == "nadia" else self.person(name))
        return self._apis[name]

    def browser(self, name: str) -> Client:
        """A browser of theirs, signed in."""
        if name not in self._browsers:
            self._browsers[name] = Client()
            if person := self.person(name):
                self._browsers[name].force_login(person, backend="accounts.backends.EmailBackend")
        return self._browsers[name]


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside is looked at and rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
