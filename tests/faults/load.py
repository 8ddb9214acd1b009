"""Seeded customers over real HTTP, and the ledger of everything they were promised.

Each customer is a thread with dice of its own: orders by card or cash, pays, changes its mind, and the vendors and
the driver do their part. Whatever was answered with 2xx is written down and must be there when all is over.
"""

from __future__ import annotations

import random
import time
import traceback
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from typing import Any

import urllib3

from tests.faults.lab import Lab
from tests.faults.web import CARD, DECLINED, SILENT, Diary, Web, fill_in

CARDS = [CARD] * 6 + [SILENT, DECLINED]


@dataclass
class Bought:
    """An acknowledged order: what the market said when it said 201."""

    code: str
    vendor: str
    checkout: str
    method: str
    payment: str
    link: str | None
    shop: int
    units: int


@dataclass
class Ledger:
    """What customers know for certain. `seconds` are the answer times of ordering."""

    diary: Diary = field(default_factory=Diary)
    bought: list[Bought] = field(default_factory=list)
    checkouts: dict[str, str] = field(default_factory=dict)
    moved: list[tuple[str, str]] = field(default_factory=list)
    paid: set[str] = field(default_factory=set)
    seconds: list[float] = field(default_factory=list)
    refused: int = 0
    problems: list[str] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)


class Customers:
    """So many of the lab's shops at work. `stride` is a pause between two steps of one of them, in seconds."""

    def __init__(
        self, lab: Lab, seed: int, count: int = 8, *, stride: float = 0.0, most_lines: int = 3
    ) -> None:
        self.lab, self.count, self.seed, self.stride = lab, count, seed, stride
        self.most_lines = most_lines
        self.ledger = Ledger()
        self.webs: dict[str, Web] = {}
        self._over = Event()

    def web(self, role: str, number: int = 0) -> Web:
        """The program of one person."""
        email = self.lab.world["people"][role][number]["email"]
        return self.webs.setdefault(email, Web(self.lab, email, self.ledger.diary))

    @contextmanager
    def at_work(self) -> Iterator[Ledger]:
        """They buy as long as the block runs; afterwards each ends the step it is in."""
        for number in range(self.count):
            assert self.web("retailer", number).token
        threads = [Thread(target=self._live, args=(number,), daemon=True) for number in range(self.count)]
        for thread in threads:
            thread.start()
        try:
            yield self.ledger
        finally:
            self._over.set()
            for thread in threads:
                thread.join(120)
        assert not any(thread.is_alive() for thread in threads), "a customer is stuck"
        assert not self.ledger.problems, self.ledger.problems[0]

    def _live(self, number: int) -> None:
        dice = random.Random(self.seed * 1000 + number)
        mine: list[Bought] = []
        while not self._over.is_set():
            try:
                self._step(number, dice, mine)
            except Exception:
                self.ledger.problems.append(traceback.format_exc())
                return
            time.sleep(self.stride)

    def _step(self, number: int, dice: random.Random, mine: list[Bought]) -> None:
        if not mine or dice.random() < 0.5:
            mine += self.order(number, dice)
        else:
            self._follow(mine.pop(dice.randrange(len(mine))), dice, mine)

    # --- what they do -------------------------------------------------------------------------------------

    def order(self, number: int, dice: random.Random, **wish: Any) -> list[Bought]:
        """One checkout, tried with one key until the answer is definite."""
        shop = self.lab.world["people"]["retailer"][number]
        goods = dice.sample(self.lab.world["goods"], dice.randint(1, self.most_lines))
        body = {
            "items": [{"product": each["id"], "quantity": dice.randint(1, 3)} for each in goods],
            "address": shop["address"],
            "payment_method": dice.choice(["card", "card", "cash_on_delivery"]),
        } | wish
        key = f"{self.seed}-{uuid.UUID(int=dice.getrandbits(128))}"
        answer = self.web("retailer", number).sure("POST", "/orders", body, key=key)
        with self.ledger.lock:
            self.ledger.seconds.append(answer.seconds)
            if answer.status != 201:
                self.ledger.refused += 1
                return []
            return self._acknowledged(answer.data, number, key, body)

    def _acknowledged(self, made: Any, number: int, key: str, body: Any) -> list[Bought]:
        self.ledger.checkouts[key] = made["id"]
        units = sum(item["quantity"] for item in body["items"])
        pays = made["payments"] if len(made["payments"]) > 1 else made["payments"] * len(made["orders"])
        bought = [
            Bought(order["id"], order["vendor"]["id"], made["id"], payment["method"], payment["id"],
                   payment["redirect_url"], number, units)
            for order, payment in zip(made["orders"], pays, strict=True)
        ]  # fmt: skip
        self.ledger.bought += bought
        return bought

    def _follow(self, one: Bought, dice: random.Random, mine: list[Bought]) -> None:
        if one.link and one.payment not in self.ledger.paid and dice.random() < 0.85:
            self.pay(one, dice.choice(CARDS))
            mine.append(one)
        elif dice.random() < 0.25:
            self.move(self.web("retailer", one.shop), one, "cancel")
        else:
            self._sell(one, dice)

    def pay(self, one: Bought, card: str) -> None:
        """Open the page, fill in the card; the bank's word counts."""
        page = self.web("retailer", one.shop).open_page(str(one.link))
        with suppress(urllib3.exceptions.HTTPError):
            if page and fill_in(page, card) == 303 and card != DECLINED:
                self.ledger.paid.add(one.payment)
        one.link = None

    def move(self, web: Web, one: Bought, name: str, **body: Any) -> bool:
        """A move on an order; only 2xx is written down."""
        answer = web.sure("POST", f"/orders/{one.code}/moves/{name}", body)
        if answer.status == 200:
            self.ledger.moved.append((one.code, name))
        return answer.status == 200

    def _sell(self, one: Bought, dice: random.Random) -> None:
        vendors = self.lab.world["people"]["vendor"]
        web = self.web("vendor", next(n for n, v in enumerate(vendors) if v["id"] == one.vendor))
        if dice.random() < 0.15:
            self.move(web, one, "reject", reason="Out of date")
        elif self.move(web, one, "accept") and self.move(web, one, "ready"):
            self._deliver(one)

    def _deliver(self, one: Bought) -> None:
        """The driver, if the delivery is there already."""
        told = self.web("retailer", one.shop).sure("GET", f"/orders/{one.code}").data
        if not told["delivery"]:
            return
        driver, shipment = self.web("driver"), told["delivery"]
        for name in ("take", "pick_up", "out_for_delivery"):
            driver.sure("POST", f"/deliveries/{shipment['id']}/moves/{name}", {})
        body = {"code": shipment["code"], "note": "At the door"}
        if one.method != "card":
            body["cash"] = told["total"]
        answer = driver.sure("POST", f"/deliveries/{shipment['id']}/moves/deliver", body)
        if answer.status == 200:
            self.ledger.moved.append((one.code, "deliver"))
